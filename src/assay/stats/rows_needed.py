"""The standard error of a difference in; the rows that would show it out."""

from math import ceil

from assay.stats.interval import two_sided_quantile
from assay.stats.special import normal_quantile

POWER = 0.8


def rows_needed(
    n: int, error: float, difference: float, *, level: float = 0.95, power: float = POWER
) -> int | None:
    """Return how many rows like these would show a difference of a given size.

    Parameters
    ----------
    n : int
        Rows that there are.
    error : float
        Standard error of the difference on them.
    difference : float
        The size that is to be shown; its sign does not matter.
    level : float
        Coverage of the interval that is to leave 0 out, in (0, 1).
    power : float
        Chance of that, in (0, 1).

    Returns
    -------
    int or None
        n ((z_level + z_power) error / difference)²; None where the difference is 0, which no
        number of rows shows, or nothing is known of the error.

    Examples
    --------
    >>> rows_needed(100, 0.05, 0.1)
    197
    """
    if difference == 0 or error <= 0:
        return None
    quantiles = two_sided_quantile(level) + normal_quantile(power)
    return ceil(n * (quantiles * error / difference) ** 2)
