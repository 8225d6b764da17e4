"""Shapley interaction index of each pair of players, from the calls that gave the attributions.

Write χ_i = +1 for a player that is on and -1 for one that is off. Any game is
v = Σ_T c_T Π_{i∈T} χ_i, and the Shapley interaction index of two players is

    SII_ij = Σ_{T ∋ i, j, |T| even} 4 / (|T| - 1) · c_T.

Only even orders count, and the mean of a coalition's value and its complement's holds nothing
else: the complementary pairs that were evaluated for the attributions serve again. The prior has
the orders 0, 2 and 4; what is above is a rest that is independent from coalition to coalition
(`pair_rest`). Order 2 is first given to all pairs by the relevance of their players, then to each
pair by what that fit found of it.

References
----------
Grabisch and Roubens 1999, International Journal of Game Theory, doi:10.1007/s001820050125.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, special  # pyright: ignore[reportMissingTypeStubs]

from assay.explainability.shapley.exact import every_coalition
from assay.explainability.shapley.kernel import FLAT
from assay.explainability.shapley.pair_prior import (
    LEAST_NOISE,
    PairPrior,
    even_kernels,
    first_two,
    with_two_others,
)
from assay.explainability.shapley.pair_rest import rest_indices, rest_of_pairs, variance_of_rest
from assay.explainability.shapley.tuning import (
    LEAST_RELEVANT,
    MOST_TUNED_PAIRS,
    NOISE,
    NOISE_OF_MODEL,
    POWERS,
)

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
FOURTH = (0.0, 0.002, 0.01, 0.05, 0.3)
"""Weights of order 4 over that of order 2; trees have little of it, networks more."""
MOST_OWN = 100
"""Of more players the pairs have no weight of their own: they have 4,950 pairs."""
LEAST_OWN = 1e-4
FINER = (0.1, 0.3, 1.0, 3.0, 10.0)
"""Last the noise is looked for between the levels of the grid: in large designs errors are as
large as it is."""
NO_FACTOR = "no kernel of the even half has a Cholesky factor"
BLOCK = 4_096
"""Pairs of players whose standard errors are found at once."""


def exact_interactions(table: Floats) -> Floats:
    """Return the index from the values of all coalitions.

    Parameters
    ----------
    table : ndarray, shape (2^n_players, n_columns)
        Values in the order of `every_coalition`; a column is a game.

    Returns
    -------
    ndarray, shape (n_columns, n_players, n_players)
        Symmetric; diagonal 0.

    Examples
    --------
    Two players that earn 1 together and nothing alone:

    >>> exact_interactions(np.array([[0.0], [0.0], [0.0], [1.0]]))[0].tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    n_coalitions, n_columns = table.shape
    n_players = n_coalitions.bit_length() - 1
    on = every_coalition(n_players).astype(np.float64)
    order = on.sum(axis=1)
    even = (order % 2 == 0) & (order > 0)
    shares = np.where(even, 4 / np.maximum(order - 1, 1), 0.0)
    found = np.empty((n_columns, n_players, n_players))
    for column, coefficients in enumerate(_walsh(table).T):
        found[column] = on.T @ (on * (shares * coefficients)[:, None])
        np.fill_diagonal(found[column], 0.0)
    return found


def _walsh(table: Floats) -> Floats:
    """Return c_T of each column, T a bit mask: v(S) = Σ_T c_T Π_{i∈T} χ_i."""
    n_coalitions = len(table)
    made = table - table[0]
    for player in range(n_coalitions.bit_length() - 1):
        halves = made.reshape(-1, 2, 2**player, table.shape[1])
        off, on = halves[:, 0], halves[:, 1]
        made = np.stack([off + on, on - off], axis=1).reshape(table.shape)
    return made / n_coalitions


