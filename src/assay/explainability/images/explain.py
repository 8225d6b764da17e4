"""A model and an image in; what each segment adds to its scores out."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.images.asking import MASKED, image_scores
from assay.explainability.images.detection import Box, box_scores, boxes_of, read_answer, seen_of
from assay.explainability.images.explanation import ImageExplanation
from assay.explainability.images.fills import fill_of
from assay.explainability.images.findings import constant, imprecise, nothing_found
from assay.explainability.images.reading import check_image, read_image
from assay.explainability.images.segments import COMPACTNESS, SEGMENTS, segment_image
from assay.explainability.maskers.image import ImageGames
from assay.explainability.repeating import not_repeatable, repeated_noise
from assay.explainability.result import Cost
from assay.explainability.scores import Scores
from assay.explainability.shapley.attribute import attribute
from assay.explainability.shapley.attributed import Attributed, Budget, join_attributed
from assay.models.predictor import ClassLabel
from assay.result import Finding

Image = NDArray[Any]
Segments = str | NDArray[np.integer[Any]]
Fill = str | Image
CONSTANT = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class ImageOptions:
    """How an image is cut, filled and explained; see `explain_image`."""

    segments: Segments = "auto"
    n_segments: int = SEGMENTS
    compactness: float = COMPACTNESS
    fill: Fill = "blurred"
    channels: str = "last"
    calls: int | None = None
    tolerance: float | None = 0.01
    batch_rows: int | None = None
    seed: int = 0
    progress: Callable[[int], None] | None = None

    def __post_init__(self) -> None:
        if self.channels not in ("last", "first"):
            msg = f"channels are 'last' or 'first', not {self.channels!r}"
            raise InputError(msg)


def explain_image(
    model: Any,  # noqa: ANN401  a function, a torch module, an estimator, a Predictor or Scores
    image: Any,  # noqa: ANN401  an array, or a file's path
    *,
    output: str | None = None,
    link: str | None = None,
    classes: Sequence[ClassLabel] | None = None,
    positive: ClassLabel | None = None,
    **options: Any,  # noqa: ANN401  those of ImageOptions
) -> ImageExplanation:
    """Say what each segment of an image adds to the model's scores of it.

    Parameters
    ----------
    model : object
        A function from a batch of images to scores, shape (n, n_classes); a torch module; an
        estimator of flat rows of pixels; whatever `as_predictor` takes. See `image_scores`.
    image : ndarray or path
        Shape (height, width), (height, width, channels) or (channels, height, width), as the
        model reads it, in its own dtype; or a PNG, JPEG or .npy file.
    output, link, classes, positive
        The scale and the classes that are explained; see `scores_of`.
    segments : {"auto", "slic", "grid"} or ndarray of int, shape (height, width)
        "auto": superpixels where scikit-image is installed, else rectangles. See `segment_image`.
    n_segments : int
        About how many; 20.
    compactness : float
        Of superpixels; 5.
    fill : {"blurred", "mean", "zero", "noise"} or ndarray
        What segments take when off; see `fill_of`.
    channels : {"last", "first"}
    calls : int or None
        Coalitions at most; None: all 2^n for 8 segments, 256 up to 16, 512 up to 32, …
    tolerance : float or None
        Enough when the largest standard error is at most this share of the sum of absolute
        values; None spends all calls.
    batch_rows : int or None
        Images handed to the model at once.
    seed : int
    progress : callable or None
        Told how many predictions were made, batch by batch.

    Returns
    -------
    ImageExplanation

    Raises
    ------
    InputError
        If the file holds no image, or an option is wrong.
    ModelError
        If the model fails, or gives something that is no number.

    Examples
    --------
    >>> image = np.zeros((4, 4))
    >>> image[:2, :2] = 1.0
    >>> def brightness(batch):
    ...     return batch.mean(axis=(1, 2))
    >>> made = explain_image(brightness, image, segments="grid", n_segments=4, fill="zero")
    >>> made.values.ravel().tolist()
    [0.25, 0.0, 0.0, 0.0]
    """
    start = time.perf_counter()
    told = ImageOptions(**options)
    pixels = _pixels(image)
    scores = image_scores(
        model, pixels, output=output, link=link, classes=classes, positive=positive
    )
    return _explained(pixels, scores, told, start)


def explain_detections(
    model: Callable[[Image], Any],
    image: Any,  # noqa: ANN401  an array, or a file's path
    *,
    labels: Sequence[str] | None = None,
    max_objects: int = 3,
    iou_threshold: float = 0.5,
    min_score: float = 0.5,
    context: float = 1.0,
    **options: Any,  # noqa: ANN401  those of ImageOptions
) -> ImageExplanation:
    """Say what each segment adds to the scores of the objects that a detector finds.

    Parameters
    ----------
    model : callable
        A batch of images → for each a list of objects: class_id, score, left, top, right, bottom,
        the corners as shares of width and height.
    image : ndarray or path
    labels : sequence of str or None
        Names of the classes, by class_id.
    max_objects : int
        Objects of the highest score that are explained.
    iou_threshold : float
        A box of a masked image counts where it overlaps the original box, of the same class, by at
        least this much (intersection over union).
    min_score : float
        Objects of a lower score do not count.
    context : float
        0: all outside the box takes the fill; 1: nothing does; between: the box grows by that
        share of the way to the image's edges.
    **options
        Those of `explain_image`.

    Returns
    -------
    ImageExplanation
        One output for each box; none, with the finding `no_object_found`, where there is nothing.

    Raises
    ------
    InputError
        If the file holds no image, or an option is wrong.
    ModelError
        If the detector fails, or answers in another form.
    """
    start = time.perf_counter()
    told = ImageOptions(**options)
    for name, share in (("iou_threshold", iou_threshold), ("context", context)):
        if not 0 <= share <= 1:
            msg = f"{name} must lie in [0, 1], not {share}"
            raise InputError(msg)
    if max_objects < 1:
        msg = f"max_objects must be 1 or more, not {max_objects}"
        raise InputError(msg)
    pixels = _pixels(image)
    [found] = read_answer(model(pixels[None]), 1)
    boxes = boxes_of(found, max_objects=max_objects, min_score=min_score, labels=labels)
    kept = {"iou_threshold": iou_threshold, "min_score": min_score}

    def scores_of_boxes(some: Sequence[Box]) -> Scores:
        names = tuple(f"{box.label} (box {boxes.index(box) + 1})" for box in some)
        return Scores(box_scores(model, some, **kept), names, asked_about=MASKED)

    if context == 1 or not boxes:
        made = _explained(pixels, scores_of_boxes(boxes), told, start)
    else:
        made = _joined(
            [
                _explained(pixels, scores_of_boxes([box]), told, start, box=box, context=context)
                for box in boxes
            ]
        )
    notes = made.notes if boxes else (nothing_found(min_score),)
    return replace(made, boxes=boxes, notes=notes)


def _pixels(image: Any) -> Image:  # noqa: ANN401
    return read_image(image) if isinstance(image, str | Path) else check_image(image)


def _explained(
    image: Image,
    scores: Scores,
    told: ImageOptions,
    start: float,
    *,
    box: Box | None = None,
    context: float = 1.0,
) -> ImageExplanation:
    labels, kind = segment_image(
        image,
        told.segments,
        n_segments=told.n_segments,
        compactness=told.compactness,
        channels=told.channels,
    )
    fill = fill_of(image, told.fill, channels=told.channels, seed=told.seed)
    games = ImageGames(
        image,
        labels,
        fill[None],
        scores,
        channels=told.channels,
        seen=None if box is None else seen_of(box, context, *labels.shape),
        batch_rows=told.batch_rows,
        progress=told.progress,
    )
    noise = repeated_noise(games) if games.n_outputs else np.zeros(0)
    found = _attributed(replace(games, noise=noise), told)
    tally = scores.tally
    return ImageExplanation(
        image=image,
        channels=told.channels,
        segments=labels,
        values=found.values[0],
        standard_errors=found.standard_errors[0],
        base=found.base[0],
        prediction=found.predictions[0],
        outputs=scores.outputs,
        output=scores.output,
        link=scores.link,
        segmentation=kind,
        fill=told.fill if isinstance(told.fill, str) else "given",
        exact=bool(found.exact[0]),
        converged=bool(found.converged[0]),
        calls=int(found.calls[0]),
        method=found.method,
        cost=Cost(
            calls=int(found.calls[0]),
            asked=tally.asked,
            made=tally.made,
            batches=tally.batches,
            model_seconds=tally.seconds,
            other_seconds=max(0.0, time.perf_counter() - start - tally.seconds),
        ),
        seed=told.seed,
        notes=_notes(found, noise),
    )


def _attributed(games: ImageGames, told: ImageOptions) -> Attributed:
    if games.n_outputs == 0:
        none, yes = np.zeros((1, 0)), np.ones(1, dtype=bool)
        empty = np.zeros((1, games.n_players, 0))
        return Attributed(
            rows=np.zeros(1, dtype=np.intp),
            values=empty,
            standard_errors=empty,
            base=none,
            predictions=none,
            exact=yes,
            converged=yes,
            calls=np.zeros(1, dtype=np.int64),
            method="nothing was found",
        )
    budget = Budget(calls=told.calls, tolerance=told.tolerance)
    return join_attributed(list(attribute(games, budget, seed=told.seed)))


def _notes(found: Attributed, noise: NDArray[np.float64]) -> tuple[Finding, ...]:
    notes = []
    if found.values.size and np.abs(found.values).max() <= CONSTANT:
        notes.append(constant())
    if not found.converged[0]:
        notes.append(imprecise())
    if noise.any():
        notes.append(not_repeatable(noise))
    return tuple(notes)


def _joined(parts: Sequence[ImageExplanation]) -> ImageExplanation:
    """Put explanations of one image beside each other, an output from each."""
    costs = [part.cost for part in parts]
    total = {
        name: sum(getattr(cost, name) for cost in costs)
        for name in ("calls", "asked", "made", "batches", "model_seconds", "other_seconds")
    }
    notes = {note.rule: note for part in parts for note in part.notes}
    return replace(
        parts[0],
        values=np.concatenate([part.values for part in parts], axis=1),
        standard_errors=np.concatenate([part.standard_errors for part in parts], axis=1),
        base=np.concatenate([part.base for part in parts]),
        prediction=np.concatenate([part.prediction for part in parts]),
        outputs=tuple(name for part in parts for name in part.outputs),
        exact=all(part.exact for part in parts),
        converged=all(part.converged for part in parts),
        calls=sum(part.calls for part in parts),
        cost=Cost(**total),
        notes=tuple(notes.values()),
    )
