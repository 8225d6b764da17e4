"""Metrics of how scores rank rows: DeLong's test, and redraws of what each row adds."""

from collections.abc import Callable, Mapping
from math import sqrt

import numpy as np

from assay.evaluation.comparison.paired import Pair, Paired, from_redraws
from assay.evaluation.comparison.small_tables import need
from assay.evaluation.judged import Answers, Flags, Floats
from assay.stats.delong import PairedAreas, paired_areas
from assay.stats.interval import Interval, two_sided_quantile
from assay.stats.levels import Levels, RankStatistic
from assay.stats.mover import mover_sum
from assay.stats.precision_recall import average_precision_of
from assay.stats.rank_rows import RankedRows, rank_rows
from assay.stats.rate import wilson
from assay.stats.roc import area_under_roc
from assay.stats.special import student_cdf
from assay.stats.transforms import logit_interval

RankFunction = Callable[[Levels], RankStatistic]
_SAME, _FAR = 1e-12, 0.95


def area_difference(pair: Pair) -> Paired:
    """Compare by the area under the ROC curve: DeLong's test of the same rows.

    Student's law takes the place of the normal one, with the degrees of freedom that the rows of
    the smaller class leave; with many rows of both it is the same. Near 1 (or 0) an area has room
    on one side alone: beyond 0.95 the interval is put together from those of the two areas, which
    stay inside their range. Where the areas differ and DeLong's variance is 0 (every row is placed
    better by as much) the sign test of the rows of the smaller class takes its place.

    Parameters
    ----------
    pair : Pair

    Returns
    -------
    Paired
        `further` holds DeLong's z and the p-value of the normal law.
    """
    scores = [need(each.scores, "scores", each) for each in (pair.candidate, pair.baseline)]
    positive, kind = pair.rows.truth == 1, pair.parts.kind
    found = paired_areas(scores, positive, weight=pair.rows.weight, unit=pair.parts.code)
    value, error, test = found.difference, found.error, "DeLong"
    if pair.parts.n < 2:
        reason = f"one {kind} shows no variation: no interval"
        return Paired(value=value, reason=reason, test=test)
    fewest = int(min(np.count_nonzero(positive), np.count_nonzero(~positive), pair.parts.n))
    if error > 0:
        p_value = min(1.0, 2 * student_cdf(-abs(found.z), found.freedom))
        test = test if kind == "row" else f"DeLong, placements added within {kind}s"
    elif abs(value) < _SAME:
        value, p_value = 0.0, 1.0
    else:
        test, p_value = f"sign test of the {fewest:,} of the smaller class", 2 * 0.5**fewest
    far = bool(np.abs(found.areas - 0.5).max() > _FAR - 0.5)
    far = far and (error > 0 or not _same_order(*scores))
    if far:
        interval = near_ends(found, fewest=fewest, level=pair.level)
    else:
        half = two_sided_quantile(pair.level, freedom=found.freedom) * error
        interval = Interval(value - half, value + half)
    interval = interval.clipped(-1.0, 1.0).around(value)
    if p_value > 1 - pair.level:
        interval = interval.around(0.0)
    return Paired(
        value=value,
        low=interval.low,
        high=interval.high,
        error=error,
        p_value=min(1.0, p_value),
        test=test,
        method="DeLong, both areas on the logit scale (MOVER)" if far else "DeLong",
        further={"z": found.z, "p_normal": found.p_value, "freedom": found.freedom},
    )


def near_ends(found: PairedAreas, *, fewest: int, level: float) -> Interval:
    """Return the interval of a difference of two areas from the interval of each.

    Parameters
    ----------
    found : PairedAreas
    fewest : int
        Rows of the smaller class, or units where there are fewer: an area without variance has
        Wilson's interval of as many.
    level : float

    Returns
    -------
    Interval
    """
    quantile = two_sided_quantile(level, freedom=found.freedom)
    variances = np.diag(found.covariance)
    each: list[Interval] = []
    for area, variance in zip(found.areas.tolist(), variances.tolist(), strict=True):
        inside = variance > _SAME**2 and 0 < area < 1
        low, high = (
            logit_interval(area, sqrt(variance), quantile)
            if inside
            else wilson(min(max(area, 0.0), 1.0), fewest, level=level)
        )
        each.append(Interval(low, high))
    known = float(np.sqrt(variances.prod()))
    shared = float(found.covariance[0, 1]) / known if known > _SAME**2 else 0.0
    shared = min(max(shared, -1.0), 1.0)
    return mover_sum(
        found.areas.tolist(),
        each,
        coefficients=[1.0, -1.0],
        correlation=np.array([[1.0, shared], [shared, 1.0]]),
    )


def _same_order(one: Floats, other: Floats) -> bool:
    first, second = (np.unique(each, return_inverse=True)[1] for each in (one, other))
    return bool(np.array_equal(first, second))


def by_influence(function: RankFunction, *, mean: bool = False) -> Callable[[Pair], Paired]:
    """Return the comparison of a rank statistic, or of its mean over classes or labels.

    Parameters
    ----------
    function : callable
        Levels to a rank statistic with influences.
    mean : bool
        Whether scores have a column for each class or label, and the statistic is the plain mean
        over those that some rows are of and some are not.
    """

    def compare(pair: Pair) -> Paired:
        rank = _mean_ranked if mean else _ranked
        one, other = (rank(pair, each, function) for each in (pair.candidate, pair.baseline))
        value = one.value - other.value

        def difference(sums: Floats) -> Floats:
            return value + sums[..., 0]

        found = pair.redraw([one.influence - other.influence], difference)
        return from_redraws(pair, found, bounds=(-1.0, 1.0), how=_how(pair))

    return compare


def _how(pair: Pair) -> str:
    return f"redraw of what each {pair.parts.kind} adds (influence function)"


def _ranked(pair: Pair, answers: Answers, function: RankFunction) -> RankedRows:
    scores = need(answers.scores, "scores", answers)
    return rank_rows(scores, pair.rows.truth == 1, function, pair.rows.weight)


def _mean_ranked(pair: Pair, answers: Answers, function: RankFunction) -> RankedRows:
    scores = need(answers.scores, "scores", answers)
    value, influence, used = 0.0, np.zeros(pair.rows.n), 0
    for at in range(scores.shape[1]):
        of = _is(pair, at)
        if of.any() and not of.all():
            found = rank_rows(scores[:, at], of, function, pair.rows.weight)
            value, influence, used = value + found.value, influence + found.influence, used + 1
    return RankedRows(value / used, influence / used)


def _is(pair: Pair, at: int) -> Flags:
    truth = pair.rows.truth
    return truth[:, at].astype(np.bool_) if truth.ndim == 2 else truth == at


OF_TWO: Mapping[str, Callable[[Pair], Paired]] = {
    "roc_auc": area_difference,
    "average_precision": by_influence(average_precision_of),
}
OF_SEVERAL: Mapping[str, Callable[[Pair], Paired]] = {
    "roc_auc_ovr_macro": by_influence(area_under_roc, mean=True),
}
OF_LABELS: Mapping[str, Callable[[Pair], Paired]] = {
    "macro_roc_auc": by_influence(area_under_roc, mean=True),
    "macro_average_precision": by_influence(average_precision_of, mean=True),
}