@dataclass(frozen=True, kw_only=True, eq=False)
class PairRegression:
    """The even half of a design with its prior: values in, interaction indices out.

    Parameters
    ----------
    signs : ndarray, shape (n_pairs + 1, n_players)
        +1 on, -1 off; the last line is the full coalition.
    prior : PairPrior
    factor : ndarray, shape (n_pairs + 1, n_pairs + 1)
        Lower Cholesky factor of the kernel.
    """

    signs: Floats
    prior: PairPrior
    factor: Floats

    def indices(self, even: Floats) -> Floats:
        """Return the index of each pair of players.

        Parameters
        ----------
        even : ndarray, shape (n_pairs + 1, n_columns)
            Mean of the value of each coalition and of its complement.

        Returns
        -------
        ndarray, shape (n_columns, n_players, n_players)
            Symmetric; diagonal 0.
        """
        weights = linalg.cho_solve((self.factor, True), _centred(even), check_finite=False)
        return np.stack([self._of_column(column) for column in weights.T])

    def _of_column(self, alpha: Floats) -> Floats:
        """Return Σ over the design of `alpha` times the functional of each pair.

        Of order 4 a pair has u_i u_j e₂(others), and e₂(others) = e₂ - (u_i + u_j) e₁ + u_i² +
        u_j² + u_i u_j, where u_i² is the same for the whole design: matrix products suffice.
        """
        signs, w = self.signs, self.prior.relevances
        found = 4 * self.prior.second * ((signs * alpha[:, None]).T @ signs)
        share = self.prior.fourth * 4 / 3 * self.prior.scale4
        if share:
            u, squares = signs * w, w**2
            e1, e2 = first_two(u)
            with_e1 = squares[:, None] * (u.T @ (alpha * e1))[None, :]
            with_e2 = (u * (alpha * e2)[:, None]).T @ u
            own = np.add.outer(squares, squares) * ((u * alpha[:, None]).T @ u)
            crossed = alpha.sum() * np.outer(squares, squares)
            found = found + share * (with_e2 - with_e1 - with_e1.T + own + crossed)
        if self.prior.rest:
            found = found + self.prior.rest * rest_indices(signs, alpha)
        np.fill_diagonal(found, 0.0)
        return (found + found.T) / 2

    def standard_errors(self, even: Floats) -> Floats:
        """Return the standard error of each index: of the choice of coalitions alone.

        Parameters
        ----------
        even : ndarray, shape (n_pairs + 1, n_columns)

        Returns
        -------
        ndarray, shape (n_columns, n_players, n_players)
        """
        return np.sqrt(self._scale(_centred(even)))[:, None, None] * self._spread

    @cached_property
    def _spread(self) -> Floats:
        """What remains unknown of each index, in units of a column's scale (standard deviation).

        Widened by Student's factor: a scale that comes from few coalitions is itself uncertain,
        and with it ±1.96 standard errors cover what they should.
        """
        n_players = self.signs.shape[1]
        left, right = np.triu_indices(n_players, k=1)
        spread = np.zeros((n_players, n_players))
        for start in range(0, len(left), BLOCK):
            i, j = left[start : start + BLOCK], right[start : start + BLOCK]
            known = np.sum(_whitened(self.factor, self._functionals(i, j)) ** 2, axis=0)
            spread[i, j] = np.maximum(self._prior_variances(i, j) - known, 0.0)
        few, many = special.stdtrit([float(len(self.signs)), np.inf], 0.975)
        return np.sqrt(spread + spread.T) * float(few / many)

    def _scale(self, centred: Floats) -> Floats:
        """Return the prior variance of each column, shape (n_columns,).

        The larger of the likeliest one, which is too small where the prior does not suit, and
        the mean squared leave-one-out residual in units of its own variance.
        """
        left_out = (self._inverse @ centred) ** 2 / np.diag(self._inverse)[:, None]
        return np.maximum(_scale(self.factor, centred), left_out.mean(axis=0))

    @cached_property
    def _inverse(self) -> Floats:
        return linalg.cho_solve((self.factor, True), np.eye(len(self.factor)), check_finite=False)

    def _functionals(self, i: Index, j: Index) -> Floats:
        """Return the functional of some pairs at each design point, shape (n_pairs + 1, n)."""
        signs, w = self.signs, self.prior.relevances
        found = 4 * self.prior.second[i, j] * signs[:, i] * signs[:, j]
        share = self.prior.fourth * 4 / 3 * self.prior.scale4
        if share:
            found = found + share * with_two_others(signs * w, i, j)
        if self.prior.rest:
            found = found + self.prior.rest * rest_of_pairs(signs, i, j)
        return found

    def _prior_variances(self, i: Index, j: Index) -> Floats:
        """Return the prior variance of the index of some pairs."""
        w = self.prior.relevances
        share = self.prior.fourth * 16 / 9 * self.prior.scale4
        found = 16 * self.prior.second[i, j] + share * with_two_others(w[None, :], i, j)[0]
        return found + self.prior.rest * variance_of_rest(len(w))


