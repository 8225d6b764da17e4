"""Shapley interaction index of each pair of players, from the calls that gave the attributions.

Write χ_i = +1 for a player that is on and -1 for one that is off. Any game is
v = Σ_T c_T Π_{i∈T} χ_i, and the Shapley interaction index of two players is

    SII_ij = Σ_{T ∋ i, j, |T| even} 4 / (|T| - 1) · c_T.

Only even orders count, and the mean of a coalition's value and its complement's holds nothing
else: the complementary pairs that were evaluated for the attributions serve again. The prior has
the orders 0 (flat), 2 and 4; what is above is noise.

References
----------
Grabisch and Roubens 1999, International Journal of Game Theory, doi:10.1007/s001820050125 (the
index); Rahimi and Recht 2007 write kernels of this kind as sums over orders.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FLAT = 100.0
"""Prior weight of order 0, which is not shrunk."""
FULL_PAIR_NOISE = 1e-9
FOURTH = (0.0, 0.05, 0.3)
NOISES = (1e-7, 1e-4, 3e-3, 3e-2)
MOST_PAIRS = 3000
"""More complementary pairs than these cost more (cube) than they bring."""
BLOCK = 4096
"""Pairs of players whose standard errors are found at once."""


def exact_interactions(table: Floats) -> Floats:
    """Return the index from the values of all coalitions.

    Parameters
    ----------
    table : ndarray, shape (2**n_players, n_columns)
        Values; bit i of the row's number tells whether player i is on.

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
    on = (np.arange(n_coalitions)[:, None] >> np.arange(n_players) & 1).astype(np.float64)
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
    n_players = n_coalitions.bit_length() - 1
    made = table.astype(np.float64)
    for player in range(n_players):
        halves = made.reshape(-1, 2, 2**player, table.shape[1])
        off, on = halves[:, 0], halves[:, 1]
        made = np.stack([off + on, on - off], axis=1).reshape(table.shape)
    return made / n_coalitions


@dataclass(frozen=True, kw_only=True)
class PairPrior:
    """How much of the even half is expected where.

    Parameters
    ----------
    relevances : ndarray, shape (n_players,)
        In (0, 1]; a set of players weighs as the product of theirs.
    fourth : float
        Prior weight of order 4; that of order 2 is 1.
    noise : float
        Prior weight of the orders above 4.
    """

    relevances: Floats
    fourth: float
    noise: float


@dataclass(frozen=True, kw_only=True, eq=False)
class PairRegression:
    """The even half of a design with its prior: values in, interaction indices out.

    Parameters
    ----------
    signs : ndarray, shape (n_pairs, n_players)
        One member of each complementary pair; +1 on, -1 off. The last is all on.
    prior : PairPrior
    factor : ndarray, shape (n_pairs, n_pairs)
        Lower Cholesky factor of the kernel.
    """

    signs: Floats
    prior: PairPrior
    factor: Floats

    def scale(self, even: Floats) -> Floats:
        """Return the likeliest prior variance of each column, shape (n_columns,)."""
        return np.mean(_solve_lower(self.factor, even) ** 2, axis=0)

    def log_likelihood(self, even: Floats) -> float:
        """Return the profile log likelihood, pooled over columns that are not constant 0."""
        scale = self.scale(even)
        scale = scale[scale > 0]
        logs = -0.5 * len(self.factor) * np.log(scale).sum()
        return float(logs - len(scale) * np.log(np.diag(self.factor)).sum())

    def indices(self, even: Floats) -> Floats:
        """Return the index of each pair of players.

        Parameters
        ----------
        even : ndarray, shape (n_pairs, n_columns)
            Mean of the value of each coalition and of its complement.

        Returns
        -------
        ndarray, shape (n_columns, n_players, n_players)
            Symmetric; diagonal 0.
        """
        from scipy.linalg import cho_solve

        weights = cho_solve((self.factor, True), even, check_finite=False)
        return np.stack([self._of_column(column) for column in weights.T])

    def _of_column(self, alpha: Floats) -> Floats:
        """Return Σ over the design of `alpha` times the functional of each pair.

        Of order 4 a pair has u_i u_j e₂(others), and e₂(others) = e₂ - (u_i + u_j) e₁ + u_i² +
        u_j² + u_i u_j, where u_i² is the same for the whole design: matrix products suffice.
        """
        u, second, fourth = self._scaled
        first = (u * alpha[:, None]).T @ u
        found = second * first
        if fourth:
            squares = self.prior.relevances**2
            total = u.sum(axis=1)
            pairs = (total**2 - squares.sum()) / 2
            with_e1 = squares[:, None] * (u.T @ (alpha * total))[None, :]
            with_e2 = (u * (alpha * pairs)[:, None]).T @ u
            own = (squares[:, None] + squares[None, :]) * first
            crossed = alpha.sum() * np.outer(squares, squares)
            found = found + fourth * (with_e2 - with_e1 - with_e1.T + own + crossed)
        np.fill_diagonal(found, 0.0)
        return (found + found.T) / 2

    def standard_errors(self, even: Floats) -> Floats:
        """Return the standard error of each index: of the choice of coalitions alone.

        Parameters
        ----------
        even : ndarray, shape (n_pairs, n_columns)

        Returns
        -------
        ndarray, shape (n_columns, n_players, n_players)
        """
        n_players = self.signs.shape[1]
        left, right = np.triu_indices(n_players, k=1)
        spread = np.zeros((n_players, n_players))
        for start in range(0, len(left), BLOCK):
            i, j = left[start : start + BLOCK], right[start : start + BLOCK]
            known = np.sum(_solve_lower(self.factor, self._functionals(i, j)) ** 2, axis=0)
            spread[i, j] = np.maximum(self._prior_variances(i, j) - known, 0.0)
        spread = spread + spread.T
        return np.sqrt(spread[None] * self.scale(even)[:, None, None])

    @property
    def _scaled(self) -> tuple[Floats, float, float]:
        """Signs times relevances, and the factors of order 2 and 4 of the functional."""
        second, fourth = _totals(self.prior.relevances)
        share = self.prior.fourth * 4 / 3 / fourth if self.prior.fourth else 0.0
        return self.signs * self.prior.relevances, 4 / second, share

    def _functionals(self, i: NDArray[np.intp], j: NDArray[np.intp]) -> Floats:
        """Return the functional of some pairs at each design point, shape (n_pairs, n)."""
        u, second, fourth = self._scaled
        both = u[:, i] * u[:, j]
        if not fourth:
            return second * both
        squares, total = self.prior.relevances**2, u.sum(axis=1)
        others = ((total**2 - squares.sum()) / 2)[:, None] - (u[:, i] + u[:, j]) * total[:, None]
        return both * (second + fourth * (others + squares[i] + squares[j] + both))

    def _prior_variances(self, i: NDArray[np.intp], j: NDArray[np.intp]) -> Floats:
        """Return the prior variance of the index of some pairs."""
        w = self.prior.relevances
        second, fourth = _totals(w)
        found = 16 * w[i] * w[j] / second
        if self.prior.fourth:
            total = w.sum()
            others = (total**2 - (w**2).sum()) / 2 - (w[i] + w[j]) * total
            others = others + w[i] ** 2 + w[j] ** 2 + w[i] * w[j]
            found = found + self.prior.fourth * 16 / 9 * w[i] * w[j] * others / fourth
        return found


