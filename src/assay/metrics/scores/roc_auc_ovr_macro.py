"""Macro ROC AUC: how well each class's scores rank it against the rest, on average."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assay.metrics.few import few_of_class, few_units
from assay.metrics.metric import Metric
from assay.metrics.scores.levels import influence_sums, levels_of, missing_class, score_spread
from assay.result import Estimate
from assay.stats.interval import two_sided_quantile
from assay.stats.levels import Levels, RankStatistic
from assay.stats.rate import wilson
from assay.stats.roc import area_under_roc
from assay.stats.spread import Spread, unit_spread
from assay.stats.transforms import logit_interval
from assay.tables.score_table import ScoreTable


def roc_auc_ovr_macro(tables: Sequence[ScoreTable], *, level: float = 0.95) -> Estimate:
    """Plain mean over the classes of the ROC AUC of one class against the rest.

    One row enters all tables, so the classes' areas vary together. Separate tables do not show
    how; the standard error is then the mean of theirs, which is never too small (as if all moved
    as one). When the tables keep their rows by unit (`ScoreTable.rows` with the same units, of
    which each row may be its own), the influences are added within units and the interval is
    neither too wide nor too narrow.

    Parameters
    ----------
    tables : sequence of ScoreTable
        One for each class: its scores, positive where the row is of the class.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [0, 1], over the classes that occur among the labels; the others are counted in a
        warning.

    References
    ----------
    Hand and Till 2001, Machine Learning 45:171, doi:10.1023/A:1010920819831.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.1, 0.4, 0.8]), np.array([0, 1, 1]), np.array([1, 1, 0]))
    >>> roc_auc_ovr_macro([table, table]).value
    0.875
    """
    used = [table for table in tables if missing_class(table) is None]
    n = max((table.n_rows for table in tables), default=0)
    if len(used) < 2:
        reason = "fewer than two classes occur among the labels: nothing to average"
        return Estimate.undefined(reason, n=n, level=level)
    levels = [levels_of(table) for table in used]
    areas = [area_under_roc(part) for part in levels]
    value = sum(area.value for area in areas) / len(areas)
    spread, joint = _spread(used, levels, areas)
    fewest = min(int(table.n_pos.sum()) for table in used)
    if spread.variance > 0 and 0 < value < 1:
        quantile = two_sided_quantile(level, freedom=spread.freedom)
        interval = logit_interval(value, spread.error, quantile)
        method = joint
    else:
        interval = wilson(value, min(fewest, spread.n_units or fewest), level=level)
        method = "Wilson score of the smallest class: ranks without variance"
    absent = len(tables) - len(used)
    noun = "class" if absent == 1 else "classes"
    left_out = (f"{absent} {noun} without rows, left out of the mean",) if absent else ()
    return Estimate(
        value=value,
        low=interval.low,
        high=interval.high,
        level=level,
        n=n,
        n_effective=spread.n_effective,
        unit=spread.unit,
        method=method,
        warnings=left_out + few_of_class(fewest, "the smallest") + few_units(spread),
    )


def _spread(
    tables: list[ScoreTable], levels: list[Levels], areas: list[RankStatistic]
) -> tuple[Spread, str]:
    spreads = [
        score_spread(table, part, area)
        for table, part, area in zip(tables, levels, areas, strict=True)
    ]
    rows = [table.rows for table in tables if table.rows is not None]
    n_units = {part.n_units for part in rows}
    if len(rows) == len(tables) and len(n_units) == 1:
        sums = np.zeros(n_units.pop())
        for table, area in zip(tables, areas, strict=True):
            sums += influence_sums(table, area) / len(areas)
        found = unit_spread(sums, plain_variance=0.0, n=levels[0].total, unit=rows[0].kind)
        by_row = found.unit == "row"
        found = replace(found, n_effective=None, n_units=None if by_row else found.n_units)
        return found, "DeLong over the classes' joint influence, logit scale"
    error = sum(spread.error for spread in spreads) / len(spreads)
    effective = [spread.n_effective for spread in spreads if spread.n_effective is not None]
    widest = Spread(error**2, 0.0, min(effective, default=None), None, spreads[0].unit)
    return widest, "mean of DeLong's standard errors (an upper bound), logit scale"


METRIC = Metric(
    name="roc_auc_ovr_macro",
    title="ROC AUC (macro, each class against the rest)",
    acronym="AUC ovr",
    tasks=("multiclass",),
    needs="class_scores",
    function=roc_auc_ovr_macro,
    help=(
        "The mean over the classes of how well their scores rank them against the rest.",
        "A rare class counts as much as a common one, and the AUC is blind to prevalence.",
        "The AUC of each class; precision and recall of each class.",
    ),
)