def fit_interactions(
    on: NDArray[np.bool_],
    even: Floats,
    relevances: Sequence[Floats] = (),
    *,
    noise: Floats | None = None,
) -> PairRegression:
    """Choose the prior of the even half by its likelihood.

    Parameters
    ----------
    on : ndarray of bool, shape (n_pairs + 1, n_players)
        One member of each complementary pair, the last the full coalition; two players or more.
    even : ndarray, shape (n_pairs + 1, n_columns)
        Mean of the value of each of them and of its complement; columns are rows and outputs of
        the model.
    relevances : sequence of ndarray, shape (n_players,)
        Tried besides equal ones: those that the attributions found.
    noise : ndarray, shape (n_columns,), optional
        Variance of a value between two calls, where the model gives different answers to the
        same question.

    Returns
    -------
    PairRegression
        Of the likeliest prior; it serves other columns of the same design too.

    Raises
    ------
    numpy.linalg.LinAlgError
        If no kernel has a Cholesky factor.
    """
    signs, centred = np.where(on, 1.0, -1.0), _centred(even)
    rows = np.arange(len(on))
    if len(on) > MOST_TUNED_PAIRS:
        rows = np.append(rows[: MOST_TUNED_PAIRS - 1], rows[-1])
    varies = centred.any(axis=0)
    some = centred[np.ix_(rows, varies)]
    noisy = noise is not None and bool(noise[varies].any())
    levels = NOISE + NOISE_OF_MODEL if noisy else NOISE
    priors = [PairPrior(relevances=w) for w in (np.ones(on.shape[1]), *relevances)]
    best = _likeliest(signs[rows], some, priors, levels)
    if some.size and on.shape[1] <= MOST_OWN:
        priors = [best[1].prior, *_priors_of_pairs(best[1], some)]
        best = _likeliest(signs[rows], some, priors, levels)
    found = best[1]
    if len(rows) < len(on):
        found = _on_the_whole(signs, centred[:, varies], found.prior, levels)
    finer = [max(found.prior.noise * step, LEAST_NOISE) for step in FINER]
    found = _likeliest(signs, centred[:, varies], [found.prior], finer, (found.prior.fourth,))[1]
    return found if noise is None else _with_floor(found, centred[:, varies], noise[varies])


def _on_the_whole(
    signs: Floats, some: Floats, prior: PairPrior, levels: Sequence[float]
) -> PairRegression:
    """Choose noise and order 4 again on a design of which the beginning chose the rest.

    Orders that a small design cannot tell from order 2 show in a large one, and would otherwise
    count as known.
    """
    best = _likeliest(signs, some, [prior], levels, (prior.fourth,))
    best = _likeliest(signs, some, [best[1].prior], (best[1].prior.noise,))
    return _likeliest(signs, some, [best[1].prior], levels, (best[1].prior.fourth,))[1]


def _with_floor(found: PairRegression, centred: Floats, noise: Floats) -> PairRegression:
    """Raise the noise of the prior to that which the model was seen to have.

    An even half is the mean of two values, so that its variance is half of theirs.
    """
    if not noise.any():
        return found
    level, random, signs = found.prior.noise, 1.0, found.signs
    kernel = _kernel(signs, found.prior)
    factor: Floats | None = found.factor
    while factor is not None:
        seen = float(noise.sum() / 2 / (level * _scale(factor, centred).sum()))
        if seen <= 1 or level >= NOISE_OF_MODEL[-1]:
            random = min(seen, 1.0)
            break
        level *= 2
        factor = _factor(kernel, level)
    if factor is None:
        raise np.linalg.LinAlgError(NO_FACTOR)
    prior = replace(found.prior, noise=level, random=random)
    return PairRegression(signs=signs, prior=prior, factor=factor)


def prepare_interactions(on: NDArray[np.bool_], prior: PairPrior) -> PairRegression:
    """Prepare a design for a prior that is known.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the kernel has no Cholesky factor.
    """
    signs = np.where(on, 1.0, -1.0)
    factor = _factor(_kernel(signs, prior), prior.noise)
    if factor is None:
        raise np.linalg.LinAlgError(NO_FACTOR)
    return PairRegression(signs=signs, prior=prior, factor=factor)


