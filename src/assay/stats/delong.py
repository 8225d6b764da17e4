"""Scores of several models on the same rows in; how their ROC areas vary together out."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from assay.stats.rank_rows import Flags, rank_rows
from assay.stats.roc import area_under_roc
from assay.stats.special import normal_cdf
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
_ROUNDING = 1e-13


@dataclass(frozen=True, eq=False)
class PairedAreas:
    """Areas under the ROC curves of several models, and how they vary together.

    Parameters
    ----------
    areas : ndarray of float, shape (n_models,)
    covariance : ndarray of float, shape (n_models, n_models)
        DeLong's.
    freedom : float
        Degrees of freedom of a difference of the first two, from the rows of each class
        (Satterthwaite), or of the declared units.
    """

    areas: Floats
    covariance: Floats
    freedom: float

    @property
    def difference(self) -> float:
        """First area less the second."""
        return float(self.areas[0] - self.areas[1])

    @property
    def error(self) -> float:
        """Standard error of that difference; 0 where the rankings are equal."""
        (a, b), (c, d) = self.covariance[:2, :2].tolist()
        variance = a + d - b - c
        return sqrt(variance) if variance > _ROUNDING * (a + d) else 0.0

    @property
    def z(self) -> float:
        """Difference over its standard error; 0 where the rankings are equal."""
        return self.difference / self.error if self.error > 0 else 0.0

    @property
    def p_value(self) -> float:
        """Two-sided, of equal areas, by the normal law; 1 where the rankings are equal."""
        return min(1.0, 2 * normal_cdf(-abs(self.z)))


def paired_areas(
    scores: Sequence[Floats],
    positive: Flags,
    *,
    weight: Floats | None = None,
    unit: NDArray[np.int64] | None = None,
) -> PairedAreas:
    """Compare the ROC areas of two or more models on the same rows.

    Parameters
    ----------
    scores : sequence of ndarray of float, each of shape (n_rows,)
        Finite; the greater, the more likely positive.
    positive : ndarray of bool, shape (n_rows,)
        With rows on both sides.
    weight : ndarray of float or None, shape (n_rows,)
    unit : ndarray of int or None, shape (n_rows,)
        Code of the independent unit of each row, 0 to n_units - 1; None where rows are
        independent. The placements are then added up within units.

    Returns
    -------
    PairedAreas

    Notes
    -----
    The covariance is S10 / m + S01 / n with the sample covariances of the placements over m
    positives and n negatives, found from ranks in O(N log N).

    References
    ----------
    DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44:837, doi:10.2307/2531595. Sun and Xu
    2014, IEEE Signal Processing Letters 21:1389, doi:10.1109/LSP.2014.2337313. Obuchowski 1997,
    Biometrics 53:567, for units.

    Examples
    --------
    >>> y = np.array([True, True, True, False, False, False])
    >>> one, other = np.array([6.0, 5, 3, 4, 2, 1]), np.array([6.0, 3, 2, 5, 4, 1])
    >>> found = paired_areas([one, other], y)
    >>> found.areas.round(4).tolist(), round(found.error, 4)
    ([0.8889, 0.5556], 0.2722)
    """
    ranked = [rank_rows(each, positive, area_under_roc, weight) for each in scores]
    areas = np.array([each.value for each in ranked])
    w = np.ones(len(positive)) if weight is None else weight
    influence = np.stack([each.influence * w for each in ranked])
    if unit is not None:
        n_units = int(unit.max()) + 1
        sums = np.stack([sums_by(unit, each, n_units) for each in influence])
        grown = n_units / max(n_units - 1, 1)
        return PairedAreas(areas, grown * _products(sums), float(max(n_units - 1, 1)))
    parts: list[tuple[Floats, float]] = []
    for side in (positive, ~positive):
        held = w[side]
        rows = float(held.sum()) ** 2 / float(np.einsum("i,i->", held, held))
        less = max(rows - 1, 1.0)
        parts.append((_products(influence[:, side]) * rows / less, less))
    covariance = parts[0][0] + parts[1][0]
    return PairedAreas(areas, covariance, _freedom(parts))


def _products(values: Floats) -> Floats:
    # not a matrix product, which waits for the threads of a linear algebra library
    return np.einsum("ij,kj->ik", values, values)


def _freedom(parts: list[tuple[Floats, float]]) -> float:
    """Return Satterthwaite's degrees of freedom of a difference of the first two areas."""
    each = [
        (max(float(c[0, 0] + c[-1, -1] - c[0, -1] - c[-1, 0]), 0.0), less) for c, less in parts
    ]
    whole = sum(variance for variance, _ in each)
    under = sum(variance**2 / less for variance, less in each)
    return whole**2 / under if under > 0 else sum(less for _, less in each)
