"""Make a Predictor of an object that a file held."""

from dataclasses import replace

from assay.errors import InputError
from assay.models.formats.format import LoadRequest
from assay.models.formats.place import ModelPlace
from assay.models.local import LocalModel
from assay.models.predictor import Predictor
from assay.models.wrap import as_predictor
from assay.result import Finding

SHOWN = 10


def adopt(
    model: object, place: ModelPlace, request: LoadRequest, findings: tuple[Finding, ...] = ()
) -> Predictor:
    """Wrap what was loaded, under the place's name and with what was found while loading.

    Raises
    ------
    InputError
        If the object is no model, or the request names features other than the model's own.
    """
    try:
        wrapped = as_predictor(
            model,
            container=request.container,
            name=request.name or place.name,
            classes=request.classes,
            output=request.output,
        )
    except InputError as error:
        msg = f"{place.text} was loaded, but {error}"
        raise InputError(msg) from error
    if not isinstance(wrapped, LocalModel):
        msg = f"{place.text} holds a predictor of assay's own kind; load the model that it wraps"
        raise InputError(msg)
    info = replace(wrapped.info, findings=(*wrapped.info.findings, *findings))
    adopted = replace(wrapped, info=info)
    return adopted if request.features is None else _reading(adopted, request.features, place)


def _reading(model: LocalModel, features: tuple[str, ...], place: ModelPlace) -> LocalModel:
    """Return the model, reading these columns in this order, where it does not say its own."""
    wanted = model.wanted
    if wanted.names is not None:
        if wanted.names == features:
            return model
        msg = (
            f"{place.text} says itself which columns it reads ({_listed(wanted.names)}), and "
            f"--feature names others or another order ({_listed(features)}); leave --feature out, "
            "or rename the table's columns"
        )
        raise InputError(msg)
    count = 1 if wanted.one_column else wanted.count
    if count is not None and count != len(features):
        msg = (
            f"{place.text} reads {count} columns, and --feature names {len(features)}: "
            f"{_listed(features)}; name one for each, in order"
        )
        raise InputError(msg)
    info = replace(model.info, feature_names=features)
    return replace(model, info=info, wanted=replace(wanted, names=features))


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
