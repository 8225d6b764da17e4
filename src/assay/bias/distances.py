"""How far two groups' shares of a yes/no outcome lie apart: what KL, JS, LP, TVD and KS share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from assay.bias.cells import Flags, GroupCells
from assay.bias.measurement import Measurement
from assay.bias.split import Split
from assay.metrics.cells import cell_spread
from assay.metrics.few import MIN_ROWS, few_rows, few_units
from assay.metrics.rates import CellRate, cell_rate, correlations_of
from assay.stats.chi_square import two_rates_p
from assay.stats.interval import Interval
from assay.stats.mover import mover_sum
from assay.stats.rate import wilson
from assay.stats.rate_region import distance_over_region, rate_region
from assay.stats.spread import Spread

Floats = NDArray[np.float64]
Distance = Callable[[Floats, Floats], Floats]
TEST = "the lower end is 0 unless a chi-square test of equal shares rejects"


@dataclass(frozen=True, eq=False)
class TwoShares:
    """The share of an outcome in facet a and in facet d, and the test that they are equal.

    Parameters
    ----------
    rest, group : CellRate
    trials : (float, float)
        Independent rows of equal weight that give the precision of each, a first.
    correlation : float
        Of the two estimates; not 0 only where units hold rows of both groups.
    freedom : float or None
        Degrees of freedom of the precision, where it comes from units.
    p_value : float
    few : tuple of str
        Warnings.
    """

    rest: CellRate
    group: CellRate
    trials: tuple[float, float]
    correlation: float
    freedom: float | None
    p_value: float
    few: tuple[str, ...]
    spread: Spread
    """Of the share in a less that in d."""

    @property
    def values(self) -> tuple[float, float]:
        """The shares, a first."""
        return self.rest.value, self.group.value

    @property
    def gap_influence(self) -> Floats:
        """Influence of the share in a less that in d, shape (n_cells,)."""
        return self.rest.influence - self.group.influence

    def gap(self, level: float) -> Interval:
        """Return Newcombe's interval of the share in a less that in d."""
        parts = [
            wilson(value, n, level=level, freedom=self.freedom)
            for value, n in zip(self.values, self.trials, strict=True)
        ]
        joint = np.array([[1.0, self.correlation], [self.correlation, 1.0]])
        return mover_sum(self.values, parts, coefficients=[1.0, -1.0], correlation=joint)

    def error(self, by_rest: float, by_group: float) -> float:
        """Return the standard error of a function of both shares from its derivatives."""
        rest, group = by_rest * self.rest.spread.error, by_group * self.group.spread.error
        return max(0.0, rest**2 + group**2 + 2 * self.correlation * rest * group) ** 0.5

    def region(self, level: float) -> tuple[Floats, Floats]:
        """Return the edge of the region of shares that a function of both is judged by."""
        return rate_region(
            self.values,
            self.trials,
            correlation=self.correlation,
            freedom=self.freedom,
            level=level,
        )


def shares_in(cells: GroupCells, split: Split, counted: Flags) -> TwoShares | None:
    """Return the shares of the cells `counted` in both groups; None where a group is empty."""
    inside, outside = split.in_group(cells), split.in_rest(cells)
    group = cell_rate(cells, counted & inside, inside)
    rest = cell_rate(cells, counted & outside, outside)
    if group is None or rest is None:
        return None
    correlation = 0.0
    if cells.by_unit is not None:
        correlation = float(correlations_of(cells, (rest, group))[0, 1])
    degrees = [rate.spread.freedom for rate in (rest, group) if rate.spread.freedom is not None]
    freedom = min(degrees) if degrees else None
    trials = _trials(rest), _trials(group)
    p_value = two_rates_p(
        (rest.value, group.value), trials, correlation=correlation, freedom=freedom
    )
    few = tuple(dict.fromkeys(few_in(split, rest, group)))
    spread = cell_spread(cells, rest.influence - group.influence, among=inside | outside)
    return TwoShares(rest, group, trials, correlation, freedom, p_value, few, spread)


def _trials(rate: CellRate) -> float:
    effective = rate.n_effective
    return float(rate.n) if effective is None else max(1.0, effective)


