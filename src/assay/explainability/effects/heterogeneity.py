"""Do rows' curves differ from their mean, and which column tells how."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.explainability.effects.partial import effective_rows
from assay.explainability.effects.reading import Reading
from assay.result import Json
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
HIDES = 0.5
"""Spread of the curves as a share of the range of their mean, above which the mean hides them."""
MATTERS = 0.1
"""Spread of the curves' shape as a share of that of the scores, below which it changes little."""
WORTH_NAMING = 0.1
"""Share of the curves' differences that a column must account for to be named."""
NOTHING = 1e-12
GROUPS = 5
LEVELS = 10


@dataclass(frozen=True)
class Heterogeneity:
    """How far rows' curves differ in shape.

    Parameters
    ----------
    spread : float
        Standard deviation over rows of the centred curves, root mean square over the grid.
    score_spread : float
        The same of the curves as they are, level and shape.
    value_range : float
        Of the partial dependence, from its lowest to its highest value.
    ratio : float or None
        spread ÷ value_range; None where the mean is flat.
    column : str or None
        The other column whose groups differ most in shape; None where none accounts for a tenth.
    share : float or None
        Share of the curves' differences between its groups, adjusted for their number.
    """

    spread: float
    score_spread: float
    value_range: float
    ratio: float | None
    column: str | None = None
    share: float | None = None

    @property
    def hides(self) -> bool:
        """Whether the mean hides different effects that matter beside the spread of the scores."""
        if self.spread <= MATTERS * self.score_spread:
            return False
        return self.ratio is None or self.ratio > HIDES

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "spread": self.spread,
            "score_spread": self.score_spread,
            "value_range": self.value_range,
            "ratio": self.ratio,
            "column": self.column,
            "share": self.share,
        }


def measure_heterogeneity(
    curves: Floats, shape: Floats, weights: Floats, groups: dict[str, Codes]
) -> Heterogeneity:
    """Compare rows' curves of one output with their mean.

    Parameters
    ----------
    curves, shape : ndarray, shape (n_rows, n_grid)
        As they are, and centred.
    weights : ndarray, shape (n_rows,)
    groups : dict of str to ndarray of int, shape (n_rows,)
        For each other column the group of each row.
    """
    mean = np.average(shape, axis=0, weights=weights)
    apart = shape - mean
    value_range = float(np.ptp(mean))
    spread, score_spread = _spread(apart, weights), _spread(_less_mean(curves, weights), weights)
    size = NOTHING * float(np.abs(curves).max(initial=0.0))
    if spread <= size:
        return Heterogeneity(0.0, score_spread, value_range, 0.0)
    ratio = spread / value_range if value_range > size else None
    shares = {name: _explained(apart, weights, codes) for name, codes in groups.items()}
    best = max(shares, key=lambda name: shares[name], default=None)
    if best is None or shares[best] < WORTH_NAMING:
        return Heterogeneity(spread, score_spread, value_range, ratio)
    return Heterogeneity(spread, score_spread, value_range, ratio, best, shares[best])


def _spread(apart: Floats, weights: Floats) -> float:
    return float(np.sqrt(np.average((apart**2).mean(axis=1), weights=weights)))


def _less_mean(curves: Floats, weights: Floats) -> Floats:
    return curves - np.average(curves, axis=0, weights=weights)


def _explained(apart: Floats, weights: Floats, codes: Codes) -> float:
    """Return the adjusted share of squared differences that lies between groups."""
    n_groups = int(codes.max()) + 1
    mass = sums_by(codes, weights, n_groups)
    held = mass > 0
    n = effective_rows(weights)
    if held.sum() < 2 or n <= held.sum():
        return 0.0
    sums = np.zeros((n_groups, apart.shape[1]))
    np.add.at(sums, codes, weights[:, None] * apart)
    between = float((sums[held] ** 2 / mass[held, None]).sum())
    total = float((weights[:, None] * apart**2).sum())
    within = max(total - between, 0.0)
    return float(1 - (within / (n - held.sum())) / (total / (n - 1)))


def group_rows(readings: Sequence[Reading], rows: NDArray[np.intp]) -> dict[str, Codes]:
    """Put rows in groups by each column: fifths of numbers, the ten commonest categories.

    Columns without values to group by are left out.
    """
    return {
        reading.feature: _codes(reading, rows) for reading in readings if reading.reason is None
    }


def _codes(reading: Reading, rows: NDArray[np.intp]) -> Codes:
    if reading.numbers is None:
        values, back = np.unique(reading.codes()[0][rows], return_inverse=True)
        order = np.argsort(-np.bincount(back, minlength=len(values)), kind="stable")
        rank = np.empty(len(values), dtype=np.int64)
        rank[order] = np.arange(len(values))
        return np.minimum(rank[back], LEVELS)
    numbers = reading.numbers[rows]
    finite = np.isfinite(numbers)
    out = np.full(len(rows), GROUPS, dtype=np.int64)
    if finite.any():
        levels = np.unique(numbers[finite])
        shares = np.arange(1, GROUPS) / GROUPS
        edges = np.quantile(numbers[finite], shares, method="inverted_cdf")
        edges = levels[:-1] if len(levels) <= GROUPS else np.unique(edges)
        out[finite] = np.searchsorted(edges, numbers[finite], side="left")
    return out