def fit_interactions(
    on: NDArray[np.bool_], even: Floats, relevances: Sequence[Floats] = ()
) -> PairRegression:
    """Choose the prior of the even half by its likelihood.

    Parameters
    ----------
    on : ndarray of bool, shape (n_pairs, n_players)
        One member of each complementary pair, the last all on; at least two players.
    even : ndarray, shape (n_pairs, n_columns)
        Mean of the value of each of them and of its complement; columns are rows and outputs of
        the model.
    relevances : sequence of ndarray, shape (n_players,)
        Tried besides equal ones: those that the attributions found.

    Returns
    -------
    PairRegression
        The likeliest; it serves other columns of the same design too.

    Raises
    ------
    numpy.linalg.LinAlgError
        If no kernel of the grid can be factored.
    """
    signs = np.where(on, 1.0, -1.0)
    best: tuple[float, PairRegression] | None = None
    for prior, factor in _candidates(signs, (np.ones(signs.shape[1]), *relevances)):
        tried = PairRegression(signs=signs, prior=prior, factor=factor)
        likelihood = tried.log_likelihood(even)
        if best is None or likelihood > best[0]:
            best = (likelihood, tried)
    if best is None:
        msg = "no kernel of the even half can be factored"
        raise np.linalg.LinAlgError(msg)
    return best[1]


def _candidates(signs: Floats, relevances: Sequence[Floats]) -> Iterator[tuple[PairPrior, Floats]]:
    """Give each prior of the grid whose kernel can be factored, with its factor."""
    for each in relevances:
        second, fourth = even_kernels(signs, each)
        weights = FOURTH if _totals(each)[1] > 0 else FOURTH[:1]
        for weight, noise in product(weights, NOISES):
            kernel = FLAT + second + weight * fourth
            kernel[np.diag_indices_from(kernel)] += noise
            kernel[-1, -1] += FULL_PAIR_NOISE - noise
            try:
                factor = np.linalg.cholesky(kernel)
            except np.linalg.LinAlgError:
                continue
            yield PairPrior(relevances=each, fourth=weight, noise=noise), factor


def even_kernels(signs: Floats, relevances: Floats) -> tuple[Floats, Floats]:
    """Return the kernels of order 2 and 4, each 1 on its diagonal.

    Elementary symmetric polynomials of u = w∘χ∘χ' from power sums; those of even power are the
    same for all coalitions. That of order 4 is 0 with fewer than four players.
    """
    w = relevances
    p1 = (signs * w) @ signs.T
    p3 = (signs * w**3) @ signs.T
    p2, p4 = float((w**2).sum()), float((w**4).sum())
    square = p1**2
    second_total, fourth_total = _totals(w)
    second = (square - p2) / 2 / second_total
    if not fourth_total > 0:
        return second, np.zeros_like(second)
    fourth = (square * (square - 6 * p2) + 8 * p1 * p3 + 3 * p2**2 - 6 * p4) / 24
    return second, fourth / fourth_total


def _totals(relevances: Floats) -> tuple[float, float]:
    """Return e₂ and e₄ of the relevances; e₄ is 0 with fewer than four players."""
    sums = np.zeros(5)
    sums[0] = 1.0
    for each in relevances:
        sums[1:] += each * sums[:-1]
    return float(sums[2]), float(sums[4])


def _solve_lower(factor: Floats, right: Floats) -> Floats:
    from scipy.linalg import solve_triangular

    return solve_triangular(factor, right, lower=True, check_finite=False)


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