def few_in(split: Split, rest: CellRate, group: CellRate) -> tuple[str, ...]:
    """Return the warnings that a group has too few rows or units."""
    return (
        *few_rows(group.n, least=MIN_ROWS, what=f"rows of {split.group_name}"),
        *few_rows(rest.n, least=MIN_ROWS, what=f"rows of {split.rest_name}"),
        *few_units(group.spread),
        *few_units(rest.spread),
    )


def label_shares(split: Split) -> TwoShares | str:
    """Return the shares of positive labels in both groups, or why there are none.

    Made once for all metrics of a split.
    """
    known = split.cache.get("label_shares")
    if known is None:
        cells = split.tables.cells
        if cells.positive is None:
            known = "there is no label with a positive outcome"
        else:
            known = shares_in(cells, split, cells.positive) or empty_group(split)
        split.cache["label_shares"] = known
    return cast("TwoShares | str", known)


def empty_group(split: Split) -> str:
    """Return which of the groups has no weight, in words."""
    cells = split.tables.cells
    inside = float(cells.w[split.in_group(cells)].sum())
    name = split.group_name if inside <= 0 else split.rest_name
    return f"0 rows with a weight above 0 in {name}"


def gap_distance(split: Split, *, factor: float = 1.0) -> Measurement:
    """Return `factor` times the absolute gap of the rates of positive labels.

    Parameters
    ----------
    split : Split
    factor : float
        1 for TVD and KS of a yes/no label, √2 for LP.

    Returns
    -------
    Measurement
        With Newcombe's interval of the gap, folded at 0.
    """
    shares = label_shares(split)
    if isinstance(shares, str):
        return Measurement.undefined(shares)
    rest, group = shares.values
    sign = 1.0 if rest >= group else -1.0
    value = factor * abs(rest - group)

    def interval(level: float) -> Interval:
        low, high = shares.gap(level)
        nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
        ends = Interval(factor * nearest, factor * max(abs(low), abs(high)))
        return gated(ends, value, shares.p_value, level).clipped(0.0, factor)

    return measured(
        value,
        interval,
        shares,
        slopes=(factor * sign, -factor * sign),
        method=f"Newcombe, folded at 0; {TEST}",
    )


def rates_distance(
    split: Split, distance: Distance, slopes: Callable[[float, float], tuple[float, float]]
) -> Measurement:
    """Return a distance of two rates that is not a multiple of their gap.

    Parameters
    ----------
    split : Split
    distance : callable
        Arrays of rates in a and in d to an array; infinite where the formula gives that.
    slopes : callable
        Rates in a and in d to the derivatives by each; read only where the value is finite.

    Returns
    -------
    Measurement
        With the range of the distance over a score region of both rates.
    """
    shares = label_shares(split)
    if isinstance(shares, str):
        return Measurement.undefined(shares)
    rest, group = shares.values
    value = float(distance(np.array([rest]), np.array([group]))[0])

    def interval(level: float) -> Interval:
        ends = distance_over_region(distance, shares.region(level))
        return gated(ends, value, shares.p_value, level)

    return measured(
        value,
        interval,
        shares,
        slopes=slopes(rest, group) if np.isfinite(value) else None,
        method=f"range over a score region of both rates; {TEST}",
    )


def gated(ends: Interval, value: float, p_value: float, level: float) -> Interval:
    """Return the ends with 0 for the lower one where the test does not reject at the level."""
    low = ends.low if p_value < 1 - level else 0.0
    return Interval(min(low, value), max(ends.high, value))


def measured(
    value: float,
    interval: Callable[[float], Interval],
    shares: TwoShares,
    *,
    slopes: tuple[float, float] | None,
    method: str,
) -> Measurement:
    """Return the measurement of a distance of two shares; `slopes` are its derivatives by them."""
    influence, error = None, None
    if slopes is not None:
        by_rest, by_group = slopes
        influence = by_rest * shares.rest.influence + by_group * shares.group.influence
        error = shares.error(by_rest, by_group)
    return Measurement(
        value=value,
        n=shares.group.n + shares.rest.n,
        n_group=shares.group.n,
        n_rest=shares.rest.n,
        interval=interval,
        method=method,
        influence=influence,
        cells_used=None if influence is None else "cells",
        error=error,
        n_effective=shares.spread.n_effective,
        unit=shares.spread.unit,
        p_value=shares.p_value,
        warnings=shares.few,
    )
