"""Errors at growing numbers of training rows in; what more rows would bring, with a band, out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.stats.interval import Interval

Floats = NDArray[np.float64]
N_DRAWS = 300
BAND = 0.8
"""Coverage of the band: spread over few repetitions carries no more."""
FARTHEST = 8
"""How many times the largest size may be looked ahead."""
FEWEST_SIZES = 4
EXPONENTS = np.geomspace(0.02, 2.0, 80)
HELD_OUT = 2
TINY = 1e-12
REFINEMENTS = 6


@dataclass(frozen=True, eq=False)
class Extrapolation:
    """A learning curve, continued.

    Parameters
    ----------
    sizes : ndarray of int, shape (n_sizes,)
    means : ndarray of float, shape (n_sizes,)
        Error at each size, mean over repetitions.
    weights : mapping of str to float
        How much each family counts: by its error on the two largest sizes, left out of its fit.
    held_out_error : float
        Root mean square error of the mixture there.
    floor : float or None
        Where the fitted power law ends with endless rows; None where that family does not count.
    """

    sizes: NDArray[np.int64]
    means: Floats
    weights: dict[str, float]
    held_out_error: float
    floor: float | None
    _draws: Floats
    _lowest: float

    def at(self, n: float) -> tuple[float, Interval]:
        """Return the error expected with `n` rows, and its 80 % band.

        Raises
        ------
        ValueError
            If `n` is more than eight times the largest size: nothing there can be told.
        """
        if n > FARTHEST * self.sizes[-1] * (1 + TINY):
            msg = f"{n:g} rows are more than {FARTHEST} times those that the curve was made from"
            raise ValueError(msg)
        found = _mixture(self.sizes, self._draws, np.array([n]), self.weights, self._lowest)[:, 0]
        value = float(found[0])
        ends = np.quantile(found[1:], [(1 - BAND) / 2, (1 + BAND) / 2])
        steps = max(np.log2(n / self.sizes[-1]), 0.0)
        wider = 1.2815515594463007 * self.held_out_error * min(steps, 1.0)  # normal 90 % quantile
        low = value - np.hypot(value - min(ends[0], value), wider)
        high = value + np.hypot(max(ends[1], value) - value, wider)
        return value, Interval(float(max(low, self._lowest)), float(high))


def extrapolate(
    sizes: NDArray[np.int64],
    errors: Floats,
    *,
    lowest: float = 0.0,
    seed: int = 0,
) -> Extrapolation:
    """Continue a learning curve.

    Three families are fitted by least squares, weighted by the spread over repetitions: a power
    law a + b·n^-c with c in (0, 2], an exponential a + b·exp(-c·n), and a + b·log n; the fourth is
    the last value (no more gain). They are mixed by how well each foretells the two largest sizes
    from the others. The band redraws repetitions and residuals 300 times and is widened by the
    error on the sizes that were left out.

    Parameters
    ----------
    sizes : ndarray of int, shape (n_sizes,)
        Ascending; at least four.
    errors : ndarray of float, shape (n_sizes, n_repetitions)
        The less the better.
    lowest : float
        Below this no error can fall.
    seed : int

    Returns
    -------
    Extrapolation

    Raises
    ------
    ValueError
        If there are fewer than four sizes, or they do not ascend.

    References
    ----------
    Viering and Loog 2023, The shape of learning curves: a review, IEEE TPAMI 45:7799,
    doi:10.1109/TPAMI.2022.3220744.

    Examples
    --------
    >>> sizes = np.array([100, 200, 400, 800, 1600])
    >>> errors = 0.1 + 2.0 * sizes[:, None] ** -0.5 + np.zeros((1, 3))
    >>> value, band = extrapolate(sizes, errors).at(3200)
    >>> round(value, 3)
    0.135
    """
    if sizes.size < FEWEST_SIZES or not (np.diff(sizes) > 0).all():
        msg = f"a curve needs at least {FEWEST_SIZES} ascending sizes, not {sizes.tolist()}"
        raise ValueError(msg)
    means = errors.mean(axis=1)
    weights, held_out = _weigh(sizes, errors, lowest)
    draws = _redraw(sizes, errors, weights, lowest, np.random.default_rng(seed))
    floor = None
    if weights["power law"] > TINY:
        floor = float(_power(sizes, means[None], np.array([np.inf]), lowest)[0, 0])
    return Extrapolation(sizes, means, weights, held_out, floor, draws, lowest)


def _weigh(
    sizes: NDArray[np.int64], errors: Floats, lowest: float
) -> tuple[dict[str, float], float]:
    """Return how much each family counts, and the mixture's error on what was left out."""
    kept, late = sizes[:-HELD_OUT], sizes[-HELD_OUT:]
    means = errors.mean(axis=1)
    noise = float(errors[-HELD_OUT:].var(axis=1, ddof=min(1, errors.shape[1] - 1)).mean())
    told = {
        name: family(kept, means[None, :-HELD_OUT], late.astype(float), lowest)[0]
        for name, family in FAMILIES.items()
    }
    squared = {
        name: float(((each - means[-HELD_OUT:]) ** 2).mean()) for name, each in told.items()
    }
    trust = {
        name: 1 / (each + noise / errors.shape[1] + TINY) ** 2 for name, each in squared.items()
    }
    total = sum(trust.values())
    weights = {name: each / total for name, each in trust.items()}
    mixed = sum(weights[name] * told[name] for name in told)
    return weights, float(np.sqrt(((mixed - means[-HELD_OUT:]) ** 2).mean()))


