"""Two groups of terms in; difference of their means, its interval and one-sided chances out."""

from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np
from numpy.typing import NDArray

from assay.stats.interval import Interval
from assay.stats.mean import mean_interval
from assay.stats.special import student_cdf
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class MeanDifference:
    """Mean inside minus mean outside, and how sure that is.

    Parameters
    ----------
    value, error : float
        The difference and its standard error.
    freedom : float
        Degrees of freedom of the error.
    skew : float
        Skewness of the law of the difference.
    """

    value: float
    error: float
    freedom: float
    skew: float

    def interval(self, level: float) -> Interval:
        """Return the two-sided interval, mended for skew."""
        return mean_interval(
            self.value, self.error, skew=self.skew, freedom=self.freedom, level=level
        )

    @property
    def chance_above(self) -> float:
        """One-sided p-value of a difference of at most 0, by Student's law."""
        if self.error == 0:
            return 1.0 if self.value <= 0 else 0.0
        return student_cdf(-self.value / self.error, self.freedom)


def mean_difference(
    values: Floats,
    inside: Flags,
    *,
    weight: Floats | None = None,
    unit: NDArray[np.int64] | None = None,
) -> MeanDifference:
    """Compare the means of two groups whose variances may differ (Welch).

    Parameters
    ----------
    values : ndarray of float, shape (n_rows,)
    inside : ndarray of bool, shape (n_rows,)
        At least two rows inside and two outside, each with some weight.
    weight : ndarray of float or None, shape (n_rows,)
    unit : ndarray of int or None, shape (n_rows,)
        Rows of one unit belong together, also across the two groups: the error is made from the
        units' sums (the linearised ratio means).

    Returns
    -------
    MeanDifference

    References
    ----------
    Welch 1947, Biometrika 34:28, for the degrees of freedom; with weights the rows are Kish's
    effective ones. With units: the effective units of the smaller side, less one.

    Examples
    --------
    >>> found = mean_difference(np.array([1.0, 2.0, 4.0, 6.0]), np.array([0, 0, 1, 1], bool))
    >>> found.value, round(found.error, 4), round(found.freedom, 3)
    (3.5, 1.118, 1.471)
    """
    weight = np.ones(len(values)) if weight is None else weight
    sides = (inside, ~inside)
    mass = [float(weight[side].sum()) for side in sides]
    means = [float(weight[s] @ values[s]) / m for s, m in zip(sides, mass, strict=True)]
    influence = weight * np.where(
        inside, (values - means[0]) / mass[0], (means[1] - values) / mass[1]
    )
    if unit is None:
        effective = [m**2 / float(weight[s] @ weight[s]) for s, m in zip(sides, mass, strict=True)]
        parts = [
            float(influence[s] @ influence[s]) * _unbiased(n)
            for s, n in zip(sides, effective, strict=True)
        ]
        error = sqrt(sum(parts))
        below = sum(part**2 / max(n - 1, 1e-9) for part, n in zip(parts, effective, strict=True))
        freedom = sum(parts) ** 2 / below if below > 0 else min(effective) - 1
    else:
        n_units = int(unit.max()) + 1
        influence = sums_by(unit, influence, n_units)
        by_unit = [sums_by(unit, weight * side, n_units) for side in sides]
        effective = [b.sum() ** 2 / float(b @ b) for b in by_unit]
        there = np.count_nonzero(by_unit[0] + by_unit[1])
        error = sqrt(float(influence @ influence) * _unbiased(float(there)))
        freedom = min(effective) - 1
    squares = float(influence @ influence)
    skew = float((influence**3).sum()) / squares**1.5 if squares > 0 else 0.0
    return MeanDifference(
        value=means[0] - means[1],
        error=error,
        freedom=max(float(freedom), 1.0),
        skew=skew if isfinite(skew) else 0.0,
    )


def _unbiased(n: float) -> float:
    return n / (n - 1) if n > 1 else 1.0
