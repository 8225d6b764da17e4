"""Rung 2: linear models on prepared columns."""

from dataclasses import replace
from typing import Any

import numpy as np

from assay.models.baseline.estimators import FittedEstimator, learn_estimator
from assay.models.baseline.features import Features, LinearFeatures
from assay.models.baseline.problem import CannotFitError, Learned, Problem, Truth
from assay.models.baseline.tables import Floats, Part, Table

MAX_STEPS = 500
ALPHAS = tuple(float(10**power) for power in np.linspace(-3, 4, 15))
WORK = 2e11
"""Above so many multiplications ridge takes one fixed penalty: choosing one needs a
decomposition."""
NEWTON_COLUMNS = 1_000
"""Up to so many columns Newton's steps are taken, which converge where gradients crawl."""
SKEWED = 2.0


def learn_logistic(
    table: Table, parts: tuple[Part, ...], y: Truth, weight: Floats | None, problem: Problem
) -> Learned:
    """Learn a logistic regression, multinomial for several classes, L2 with C = 1."""

    def make(features: Features, rows: Any, y: Truth, problem: Problem) -> object:  # noqa: ANN401
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(max_iter=MAX_STEPS)

    return learn_estimator(
        lambda each: LinearFeatures(parts, each), make, table, y, weight, problem
    )


def learn_ridge(
    table: Table, parts: tuple[Part, ...], y: Truth, weight: Floats | None, problem: Problem
) -> Learned:
    """Learn a ridge regression, its penalty by generalised cross-validation."""

    def make(features: Features, rows: Any, y: Truth, problem: Problem) -> object:  # noqa: ANN401
        from sklearn.linear_model import Ridge, RidgeCV

        n, width = rows.shape
        if max(n, width) * min(n, width) ** 2 > WORK:
            return Ridge(alpha=1.0, solver="lsqr")
        return RidgeCV(alphas=ALPHAS)

    learned = learn_estimator(
        lambda each: LinearFeatures(parts, each), make, table, y, weight, problem
    )
    alpha = getattr(getattr(learned, "estimator", None), "alpha_", None)
    if isinstance(learned, FittedEstimator):
        said = "penalty 1 (too large to choose one)" if alpha is None else f"penalty {alpha:g}"
        return replace(learned, notes=(*learned.notes, said))
    return learned


def learn_poisson(
    table: Table, parts: tuple[Part, ...], y: Truth, weight: Floats | None, problem: Problem
) -> Learned:
    """Learn a Poisson regression with log link, for counts."""
    if not counts(y):
        msg = "the target does not hold counts"
        raise CannotFitError(msg)
    return _generalised("poisson", table, parts, y, weight, problem)


def learn_gamma(
    table: Table, parts: tuple[Part, ...], y: Truth, weight: Floats | None, problem: Problem
) -> Learned:
    """Learn a Gamma regression with log link, for positive and skewed targets."""
    if not skewed(y):
        msg = "the target is not positive and skewed"
        raise CannotFitError(msg)
    return _generalised("gamma", table, parts, y, weight, problem)


def counts(y: Truth) -> bool:
    """Whether the target holds counts: whole numbers from 0 up, not all the same.

    Examples
    --------
    >>> counts(np.array([0.0, 3.0])), counts(np.array([0.5, 3.0])), counts(np.array([-1.0, 3.0]))
    (True, False, False)
    """
    values = y.astype(np.float64)
    return bool((values >= 0).all() and (values % 1 == 0).all() and np.ptp(values) > 0)


def skewed(y: Truth) -> bool:
    """Whether the target is above 0 and its skewness above 2.

    Examples
    --------
    >>> skewed(np.array([1.0] * 20 + [50.0])), skewed(np.array([0.0] * 20 + [50.0]))
    (True, False)
    """
    values = y.astype(np.float64)
    spread = values.std()
    if values.min() <= 0 or spread == 0:
        return False
    return float(((values - values.mean()) ** 3).mean() / spread**3) > SKEWED


def _generalised(
    kind: str,
    table: Table,
    parts: tuple[Part, ...],
    y: Truth,
    weight: Floats | None,
    problem: Problem,
) -> Learned:
    """Fit with the penalty that C = 1 is for a logistic regression: one over the rows.

    A log link extrapolates exponentially: answers are kept within the training targets' range.
    """

    def make(features: Features, rows: Any, y: Truth, problem: Problem) -> object:  # noqa: ANN401
        from sklearn.linear_model import GammaRegressor, PoissonRegressor

        maker = PoissonRegressor if kind == "poisson" else GammaRegressor
        solver = "newton-cholesky" if rows.shape[1] <= NEWTON_COLUMNS else "lbfgs"
        return maker(alpha=1.0 / y.size, max_iter=MAX_STEPS, solver=solver)

    learned = learn_estimator(
        lambda each: LinearFeatures(parts, each), make, table, y, weight, problem
    )
    assert isinstance(learned, FittedEstimator)
    values = y.astype(np.float64)
    note = "answers are kept within the range of the training target"
    return replace(
        learned,
        low=float(values.min()),
        high=float(values.max()),
        notes=(*learned.notes, note),
    )
