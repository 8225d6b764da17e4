"""Interval of the difference of two independent rates."""

from assay.stats.interval import Interval
from assay.stats.mover import mover_sum
from assay.stats.rate import wilson


def newcombe_difference(
    first: float, n_first: float, second: float, n_second: float, *, level: float = 0.95
) -> Interval:
    """Hybrid score interval of `first` minus `second`.

    Parameters
    ----------
    first, second : float
        Observed shares, in [0, 1].
    n_first, n_second : float
        Their trials, or effective trials.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    Interval
        Inside [-1, 1].

    References
    ----------
    Newcombe 1998, Statistics in Medicine 17:873, method 10.

    Examples
    --------
    >>> low, high = newcombe_difference(56 / 70, 70, 48 / 80, 80)
    >>> round(low, 4), round(high, 4)
    (0.0524, 0.3339)
    """
    parts = [wilson(first, n_first, level=level), wilson(second, n_second, level=level)]
    return mover_sum([first, second], parts, coefficients=[1.0, -1.0])
