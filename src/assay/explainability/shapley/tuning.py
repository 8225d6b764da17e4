"""Hyper-parameters of the prior, by the likelihood of what the model said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import linalg  # pyright: ignore[reportMissingTypeStubs]

from assay.explainability.shapley.kernel import (
    add_noise,
    attribution_rows,
    similarity,
)
from assay.result import Json

Floats = NDArray[np.float64]
THIRD = (0.0, 0.01, 0.1, 0.5, 2.0)
FIFTH = (0.0, 0.005, 0.05, 0.3, 1.0)
NOISE = (1e-7, 1e-4, 3e-3, 3e-2, 0.2)
NOISE_OF_MODEL = (2.0, 20.0, 200.0)
"""Tried too where the model itself is noisy."""
POWERS = (0.5, 1.0)
LEAST_RELEVANT = 0.02
MOST_TUNED_PAIRS = 256
"""Of a larger design the beginning chooses the relevances: the cost grows with the cube."""
MOST_TUNED_COLUMNS = 64
NO_FACTOR = "no kernel of the grid has a Cholesky factor"


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """Hyper-parameters of a regression.

    Parameters
    ----------
    third, fifth : float
        Variance of order 3 over that of order 1's hundredth; of order 5 over that of order 3.
    noise : float
        Variance of what no order explains, in the same unit.
    random : float
        Share of `noise` that changes from call to call; the rest belongs to the game.
    relevances : tuple of float
        How much each player takes part in orders 3 and 5, in (0, 1].
    misfit : float
        Mean squared leave-one-out residual over the mean square, of the rows it was tuned on.
    """

    third: float = 0.1
    fifth: float = 0.05
    noise: float = 3e-3
    random: float = 0.0
    relevances: tuple[float, ...]
    misfit: float = field(default=1.0, compare=False)

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; `from_dict` gives the same numbers back."""
        return {
            "third": self.third,
            "fifth": self.fifth,
            "noise": self.noise,
            "random": self.random,
            "relevances": list(self.relevances),
            "misfit": self.misfit,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Json]) -> "Tuning":
        """Read what `to_dict` wrote."""
        return cls(
            **{name: float(cast("float", kept[name])) for name in _NUMBERS},
            relevances=tuple(
                float(cast("float", w)) for w in cast("list[Json]", kept["relevances"])
            ),
        )


_NUMBERS = ("third", "fifth", "noise", "random", "misfit")


@dataclass(frozen=True, eq=False)
class _Fit:
    """A prior that was tried."""

    tuning: Tuning
    factor: Floats
    likelihood: float


def tune(signs: Floats, odd: Floats, noise: Floats) -> Tuning:
    """Choose the prior under which the odd halves are likeliest, pooled over columns.

    Each column has a scale of its own, which is profiled out. First with players of equal
    relevance; then with relevances from the attributions that this gives, at two powers.

    Parameters
    ----------
    signs : ndarray, shape (n_pairs + 1, n_players)
        +1 on, −1 off; the last line is the full coalition.
    odd : ndarray, shape (n_pairs + 1, n_columns)
        [v(S) − v(Sᶜ)]/2; columns are rows and outputs of the model.
    noise : ndarray, shape (n_columns,)
        Variance of a value between two calls.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the kernel has no Cholesky factor under any of the tried hyper-parameters.
    """
    equal = np.ones(signs.shape[1])
    whole, odd, noise = signs, *_of_columns(odd, noise)
    if not odd.shape[1]:
        return Tuning(relevances=tuple(equal.tolist()))
    levels = NOISE + NOISE_OF_MODEL if noise.any() else NOISE
    rows = _beginning(len(odd))
    signs, every, odd = signs[rows], odd, odd[rows]
    first = best = _likeliest(signs, odd, equal, levels)
    shares = _shares(signs, odd, first)
    for power in POWERS:
        relevances = np.maximum(shares**power, LEAST_RELEVANT)
        found = _likeliest(signs, odd, relevances, levels)
        best = found if found.likelihood > best.likelihood else best
    if len(rows) < len(every):
        best = _on_the_whole(best.tuning, whole, every, levels)
    return _with_floor(best, whole, every, noise)


