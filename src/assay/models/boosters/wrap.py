"""An object of a boosting library in, the Predictor that fits it out."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from assay.errors import InputError
from assay.models.boosters import lightgbm, xgboost
from assay.models.boosters.catboost import wrap_catboost
from assay.models.boosters.lightgbm import wrap_lightgbm
from assay.models.boosters.ubjson import read_ubjson
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
        if _is(model, library, class_name):
            return wrap(model, name=name, container=container, classes=classes, output=output)
    return None


def preparation_of(model: Any) -> Callable[[object], object] | None:  # noqa: ANN401  as above
    """Return what makes rows ready for a booster behind scikit-learn's interface.

    Text becomes the categories that the booster knows, as it does for the booster itself; None
    for any other model.

    Parameters
    ----------
    model : object
        LGBMClassifier, XGBRegressor and the like.

    Raises
    ------
    InputError
        If it is not fitted.

    Examples
    --------
    >>> preparation_of(object()) is None
    True
    """
    is_lightgbm = _is(model, "lightgbm", "LGBMModel")
    if not is_lightgbm and not _is(model, "xgboost", "XGBModel"):
        return None
    if not model.__sklearn_is_fitted__():
        msg = f"the model {type(model).__name__} is not fitted; call its fit method first"
        raise InputError(msg)
    if is_lightgbm:
        return partial(lightgbm.prepare_rows, model.booster_)
    record = bytes(model.get_booster().save_raw("ubj"))
    return partial(xgboost.prepare_rows, xgboost.read_learner(read_ubjson(record)))


def _is(model: object, library: str, class_name: str) -> bool:
    kind = getattr(sys.modules.get(library), class_name, None)
    return isinstance(kind, type) and isinstance(model, kind)
