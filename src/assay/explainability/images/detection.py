"""Answers of a detector of objects in; one score for each explained box out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.errors import ModelError
from assay.result import Json

Floats = NDArray[np.float64]
Corners = tuple[float, float, float, float]
PARTS = 6


@dataclass(frozen=True)
class Box:
    """An object that was found.

    Parameters
    ----------
    label : str
        Name of its class.
    class_id : int
    score : float
    corners : tuple of float
        (left, top, right, bottom) as shares of the image's width and height.
    """

    label: str
    class_id: int
    score: float
    corners: Corners

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "label": self.label,
            "class_id": self.class_id,
            "score": self.score,
            "corners": list(self.corners),
        }


def overlap(one: Corners, others: NDArray[np.float64]) -> Floats:
    """Return the intersection over the union of a box with others, shape (n,).

    Examples
    --------
    >>> overlap((0.0, 0.0, 1.0, 1.0), np.array([[0.0, 0.0, 0.5, 1.0]])).tolist()
    [0.5]
    """
    left, top = np.maximum(others[:, 0], one[0]), np.maximum(others[:, 1], one[1])
    right, bottom = np.minimum(others[:, 2], one[2]), np.minimum(others[:, 3], one[3])
    common = np.clip(right - left, 0, None) * np.clip(bottom - top, 0, None)
    areas = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    union = areas + (one[2] - one[0]) * (one[3] - one[1]) - common
    return np.where(union > 0, common / np.where(union > 0, union, 1.0), 0.0)


def read_answer(answer: Any, n_images: int) -> list[Floats]:  # noqa: ANN401
    """Read the detections of a batch: for each image rows of six numbers.

    Returns
    -------
    list of ndarray, shape (n_detections, 6)
        class_id, score, left, top, right, bottom.

    Raises
    ------
    ModelError
        If it is not one list for each image, or has other than six finite numbers in a row.
    """
    images = list(answer) if isinstance(answer, Iterable) else []
    if len(images) != n_images:
        msg = f"the detector gave {len(images)} lists of objects for {n_images} images"
        raise ModelError(msg)
    made = []
    for place, found in enumerate(images):
        try:
            width = -1 if len(found) else PARTS
            rows = np.asarray(found, dtype=np.float64).reshape(len(found), width)
        except (TypeError, ValueError) as error:
            rows, cause = np.full((1, 0), np.nan), error
        else:
            cause = None
        if len(rows) and (rows.shape[1] != PARTS or not np.isfinite(rows).all()):
            msg = (
                "a detection must be six numbers (class_id, score, left, top, right, bottom, the "
                f"corners as shares of width and height); image {place} of the batch has others"
            )
            raise ModelError(msg, row=place) from cause
        made.append(rows.reshape(-1, PARTS))
    return made


def boxes_of(
    found: Floats, *, max_objects: int, min_score: float, labels: Sequence[str] | None
) -> tuple[Box, ...]:
    """Choose the objects to explain: the highest scores, ties as they came."""
    kept = found[found[:, 1] >= min_score]
    kept = kept[np.argsort(-kept[:, 1], kind="stable")][:max_objects]
    boxes = []
    for row in kept:
        class_id = int(row[0])
        named = labels is not None and 0 <= class_id < len(labels)
        label = labels[class_id] if named and labels is not None else f"class {class_id}"
        corners = (float(row[2]), float(row[3]), float(row[4]), float(row[5]))
        boxes.append(Box(label, class_id, float(row[1]), corners))
    return tuple(boxes)


def box_scores(
    detect: Callable[[Any], Any], boxes: Sequence[Box], *, iou_threshold: float, min_score: float
) -> Callable[[Any], Floats]:
    """Return what scores each box in a batch of images.

    The score of a box is the highest among detections of its class that overlap it at least by
    `iou_threshold`, 0 where there is none; detections under `min_score` do not count.
    """

    def ask(batch: Any) -> Floats:  # noqa: ANN401
        out = np.zeros((len(batch), len(boxes)))
        for image, found in enumerate(read_answer(detect(batch), len(batch))):
            for place, box in enumerate(boxes):
                same = found[(found[:, 0] == box.class_id) & (found[:, 1] >= min_score)]
                near = same[overlap(box.corners, same[:, 2:]) >= iou_threshold]
                out[image, place] = near[:, 1].max(initial=0.0)
        return out

    return ask


def seen_of(box: Box, context: float, height: int, width: int) -> NDArray[np.bool_]:
    """Return the pixels that stay: the box, grown by a share of the way to the image's edges.

    Parameters
    ----------
    context : float
        0 is the box alone, 1 the whole image.
    """
    left, top, right, bottom = box.corners
    columns, rows = (np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height
    across = (columns >= left * (1 - context)) & (columns <= right + (1 - right) * context)
    down = (rows >= top * (1 - context)) & (rows <= bottom + (1 - bottom) * context)
    return down[:, None] & across[None, :]
