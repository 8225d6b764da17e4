"""Explained images in the form of Clarify's files."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from assay.errors import MissingExtraError
from assay.explainability.images.explanation import ImageExplanation
from assay.explainability.images.overlay import shown, with_boxes
from assay.result import Json

LARGEST_SIDE = 2048
"""Pixels of the longer side of a picture; those of larger images leave pixels out."""


def clarify_pictures(
    explanation: ImageExplanation, image_name: str, *, outputs: Sequence[str] | None = None
) -> dict[str, bytes]:
    """Return the JPEG files of an image, by name.

    Object detection: ``shap_<image>_box<k>_object.jpeg`` for each explained box, k from 0, and
    ``<image>_objects.jpeg`` with all boxes. Classification: ``shap_<image>_<label>.jpeg`` for
    each class, a name of ours, for Clarify publishes none.

    Parameters
    ----------
    explanation : ImageExplanation
    image_name : str
        The image file's name; its suffix is left out.
    outputs : sequence of str or None
        The classes that are drawn; None draws each. Boxes are always drawn.

    Raises
    ------
    MissingExtraError
        If pillow is not installed.
    """
    stem = PurePath(image_name).stem
    files = {}
    for place, output in enumerate(explanation.outputs):
        if not explanation.boxes and outputs is not None and output not in outputs:
            continue
        part = f"box{place}_object" if explanation.boxes else _plain(output)
        drawn = explanation.pictures(output, largest_side=LARGEST_SIDE)[1]
        name = f"shap_{stem}_{part}.jpeg"
        # Labels such as "a/b" and "a_b" would share one name.
        files[f"shap_{stem}_{part}_{place}.jpeg" if name in files else name] = _jpeg(drawn)
    if explanation.boxes:
        whole = shown(explanation.image, channels=explanation.channels, largest_side=LARGEST_SIDE)
        drawn = with_boxes(whole, [box.corners for box in explanation.boxes])
        files[f"{stem}_objects.jpeg"] = _jpeg(drawn)
    return files


def clarify_record(explanation: ImageExplanation, image_name: str) -> dict[str, Json]:
    """Return an image's numbers: segments, attributions for each class or box, expected value.

    Clarify writes pictures alone; this record is ours. ``segments`` has the segment of each pixel
    from left to right, row by row, as ``runs`` of ``[segment, how many pixels]``.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.explainability.images.explain import explain_image
    >>> made = explain_image(lambda batch: batch.mean(axis=(1, 2)), np.eye(2), segments="grid")
    >>> segments = clarify_record(made, "cat.png")["segments"]
    >>> segments["height"], segments["runs"]
    (2, [[0, 1], [1, 1], [2, 1], [3, 1]])
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
        "segments": {
            "height": explanation.segments.shape[0],
            "width": explanation.segments.shape[1],
            "runs": _runs(explanation.segments),
        },
        "explanations": explanations,
    }


def _runs(segments: NDArray[np.intp]) -> list[Json]:
    flat = segments.reshape(-1)
    starts = np.flatnonzero(np.r_[True, flat[1:] != flat[:-1]])
    lengths = np.diff(np.r_[starts, flat.size])
    return np.column_stack([flat[starts], lengths]).tolist()


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
