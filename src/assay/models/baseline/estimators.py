"""Features and an estimator of scikit-learn that learnt from them."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay.models.baseline.constants import Constant, learn_mean
from assay.models.baseline.features import Features
from assay.models.baseline.problem import Learned, Problem, Truth
from assay.models.baseline.tables import Floats, Table

MakeFeatures = Callable[[Problem], Features]
MakeEstimator = Callable[[Features, Any, Truth, Problem], Any]


@dataclass(frozen=True, eq=False)
class FittedEstimator:
    """An estimator with the preparation of its columns.

    Parameters
    ----------
    features : Features
    estimator : object
        Of scikit-learn, fitted.
    problem : Problem
    low, high : float or None
        Between them predicted numbers are kept.
    """

    features: Features
    estimator: Any
    problem: Problem
    notes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    def numbers(self, table: Table) -> Floats:
        """Return probabilities of all classes, or the values."""
        rows = self.features.transform(table)
        if self.problem.task == "regression":
            values = np.asarray(self.estimator.predict(rows), dtype=np.float64)[:, None]
            return values if self.low is None else values.clip(self.low, self.high)
        out = np.zeros((table.n, self.problem.n_classes))
        out[:, self.estimator.classes_.astype(np.intp)] = self.estimator.predict_proba(rows)
        return out


@dataclass(frozen=True, eq=False)
class OneForEachLabel:
    """One model for each label of many."""

    models: tuple[Learned, ...]
    notes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def numbers(self, table: Table) -> Floats:
        """Return the probability of each label."""
        return np.column_stack([model.numbers(table)[:, 1] for model in self.models])


def learn_estimator(
    make_features: MakeFeatures,
    make_estimator: MakeEstimator,
    table: Table,
    y: Truth,
    weight: Floats | None,
    problem: Problem,
) -> Learned:
    """Fit an estimator; one class alone is answered by its share, many labels one by one."""
    if problem.task == "multilabel":
        single = problem.of_label()
        models = [
            learn_estimator(make_features, make_estimator, table, held, weight, single)
            for held in y.T.astype(np.int64)
        ]
        return OneForEachLabel(tuple(models), notes=_together(models))
    if problem.task != "regression" and np.unique(y).size < 2:
        constant = learn_mean(table, (), y, weight, problem)
        return Constant(constant.answer, notes=("one class alone in the training rows",))
    features = make_features(problem)
    rows = features.fit_transform(table, y)
    estimator = make_estimator(features, rows, y, problem)
    with stops_noted() as stopped:
        estimator.fit(rows, y, sample_weight=weight)
    return FittedEstimator(features, estimator, problem, notes=tuple(stopped))


@contextmanager
def stops_noted() -> Iterator[list[str]]:
    """Turn the warning that a fit stopped before its end into a note."""
    from sklearn.exceptions import ConvergenceWarning

    notes: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        warnings.filterwarnings("ignore", "The number of unique classes")  # the label is told
        yield notes
    if any(issubclass(each.category, ConvergenceWarning) for each in caught):
        notes.append("the fit stopped at its largest number of steps")
    for each in caught:
        if not issubclass(each.category, ConvergenceWarning):
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)


def _together(models: Sequence[Learned]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for model in models for note in model.notes))
