"""A model of images in; what asks it for scores of batches of images out."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.explainability.asking import is_function, scores_of
from assay.explainability.scores import Scores, Tally
from assay.models.local import LocalModel
from assay.models.predictor import ClassLabel, Predictor
from assay.models.torch_module import evaluating
from assay.models.wrap import as_predictor

Batch = NDArray[Any]
MASKED = (
    "parts of the images that are asked about are masked, so the model must answer about such "
    "images too"
)


def image_scores(
    model: Any,  # noqa: ANN401  a function, a torch module, an estimator, a Predictor or Scores
    image: Batch,
    *,
    output: str | None = None,
    link: str | None = None,
    classes: Sequence[ClassLabel] | None = None,
    positive: ClassLabel | None = None,
) -> Scores:
    """Find what a model says about images like one.

    Functions are given batches, shape (n, *image.shape), in the image's dtype. Torch modules get
    tensors of float32 and are explained as they answer. Estimators, and models of ONNX, get one
    flat row of pixels for each image.

    Raises
    ------
    InputError
        If it is no model, or has no such output.
    ModelError
        If it gives no numbers, or fails.
    """
    told = {"output": output, "link": link}
    if isinstance(model, Scores):
        return replace(model, tally=Tally(), asked_about=MASKED)
    if is_module(model) or is_function(model):
        function = _module(model) if is_module(model) else model
        made = scores_of(function, image[None], classes=classes, **told)
        return replace(made, asked_about=MASKED)
    predictor = as_predictor(model)
    flat = _flattening(predictor)
    made = scores_of(predictor, flat(image[None]), positive=positive, **told)
    return replace(made, ask=lambda batch: made.ask(flat(batch)), asked_about=MASKED)


def is_module(model: object) -> bool:
    """Tell a torch module, without loading torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(model, torch.nn.Module)


def _module(module: Any) -> Callable[[Batch], Batch]:  # noqa: ANN401
    import torch

    def ask(batch: Batch) -> Batch:
        with torch.inference_mode(), evaluating(module):
            found = module(torch.from_numpy(np.ascontiguousarray(batch, dtype=np.float32)))
        return found.detach().cpu().to(torch.float64).numpy()

    return ask


def _flattening(predictor: Predictor) -> Callable[[Batch], Any]:
    """Return what makes rows of a batch of images."""
    if isinstance(predictor, LocalModel) and "onnx" not in predictor.info.library.lower():
        return lambda batch: batch.reshape(len(batch), -1)
    # One column that holds all pixels: a column for each would be slow.
    return lambda batch: pl.DataFrame({"image": pl.Series(batch.reshape(len(batch), -1))})
