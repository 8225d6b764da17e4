"""Metrics of a confusion: truth and both answers are counted together, and the cells redrawn."""

from collections.abc import Callable, Mapping

import numpy as np

from assay.evaluation.comparison.joint_cells import JointCells, joint_cells
from assay.evaluation.comparison.paired import Pair, Paired, from_redraws
from assay.evaluation.comparison.small_tables import need
from assay.evaluation.judged import Floats
from assay.metrics.averages.left_out import mean_of_defined, ratio
from assay.metrics.averages.macro_f1 import macro_f1_of
from assay.metrics.averages.macro_precision import macro_precision_of
from assay.metrics.averages.weighted_f1 import weighted_f1_of
from assay.metrics.averages.weighted_precision import weighted_precision_of
from assay.metrics.cells import cell_spread
from assay.metrics.confusion.cohen_kappa import cohen_kappa_of
from assay.metrics.confusion.mcc import mcc_of
from assay.metrics.margins import Margins, margins_of
from assay.metrics.smooth import influence_of
from assay.stats.redraw import redraw_counts, redraw_weighted
from assay.stats.sums import sums_by
from assay.stats.totals_bootstrap import N_DRAWS, Redrawn, redrawn_statistic

Statistic = Callable[[Margins], Floats]
POSITIVE, NEGATIVE = 1, 0
_FEWEST_DRAWS = 2_000
_DRAWN_CELLS = 8_000_000
_AT_ONCE = 4_000_000


def by_cells(statistic: Statistic, *, reach: float = 1.0) -> Callable[[Pair], Paired]:
    """Return the comparison of a metric that is a function of the margins of a confusion.

    Parameters
    ----------
    statistic : callable
        `Margins` of shape (..., k) to an array of shape (...,); NaN where undefined.
    reach : float
        Length of the metric's range: the difference lies within it on both sides.
    """

    def compare(pair: Pair) -> Paired:
        labels = [need(each.labels, "labels", each) for each in (pair.candidate, pair.baseline)]
        cells = joint_cells(pair.parts, pair.rows.classes, *labels)
        kind = pair.parts.kind
        if kind == "row":
            found, how = _by_rows(cells, statistic, pair), "multinomial redraw of joint cells"
            if cells.weighted:
                how = "compound redraw of weighted joint cells"
        else:
            found, how = _by_units(cells, statistic, pair), f"redraw of {kind}s"
        return from_redraws(pair, found, bounds=(-reach, reach), how=how)

    return compare


