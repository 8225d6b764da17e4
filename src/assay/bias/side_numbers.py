"""One number of a set of groups, and what it differs by between two sets."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

from assay.bias.measurement import Measurement
from assay.bias.split import Split
from assay.metrics.few import few_units
from assay.result import Estimate
from assay.stats.interval import Interval
from assay.stats.mover import mover_sum
from assay.stats.spread import Spread

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ends = Callable[[float], Interval]
_STILL = Spread(0.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class SideNumber:
    """A number of the rows of some groups together.

    Parameters
    ----------
    value : float or None
        None where it is undefined.
    reason : str or None
        Why it has no value, or no interval.
    n : int
        Rows that it is made from.
    interval : callable or None
        Level → its two ends.
    spread : Spread
    unit_sums : ndarray of float or None, shape (n_units,)
        Σ w ψ in each declared unit, ψ being the influence of a row.
    method : str
    warnings : tuple of str
    """

    value: float | None
    reason: str | None = None
    n: int = 0
    interval: Ends | None = None
    spread: Spread = _STILL
    unit_sums: Floats | None = None
    method: str = ""
    warnings: tuple[str, ...] = ()

    @classmethod
    def undefined(cls, reason: str, *, n: int = 0) -> "SideNumber":
        """Return a number without a value."""
        return cls(value=None, reason=reason, n=n)

    def carried(
        self, value: float, factor: float, change: Callable[[Interval], Interval]
    ) -> "SideNumber":
        """Return a smooth, rising function of the number.

        Parameters
        ----------
        value : float
            Its value.
        factor : float
            Its derivative there.
        change : callable
            The function, applied to both ends of an interval.
        """
        ends = self.interval
        return replace(
            self,
            value=value,
            interval=None if ends is None else lambda level: change(ends(level)),
            spread=replace(self.spread, variance=self.spread.variance * factor**2),
            unit_sums=None if self.unit_sums is None else self.unit_sums * factor,
        )

    def estimate(self, level: float) -> Estimate:
        """Return the number with its interval."""
        if self.value is None:
            return Estimate.undefined(self.reason or "", n=self.n, level=level)
        low, high = (None, None) if self.interval is None else self.interval(level)
        return Estimate(
            value=self.value,
            low=low,
            high=high,
            level=level,
            n=self.n,
            n_effective=self.spread.n_effective,
            unit=self.spread.unit,
            method=self.method,
            reason=self.reason,
            warnings=self.warnings + few_units(self.spread),
        )


Number = Callable[[Flags, str], SideNumber]
"""Which groups (flags, shape (n_groups,)) and their name in words → their number."""


def side_difference(
    split: Split,
    number: Number,
    *,
    bounds: tuple[float, float] = (-inf, inf),
    tolerated: tuple[float, float] | None = None,
) -> Measurement:
    """Return the number of facet a less that of facet d.

    The two intervals are joined by MOVER: as independent, or with their correlation where
    declared units hold rows of both.

    Parameters
    ----------
    split : Split
    number : callable
    bounds : (float, float)
        Range of the difference.
    tolerated : (float, float) or None
        What is tolerated, where that depends on the rows.

    Returns
    -------
    Measurement
        Undefined where a side is, with both reasons.
    """
    rest, group = number(split.rest, split.rest_name), number(split.group, split.group_name)
    sides = rest, group
    warnings = tuple(dict.fromkeys(text for side in sides for text in _warnings(side)))
    if rest.value is None or group.value is None:
        lacking = [side.reason for side in sides if side.value is None and side.reason]
        reason = ", ".join(dict.fromkeys(lacking))
        return Measurement.undefined(reason, n_group=group.n, n_rest=rest.n, warnings=warnings)
    values = [rest.value, group.value]
    errors = [side.spread.error for side in sides]
    correlation = _correlation(rest, group, errors)
    found = Measurement(
        value=rest.value - group.value,
        n=rest.n + group.n,
        n_group=group.n,
        n_rest=rest.n,
        n_effective=_effective(sides),
        unit=rest.spread.unit,
        tolerated=tolerated,
        warnings=warnings,
    )
    if rest.interval is None or group.interval is None:
        return replace(found, reason=rest.reason or group.reason)
    ends = rest.interval, group.interval

    def interval(level: float) -> Interval:
        parts = [each(level) for each in ends]
        joint = mover_sum(values, parts, coefficients=[1.0, -1.0], correlation=correlation)
        return joint.clipped(*bounds)

    shared = 0.0 if correlation is None else 2 * errors[0] * errors[1] * float(correlation[0, 1])
    methods = dict.fromkeys(side.method for side in sides)
    return replace(
        found,
        interval=interval,
        error=sqrt(max(0.0, errors[0] ** 2 + errors[1] ** 2 - shared)),
        method=f"MOVER of {' and '.join(methods)}",
    )


def _warnings(side: SideNumber) -> tuple[str, ...]:
    return side.warnings + few_units(side.spread)


def _effective(sides: tuple[SideNumber, SideNumber]) -> float | None:
    known = [side.spread.n_effective for side in sides if side.spread.n_effective is not None]
    return sum(known) if len(known) == len(sides) else None


def _correlation(one: SideNumber, other: SideNumber, errors: list[float]) -> Floats | None:
    """Return how two numbers move together over declared units; None without such units."""
    if one.unit_sums is None or other.unit_sums is None or min(errors) <= 0:
        return None
    scale = sqrt(float(np.dot(one.unit_sums, one.unit_sums)))
    scale *= sqrt(float(np.dot(other.unit_sums, other.unit_sums)))
    shared = float(np.dot(one.unit_sums, other.unit_sums)) / scale if scale > 0 else 0.0
    return np.array([[1.0, shared], [shared, 1.0]])
