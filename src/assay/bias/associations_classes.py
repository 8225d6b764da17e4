"""How strongly a facet goes with a label or a prediction that has classes."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from assay.bias.cells import GroupCells
from assay.bias.measurement import Measurement
from assay.bias.split import Split
from assay.metrics.cells import cell_spread
from assay.metrics.few import MIN_ROWS, few_rows, few_units
from assay.metrics.rates import cell_rate
from assay.stats.chi_square import chi_square_p
from assay.stats.cramers_v import bias_corrected_v, mean_square_contingency
from assay.stats.interval import Interval
from assay.stats.quadratic import quadratic_interval
from assay.stats.rate import wilson
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
MAX_BUNCHES = 5_000
"""Units are added up at random in at most so many bunches, which vary together as they do."""
MAX_SUMS = 10_000_000
LEAST_EXPECTED = 5.0


@dataclass(frozen=True, eq=False)
class _Table:
    """Cells by group and class, both counted without gaps; `kept` are those with weight."""

    group: Codes
    answer: Codes
    kept: NDArray[np.intp]
    shares: Floats

    @classmethod
    def of(cls, cells: GroupCells, answer: Codes) -> "_Table":
        kept = np.flatnonzero(cells.w > 0)
        groups, group = np.unique(cells.group[kept], return_inverse=True)
        answers, place = np.unique(answer[kept], return_inverse=True)
        shares = np.zeros((len(groups), len(answers)))
        np.add.at(shares, (group, place), cells.w[kept])
        return cls(group, place, kept, shares / max(float(shares.sum()), 1e-300))


def cramers_v(cells: GroupCells, *, predicted: bool = False) -> Measurement:
    """Cramér's V of the groups and the classes of the label, without what chance adds.

    Parameters
    ----------
    cells : GroupCells
    predicted : bool
        The prediction in place of the label.

    Returns
    -------
    Measurement
        In [0, 1], with the p-value of Pearson's chi-square test that groups and classes are
        independent. Weights and units divide it by the mean of the design effects (Rao and
        Scott's first correction).

    References
    ----------
    Bergsma 2013, Journal of the Korean Statistical Society 42:323,
    doi:10.1016/j.jkss.2012.10.002; Rao and Scott 1984, Annals of Statistics 12:46.

    Examples
    --------
    >>> cells = GroupCells.from_counts(["a", "d"], [[20, 80], [70, 30]])
    >>> found = cramers_v(cells)
    >>> round(found.value, 3), found.p_value < 1e-6
    (0.499, True)
    """
    answer = cells.prediction if predicted else cells.label
    what = "prediction" if predicted else "label"
    if answer is None:
        return Measurement.undefined(f"there is no {what}")
    table = _Table.of(cells, answer)
    r, c = table.shares.shape
    if min(r, c) < 2:
        one = "every row is of one group" if r < 2 else f"every row has the same {what}"
        return Measurement.undefined(
            f"{one}: there is nothing to go together", n_rest=cells.n_rows
        )
    phi2 = mean_square_contingency(table.shares)
    influence = _influence(cells, table)
    spread = cell_spread(cells, influence, among=cells.w > 0)
    n = float(cells.n[table.kept].sum())
    effect = _design_effect(cells, table) if spread.n_effective is not None else 1.0
    n_effective = max(2.0, n / effect)
    dimensions = float((r - 1) * (c - 1))
    statistic = phi2 * (n_effective - 1)
    p_value = chi_square_p(statistic, dimensions, freedom=spread.freedom)
    value = bias_corrected_v(phi2, (r, c), n_effective)

    def interval(level: float) -> Interval:
        low, high = quadratic_interval(
            phi2,
            spread.variance,
            dimensions / n_effective,
            dimensions=dimensions,
            freedom=spread.freedom,
            level=level,
        )
        low = low if p_value < 1 - level else 0.0
        ends = (sqrt(end / (min(r, c) - 1)) for end in (low, high))
        return Interval(*ends).clipped(0.0, 1.0).around(value)

    rows = np.array([cells.n[table.kept][table.group == i].sum() for i in range(r)])
    expected = float(np.min(table.shares.sum(axis=0))) * float(rows.min())
    scale = 2 * value * (min(r, c) - 1)
    return Measurement(
        value=value,
        n=int(n),
        n_rest=int(n),
        interval=interval,
        method="Bergsma's correction; scaled non-central chi-square",
        influence=influence / scale if value > 0 else np.zeros_like(influence),
        cells_used="cells",
        error=spread.error / scale if value > 0 else None,
        n_effective=spread.n_effective,
        unit=spread.unit,
        p_value=p_value,
        warnings=(
            *few_rows(float(rows.min()), least=MIN_ROWS, what="rows of the smallest group"),
            *_few_expected(expected, float(rows.min())),
            *few_units(spread),
        ),
    )


def _few_expected(expected: float, rows: float) -> tuple[str, ...]:
    if expected >= LEAST_EXPECTED or rows < MIN_ROWS:
        return ()
    return (
        f"too few: {expected:.1f} rows of the rarest class are expected in the smallest group, "
        f"an interval needs {LEAST_EXPECTED:.0f} to be believed",
    )


def _influence(cells: GroupCells, table: _Table) -> Floats:
    """Return the influence of φ² = Σ p² / (r c) - 1 on each cell, shape (n_cells,)."""
    p = table.shares
    of_row, of_column = p.sum(axis=1), p.sum(axis=0)
    ratio = p / np.outer(of_row, of_column)
    by_row = (p * ratio).sum(axis=1) / of_row
    by_column = (p * ratio).sum(axis=0) / of_column
    slope = 2 * ratio - by_row[:, None] - by_column
    slope -= float(np.sum(p * slope))
    influence = np.zeros(len(cells.n))
    influence[table.kept] = slope[table.group, table.answer]
    return influence / float(cells.w.sum())


def _design_effect(cells: GroupCells, table: _Table) -> float:
    """Return the mean by which weights and units widen what is compared with independence."""
    of_row, of_column = table.shares.sum(axis=1), table.shares.sum(axis=0)
    w, n = cells.w[table.kept], float(cells.n[table.kept].sum())
    total = float(w.sum())
    rows = np.eye(len(of_row))[table.group] - of_row
    columns = np.eye(len(of_column))[table.answer] - of_column
    standard = np.outer(of_row, of_column)
    plain = (rows**2 * w[:, None]).T @ columns**2 / (n * total)
    if cells.by_unit is None:
        w2 = cells.w2[table.kept]
        found = (rows**2 * w2[:, None]).T @ columns**2 / total**2
    else:
        found = _unit_squares(cells, table) / total**2
    below = float(np.sum(plain / standard))
    return float(np.sum(found / standard)) / below if below > 0 else 1.0


def _unit_squares(cells: GroupCells, table: _Table) -> Floats:
    """Return Σ over units of (Σ w · row · column)², shape (r, c).

    `row` is whether a row is of a group, less that group's share; `column` likewise.
    """
    by_unit = cells.by_unit
    assert by_unit is not None
    r, c = table.shares.shape
    at = np.full(len(cells.n), -1, dtype=np.int64)
    at[table.kept] = table.group * c + table.answer
    place = at[by_unit.cell]
    held = place >= 0
    n_bunches = max(1, min(by_unit.n_units, MAX_BUNCHES, MAX_SUMS // (r * c)))
    entry = by_unit.unit[held] % n_bunches * (r * c) + place[held]
    sums = sums_by(entry, by_unit.w[held], n_bunches * r * c).reshape(n_bunches, r, c)
    of_row, of_column = table.shares.sum(axis=1), table.shares.sum(axis=0)
    centred = sums - of_row[:, None] * sums.sum(axis=1, keepdims=True)
    centred -= of_column * centred.sum(axis=2, keepdims=True)
    return np.sum(centred**2, axis=0) * n_bunches / max(1, n_bunches - 1)


def facet_imbalance_in_class(split: Split, place: int) -> Measurement:
    """Clarify's class imbalance (CI) among the rows of one class of the label.

    Parameters
    ----------
    split : Split
    place : int
        Of the class, among the cells' `classes`.

    Returns
    -------
    Measurement
        In [-1, 1]: (n_a - n_d) / (n_a + n_d) of the rows with that label; undefined where none
        of both groups has it.

    Examples
    --------
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[20, 80], [70, 30]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(facet_imbalance_in_class(split, 1).value, 4)
    0.4545
    """
    cells = split.tables.cells
    if cells.label is None:
        return Measurement.undefined("there is no label")
    among = (cells.label == place) & (split.in_group(cells) | split.in_rest(cells))
    rate = cell_rate(cells, split.in_rest(cells) & among, among)
    if rate is None:
        return Measurement.undefined(f"0 rows with the label {cells.classes[place]}")
    trials = float(rate.n) if rate.n_effective is None else max(1.0, rate.n_effective)

    def interval(level: float) -> Interval:
        low, high = wilson(rate.value, trials, level=level, freedom=rate.spread.freedom)
        return Interval(2 * low - 1, 2 * high - 1)

    n_group = int(cells.n[among & split.in_group(cells)].sum())
    return Measurement(
        value=2 * rate.value - 1,
        n=rate.n,
        n_group=n_group,
        n_rest=rate.n - n_group,
        interval=interval,
        method="Wilson score",
        influence=2 * rate.influence,
        cells_used="cells",
        error=2 * rate.spread.error,
        n_effective=rate.n_effective,
        unit=rate.spread.unit,
        warnings=(*few_rows(rate.n, what="rows of this class"), *few_units(rate.spread)),
    )