def _by_rows(joint: JointCells, statistic: Statistic, pair: Pair) -> Redrawn:
    """Redraw the joint cells: exactly the bootstrap of the rows."""
    rng = np.random.default_rng(pair.seed)
    joint = _in_order(joint, statistic)
    both = [joint.cells(0), joint.cells(1)]
    n_cells = len(joint.n)
    n_draws = max(_FEWEST_DRAWS, min(N_DRAWS, _DRAWN_CELLS // n_cells))
    at_once = max(1, _AT_ONCE // n_cells)
    drawn: list[Floats] = []
    for first in range(0, n_draws, at_once):
        size = min(at_once, n_draws - first)
        if joint.weighted:
            held = redraw_weighted(joint.n, joint.w, joint.w2, n_draws=size, rng=rng)
        else:
            held = redraw_counts(joint.n, n_draws=size, rng=rng).astype(np.float64)
        drawn.append(_difference(statistic, *(margins_of(held, each) for each in both)))
    value = float(_difference(statistic, *(margins_of(joint.w, each) for each in both)))
    influence = influence_of(statistic, both[0]) - influence_of(statistic, both[1])
    spread = cell_spread(both[0], influence, among=np.ones(n_cells, dtype=np.bool_))
    return Redrawn(value, np.concatenate(drawn), spread.error, spread.skew, pair.rows.n)


def _in_order(joint: JointCells, statistic: Statistic) -> JointCells:
    """Sort cells by what they hold and do, so that the order of classes or candidates is moot."""
    one, other = (influence_of(statistic, joint.cells(each)) for each in (0, 1))
    moved = np.round(one - other, 12)
    order = np.lexsort((moved, np.abs(moved), joint.w, joint.n))
    return joint.take(order)


def _by_units(joint: JointCells, statistic: Statistic, pair: Pair) -> Redrawn:
    """Redraw whole units by the margins that each of them holds."""
    by_unit, k = joint.by_unit, len(joint.classes)
    assert by_unit is not None
    truth, first, second = (code[by_unit.cell] for code in joint.codes)
    columns = [
        (truth, truth == first),
        (first, None),
        (truth, truth == second),
        (second, None),
        (truth, None),
    ]
    blocks: list[Floats] = []
    for code, among in columns:
        at = by_unit.unit * k + code
        w = by_unit.w if among is None else by_unit.w * among
        blocks.append(sums_by(at, w, by_unit.n_units * k).reshape(by_unit.n_units, k))

    def difference(totals: Floats) -> Floats:
        right_a, given_a, right_b, given_b, actual = np.split(totals, 5, axis=-1)
        one, other = Margins(right_a, actual, given_a), Margins(right_b, actual, given_b)
        return _difference(statistic, one, other)

    rng = np.random.default_rng(pair.seed)
    return redrawn_statistic(np.hstack(blocks), difference, rng=rng)


def _difference(statistic: Statistic, one: Margins, other: Margins) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(statistic(one) - statistic(other), dtype=np.float64)


def _recall(place: int) -> Statistic:
    return lambda m: ratio(m.right[..., place], m.actual[..., place])


def _precision(place: int) -> Statistic:
    return lambda m: ratio(m.right[..., place], m.predicted[..., place])


def _f_beta(beta: float) -> Statistic:
    def statistic(m: Margins) -> Floats:
        right, actual, given = (each[..., POSITIVE] for each in (m.right, m.actual, m.predicted))
        return ratio((1 + beta**2) * right, beta**2 * actual + given)

    return statistic


def _negative_precision(m: Margins) -> Floats:
    return _precision(NEGATIVE)(m)


def _mean_recall(m: Margins) -> Floats:
    return mean_of_defined(ratio(m.right, m.actual))


def _youden(m: Margins) -> Floats:
    return _recall(POSITIVE)(m) + _recall(NEGATIVE)(m) - 1


def _g_mean(m: Margins) -> Floats:
    defined = ratio(m.right, m.actual)
    known = np.isfinite(defined)
    logs = np.log(np.where(known, np.maximum(defined, 1e-300), 1.0))
    return np.exp(ratio(logs.sum(axis=-1), known.sum(axis=-1).astype(np.float64)))


def _share_right(m: Margins) -> Floats:
    return ratio(m.right.sum(axis=-1), m.total)


SHARED: Mapping[str, Callable[[Pair], Paired]] = {
    "balanced_accuracy": by_cells(_mean_recall),
    "mcc": by_cells(mcc_of, reach=2.0),
    "cohen_kappa": by_cells(cohen_kappa_of, reach=2.0),
}
OF_TWO: Mapping[str, Callable[[Pair], Paired]] = {
    "f1": by_cells(_f_beta(1.0)),
    "f2": by_cells(_f_beta(2.0)),
    "precision": by_cells(_precision(POSITIVE)),
    "recall": by_cells(_recall(POSITIVE)),
    "specificity": by_cells(_recall(NEGATIVE)),
    "negative_predictive_value": by_cells(_negative_precision),
    "youden_j": by_cells(_youden, reach=2.0),
    "g_mean": by_cells(_g_mean),
    **SHARED,
}
OF_SEVERAL: Mapping[str, Callable[[Pair], Paired]] = {
    "macro_f1": by_cells(macro_f1_of),
    "macro_precision": by_cells(macro_precision_of),
    "macro_recall": by_cells(_mean_recall),
    "weighted_f1": by_cells(weighted_f1_of),
    "weighted_precision": by_cells(weighted_precision_of),
    "weighted_recall": by_cells(_share_right),
    "micro_f1": by_cells(_share_right),
    "micro_precision": by_cells(_share_right),
    "micro_recall": by_cells(_share_right),
    **SHARED,
}
