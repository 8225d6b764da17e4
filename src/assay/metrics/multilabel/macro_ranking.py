"""Macro ROC AUC and macro average precision: how well each label's scores rank the rows."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from assay.metrics.few import few_rows, few_units
from assay.metrics.metric import Metric
from assay.metrics.multilabel.label_estimate import MIN_LABEL_ROWS
from assay.metrics.scores.levels import influence_sums, levels_of, missing_class, score_spread
from assay.result import Estimate
from assay.stats.interval import two_sided_quantile
from assay.stats.levels import Levels, RankStatistic
from assay.stats.precision_recall import average_precision_of
from assay.stats.rate import wilson
from assay.stats.roc import area_under_roc
from assay.stats.spread import Spread, unit_spread
from assay.stats.transforms import logit_interval
from assay.tables.score_table import ScoreTable

Measured = Callable[[Levels], RankStatistic]


def macro_roc_auc(tables: Sequence[ScoreTable], *, level: float = 0.95) -> Estimate:
    """Plain mean over the labels of the ROC AUC of each.

    Parameters
    ----------
    tables : sequence of ScoreTable
        One for each label: its scores, positive where the row has it.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [0, 1], over the labels that some rows have and some have not. Tables that keep their
        rows show how the labels vary together; others get the mean of the labels' standard
        errors, which is never too small.

    References
    ----------
    DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44:837, doi:10.2307/2531595.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.1, 0.4, 0.8]), np.array([0, 1, 1]), np.array([1, 1, 0]))
    >>> macro_roc_auc([table, table]).value
    0.875
    """
    return _macro(tables, area_under_roc, "DeLong", level)


def macro_average_precision(tables: Sequence[ScoreTable], *, level: float = 0.95) -> Estimate:
    """Plain mean over the labels of the average precision of each.

    Parameters
    ----------
    tables : sequence of ScoreTable
        One for each label: its scores, positive where the row has it.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In (0, 1], over the labels that some rows have and some have not. The interval lies about
        the value less what it is too high on average: each row is counted among those ranked as
        high as itself, which of few rows is much. (The spread of a single label hides that.)

    Examples
    --------
    >>> table = ScoreTable(np.array([0.1, 0.4, 0.8]), np.array([0, 1, 1]), np.array([1, 1, 0]))
    >>> round(macro_average_precision([table, table]).value, 4)
    0.8333
    """
    return _macro(tables, average_precision_of, "influence functions", level, lean=_too_high)


def _too_high(table: ScoreTable) -> float:
    """Return how much higher average precision is for counting each positive among its own.

    Among the others ranked as high as a positive row a share P is positive; with itself it is
    P + (1 - P) w / W, for its weight w in all their weight W.
    """
    held = table.n_pos[::-1] > 0
    (positive, negative), (squared, _) = table.weights(), table.squared_weights()
    above = np.cumsum((positive + negative)[::-1])[held]
    right = np.cumsum(positive[::-1])[held]
    mass = positive[::-1][held]
    own = squared[::-1][held] / np.maximum(mass, 1e-300)
    above = np.maximum(above, 1e-300)
    lean = (1 - right / above) * own / above
    return float(np.dot(mass, lean)) / max(float(mass.sum()), 1e-300)


def _no_lean(table: ScoreTable) -> float:
    return 0.0


def _macro(
    tables: Sequence[ScoreTable],
    measured: Measured,
    how: str,
    level: float,
    *,
    lean: Callable[[ScoreTable], float] = _no_lean,
) -> Estimate:
    used = [table for table in tables if missing_class(table) is None]
    n = max((table.n_rows for table in tables), default=0)
    if not used:
        reason = "no label is both true of some rows and false of others: nothing to average"
        return Estimate.undefined(reason, n=n, level=level)
    levels = [levels_of(table) for table in used]
    found = [measured(part) for part in levels]
    value = min(sum(each.value for each in found) / len(found), 1.0)
    spread, joint = _spread(used, levels, found)
    fewest = min(int(table.n_pos.sum()) for table in used)
    if spread.variance > 0 and 0 < value < 1:
        quantile = two_sided_quantile(level, freedom=spread.freedom)
        middle = value - min(sum(map(lean, used)) / len(used), value / 2)
        interval = logit_interval(middle, spread.error, quantile).around(value)
        method = f"{how} of the labels {joint}, logit scale"
    else:
        interval = wilson(value, min(fewest, spread.n_units or fewest), level=level)
        method = "Wilson score of the rarest label: ranks without variance"
    absent = len(tables) - len(used)
    noun = "label" if absent == 1 else "labels"
    left_out = (f"{absent} {noun} true of no row or of all, left out of the mean",)
    few = few_rows(fewest, least=MIN_LABEL_ROWS, what="rows of the rarest label")
    return Estimate(
        value=value,
        low=interval.low,
        high=interval.high,
        level=level,
        n=n,
        n_effective=spread.n_effective,
        unit=spread.unit,
        method=method,
        warnings=(left_out if absent else ()) + few + few_units(spread),
    )


def _spread(
    tables: list[ScoreTable], levels: list[Levels], found: list[RankStatistic]
) -> tuple[Spread, str]:
    """Return how the mean varies: by unit where rows are kept, else bounded from above."""
    rows = [table.rows for table in tables if table.rows is not None]
    n_units = {part.n_units for part in rows}
    if len(rows) == len(tables) and len(n_units) == 1:
        sums = np.zeros(n_units.pop())
        for table, each in zip(tables, found, strict=True):
            sums += influence_sums(table, each) / len(found)
        spread = unit_spread(sums, plain_variance=0.0, n=levels[0].total, unit=rows[0].kind)
        units = None if spread.unit == "row" else spread.n_units
        return replace(spread, n_effective=None, n_units=units), "joined by row"
    parts = [
        score_spread(table, part, each)
        for table, part, each in zip(tables, levels, found, strict=True)
    ]
    error = sum(part.error for part in parts) / len(parts)
    effective = [part.n_effective for part in parts if part.n_effective is not None]
    widest = Spread(error**2, 0.0, min(effective, default=None), None, parts[0].unit)
    return widest, "as if all varied as one (an upper bound)"


METRIC = Metric(
    name="macro_roc_auc",
    title="Macro ROC AUC",
    tasks=("multilabel",),
    needs="class_scores",
    function=macro_roc_auc,
    help=(
        "The mean over the labels of how well their scores rank rows with it above others.",
        "A rare label counts as much as a common one, and the AUC is blind to prevalence.",
        "The AUC of each label; macro average precision where labels are rare.",
    ),
)
OF_PRECISION = Metric(
    name="macro_average_precision",
    title="Macro average precision",
    acronym="mAP",
    tasks=("multilabel",),
    needs="class_scores",
    function=macro_average_precision,
    help=(
        "The mean over the labels of how clean the top of their ranking is.",
        "The floor of each label is its prevalence, so values of two data sets do not compare.",
        "Average precision and prevalence of each label.",
    ),
)
