"""Group d's share of the rejected less its share of the accepted, within subgroups of the rows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.bias.cells import Flags, GroupCells
from assay.bias.measurement import Measurement
from assay.bias.split import Split
from assay.metrics.cells import cell_spread
from assay.metrics.few import MIN_DENOMINATOR, MIN_ROWS, few_rows, few_units
from assay.stats.interval import Interval, two_sided_quantile
from assay.stats.spread import Spread
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
_PRIOR_ROWS = 4.0
_ADDED_ROWS = 2.0
NO_GROUP_VARIABLE = "there is no group variable"


@dataclass(frozen=True, eq=False)
class _Shares:
    """d's share of one outcome in each subgroup; all shapes (n_strata,)."""

    value: Floats
    trials: Floats
    """Independent rows of equal weight that give its precision; 0 where nobody has the outcome."""
    smooth: Floats
    """The share drawn towards that of all subgroups: what it varies as."""

    @property
    def errors(self) -> Floats:
        """Standard errors; 0 where nobody has the outcome."""
        return np.sqrt(self._variance(self.trials))

    def reach(self, quantiles: Floats) -> tuple[Floats, Floats]:
        """Return how far the ends on Wilson's score curve lie below and above each share."""
        held = self.trials > 0
        n = np.where(held, self.trials, 1.0)
        squared = quantiles**2
        turn = squared * (1 - 2 * self.value) / (2 * n)
        half = quantiles * np.sqrt(self._variance(n) + squared / (4 * n * n))
        grown = 1 + squared / n
        below = np.minimum((half - turn) / grown, self.value)
        above = np.minimum((half + turn) / grown, 1 - self.value)
        return np.where(held, below, 0.0), np.where(held, above, 0.0)

    def _variance(self, n: Floats) -> Floats:
        """Return p (1 - p) / n of the smoothed share, freed of its bias downwards."""
        kept = n / (n + _PRIOR_ROWS) ** 2
        spread = self.smooth * (1 - self.smooth) / (1 - kept)
        return np.divide(spread, n, out=np.zeros_like(n), where=n > 0)


def conditional_disparity(
    split: Split, accepted_of: Callable[[GroupCells], Flags | None], *, what: str
) -> Measurement:
    """Return Σ (n_i / n) · DD_i over the subgroups i of the group variable.

    DD_i is d's share of the rejected rows of subgroup i less its share of the accepted ones; a
    share of nobody counts as 0.

    Parameters
    ----------
    split : Split
        With strata.
    accepted_of : callable
        Cells to which of them are accepted, shape (n_cells,); None where that is not known.
    what : str
        Whose outcome: "label" or "predicted label", for reasons.

    Returns
    -------
    Measurement
        In [-1, 1]; undefined without a group variable, or where nobody or everybody is accepted.

    Notes
    -----
    For the interval every share moves along Wilson's score curve by its part of the variance, and
    so do the sizes of the subgroups; units widen it through the influence of each row. Shares of
    few rows vary as if they were nearer to those of all subgroups together.

    References
    ----------
    Wachter, Mittelstadt and Russell 2021, Computer Law & Security Review 41:105567, for
    conditional demographic disparity; Zou and Donner 2008, Statistics in Medicine 27:1693.
    """
    cells = split.tables.strata
    if cells is None or cells.stratum is None:
        return Measurement.undefined(split.tables.why_no_strata or NO_GROUP_VARIABLE)
    accepted = accepted_of(cells)
    if accepted is None:
        return Measurement.undefined(f"there is no {what} with a positive outcome")
    inside, outside = split.in_group(cells), split.in_rest(cells)
    n_group, n_rest = int(cells.n[inside].sum()), int(cells.n[outside].sum())
    reason = _why_undefined(split, cells, accepted, what)
    if reason is not None:
        return Measurement.undefined(reason, n_group=n_group, n_rest=n_rest)
    both = inside | outside
    value, influence, parts = _value(cells, inside, both, accepted)
    spread = cell_spread(cells, influence, among=both)
    plain = float(np.sum(cells.w2 * influence**2))
    widened = spread.variance / plain if cells.by_unit is not None and plain > 0 else 1.0

    def interval(level: float) -> Interval:
        quantile = two_sided_quantile(level, freedom=spread.freedom)
        below, above = parts.reach(quantile)
        factor = max(widened, 0.0) ** 0.5
        ends = Interval(value - factor * below, value + factor * above)
        return ends.clipped(-1.0, 1.0).around(value)

    return Measurement(
        value=value,
        n=n_group + n_rest,
        n_group=n_group,
        n_rest=n_rest,
        interval=interval,
        method="score curves of all shares, each by its part of the variance",
        influence=influence,
        cells_used="strata",
        error=spread.error,
        n_effective=spread.n_effective,
        unit=spread.unit,
        warnings=_warnings(split, cells, accepted, parts, spread, what),
    )


def _why_undefined(split: Split, cells: GroupCells, accepted: Flags, what: str) -> str | None:
    inside, outside = split.in_group(cells), split.in_rest(cells)
    both = inside | outside
    for side, name in ((inside, split.group_name), (outside, split.rest_name)):
        if cells.w[side].sum() <= 0:
            return f"0 rows of {name} have a value of the group variable"
    if cells.w[both & accepted].sum() <= 0:
        return f"0 rows with a positive {what}"
    if cells.w[both & ~accepted].sum() <= 0:
        return f"0 rows with a negative {what}"
    return None


