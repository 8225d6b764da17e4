"""Totals of independent parts in; what a function of them would be in other samples out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from assay.stats.interval import Interval
from assay.stats.percentile import bca_interval, expanded_level
from assay.stats.special import normal_quantile, student_cdf
from assay.stats.spread import skewness

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
N_DRAWS = 10_000
MOST_PARTS = 5_000
_FEWEST_DRAWS = 2_000
_DRAWN_PARTS = 20_000_000
_ENTRIES_AT_ONCE = 2_000_000
_FEW_COLUMNS = 12
_STEP = 1e-3  # of a standard error
_NO_CHANGE = 1e-12


@dataclass(frozen=True, eq=False)
class Redrawn:
    """A statistic, its redraws, and what an interval is mended by.

    Parameters
    ----------
    value : float
        On the rows themselves; NaN where it is undefined.
    drawn : ndarray of float, shape (n_draws,)
        NaN where a redraw leaves it undefined.
    error : float
        Standard error, from the influence of each part.
    skew : float
        Skewness of the statistic's own law, likewise.
    n_parts : int
        Independent parts that were redrawn.
    """

    value: float
    drawn: Floats
    error: float
    skew: float
    n_parts: int

    @cached_property
    def varies(self) -> bool:
        """Whether the redraws differ from one another."""
        known = self.drawn[np.isfinite(self.drawn)]
        scale = max(1.0, abs(self.value))
        return bool(len(known)) and float(np.ptp(known)) > _NO_CHANGE * scale

    def interval(self, level: float = 0.95) -> Interval:
        """Return bias-corrected accelerated percentiles, widened for few parts.

        Where the redraws do not vary it is the value itself.
        """
        if not self.varies:
            return Interval(self.value, self.value)
        wider = expanded_level(level, self.n_parts)
        return bca_interval(self.value, self.drawn, acceleration=self.skew / 6, level=wider)

    def p_value(self) -> float:
        """Return the two-sided p-value of a true value of 0.

        Twice the smaller share of redraws on one side of 0, with the sample itself as one of
        them; few parts are allowed for by Student's law.
        """
        return bootstrap_p_value(self.drawn, n_parts=self.n_parts)


def bootstrap_p_value(drawn: Floats, *, n_parts: int | None = None) -> float:
    """Return 2 min(#{drawn ≤ 0} + 1, #{drawn ≥ 0} + 1) / (n_draws + 1), at most 1.

    Parameters
    ----------
    drawn : ndarray of float, shape (n_draws,)
        Redraws of a difference. One that is undefined (NaN) shows nothing, so that it counts as
        being on both sides.
    n_parts : int or None
        Where few parts were redrawn they vary too little: the normal score of the share is read
        under Student's law, as `expanded_level` does for an interval.

    Examples
    --------
    >>> bootstrap_p_value(np.linspace(-1.0, 9.0, 999))
    0.202
    """
    known = drawn[np.isfinite(drawn)]
    if not len(known):
        return 1.0
    close = _NO_CHANGE * max(1.0, float(np.abs(known).max()))
    below = int(np.count_nonzero(known <= close))
    above = int(np.count_nonzero(known >= -close))
    undefined = len(drawn) - len(known)
    plain = min(1.0, 2 * (min(below, above) + undefined + 1) / (len(drawn) + 1))
    if n_parts is None or n_parts < 2 or plain >= 1:
        return plain
    score = normal_quantile(plain / 2) * sqrt((n_parts - 1) / n_parts)
    return min(1.0, 2 * student_cdf(score, n_parts - 1))


def redrawn_statistic(
    totals: Floats,
    statistic: Statistic,
    *,
    rng: np.random.Generator,
    n_draws: int | None = None,
) -> Redrawn:
    """Redraw whole parts with replacement and compute a smooth function of what they add up to.

    Parameters
    ----------
    totals : ndarray of float, shape (n_parts, n_columns)
        What each independent part (row, group, query, series) adds to each total.
    statistic : callable
        Totals of shape (..., n_columns) to an array of shape (...,); NaN where undefined. It is
        differentiated numerically for the standard error and the skewness.
    rng : numpy.random.Generator
    n_draws : int or None
        None makes 10,000, down to 2,000 where there are many parts.

    Returns
    -------
    Redrawn

    Notes
    -----
    Parts are redrawn in the order of what they hold, so that the order of the rows changes
    nothing. More than 5,000 parts are first bunched at random, which keeps the variance of every
    total.

    References
    ----------
    Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapters 14 and 16.

    Examples
    --------
    >>> d = np.array([0.0, 1.0, 0.0, 2.0, 1.0, 1.0, 0.0, 3.0])
    >>> totals = np.column_stack([d, np.ones(8)])
    >>> mean = lambda t: t[..., 0] / t[..., 1]
    >>> found = redrawn_statistic(totals, mean, rng=np.random.default_rng(0))
    >>> found.value, round(found.error, 3)
    (1.0, 0.378)
    """
    n_parts = len(totals)
    whole = totals.sum(axis=0)
    value = float(_quietly(statistic, whole))
    error, skew = spread_of(totals, statistic)
    parts = bunched(sorted_parts(totals), rng=rng)
    affordable = max(_FEWEST_DRAWS, min(N_DRAWS, _DRAWN_PARTS // max(len(parts), 1)))
    drawn = _quietly(statistic, redraw_totals(parts, n_draws=n_draws or affordable, rng=rng))
    return Redrawn(value, drawn, error, skew, n_parts)


def sorted_parts(totals: Floats) -> Floats:
    """Sort parts by what they hold: by the first column, then by the next ones.

    Examples
    --------
    >>> sorted_parts(np.array([[2.0, 1.0], [1.0, 3.0], [1.0, 2.0]])).tolist()
    [[1.0, 2.0], [1.0, 3.0], [2.0, 1.0]]
    """
    if not len(totals):
        return totals
    varying = np.flatnonzero(totals.min(axis=0) < totals.max(axis=0))
    if len(varying) > 1:
        return totals[np.lexsort(totals.T[varying[::-1]])]
    ordered = totals.copy()
    ordered[:, varying] = np.sort(totals[:, varying], axis=0)  # faster than to take whole rows
    return ordered


def bunched(totals: Floats, *, rng: np.random.Generator, most: int = MOST_PARTS) -> Floats:
    """Add up random bunches of parts where there are more than `most`, all of nearly one size.

    Examples
    --------
    >>> bunched(np.ones((7, 1)), rng=np.random.default_rng(0), most=3).ravel().tolist()
    [3.0, 2.0, 2.0]
    """
    n_parts = len(totals)
    if n_parts <= most:
        return totals
    order = rng.permutation(n_parts)
    at, (size, longer) = np.arange(most), divmod(n_parts, most)
    start = at * size + np.minimum(at, longer)
    return np.add.reduceat(totals[order], start, axis=0)


def redraw_totals(totals: Floats, *, n_draws: int, rng: np.random.Generator) -> Floats:
    """Redraw whole parts with replacement and add up what they hold.

    As `redraw_units`, and several times faster where there are few columns.

    Parameters
    ----------
    totals : ndarray of float, shape (n_parts, n_columns)
    n_draws : int

    Returns
    -------
    ndarray of float, shape (n_draws, n_columns)
    """
    n_parts, n_columns = totals.shape
    out = np.empty((n_draws, n_columns))
    at_once = max(1, _ENTRIES_AT_ONCE // max(n_parts, 1))
    columns = np.ascontiguousarray(totals.T)
    for first in range(0, n_draws, at_once):
        size = min(at_once, n_draws - first)
        which = rng.integers(n_parts, size=(size, n_parts), dtype=np.int32)
        if n_columns <= _FEW_COLUMNS:
            for at, column in enumerate(columns):
                out[first : first + size, at] = column[which].sum(axis=1)
            continue
        which += np.arange(0, size * n_parts, n_parts, dtype=np.int32)[:, None]
        times = np.bincount(which.ravel(), minlength=size * n_parts).reshape(size, n_parts)
        out[first : first + size] = times.astype(np.float64) @ totals
    return out


def spread_of(totals: Floats, statistic: Statistic) -> tuple[float, float]:
    """Return standard error and skewness of a smooth function of totals.

    Parameters
    ----------
    totals : ndarray of float, shape (n_parts, n_columns)
    statistic : callable

    Returns
    -------
    tuple of (float, float)
        From the influence of each part; a column that the function does not follow smoothly
        counts as without influence.
    """
    n_parts = len(totals)
    if n_parts < 2:
        return 0.0, 0.0
    whole = totals.sum(axis=0)
    centred = totals - whole / n_parts
    step = _STEP * np.sqrt(np.einsum("ij,ij->j", centred, centred))
    slope = np.zeros(len(whole))
    for at in np.flatnonzero(step > 0):
        moved = np.stack([whole, whole])
        moved[:, at] += (step[at], -step[at])
        up, down = _quietly(statistic, moved)
        slope[at] = (up - down) / (2 * step[at])
    influence = centred @ np.where(np.isfinite(slope), slope, 0.0)
    square = float(np.einsum("i,i->", influence, influence))
    third = float(np.sum(influence**3))
    return sqrt(square * n_parts / (n_parts - 1)), skewness(third, square)


def _quietly(statistic: Statistic, totals: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(statistic(totals), dtype=np.float64)
