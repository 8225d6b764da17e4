"""The settings of a config of images and a model in; one image after the other explained, out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError, MissingExtraError
from assay.explainability.images.answers import Answer, class_scores, object_lists
from assay.explainability.images.explain import explain_detections, explain_image
from assay.explainability.images.explanation import ImageExplanation
from assay.explainability.images.segments import segment_image
from assay.jobs.clarify.explanations import DETECTION, ImageConfig, Shap
from assay.jobs.clarify.file import ClarifyFile
from assay.jobs.clarify.image_data import read_rgb
from assay.result import Finding

MORE_SAMPLES = 2048
SEEDS = 2**32
NOISE = "noise"
USUAL_SCORE = 0.5
DRAWN_CLASSES = 3
WHERE = "methods.shap.baseline"
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, eq=False)
class ImageWay:
    """How the images of a config are explained.

    Parameters
    ----------
    ask : callable
        The model.
    labels : tuple of str
        Names of the classes.
    shap : Shap
    image : ImageConfig
    fill : str or ndarray
        What segments take when off.
    min_score : float
        Objects of a lower score do not count.
    seed : int
    """

    ask: Answer
    labels: tuple[str, ...]
    shap: Shap
    image: ImageConfig
    fill: str | Pixels
    min_score: float
    seed: int

    def calls(self, n_segments: int) -> int:
        """Return how many coalitions of an image are tried at most.

        Clarify's number, `num_samples` or else 2n + 2,048, and none and all besides.
        """
        told = self.shap.num_samples
        return 2 + (2 * n_segments + MORE_SAMPLES if told is None else told)

    @property
    def class_ids(self) -> tuple[int, ...] | None:
        """The classes that are explained; None for all."""
        return None if self.image.debug is None else self.image.debug.class_ids

    def drawn(self, made: ImageExplanation) -> tuple[str, ...]:
        """Return the outputs that get a picture.

        Those are all boxes, or all of the config's `class_ids`, else the classes of the three
        highest scores.
        """
        if made.boxes or self.class_ids is not None:
            return made.outputs
        order = np.argsort(-made.prediction, kind="stable")[:DRAWN_CLASSES]
        return tuple(made.outputs[place] for place in order)

    def shown(self, made: ImageExplanation) -> tuple[str, ...]:
        """Return the outputs that are shown on the page: all boxes, or the likeliest class."""
        return made.outputs if made.boxes else self.drawn(made)[:1]

    def explain(self, pixels: Pixels, progress: Callable[[int], None]) -> ImageExplanation:
        """Explain an image.

        Raises
        ------
        ModelError
            If the model fails.
        """
        # A compactness that the config states is meant; the usual one is a beginning.
        exact = "segment_compactness" in self.image.model_fields_set
        labels, kind = segment_image(
            pixels,
            "slic" if exact else "auto",
            n_segments=self.image.num_segments,
            compactness=float(self.image.segment_compactness),
        )
        options: dict[str, Any] = {
            "segments": labels,
            "fill": self.fill,
            "calls": self.calls(int(labels.max()) + 1),
            # A number of samples that the config states is meant.
            **({} if self.shap.num_samples is None else {"tolerance": None}),
            "seed": self.seed,
            "progress": progress,
        }
        if self.image.model_type == DETECTION:
            made = explain_detections(
                object_lists(self.ask, self.class_ids),
                pixels,
                labels=self.labels,
                max_objects=self.image.max_objects,
                iou_threshold=float(self.image.iou_threshold),
                min_score=self.min_score,
                context=float(self.image.context),
                **options,
            )
        else:
            made = explain_image(self.scores, pixels, **options)
        notes = made.notes
        if exact and 2 * made.n_segments < self.image.num_segments:
            notes = (*notes, few_segments(made.n_segments, self.image.num_segments))
        return replace(made, segmentation=kind, notes=notes)

    @property
    def scores(self) -> Any:  # noqa: ANN401  Scores, which explain_image takes as a model
        """Return what scores images by class."""
        return class_scores(
            self.ask, self.labels, class_ids=self.class_ids, log_odds=self.shap.use_logit
        )

    def try_out(self, pixels: Pixels) -> None:
        """Ask about one image, so that what is wrong with the model is told before long work.

        Raises
        ------
        InputError, ModelError
        """
        if self.image.model_type == DETECTION:
            object_lists(self.ask, self.class_ids)(pixels[None])
        else:
            self.scores.ask(pixels[None])


def make_way(file: ClarifyFile, ask: Answer, seed: int) -> ImageWay:
    """Read how a config wants its images explained.

    Parameters
    ----------
    file : ClarifyFile
        That asks for SHAP values of images.
    ask : callable
        The model.
    seed : int
        Of the run, where the config has none.

    Raises
    ------
    InputError
        If the baseline cannot be read.
    MissingExtraError
        If scikit-image or pillow is not installed.
    """
    config = file.config
    shap, predictor = config.methods.shap, config.predictor
    assert shap is not None
    assert shap.image_config is not None
    assert predictor is not None
    threshold = config.probability_threshold
    return ImageWay(
        ask=ask,
        labels=tuple(str(each) for each in predictor.label_headers or ()),
        shap=shap,
        image=shap.image_config,
        fill=_fill(shap, file.path),
        min_score=USUAL_SCORE if threshold is None else float(threshold),
        seed=seed if shap.seed is None else shap.seed % SEEDS,
    )


def require_libraries() -> None:
    """Refuse to begin without the libraries for images.

    Raises
    ------
    MissingExtraError
    """
    try:
        import PIL  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            library="pillow", extra="images", purpose="to read and write images"
        ) from error
    try:
        import skimage  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            library="scikit-image", extra="images", purpose="to find superpixels, as Clarify does"
        ) from error


def _fill(shap: Shap, file: Path) -> str | Pixels:
    told = shap.baseline
    if told is None:
        return NOISE
    assert isinstance(told, str)
    if "://" in told:
        msg = f"{WHERE} is {told}; fetch the picture, and name a file of this machine"
        raise InputError(msg)
    try:
        return read_rgb(file.resolve().parent / Path(told).expanduser())
    except InputError as error:
        if isinstance(error, MissingExtraError):
            raise
        msg = f"{WHERE} names {told}: {error}"
        raise InputError(msg) from error


def few_segments(found: int, wanted: int) -> Finding:
    """Say that an image has far fewer segments than were asked for."""
    return Finding(
        rule="few_image_segments",
        severity="info",
        message=f"An image was cut into {found} segment(s), where about {wanted} were asked for.",
        evidence={"n_segments": found, "num_segments": wanted},
        cause="Superpixels that follow colours closely fall to pieces in noisy or small images, "
        "and the pieces are joined.",
        advice="Raise segment_compactness (10, 100, 1000), or leave it out of the config: then it "
        "is raised until enough come out.",
    )
