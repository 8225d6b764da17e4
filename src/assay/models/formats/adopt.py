"""Make a Predictor of an object that a file held."""

from dataclasses import replace

from assay.errors import InputError
from assay.models.formats.format import LoadRequest
from assay.models.formats.place import ModelPlace
from assay.models.local import LocalModel
from assay.models.predictor import Predictor
from assay.models.wrap import as_predictor
from assay.result import Finding


def adopt(
    model: object, place: ModelPlace, request: LoadRequest, findings: tuple[Finding, ...] = ()
) -> Predictor:
    """Wrap what was loaded, under the place's name and with what was found while loading.

    Raises
    ------
    InputError
        If the object is no model.
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
    return replace(wrapped, info=info)
