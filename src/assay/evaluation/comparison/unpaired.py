"""Two numbers with their own intervals in; a comparison that knows no row out."""

from math import isfinite

from assay.evaluation.comparison.result import Comparison
from assay.evaluation.comparison.words import verdict_word
from assay.result import Estimate
from assay.stats.interval import Interval
from assay.stats.mover import mover_sum

METHOD = "two intervals of their own, combined (MOVER)"
TEST = "unpaired: two intervals of their own"
WEAKER = (
    "Unpaired: the two numbers were compared by their own intervals, not row by row. On the same "
    "rows that is weaker: a difference that a paired comparison would show may not be shown here."
)


def compare_unpaired(
    names: tuple[str, str],
    values: tuple[Estimate, Estimate],
    *,
    metric: str,
    title: str,
    greater_is_better: bool,
    margin: float = 0.0,
) -> Comparison:
    """Compare two estimates as if their rows were different ones.

    The ends of the difference lie as far from it as the ends of the two estimates do, added in
    quadrature (Zou and Donner 2008); the p-value is that of the normal distribution whose spread
    is that of the side towards 0. Answers of two models for the same rows mostly go together, so
    this interval is too wide rather than too narrow.

    Parameters
    ----------
    names : (str, str)
        Candidate and baseline.
    values : (Estimate, Estimate)
        Theirs, of one metric and one level.
    metric, title : str
    greater_is_better : bool
    margin : float

    Returns
    -------
    Comparison
        Its difference is undefined, with the reason, where one of the two is, has no interval,
        or has one of another level.

    Examples
    --------
    >>> new = Estimate(value=0.9, low=0.87, high=0.93, n=400)
    >>> old = Estimate(value=0.8, low=0.76, high=0.84, n=400)
    >>> found = compare_unpaired(("new", "old"), (new, old), metric="accuracy",
    ...                          title="Accuracy", greater_is_better=True)
    >>> round(found.difference.low, 3), round(found.difference.high, 3), found.verdict
    (0.05, 0.15, 'better')
    """
    difference, p_value = _difference(values, sign=1.0 if greater_is_better else -1.0)
    return Comparison(
        candidate=names[0],
        baseline=names[1],
        metric=metric,
        title=title,
        greater_is_better=greater_is_better,
        candidate_value=values[0],
        baseline_value=values[1],
        difference=difference,
        p_value=p_value,
        test=TEST,
        margin=margin,
        verdict=verdict_word(difference.low, difference.high, margin),
        notes=(WEAKER,),
    )


def _difference(
    values: tuple[Estimate, Estimate], *, sign: float
) -> tuple[Estimate, float | None]:
    first, second = values
    n = min(first.n, second.n)
    for each in values:
        if each.value is None:
            return Estimate.undefined(each.reason or "a value is undefined", n=n), None
    assert first.value is not None
    assert second.value is not None
    gap = sign * (first.value - second.value)
    ends = [each.low is not None and each.high is not None for each in values]
    if not all(ends) or first.level != second.level:
        why = "one of the two has no interval" if not all(ends) else "their levels differ"
        return Estimate(value=gap, n=n, level=first.level, reason=why), None
    intervals = [Interval(each.low, each.high) for each in values]  # type: ignore[arg-type]
    found = mover_sum([first.value, second.value], intervals, coefficients=[sign, -sign])
    estimate = Estimate(
        value=gap, low=found.low, high=found.high, level=first.level, n=n, method=METHOD
    )
    return estimate, _p_value(gap, found, first.level)


def _p_value(gap: float, interval: Interval, level: float) -> float | None:
    from scipy.special import ndtr, ndtri  # noqa: PLC0415 - only needed here

    reach = gap - interval.low if gap >= 0 else interval.high - gap
    if reach <= 0 or not isfinite(reach):
        return 1.0 if gap == 0 else None
    z = abs(gap) / reach * float(ndtri((1 + level) / 2))
    return float(2 * ndtr(-z))