def _of_columns(odd: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """Keep some of very many columns; none of zeros."""
    columns = np.flatnonzero(odd.any(axis=0))
    columns = columns[:: max(1, -(-len(columns) // MOST_TUNED_COLUMNS))]
    return odd[:, columns], noise[columns]


def _beginning(n_rows: int) -> NDArray[np.intp]:
    """Return the places of the beginning of a large design, with the full coalition."""
    if n_rows <= MOST_TUNED_PAIRS:
        return np.arange(n_rows)
    return np.append(np.arange(MOST_TUNED_PAIRS - 1), n_rows - 1)


def _on_the_whole(tuning: Tuning, signs: Floats, odd: Floats, levels: tuple[float, ...]) -> _Fit:
    """Choose the weights again on the whole of a large design, one after the other.

    What its beginning cannot tell from lower orders shows in the whole, and would otherwise
    count as known: standard errors would be far too small where pairs outnumber coefficients.
    """
    orders = similarity(signs, np.array(tuning.relevances))
    best: _Fit | None = None
    grids = (("noise", levels), ("fifth", FIFTH if orders.fifth.any() else FIFTH[:1]))
    for name, grid in (*grids, ("third", THIRD), *grids):
        start = tuning if best is None else best.tuning
        for value in grid:
            tried = replace(start, **{name: value})
            if best is not None and tried == best.tuning:
                continue
            factor = factored(orders.mixed(tried.third, tried.fifth), tried.noise)
            likelihood = -np.inf if factor is None else _likelihood(factor, odd)
            if factor is not None and (best is None or likelihood > best.likelihood):
                best = _Fit(tried, factor, likelihood)
    if best is None:
        raise np.linalg.LinAlgError(NO_FACTOR)
    return best


def _likeliest(signs: Floats, odd: Floats, relevances: Floats, levels: tuple[float, ...]) -> _Fit:
    """Try the grid; the first of equals."""
    best: _Fit | None = None
    for third, fifth, kernel in _kernels(signs, relevances):
        for level in levels:
            factor = factored(kernel, level)
            if factor is None:
                continue
            likelihood = _likelihood(factor, odd)
            if best is None or likelihood > best.likelihood:
                kept = tuple(relevances.tolist())
                tuning = Tuning(third=third, fifth=fifth, noise=level, relevances=kept)
                best = _Fit(tuning, factor, likelihood)
    if best is None:
        raise np.linalg.LinAlgError(NO_FACTOR)
    return best


def _kernels(signs: Floats, relevances: Floats) -> Iterator[tuple[float, float, Floats]]:
    """Give the weights of orders 3 and 5 with their kernel, without noise."""
    orders = similarity(signs, relevances)
    for third in THIRD if orders.third.any() else THIRD[:1]:
        for fifth in FIFTH if third and orders.fifth.any() else FIFTH[:1]:
            yield third, fifth, orders.mixed(third, fifth)


def factored(kernel: Floats, noise: float) -> Floats | None:
    """Return the lower Cholesky factor of a kernel with its noise; None where there is none."""
    try:
        return np.linalg.cholesky(add_noise(kernel, noise)).astype(np.float64, copy=False)
    except np.linalg.LinAlgError:
        return None


def _whitened(factor: Floats, odd: Floats) -> Floats:
    return linalg.solve_triangular(factor, odd, lower=True, check_finite=False)


def _likelihood(factor: Floats, odd: Floats) -> float:
    """Return the profile log likelihood of all columns, each with a scale of its own."""
    scale = np.mean(_whitened(factor, odd) ** 2, axis=0)
    fit = -0.5 * len(odd) * float(np.log(scale).sum())
    return fit - odd.shape[1] * float(np.log(np.diag(factor)).sum())


def _shares(signs: Floats, odd: Floats, fit: _Fit) -> Floats:
    """Return each player's root mean share of the squared attributions, the largest as 1."""
    tuning = fit.tuning
    rows = attribution_rows(signs, np.array(tuning.relevances)).mixed(tuning.third, tuning.fifth)
    squares = (rows.T @ linalg.cho_solve((fit.factor, True), odd, check_finite=False)) ** 2
    totals = squares.sum(axis=0)
    roots = np.sqrt(np.mean(squares[:, totals > 0] / totals[totals > 0], axis=1))
    return roots / roots.max()


def _with_floor(fit: _Fit, signs: Floats, odd: Floats, noise: Floats) -> Tuning:
    """Raise the noise of the prior to that which the model was seen to have."""
    tuning = fit.tuning
    if not noise.any():
        return tuning
    relevances = np.array(tuning.relevances)
    kernel = similarity(signs, relevances).mixed(tuning.third, tuning.fifth)
    level, random = tuning.noise, 1.0
    while level < NOISE_OF_MODEL[-1]:
        factor = factored(kernel, level)
        if factor is not None:
            scale = np.mean(_whitened(factor, odd) ** 2, axis=0)
            random = float(noise.sum() / 2 / (level * scale.sum()))
            if random <= 1:
                break
        level *= 2
    return replace(tuning, noise=level, random=min(random, 1.0))
