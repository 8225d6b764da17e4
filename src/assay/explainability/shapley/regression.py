"""A prepared paired odd-Walsh regression: what coalitions are worth in, attributions out."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, special  # pyright: ignore[reportMissingTypeStubs]

from assay.explainability.shapley.kernel import (
    add_noise,
    attribution_rows,
    prior_variances,
    rows_of_rest,
    similarity,
    variance_of_rest,
)
from assay.explainability.shapley.tuning import Tuning

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fitted:
    """Attributions of the columns of a regression.

    Parameters
    ----------
    values : ndarray, shape (n_players, n_columns)
        Each column sums to v(N) − v(∅).
    standard_errors : ndarray, shape (n_players, n_columns)
    misfit : ndarray, shape (n_columns,)
        Mean squared leave-one-out residual over the mean square of the odd half; 0 for a column
        of zeros.
    """

    values: Floats
    standard_errors: Floats
    misfit: Floats


@dataclass(frozen=True, eq=False)
class Regression:
    """Weights that turn the odd halves of a design's pairs into attributions.

    Prepared once for a design and its hyper-parameters (`prepare_regression`); each row and
    output of the model after that costs two small matrix products.

    Parameters
    ----------
    signs : ndarray, shape (n_pairs + 1, n_players)
        +1 on, −1 off; the last line is the full coalition.
    tuning : Tuning
    weights : ndarray, shape (n_pairs + 1, n_players)
    inverse : ndarray, shape (n_pairs + 1, n_pairs + 1)
        Of the kernel.
    variances : ndarray, shape (n_players,)
        What remains unknown of each attribution, in units of a column's scale.
    """

    signs: Floats
    tuning: Tuning
    weights: Floats
    inverse: Floats
    variances: Floats

    @cached_property
    def _widened(self) -> float:
        """Student's factor: a scale that comes from few pairs is itself uncertain.

        With it ±1.96 standard errors cover what they should also at two calls.
        """
        few, many = special.stdtrit([float(len(self.signs)), np.inf], 0.975)
        return float(few / many)

    @cached_property
    def _own(self) -> Floats:
        return np.diag(self.inverse)[:-1, None].copy()

    def apply(self, odd: Floats, noise: Floats | None = None) -> Fitted:
        """Return attributions and their standard errors.

        Parameters
        ----------
        odd : ndarray, shape (n_pairs + 1, n_columns)
            [v(S) − v(Sᶜ)]/2 of each line of `signs`.
        noise : ndarray, shape (n_columns,), optional
            Variance of a value between two calls of the model.
        """
        n_players = self.signs.shape[1]
        values = self.weights.T @ odd
        values += (2 * odd[-1] - values.sum(axis=0)) / n_players
        solved = self.inverse @ odd
        spread = self.variances[:, None] * self._scale(solved, odd) * self._widened**2
        if noise is not None:
            spread = spread + 2 * noise / n_players**2
        return Fitted(values, np.sqrt(spread), self._misfit(solved, odd))

    def _scale(self, solved: Floats, odd: Floats) -> Floats:
        """Return the prior variance of each column, shape (n_columns,).

        The larger of two estimates: the likeliest one, which is too small where a flat order 1
        takes up most of the pairs or the prior does not suit, and the mean squared
        leave-one-out residual in units of its own variance, which is neither.
        """
        likeliest = np.maximum((odd * solved).sum(axis=0), 0.0) / len(odd)
        if len(odd) == 1:
            return likeliest
        return np.maximum(likeliest, (solved[:-1] ** 2 / self._own).mean(axis=0))

    def _misfit(self, solved: Floats, odd: Floats) -> Floats:
        if len(odd) == 1:
            return np.ones(odd.shape[1])
        left_out = ((solved[:-1] / self._own) ** 2).sum(axis=0)
        size = (odd[:-1] ** 2).sum(axis=0)
        return np.divide(left_out, size, out=np.zeros_like(size), where=size > 0)


def prepare_regression(signs: Floats, tuning: Tuning) -> Regression:
    """Solve a design once, for all rows and outputs.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the kernel has no Cholesky factor.
    """
    relevances = np.array(tuning.relevances)
    kernel = similarity(signs, relevances).mixed(tuning.third, tuning.fifth)
    factor = np.linalg.cholesky(add_noise(kernel, tuning.noise))
    rows = attribution_rows(signs, relevances).mixed(tuning.third, tuning.fifth)
    rest = tuning.noise * (1 - tuning.random)
    rows += rest * rows_of_rest(signs)
    known = linalg.solve_triangular(factor, rows, lower=True, check_finite=False)
    prior = prior_variances(relevances).mixed(tuning.third, tuning.fifth)
    prior += rest * variance_of_rest(len(relevances))
    return Regression(
        signs=signs,
        tuning=tuning,
        weights=linalg.cho_solve((factor, True), rows, check_finite=False),
        inverse=linalg.cho_solve((factor, True), np.eye(len(factor)), check_finite=False),
        variances=np.maximum(prior - (known**2).sum(axis=0), 0.0),
    )