def _redraw(
    sizes: NDArray[np.int64],
    errors: Floats,
    weights: dict[str, float],
    lowest: float,
    rng: np.random.Generator,
) -> Floats:
    """Return the means and, below them, those of redrawn repetitions and residuals."""
    means = errors.mean(axis=1)
    fitted = _mixture(sizes, means[None], sizes.astype(float), weights, lowest)[0]
    spare = max(sizes.size - 3, 1)
    residuals = (means - fitted) * np.sqrt(sizes.size / spare)
    picked = rng.integers(0, errors.shape[1], size=(N_DRAWS, errors.shape[1]))
    repeated: Floats = errors[:, picked].mean(axis=2).T
    scale = np.sqrt(errors.shape[1] / max(errors.shape[1] - 1, 1))
    repeated = means + (repeated - means) * scale
    return np.vstack([means, repeated + rng.choice(residuals, size=repeated.shape)])


def _mixture(
    sizes: NDArray[np.int64],
    means: Floats,
    at: Floats,
    weights: dict[str, float],
    lowest: float,
) -> Floats:
    counted = {name: weight for name, weight in weights.items() if weight > TINY}
    return sum(  # type: ignore[return-value]
        weight * FAMILIES[name](sizes, means, at, lowest) for name, weight in counted.items()
    )


def _lines(x: Floats, y: Floats, lowest: float) -> tuple[Floats, Floats, Floats]:
    """Fit y = a + b·x to each row of y, with a kept at `lowest` or above; a, b and the squares."""
    centred = x - x.mean()
    spread = max(float((centred**2).sum()), TINY)
    slope: Floats = (y * centred).sum(axis=1) / spread
    start: Floats = y.mean(axis=1) - slope * x.mean()
    below = start < lowest
    if below.any():
        through: Floats = ((y - lowest) * x).sum(axis=1) / max(float((x**2).sum()), TINY)
        slope, start = np.where(below, through, slope), np.where(below, lowest, start)
    squares: Floats = ((y - start[:, None] - slope[:, None] * x) ** 2).sum(axis=1)
    return start, slope, squares


def _decaying(
    shape: Callable[[Floats, float], Floats], grid: Floats
) -> Callable[[NDArray[np.int64], Floats, Floats, float], Floats]:
    """Make the family a + b·shape(n, c), with c from a grid that is refined around its best."""

    def fit(sizes: NDArray[np.int64], means: Floats, at: Floats, lowest: float) -> Floats:
        scaled, ahead = sizes / sizes[-1], at / sizes[-1]
        chosen = np.full(means.shape[0], grid[0])
        best = np.full(means.shape[0], np.inf)
        for each in grid:
            squares = _lines(shape(scaled, each), means, lowest)[2]
            chosen = np.where(squares < best - TINY, each, chosen)
            best = np.minimum(best, squares)
        out = np.empty((means.shape[0], at.size))
        for row, near in enumerate(chosen):
            own = means[row : row + 1]
            fine = _refine(shape, scaled, own, lowest, near, grid) if row == 0 else near
            start, slope, _ = _lines(shape(scaled, fine), own, lowest)
            out[row] = start + slope * shape(ahead, fine)
        return np.maximum(out, lowest)

    return fit


def _refine(
    shape: Callable[[Floats, float], Floats],
    scaled: Floats,
    means: Floats,
    lowest: float,
    near: float,
    grid: Floats,
) -> float:
    """Look between the neighbours of the best point of the grid, ever closer."""
    place = int(np.searchsorted(grid, near))
    low, high = float(grid[max(place - 1, 0)]), float(grid[min(place + 1, grid.size - 1)])
    best = near
    for _ in range(REFINEMENTS):
        finer = np.linspace(low, high, 21)
        squares = [_lines(shape(scaled, float(c)), means, lowest)[2][0] for c in finer]
        best, step = float(finer[int(np.argmin(squares))]), (high - low) / 20
        low, high = max(best - step, low), min(best + step, high)
    return best


def _power_shape(n: Floats, exponent: float) -> Floats:
    return n**-exponent


def _exponential_shape(n: Floats, rate: float) -> Floats:
    return np.exp(-rate * n)


_power = _decaying(_power_shape, EXPONENTS)
_exponential = _decaying(_exponential_shape, np.geomspace(0.05, 30.0, 80))


def _logarithm(sizes: NDArray[np.int64], means: Floats, at: Floats, lowest: float) -> Floats:
    start, slope, _ = _lines(np.log(sizes / sizes[-1]), means, -np.inf)
    return np.maximum(start[:, None] + slope[:, None] * np.log(at / sizes[-1]), lowest)


def _last(sizes: NDArray[np.int64], means: Floats, at: Floats, lowest: float) -> Floats:
    return np.repeat(means[:, -1:], at.size, axis=1)


FAMILIES: dict[str, Callable[[NDArray[np.int64], Floats, Floats, float], Floats]] = {
    "power law": _power,
    "exponential": _exponential,
    "logarithm": _logarithm,
    "last value": _last,
}
