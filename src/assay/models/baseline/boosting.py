"""Rung 3, the bar: histogram gradient boosting as scikit-learn ships it."""

from typing import Any

import numpy as np

from assay.models.baseline.estimators import learn_estimator
from assay.models.baseline.features import BoostingFeatures, Features
from assay.models.baseline.problem import Learned, Problem, Truth
from assay.models.baseline.tables import Floats, Part, Table


def learn_boosting(
    table: Table, parts: tuple[Part, ...], y: Truth, weight: Floats | None, problem: Problem
) -> Learned:
    """Learn with the library's own settings; above 10,000 rows it stops early by itself."""
    return learn_estimator(
        lambda each: BoostingFeatures(parts, each), _make, table, y, weight, problem
    )


def _make(features: Features, rows: Any, y: Truth, problem: Problem) -> object:  # noqa: ANN401
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    assert isinstance(features, BoostingFeatures)
    settings: dict[str, Any] = {
        "categorical_features": features.categorical or None,
        "random_state": problem.seed,
    }
    if problem.task == "regression":
        loss = "absolute_error" if problem.absolute else "squared_error"
        return HistGradientBoostingRegressor(loss=loss, **settings)
    alone = np.unique(y, return_counts=True)[1].min() < 2  # a class that cannot be halved
    settings["early_stopping"] = False if alone else "auto"
    return HistGradientBoostingClassifier(**settings)
