"""Explained images in the form of Clarify's files."""

from io import BytesIO
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from assay.errors import MissingExtraError
from assay.explainability.images.explanation import ImageExplanation
from assay.explainability.images.overlay import enlarged, with_boxes
from assay.explainability.images.png import coloured
from assay.result import Json


def clarify_pictures(explanation: ImageExplanation, image_name: str) -> dict[str, bytes]:
    """Return the JPEG files of an image, by name.

    Object detection: ``shap_<image>_box<k>_object.jpeg`` for each explained box, k from 0, and
    ``<image>_objects.jpeg`` with all boxes. Classification: ``shap_<image>_<label>.jpeg`` for
    each class, a name of ours, for Clarify publishes none.

    Parameters
    ----------
    explanation : ImageExplanation
    image_name : str
        The image file's name; its suffix is left out.

    Raises
    ------
    MissingExtraError
        If pillow is not installed.
    """
    stem = PurePath(image_name).stem
    files = {}
    for place, output in enumerate(explanation.outputs):
        part = f"box{place}_object" if explanation.boxes else _plain(output)
        files[f"shap_{stem}_{part}.jpeg"] = _jpeg(explanation.pictures(output)[1])
    if explanation.boxes:
        whole = coloured(explanation.image, explanation.channels)
        drawn = with_boxes(
            np.asarray(enlarged(whole), dtype=np.uint8), [box.corners for box in explanation.boxes]
        )
        files[f"{stem}_objects.jpeg"] = _jpeg(drawn)
    return files


def clarify_record(explanation: ImageExplanation, image_name: str) -> dict[str, Json]:
    """Return an image's numbers: segments, attributions for each class or box, expected value.

    Clarify writes pictures alone; this record is ours.
    """
    explanations: list[Json] = []
    for place, output in enumerate(explanation.outputs):
        box = explanation.boxes[place].to_dict() if explanation.boxes else None
        explanations.append(
            {
                "label": output,
                "expected_value": float(explanation.base[place]),
                "score": float(explanation.prediction[place]),
                "attributions": explanation.values[:, place].tolist(),
                "standard_errors": explanation.standard_errors[:, place].tolist(),
                **({} if box is None else {"box": box}),
            }
        )
    return {
        "image": image_name,
        "segments": explanation.segments.tolist(),
        "explanations": explanations,
    }


def _plain(name: str) -> str:
    """Return a name that serves within a file's name."""
    return "".join(char if char.isalnum() or char in "-." else "_" for char in name)


def _jpeg(pixels: NDArray[np.uint8]) -> bytes:
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingExtraError(
            library="pillow", extra="images", purpose="to write JPEG files"
        ) from error
    held = BytesIO()
    Image.fromarray(pixels).save(held, format="JPEG", quality=92)
    return held.getvalue()
