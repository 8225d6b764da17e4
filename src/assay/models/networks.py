"""Tell networks of PyTorch, Keras and transformers by their type, importing none of them."""

import sys
from collections.abc import Sequence
from typing import Any

from assay.models.keras_model import wrap_keras
from assay.models.local import LocalModel
from assay.models.predictor import ClassLabel
from assay.models.text_model import wrap_text_classifier
from assay.models.torch_module import wrap_module

PIPELINE = "TextClassificationPipeline"


def as_network(
    model: Any,  # noqa: ANN401  any object
    *,
    name: str | None = None,
    classes: Sequence[ClassLabel] | None = None,
    output: str | None = None,
) -> LocalModel | None:
    """Return the Predictor of a network; None for what is none.

    Nobody holds one of a library that was never imported, so none is imported here.

    Examples
    --------
    >>> as_network("text") is None
    True
    """
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(model, getattr(keras, "Model", ())):
        return wrap_keras(model, name=name, classes=classes, output=output)
    if any(kind.__name__ == PIPELINE for kind in type(model).__mro__):
        told = {"name": name, "classes": classes, "output": output}
        return wrap_text_classifier(model.model, model.tokenizer, **told)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.nn.Module) and not _looks_fitted(model):
        return wrap_module(model, name=name, classes=classes, output=output)
    return None


def _looks_fitted(model: object) -> bool:
    """Whether a network also looks like an estimator of scikit-learn, and is to be asked so."""
    return hasattr(model, "predict_proba") and hasattr(model, "classes_")
