"""Metrics of how scores rank rows: DeLong's test, and redraws of what each row adds."""

from collections.abc import Callable, Mapping

import numpy as np

from assay.evaluation.comparison.paired import Pair, Paired, from_redraws
from assay.evaluation.comparison.small_tables import need
from assay.evaluation.judged import Answers, Flags, Floats
from assay.stats.delong import paired_areas
from assay.stats.interval import Interval, two_sided_quantile
from assay.stats.levels import Levels, RankStatistic
from assay.stats.precision_recall import average_precision_of
from assay.stats.rank_rows import RankedRows, rank_rows
from assay.stats.roc import area_under_roc
from assay.stats.special import student_cdf

RankFunction = Callable[[Levels], RankStatistic]
_SAME = 1e-12


def area_difference(pair: Pair) -> Paired:
    """Compare by the area under the ROC curve: DeLong's test of the same rows.

    Student's law takes the place of the normal one, with the degrees of freedom that the rows of
    the smaller class leave; with many rows of both it is the same. Where the areas differ and
    DeLong's variance is 0 (every row is placed better by as much) the sign test of the rows of the
    smaller class takes its place.

    Parameters
    ----------
    pair : Pair

    Returns
    -------
    Paired
        `further` holds DeLong's z and the p-value of the normal law.
    """
    scores = [need(each.scores, "scores", each) for each in (pair.candidate, pair.baseline)]
    found = paired_areas(
        scores, pair.rows.truth == 1, weight=pair.rows.weight, unit=pair.parts.code
    )
    kind, value, error = pair.parts.kind, found.difference, found.error
    if pair.parts.n < 2:
        reason = f"one {kind} shows no variation: no interval"
        return Paired(value=value, reason=reason, test="DeLong")
    if error == 0:
        return _without_variance(pair, value)
    half = two_sided_quantile(pair.level, freedom=found.freedom) * error
    low, high = Interval(value - half, value + half).clipped(-1.0, 1.0).around(value)
    return Paired(
        value=value,
        low=low,
        high=high,
        error=error,
        p_value=min(1.0, 2 * student_cdf(-abs(found.z), found.freedom)),
        test="DeLong" if kind == "row" else f"DeLong, placements added within {kind}s",
        method="DeLong",
        further={"z": found.z, "p_normal": found.p_value, "freedom": found.freedom},
    )


def _without_variance(pair: Pair, value: float) -> Paired:
    """Compare areas whose difference has no variance: equal rankings, or one always above."""
    positive = pair.rows.truth == 1
    fewest = int(min(np.count_nonzero(positive), np.count_nonzero(~positive), pair.parts.n))
    equal = abs(value) < _SAME
    value = 0.0 if equal else value
    p_value = 1.0 if equal else min(1.0, 2 * 0.5**fewest)
    interval = Interval(value, value)
    if p_value > 1 - pair.level:
        interval = interval.around(0.0)
    return Paired(
        value=value,
        low=interval.low,
        high=interval.high,
        p_value=p_value,
        test="DeLong" if equal else f"sign test of the {fewest:,} of the smaller class",
        method="DeLong, no variance",
        further={"z": 0.0, "p_normal": 1.0} if equal else {},
    )


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