def _kernel(signs: Floats, prior: PairPrior) -> Floats:
    second, fourth = even_kernels(signs, prior)
    return FLAT + second + prior.fourth * fourth


def _factor(kernel: Floats, noise: float) -> Floats | None:
    """Return the lower Cholesky factor of a kernel with its noise; None where there is none.

    The full coalition has its rest like any other: unlike the odd half, of which it is the sum of
    the attributions, its even half is known of no order by itself.
    """
    noisy = kernel.copy()
    noisy[np.diag_indices_from(noisy)] += noise
    try:
        return np.linalg.cholesky(noisy).astype(np.float64, copy=False)
    except np.linalg.LinAlgError:
        return None


def _likeliest(
    signs: Floats,
    centred: Floats,
    priors: Sequence[PairPrior],
    levels: Sequence[float],
    fourths: Sequence[float] = FOURTH,
) -> tuple[float, PairRegression]:
    """Try the grid of weights and noise with each of some priors; the first of equals."""
    best: tuple[float, PairRegression] | None = None
    for prior, factor in _factored(signs, priors, levels, fourths):
        likelihood = _likelihood(factor, centred)
        if best is None or likelihood > best[0]:
            best = likelihood, PairRegression(signs=signs, prior=prior, factor=factor)
    if best is None:
        raise np.linalg.LinAlgError(NO_FACTOR)
    return best


def _factored(
    signs: Floats,
    priors: Sequence[PairPrior],
    levels: Sequence[float],
    fourths: Sequence[float],
) -> Iterator[tuple[PairPrior, Floats]]:
    for prior in priors:
        second, fourth = even_kernels(signs, prior)
        for weight in fourths if prior.scale4 else (0.0,):
            kernel = FLAT + second + weight * fourth
            for noise in levels:
                factor = _factor(kernel, noise)
                if factor is not None:
                    yield replace(prior, fourth=weight, noise=noise), factor


def _priors_of_pairs(first: PairRegression, centred: Floats) -> Iterator[PairPrior]:
    """Give each pair, and each player in order 4, the weight that a first fit found it to have."""
    squares = first.indices(centred) ** 2
    totals = squares.sum(axis=(1, 2))
    if not totals.any():
        return
    shares = np.mean(squares[totals > 0] / totals[totals > 0, None, None], axis=0)
    of_players = np.sqrt(shares.sum(axis=0))
    for power in POWERS:
        own = np.maximum((shares / shares.max()) ** power, LEAST_OWN)
        relevances = np.maximum((of_players / of_players.max()) ** power, LEAST_RELEVANT)
        yield PairPrior(relevances=relevances, own=own)
        yield PairPrior(relevances=first.prior.relevances, own=own)


def _likelihood(factor: Floats, centred: Floats) -> float:
    """Return the profile log likelihood of all columns, each with a scale of its own."""
    fit = -0.5 * len(factor) * float(np.log(_scale(factor, centred)).sum())
    return fit - centred.shape[1] * float(np.log(np.diag(factor)).sum())


def _scale(factor: Floats, centred: Floats) -> Floats:
    """Return the likeliest prior variance of each column, shape (n_columns,)."""
    return np.mean(_whitened(factor, centred) ** 2, axis=0)


def _whitened(factor: Floats, right: Floats) -> Floats:
    return linalg.solve_triangular(factor, right, lower=True, check_finite=False)


def _centred(even: Floats) -> Floats:
    """Take off each column's mean, which is no interaction and must not count as spread."""
    return even - even.mean(axis=0)


def interaction_matrix(values: Floats, indices: Floats) -> Floats:
    """Share the attributions out over pairs, as shap does: each row sums to its player's value.

    Parameters
    ----------
    values : ndarray, shape (..., n_players)
        Attributions.
    indices : ndarray, shape (..., n_players, n_players)
        Interaction index, diagonal 0.

    Returns
    -------
    ndarray, shape (..., n_players, n_players)
        Half of the index off the diagonal; on it the attribution less those halves.

    Examples
    --------
    >>> pairs = np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> interaction_matrix(np.array([0.5, 0.5]), pairs).tolist()
    [[0.0, 0.5], [0.5, 0.0]]
    """
    shared = indices / 2
    places = np.arange(indices.shape[-1])
    shared[..., places, places] = values - shared.sum(axis=-1)
    return shared
