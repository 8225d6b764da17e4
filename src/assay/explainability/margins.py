"""The scores of a classifier before they become probabilities."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from assay.models.boosters.wrap import preparation_of


def margin_of(estimator: Any) -> Callable[[Any], Any] | None:  # noqa: ANN401  known by its methods
    """Return what gives the margins of rows; None for a model that has none.

    Parameters
    ----------
    estimator : object
        A classifier with scikit-learn's interface; boosters too.

    Returns
    -------
    callable or None
        Rows → ndarray, shape (n_rows,) for two classes or (n_rows, n_classes).

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    >>> bool(margin_of(model)([[1.0]])[0] > 0)
    True
    >>> margin_of(object()) is None
    True
    """
    ask = _booster_margin(estimator) or getattr(estimator, "decision_function", None)
    if ask is None:
        return None
    prepare = preparation_of(estimator)
    return ask if prepare is None else lambda rows: ask(prepare(rows))


def _booster_margin(estimator: Any) -> Callable[[Any], Any] | None:  # noqa: ANN401
    for library, name, told in (
        ("lightgbm", "LGBMModel", {"raw_score": True}),
        ("xgboost", "XGBModel", {"output_margin": True}),
        ("catboost", "CatBoost", {"prediction_type": "RawFormulaVal"}),
    ):
        kind = getattr(sys.modules.get(library), name, None)
        if isinstance(kind, type) and isinstance(estimator, kind):
            return partial(estimator.predict, **told)
    return None
