"""One metric of two groups: its value, how it varies, and its interval at any level."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from assay.result import Estimate
from assay.stats.interval import Interval

Floats = NDArray[np.float64]
INFINITE = {float("inf"): "Infinity", float("-inf"): "-Infinity"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Measurement:
    """What a metric function returns.

    Parameters
    ----------
    value : float or None
        None where it is undefined; infinite where the formula gives that.
    reason : str or None
        Why the value, or only its interval, is not given.
    n : int
        Rows of both groups that it is made from.
    n_group, n_rest : int
        Rows of the group and of the rest in the denominators.
    interval : callable or None
        Level in (0, 1) → its two ends, which may be infinite; None where there is no interval.
    method : str
        How the interval is made.
    influence : ndarray of float or None
        Change of the value for one more unit of weight in each cell of `cells_used`, with
        Σ w ψ = 0; None where the value has no variance or none is known.
    cells_used : {"cells", "strata"} or None
        Which table of the facet `influence` is about; None for tables of other kinds.
    error : float or None
        Standard error of the value, where it is known.
    n_effective : float or None
        Rows of equal weight with the same precision; None for plain rows.
    unit : str
        What was treated as independent: "row", "group" or "block".
    p_value : float or None
        Of the test that the two groups do not differ, for distances.
    seed : int or None
        Where something was drawn.
    tolerated : (float, float) or None
        Values that make no finding, where that depends on the rows (a tenth of the label's
        standard deviation, say); None for the metric's own.
    warnings : tuple of str
        For example "too few: …".

    Examples
    --------
    >>> found = Measurement(value=0.1, n=100, n_group=40, n_rest=60,
    ...                     interval=lambda level: Interval(-0.1, 0.3), method="Newcombe")
    >>> found.estimate(level=0.95).covers(0.0)
    True
    """

    value: float | None
    reason: str | None = None
    n: int = 0
    n_group: int = 0
    n_rest: int = 0
    interval: Callable[[float], Interval] | None = None
    method: str = ""
    influence: Floats | None = None
    cells_used: str | None = None
    error: float | None = None
    n_effective: float | None = None
    unit: str = "row"
    p_value: float | None = None
    seed: int | None = None
    tolerated: tuple[float, float] | None = None
    warnings: tuple[str, ...] = ()

    @classmethod
    def undefined(
        cls, reason: str, *, n_group: int = 0, n_rest: int = 0, warnings: tuple[str, ...] = ()
    ) -> "Measurement":
        """Return a measurement without a value; `reason` says what made it undefined."""
        return cls(
            value=None,
            reason=reason,
            n=n_group + n_rest,
            n_group=n_group,
            n_rest=n_rest,
            warnings=warnings,
        )

    @property
    def limit(self) -> str | None:
        """Return "Infinity" or "-Infinity" where the value is that; else None."""
        return None if self.value is None else INFINITE.get(self.value)

    def ends(self, level: float) -> Interval | None:
        """Return the interval at a level; its ends may be infinite. None where there is none."""
        if self.value is None or self.interval is None:
            return None
        return self.interval(level)

    def estimate(self, level: float) -> Estimate:
        """Return the value with its interval; what is infinite is left out, and said.

        Parameters
        ----------
        level : float
            Coverage, in (0, 1).
        """
        ends = self.ends(level)
        value, reason = self.value, self.reason
        if value is not None and not isfinite(value):
            value, reason = None, reason or f"the value is {INFINITE[value].lower()}"
        low, high, warnings = None, None, self.warnings
        if ends is not None and value is not None:
            low, high = (end if isfinite(end) else None for end in ends)
            if low is None or high is None:
                side = "upper" if high is None else "lower"
                reason = reason or f"the interval has no {side} end"
        return Estimate(
            value=value,
            low=low,
            high=high,
            level=level,
            n=self.n,
            n_effective=self.n_effective,
            unit=self.unit,
            method=self.method,
            conditional_on="the rows' groups and the fitted model",
            seed=self.seed,
            reason=reason,
            warnings=warnings,
        )
