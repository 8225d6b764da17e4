"""Quantities of forecasts in; their mean, median or total over series with intervals out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.forecasting.panel import Panel
from assay.evaluation.forecasting.problems import named
from assay.evaluation.forecasting.quantities import Quantity
from assay.evaluation.forecasting.redraws import Redraws
from assay.result import Estimate
from assay.stats.interval import Interval, two_sided_quantile
from assay.stats.percentile import bca_interval
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Summing:
    """Adds quantities up by series, in the rows and in their redraws.

    Parameters
    ----------
    panel : Panel
    redraws : Redraws
    level : float
    seed : int
    """

    panel: Panel
    redraws: Redraws
    level: float = 0.95
    seed: int = 0

    def by_series(self, quantity: Quantity) -> Floats:
        """Return the metric of each series, NaN where it is undefined."""
        return quantity.values(self._sum(quantity.numerator), self._sum(quantity.denominator))

    def mean(self, quantity: Quantity) -> Estimate:
        """Return the mean over the series for which it is defined."""
        values = self.by_series(quantity)
        able = np.isfinite(values)
        if not able.any():
            return self._undefined(quantity)
        drawn = self._drawn_means(quantity, values, able)
        return self._estimate(float(values[able].mean()), drawn, values[able], quantity, able)

    def median(self, quantity: Quantity) -> Estimate:
        """Return the median over the series; by order statistics where series are drawn."""
        values = self.by_series(quantity)
        able = np.isfinite(values)
        if not able.any():
            return self._undefined(quantity)
        value = float(np.median(values[able]))
        if self.redraws.by != "series":
            drawn = np.median(self._drawn_values(quantity)[:, able], axis=1)
            return self._estimate(value, drawn, None, quantity, able)
        ends = median_interval(values[able], level=self.level)
        return Estimate(
            value=value,
            low=None if ends is None else ends.low,
            high=None if ends is None else ends.high,
            level=self.level,
            n=self.panel.n,
            unit="series",
            method="order statistics of the series" if ends is not None else "",
            reason=None if ends is not None else "too few series for an interval of a median",
            conditional_on=self._condition,
            warnings=self._left_out(quantity, able),
        )

    def total(self, quantity: Quantity) -> Estimate:
        """Return the metric of all rows together, as if they were one series."""
        n, d = self._sum(quantity.numerator), self._sum(quantity.denominator)
        if d.sum() <= 0:
            return self._undefined(quantity)
        if self.redraws.by == "series":
            n_drawn, d_drawn = self.redraws.counts @ n, self.redraws.counts @ d
        else:
            n_drawn, d_drawn = (
                self.redraws.counts @ np.bincount(self.redraws.unit, weights=each)
                for each in (quantity.numerator, quantity.denominator)
            )
        drawn = _over(n_drawn, d_drawn)
        value = float(n.sum() / d.sum())
        influence = n - value * d
        if quantity.root:
            value, drawn = float(np.sqrt(value)), np.sqrt(drawn)
        return self._estimate(value, drawn, influence, quantity, np.isfinite(n))

    def ratio(self, over: Quantity, under: Quantity) -> Estimate:
        """Return the mean of one metric over that of another, over series that have both."""
        first, second = self.by_series(over), self.by_series(under)
        able = np.isfinite(first) & np.isfinite(second)
        if not able.any():
            return self._undefined(over)
        if second[able].sum() <= 0:
            return Estimate.undefined(
                "the naive forecast is right everywhere", n=self.panel.n, level=self.level
            )
        value = float(first[able].sum() / second[able].sum())
        drawn = _over(self._drawn_means(over, first, able), self._drawn_means(under, second, able))
        influence = first[able] - value * second[able]
        return self._estimate(value, drawn, influence, over, able)

    def difference(self, more: Quantity, less: Quantity) -> tuple[Estimate, float | None]:
        """Return the mean over series of one metric minus another, and its p-value.

        The p-value is two-sided, of no difference: twice the smaller share of redraws on either
        side of 0.
        """
        first, second = self.by_series(more), self.by_series(less)
        able = np.isfinite(first) & np.isfinite(second)
        if not able.any():
            return self._undefined(more), None
        apart = (first - second)[able]
        drawn = self._drawn_means(more, first, able) - self._drawn_means(less, second, able)
        found = self._estimate(float(apart.mean()), drawn, apart, more, able)
        if found.low is None:
            return found, None
        known = drawn[np.isfinite(drawn)]
        sides = min(np.count_nonzero(known <= 0), np.count_nonzero(known >= 0))
        return found, min(1.0, 2 * (int(sides) + 1) / (len(known) + 1))

    def _sum(self, rows: Floats) -> Floats:
        return sums_by(self.panel.series, rows, self.panel.n_series)

    def _drawn_means(self, quantity: Quantity, values: Floats, able: NDArray[np.bool_]) -> Floats:
        if self.redraws.by == "series":
            counts = self.redraws.counts[:, able]
            return _over(counts @ values[able], counts.sum(axis=1))
        return np.mean(self._drawn_values(quantity)[:, able], axis=1)

    def _drawn_values(self, quantity: Quantity) -> Floats:
        """Return the metric of each series in each redraw of times."""
        n_units, n_series = self.redraws.n_units, self.panel.n_series
        place = self.redraws.unit * n_series + self.panel.series
        sums = [
            self.redraws.counts
            @ np.bincount(place, weights=each, minlength=n_units * n_series).reshape(
                n_units, n_series
            )
            for each in (quantity.numerator, quantity.denominator)
        ]
        return quantity.values(sums[0], sums[1])

    def _estimate(
        self,
        value: float,
        drawn: Floats,
        terms: Floats | None,
        quantity: Quantity,
        able: NDArray[np.bool_],
    ) -> Estimate:
        warnings = self._left_out(quantity, able)
        one = self.redraws.by == "series" and able.sum() < 2
        if not self.redraws.able or one or not np.isfinite(drawn).any():
            least = "two series" if one else "three stretches of time that do not hang together"
            return Estimate(
                value=value,
                level=self.level,
                n=self.panel.n,
                unit=self._unit,
                reason=f"no interval: fewer than {least}",
                warnings=warnings,
                conditional_on=self._condition,
            )
        bend = _acceleration(terms) if self.redraws.by == "series" else 0.0
        wide = value + (drawn - value) * self._expansion
        ends = bca_interval(value, wide, acceleration=bend, level=self.level)
        return Estimate(
            value=value,
            low=ends.low,
            high=ends.high,
            level=self.level,
            n=self.panel.n,
            unit=self._unit,
            method=self.redraws.method,
            seed=self.seed,
            warnings=(*self.redraws.warnings(), *warnings),
            conditional_on=self._condition,
        )

    @property
    def _expansion(self) -> float:
        """How much wider than its redraws the law of a mean of so few parts is.

        The spread of redraws lacks (n - 1)/n, and a normal law the doubt about the spread
        (Hesterberg 2015, The American Statistician 69:371, doi:10.1080/00031305.2015.1089789).
        """
        n = max(self.redraws.n_blocks, 2)
        student = two_sided_quantile(self.level, freedom=n - 1)
        return student / two_sided_quantile(self.level) * (n / (n - 1)) ** 0.5

    @property
    def _unit(self) -> str:
        return "series" if self.redraws.by == "series" else "block"

    @property
    def _condition(self) -> str:
        if self.redraws.by == "series":
            return "the fitted model and the stretch of time"
        series = "this series" if self.panel.n_series == 1 else "these series"
        if self.redraws.by == "cut-off":
            return f"the fitted model and {series}"
        return f"the fitted model, {series} and the place in time that forecasts were made from"

    def _undefined(self, quantity: Quantity) -> Estimate:
        reasons = [each for each in quantity.reasons or () if each is not None]
        reason = max(set(reasons), key=reasons.count) if reasons else "every target is 0"
        if self.panel.n_series > 1:
            reason = f"undefined in every series: {reason}"
        return Estimate.undefined(reason, n=self.panel.n, level=self.level)

    def _left_out(self, quantity: Quantity, able: NDArray[np.bool_]) -> tuple[str, ...]:
        lacking = np.flatnonzero(~able)
        if not len(lacking):
            return ()
        names = [self.panel.names[each] for each in lacking.tolist()]
        reasons = quantity.reasons
        first = None if reasons is None else reasons[int(lacking[0])]
        why = f" ({first})" if first else ""
        return (f"left out of it, because undefined there: {named(names)}{why}",)


def median_interval(values: Floats, *, level: float) -> Interval | None:
    """Return the order statistics that hold the median of what the values were drawn from.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
    level : float

    Returns
    -------
    Interval or None
        None where even the smallest and the largest value cover less than `level`.

    Examples
    --------
    >>> median_interval(np.arange(1.0, 21.0), level=0.95)
    Interval(low=6.0, high=15.0)
    """
    from scipy.special import bdtr  # noqa: PLC0415 - pyright: no stubs

    n = len(values)
    below = bdtr(np.arange(n, dtype=np.float64), n, 0.5)  # P[at most k values below the median]
    inside = np.flatnonzero(below <= (1 - level) / 2)
    if not len(inside):
        return None
    place = int(inside[-1])
    ordered = np.sort(values)
    return Interval(float(ordered[place]), float(ordered[n - 1 - place]))


def _over(numerator: Floats, denominator: Floats) -> Floats:
    able = denominator > 0
    return np.where(able, numerator / np.where(able, denominator, 1.0), np.nan)


def _acceleration(terms: Floats | None) -> float:
    if terms is None:
        return 0.0
    centred = terms - terms.mean()
    spread = float(np.sum(centred**2))
    return float(np.sum(centred**3) / (6 * spread**1.5)) if spread > 0 else 0.0
