"""Metrics of predicted numbers that are smooth functions of sums over rows."""

from collections.abc import Callable, Mapping

import numpy as np

from assay.evaluation.comparison import mean_loss
from assay.evaluation.comparison.paired import Pair, Paired, from_redraws
from assay.evaluation.comparison.small_tables import need
from assay.evaluation.judged import Answers, Floats, JudgedRows
from assay.metrics.regression.from_rows import distribution_of_rows
from assay.metrics.regression.quantities import symmetric_error
from assay.stats.quantile import weighted_median
from assay.stats.totals_bootstrap import Statistic

Columns = Callable[[Floats, Floats, Floats], list[Floats]]


def by_sums(columns: Columns, statistic: Statistic, undefined: str) -> Callable[[Pair], Paired]:
    """Return the comparison of a metric that is a smooth function of sums.

    Parameters
    ----------
    columns : callable
        Errors of the candidate, errors of the baseline and the target to columns of shape
        (n_rows,) that are added up.
    statistic : callable
        Sums of shape (..., n_columns) to the difference of the metric, shape (...,).
    undefined : str
        The reason to give where it is not defined.
    """

    def compare(pair: Pair) -> Paired:
        truth = pair.rows.truth.astype(np.float64)
        errors = [
            need(each.values, "predicted numbers", each) - truth
            for each in (pair.candidate, pair.baseline)
        ]
        found = pair.redraw(columns(errors[0], errors[1], truth), statistic)
        return from_redraws(pair, found, undefined=undefined)

    return compare


def _squares(one: Floats, other: Floats, truth: Floats) -> list[Floats]:
    return [one**2, other**2, np.ones(len(truth))]


def _squares_and_target(one: Floats, other: Floats, truth: Floats) -> list[Floats]:
    centred = truth - truth.mean()
    return [*_squares(one, other, truth), centred, centred**2]


def _sizes_and_target(one: Floats, other: Floats, truth: Floats) -> list[Floats]:
    return [np.abs(one), np.abs(other), np.abs(truth)]


def _root_difference(sums: Floats) -> Floats:
    return np.sqrt(sums[..., 0] / sums[..., 2]) - np.sqrt(sums[..., 1] / sums[..., 2])


def _r2_difference(sums: Floats) -> Floats:
    spread = sums[..., 4] - sums[..., 3] ** 2 / sums[..., 2]
    return np.where(spread > 0, (sums[..., 1] - sums[..., 0]) / spread, np.nan)


def _relative_difference(sums: Floats) -> Floats:
    return (sums[..., 0] - sums[..., 1]) / sums[..., 2]


def _saved_difference(pair: Pair) -> Paired:
    """Compare by D²; the median is kept, since the sum of distances has no slope there."""
    truth = pair.rows.truth.astype(np.float64)
    held = distribution_of_rows(truth, pair.rows.weight)
    away = np.abs(truth - weighted_median(held.value, held.w))

    def columns(one: Floats, other: Floats, truth: Floats) -> list[Floats]:
        return [np.abs(other), np.abs(one), away]

    return by_sums(columns, _relative_difference, "the target is constant")(pair)


def _smape(rows: JudgedRows, answers: Answers) -> Floats:
    values = need(answers.values, "predicted numbers", answers)
    return symmetric_error(rows.truth.astype(np.float64), values)


COMPARERS: Mapping[str, Callable[[Pair], Paired]] = {
    "rmse": by_sums(_squares, _root_difference, "no row has weight"),
    **mean_loss.OF_NUMBERS,
    "r2": by_sums(_squares_and_target, _r2_difference, "the target is constant"),
    "wape": by_sums(_sizes_and_target, _relative_difference, "every target is 0"),
    "d2_absolute_error": _saved_difference,
    "smape": mean_loss.by_mean(_smape),
}
