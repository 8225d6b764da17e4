"""Any model in, the Predictor that fits it out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from assay.errors import InputError
from assay.models.boosters.wrap import wrap_booster
from assay.models.callable import wrap_callable
from assay.models.containers import check_container
from assay.models.local import LocalModel
from assay.models.networks import as_network
from assay.models.predictor import ClassLabel, Predictor
from assay.models.scikit_learn import wrap_estimator


def as_predictor(
    model: Any,  # noqa: ANN401  an estimator, a function or a Predictor
    *,
    container: str | None = None,
    name: str | None = None,
    classes: Sequence[ClassLabel] | None = None,
    output: str | None = None,
) -> Predictor:
    """Choose the adapter for a model; a Predictor is returned as it is.

    Predictions that are already columns of the data need no Predictor: name the columns as
    ``prediction`` or ``score`` when the Dataset is read.

    Parameters
    ----------
    model : object
        Something with ``predict`` (scikit-learn, LightGBM, XGBoost and what looks like them), a
        network of PyTorch or Keras, a text-classification pipeline of transformers, any callable
        that takes rows, or a Predictor.
    container : {"pandas", "polars", "numpy"} or None
        What the model is given; None is what it was fitted on, as far as it tells.
    name : str or None
        For people; None takes the model's own.
    classes : sequence or None
        For callables and networks: the order of the columns of probabilities.
    output : {"label", "probability", "number"} or None
        For callables and networks: what is returned; None tells by shape and type. Networks also
        return "logits", which become probabilities.

    Returns
    -------
    Predictor

    Raises
    ------
    InputError
        If it is no model, not fitted, or `container` is unknown.

    Examples
    --------
    >>> as_predictor(lambda rows: rows["a"] > 0, name="sign").info.name
    'sign'
    """
    if isinstance(model, LocalModel) and container is not None:
        check_container(container)
        return replace(model, info=replace(model.info, container=container))
    if hasattr(model, "info") and hasattr(model, "calls") and hasattr(model, "predict"):
        return cast("Predictor", model)
    network = as_network(model, name=name, classes=classes, output=output)
    if network is not None:
        return network
    booster = wrap_booster(
        model,
        name=name,
        container=container,
        classes=None if classes is None else tuple(classes),
        output=output,
    )
    if booster is not None:
        return booster
    if hasattr(model, "predict"):
        return wrap_estimator(model, name=name, container=container)
    if callable(model) and not isinstance(model, type):
        return wrap_callable(model, name=name, container=container, classes=classes, output=output)
    msg = (
        f"{type(model).__name__} is not a model: it has no predict method and cannot be called; "
        "give a fitted estimator, a function from rows to predictions, or what load_model returns"
    )
    raise InputError(msg)
