"""Rows that only one of two candidates has right in; whether the two differ out."""

from dataclasses import dataclass
from math import sqrt

from scipy import special  # pyright: ignore[reportMissingTypeStubs]

from assay.stats.special import normal_cdf

MOST_EXACT = 1_000


@dataclass(frozen=True)
class McNemar:
    """McNemar's test of paired answers.

    Parameters
    ----------
    first_only, second_only : int
        Rows that only the first, or only the second, has right.
    p_value : float
        Two-sided: exact, or by the corrected chi-square.
    mid_p : float
        The exact one less the chance of just these counts; less cautious, closer to its level.
    method : str
        "exact" or "chi-square with continuity correction".
    """

    first_only: int
    second_only: int
    p_value: float
    mid_p: float
    method: str


def mcnemar(first_only: int, second_only: int, *, most_exact: int = MOST_EXACT) -> McNemar:
    """Test whether two candidates are right equally often on the same rows.

    Rows that both have right, or both wrong, say nothing of the difference. Of the others each
    is a fair coin where the two are equally good.

    Parameters
    ----------
    first_only, second_only : int
        At least 0. With none at all the p-values are 1.
    most_exact : int
        With more discordant rows the chi-square (abs(b - c) - 1)² / (b + c) takes the place of
        the binomial law.

    Returns
    -------
    McNemar

    References
    ----------
    McNemar 1947, Psychometrika 12:153, doi:10.1007/BF02295996. Edwards 1948, Psychometrika
    13:185, for the correction. Fagerland, Lydersen and Laake 2013, BMC Medical Research
    Methodology 13:91, doi:10.1186/1471-2288-13-91, for the mid-p.

    Examples
    --------
    >>> found = mcnemar(8, 2)
    >>> round(found.p_value, 4), round(found.mid_p, 4)
    (0.1094, 0.0654)
    """
    n, fewer = first_only + second_only, min(first_only, second_only)
    if not n:
        return McNemar(first_only, second_only, 1.0, 1.0, "exact")
    below = float(special.bdtr(fewer, n, 0.5))
    just = below - (float(special.bdtr(fewer - 1, n, 0.5)) if fewer else 0.0)
    mid_p = min(1.0, 2 * below - just)
    if n <= most_exact:
        return McNemar(first_only, second_only, min(1.0, 2 * below), mid_p, "exact")
    distance = max(0, abs(first_only - second_only) - 1) / sqrt(n)
    p_value = min(1.0, 2 * normal_cdf(-distance))
    return McNemar(
        first_only, second_only, p_value, mid_p, "chi-square with continuity correction"
    )
