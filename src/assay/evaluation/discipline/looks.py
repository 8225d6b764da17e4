"""What a number is worth after several models were looked at on the same rows."""

from dataclasses import replace
from math import expm1, log, log1p, sqrt
from statistics import NormalDist

from assay.errors import InputError
from assay.result import Estimate


def look_band(n: int, looks: int, *, level: float = 0.95) -> float:
    """Return how far a mean over rows may be off, for all looks at once.

    With probability `level` or more, none of the `looks` numbers, each a mean of values in [0, 1]
    over the same `n` independent rows, is further than this from its true value (Hoeffding's
    bound for each, and the union of them). It holds whatever led from one look to the next only
    where the models were fixed beforehand; for models that were adapted to earlier answers it is
    a reading aid.

    Parameters
    ----------
    n : int
        Independent rows, 1 or more.
    looks : int
        Distinct models that were looked at, 1 or more.
    level : float

    Returns
    -------
    float
        Half the width of the band.

    References
    ----------
    Hoeffding 1963, JASA, doi:10.1080/01621459.1963.10500830.

    Examples
    --------
    >>> round(look_band(1000, 1), 4), round(look_band(1000, 10), 4)
    (0.0429, 0.0547)
    """
    _check(looks)
    if n < 1:
        msg = f"a band needs one row or more; found {n}"
        raise InputError(msg)
    return sqrt(log(2 * looks / (1 - level)) / (2 * n))


def sidak_p(p: float, looks: int) -> float:
    """Return the p-value of the best of several looks.

    Exact for independent tests, too large (on the safe side) for positively dependent ones.

    Parameters
    ----------
    p : float
        Of the best, as if it were the only one.
    looks : int

    References
    ----------
    Šidák 1967, JASA, doi:10.1080/01621459.1967.10482935.

    Examples
    --------
    >>> round(sidak_p(0.01, 5), 5)
    0.04901
    """
    _check(looks)
    if p >= 1:
        return 1.0
    return -expm1(looks * log1p(-p))


def sidak_level(level: float, looks: int) -> float:
    """Return the level at which each interval is made, so that all hold together at `level`.

    Examples
    --------
    >>> round(sidak_level(0.95, 4), 4)
    0.9873
    """
    _check(looks)
    return level ** (1 / looks)


def after_looks(estimate: Estimate, looks: int) -> Estimate:
    """Return an estimate whose interval holds for all looks at once.

    Each side of the interval is stretched by the ratio of the normal quantiles of the two levels,
    which is exact where the interval is normal and close for the others. It is not cut off at the
    ends of a metric's range.

    Parameters
    ----------
    estimate : Estimate
    looks : int
        Distinct models on the same rows; 1 changes nothing.

    Examples
    --------
    >>> one = Estimate(value=0.8, low=0.7, high=0.9, n=100)
    >>> wide = after_looks(one, 4)
    >>> round(wide.low, 4), wide.level == 0.95
    (0.6729, True)
    """
    _check(looks)
    if looks == 1 or estimate.value is None or estimate.low is None or estimate.high is None:
        return estimate
    normal = NormalDist()
    wider = normal.inv_cdf((1 + sidak_level(estimate.level, looks)) / 2)
    stretch = wider / normal.inv_cdf((1 + estimate.level) / 2)
    return replace(
        estimate,
        low=estimate.value - (estimate.value - estimate.low) * stretch,
        high=estimate.value + (estimate.high - estimate.value) * stretch,
        method=f"{estimate.method}, stretched for {looks} looks (Šidák)",
    )


def taken_away(estimate: Estimate, looks: int, chance: float, *, greater_is_better: bool) -> bool:
    """Whether the best number beats chance when it is read alone, and not after all looks.

    Parameters
    ----------
    estimate : Estimate
        Of the model that is judged.
    looks : int
    chance : float
        What an answer that ignores the row scores.
    greater_is_better : bool

    Examples
    --------
    >>> auc = Estimate(value=0.56, low=0.505, high=0.615, n=300)
    >>> taken_away(auc, 1, 0.5, greater_is_better=True)
    False
    >>> taken_away(auc, 5, 0.5, greater_is_better=True)
    True
    """

    def beats(number: Estimate) -> bool:
        end = number.low if greater_is_better else number.high
        return end is not None and (end > chance if greater_is_better else end < chance)

    return beats(estimate) and not beats(after_looks(estimate, looks))


def _check(looks: int) -> None:
    if looks < 1:
        msg = f"the number of looks is 1 or more; found {looks}"
        raise InputError(msg)
