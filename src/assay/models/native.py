"""The object inside a Predictor, for those who look at how it is made: trees, coefficients."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Native:
    """What an adapter wraps, and how rows are made ready for it.

    Parameters
    ----------
    model : object
        The estimator, pipeline, booster or module itself.
    ready : callable or None
        Rows in the model's container → rows as its library wants them: a frame with the
        categories that a booster knows, a Pool of CatBoost, a tensor. None: they are taken as
        they are.
    rounds : tuple of int
        Of an XGBoost Booster: the first and the last round that its answers use, (0, 0) for all.
    output : int, str or None
        The output that counts, where the model has several.
    missing : float
        Of an XGBoost model: the number that means "no value", beside NaN.
    """

    model: object
    ready: Callable[[Any], Any] | None = None
    rounds: tuple[int, int] = (0, 0)
    output: int | str | None = None
    missing: float = nan

    def rows(self, rows: Any) -> Any:  # noqa: ANN401  any container
        """Return rows as the library wants them."""
        return rows if self.ready is None else self.ready(rows)


def native_of(predictor: object) -> Native | None:
    """Return what is inside a Predictor; None where the adapter does not say.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> from assay.models.wrap import as_predictor
    >>> tree = DecisionTreeRegressor().fit([[0.0], [1.0]], [0.0, 1.0])
    >>> native_of(as_predictor(tree)).model is tree
    True
    """
    found = getattr(predictor, "native", None)
    return found if isinstance(found, Native) else None


def is_of(model: object, library: str, *names: str) -> bool:
    """Tell whether a model is of one of a library's classes, without importing the library.

    Parameters
    ----------
    model : object
    library : str
        The module that offers the classes, such as "sklearn.ensemble".
    *names : str

    Examples
    --------
    >>> is_of(1, "builtins", "str", "int")
    True
    """
    module = sys.modules.get(library)
    kinds = [getattr(module, name, None) for name in names]
    return any(isinstance(kind, type) and isinstance(model, kind) for kind in kinds)


def raw_scores(native: Native) -> Callable[[Any], NDArray[np.float64]] | None:
    """Return a function from rows to the model's raw scores; None where it has none.

    Raw is what `predict` gives for a number; the margin of a classifier (log-odds, where its
    probability is their logistic function) for the second class, or one a class when there are
    three or more; and for a classifier without a margin, such as a forest, the probabilities of
    all classes.

    Returns
    -------
    callable or None
        Rows in the model's container → ndarray, shape (n,) or (n, n_outputs).
    """
    model: Any = native.model
    if is_of(model, "sklearn.pipeline", "Pipeline") and len(model.steps) > 1:
        last = raw_scores(Native(model=model.steps[-1][1]))
        return None if last is None else lambda rows: last(model[:-1].transform(rows))
    ask = _booster_scores(native) or _estimator_scores(model)
    if ask is None:
        return None

    def asked(rows: Any) -> NDArray[np.float64]:  # noqa: ANN401  any container
        return np.asarray(ask(native.rows(rows)), dtype=np.float64)

    return asked


def has_margin(native: Native) -> bool:
    """Tell whether a classifier has a score before it becomes a probability.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.naive_bayes import GaussianNB
    >>> has_margin(Native(model=LogisticRegression().fit([[0.0], [1.0]], [0, 1])))
    True
    >>> has_margin(Native(model=GaussianNB().fit([[0.0], [1.0], [0.5], [2.0]], [0, 1, 0, 1])))
    False
    """
    model: Any = native.model
    if is_of(model, "sklearn.pipeline", "Pipeline") and len(model.steps) > 1:
        return has_margin(Native(model=model.steps[-1][1]))
    return _booster_scores(native) is not None or hasattr(model, "decision_function")


def _booster_scores(native: Native) -> Callable[[Any], Any] | None:
    model: Any = native.model
    place = native.output

    def chosen(answer: Any) -> Any:  # noqa: ANN401
        return answer if place is None or np.ndim(answer) == 1 else answer[:, place]

    if is_of(model, "lightgbm", "Booster", "LGBMModel"):
        share = _lightgbm_share(getattr(model, "booster_", model))
        return lambda rows: share * model.predict(rows, raw_score=True)
    if is_of(model, "xgboost", "XGBModel"):
        return lambda rows: model.predict(rows, output_margin=True)
    if is_of(model, "xgboost", "Booster"):
        from xgboost import DMatrix

        def ask(rows: Any) -> Any:  # noqa: ANN401
            matrix = DMatrix(rows, missing=native.missing, enable_categorical=True)
            told = {"iteration_range": native.rounds, "validate_features": False}
            return chosen(model.predict(matrix, output_margin=True, **told))

        return ask
    if is_of(model, "catboost", "CatBoost"):
        return lambda rows: chosen(model.predict(rows, prediction_type="RawFormulaVal"))
    return None


def _lightgbm_share(booster: Any) -> float:  # noqa: ANN401
    """Return what a sum of trees is multiplied by: LightGBM's forests leave that to the answer."""
    if "\naverage_output\n" not in booster.model_to_string(num_iteration=1):
        return 1.0
    best = booster.best_iteration
    return 1 / (best if best > 0 else max(1, booster.current_iteration()))


def _estimator_scores(model: Any) -> Callable[[Any], Any] | None:  # noqa: ANN401
    for name in ("decision_function", "predict_proba"):
        if hasattr(model, "classes_") and hasattr(model, name):
            return getattr(model, name)
    return None if hasattr(model, "classes_") else getattr(model, "predict", None)