@dataclass(frozen=True, eq=False)
class _Parts:
    """What the value is a sum of, for its interval."""

    rejected: _Shares
    accepted: _Shares
    factor: Floats
    sizes_variance: float
    share_one_sided: float
    n_one_sided: int

    def reach(self, quantile: float) -> tuple[float, float]:
        """Return how far the ends lie below and above the value.

        Every share moves as far along its score curve as its part of the variance asks for.
        """
        rejected, accepted = (self.factor * each.errors for each in (self.rejected, self.accepted))
        variance = float(np.sum(rejected**2 + accepted**2)) + self.sizes_variance
        if variance <= 0:
            return 0.0, 0.0
        each = quantile / variance**0.5
        first, second = self.rejected.reach(each * rejected), self.accepted.reach(each * accepted)
        sizes = each * self.sizes_variance
        below = float(self.factor @ (first[0] + second[1])) + sizes
        return below, float(self.factor @ (first[1] + second[0])) + sizes


def _value(
    cells: GroupCells, inside: Flags, both: Flags, accepted: Flags
) -> tuple[float, Floats, _Parts]:
    """Return the disparity, its influence on each cell, and what it is a sum of."""
    assert cells.stratum is not None
    stratum, k = cells.stratum, cells.n_strata
    w = np.where(both, cells.w, 0.0)
    total = float(w.sum())
    size = sums_by(stratum, w, k)
    shares: list[_Shares] = []
    within = np.zeros(len(cells.n))
    for sign, outcome in ((1.0, both & ~accepted), (-1.0, both & accepted)):
        share, under = _share(cells, inside, outcome, k)
        shares.append(share)
        gain = sign * (inside - share.value[stratum]) * size[stratum]
        within += np.divide(
            gain, under[stratum] * total, out=np.zeros_like(gain), where=outcome & (w > 0)
        )
    rejected, taken = shares
    disparity = rejected.value - taken.value
    value = float(size @ disparity) / total
    sizes = np.where(both, disparity[stratum] - value, 0.0) / total
    one_sided = (size > 0) & ((rejected.trials <= 0) | (taken.trials <= 0))
    parts = _Parts(
        rejected,
        taken,
        size / total,
        float(np.sum(cells.w2 * sizes**2)),
        float(size[one_sided].sum()) / total,
        int(one_sided.sum()),
    )
    return value, within + sizes, parts


def _share(cells: GroupCells, inside: Flags, outcome: Flags, k: int) -> tuple[_Shares, Floats]:
    """Return d's share of the rows with an outcome in each subgroup, and their weight."""
    assert cells.stratum is not None
    stratum = cells.stratum
    under = sums_by(stratum, np.where(outcome, cells.w, 0.0), k)
    above = sums_by(stratum, np.where(outcome & inside, cells.w, 0.0), k)
    squares = np.where(outcome, cells.w2, 0.0)
    share = np.divide(above, under, out=np.zeros(k), where=under > 0)
    off = sums_by(stratum, squares * (inside - share[stratum]) ** 2, k)
    kish = np.divide(under**2, sums_by(stratum, squares, k), out=np.zeros(k), where=under > 0)
    known = (off > 0) & (share > 0) & (share < 1)
    trials = np.divide(share * (1 - share) * under**2, off, out=kish.copy(), where=known)
    trials = np.where(under > 0, np.maximum(trials, 1.0), 0.0)
    n = float(trials.sum())
    total = (n * float(above.sum() / under.sum()) + _ADDED_ROWS / 2) / (n + _ADDED_ROWS)
    smooth = (trials * share + _PRIOR_ROWS * total) / (trials + _PRIOR_ROWS)
    return _Shares(share, trials, smooth), under


def _warnings(
    split: Split,
    cells: GroupCells,
    accepted: Flags,
    parts: _Parts,
    spread: Spread,
    what: str,
) -> tuple[str, ...]:
    inside, outside = split.in_group(cells), split.in_rest(cells)
    rows = {
        split.group_name: int(cells.n[inside].sum()),
        split.rest_name: int(cells.n[outside].sum()),
    }
    both = inside | outside
    found = [
        text
        for name, n in rows.items()
        for text in few_rows(n, least=MIN_ROWS, what=f"rows of {name}")
    ]
    for word, outcome in (("positive", accepted), ("negative", ~accepted)):
        n = int(cells.n[both & outcome].sum())
        found += few_rows(n, least=MIN_DENOMINATOR, what=f"rows with a {word} {what}")
    if parts.n_one_sided:
        found.append(
            f"too few: {parts.n_one_sided} subgroups, with {parts.share_one_sided:.1%} of the "
            f"weight, hold one outcome alone; a share of nobody counts as 0"
        )
    missing = split.tables.cells.n_rows - cells.n_rows
    if missing > 0:
        rows = "1 row" if missing == 1 else f"{missing:,} rows"
        found.append(f"{rows} without a value of the group variable left out")
    return (*found, *few_units(spread))
