"""An object of a boosting library in, the Predictor that fits it out."""

import sys
from typing import Any

from assay.models.boosters.catboost import wrap_catboost
from assay.models.boosters.lightgbm import wrap_lightgbm
from assay.models.boosters.xgboost import wrap_xgboost
from assay.models.local import LocalModel
from assay.models.predictor import ClassLabel


def wrap_booster(
    model: Any,  # noqa: ANN401  known by its class, where its library is loaded
    *,
    name: str | None = None,
    container: str | None = None,
    classes: tuple[ClassLabel, ...] | None = None,
    output: str | None = None,
) -> LocalModel | None:
    """Make a Predictor of a native booster; None where the object is none.

    Nobody holds such an object without having imported its library, so none is imported to tell.

    Parameters
    ----------
    model : object
        lightgbm.Booster, xgboost.Booster, or any model of CatBoost.
    name, container, classes, output
        As in `assay.models.wrap.as_predictor`.

    Raises
    ------
    InputError
        If what was said does not fit it, or it has several outputs.

    Examples
    --------
    >>> wrap_booster(object()) is None
    True
    """
    for library, class_name, wrap in (
        ("lightgbm", "Booster", wrap_lightgbm),
        ("xgboost", "Booster", wrap_xgboost),
        ("catboost", "CatBoost", wrap_catboost),
    ):
        kind = getattr(sys.modules.get(library), class_name, None)
        if isinstance(kind, type) and isinstance(model, kind):
            return wrap(model, name=name, container=container, classes=classes, output=output)
    return None
