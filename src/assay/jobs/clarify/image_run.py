"""A config of images in; every image explained, in Clarify's pictures, numbers and a report."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from assay.errors import InputError, MissingExtraError, ModelError
from assay.explainability.images.places import ImageRequests, find_image_model
from assay.jobs.clarify.file import ClarifyFile
from assay.jobs.clarify.image_data import ImageFile, find_images, read_rgb
from assay.jobs.clarify.image_explaining import ImageWay, make_way, require_libraries
from assay.jobs.clarify.image_files import ImageWriter
from assay.jobs.clarify.image_report import ImageReport, ImageRun, make_report
from assay.jobs.clarify.plan import runs_images
from assay.jobs.clarify.request import ExplanationRequest, model_of, place_of_data
from assay.jobs.out_folder import reserved
from assay.jobs.running import Progress

KINDS = "a function package.module:function, or a URL"
WHAT = "the images are with --data FOLDER"
JPEG = "image/jpeg"


def explain_images(
    file: ClarifyFile,
    request: ExplanationRequest,
    *,
    out: Path | None = None,
    progress: Progress | None = None,
) -> ImageReport:
    """Do what an analysis_config.json of images says.

    Writes Clarify's pictures and ``analysis.json``, the numbers behind them into
    ``explanations_shap/images.jsonl``, and ``results.json`` and ``report.html``. Images that
    cannot be decoded are left out, with a finding.

    Parameters
    ----------
    file : ClarifyFile
        That asks for SHAP values of images.
    request : ExplanationRequest
    out : Path or None
        Folder for the files; None writes nothing.
    progress : callable or None
        Called with (stage, done, total or None).

    Returns
    -------
    ImageReport

    Raises
    ------
    InputError
        If the images, the baseline or the model cannot be had, or are not as the config says.
    MissingExtraError
        If scikit-image or pillow is not installed.
    ModelError
        If the model fails, after the images that were finished have been written.
    KeyboardInterrupt
        When interrupted, likewise.
    """
    if not runs_images(file.config):
        msg = f"{file.path.name} does not ask for shap of images"
        raise InputError(msg)
    with reserved(out):
        require_libraries()
        shap = file.config.methods.shap
        debug = shap.image_config.debug if shap and shap.image_config else None
        found = find_images(place_of_data(file, request, WHAT), debug)
        way = _way(file, request)
        readable, refused = _readable(found.files)
        way.try_out(read_rgb(readable[0].path))
        run = ImageRun(way, len(readable), refused, found.notes, datetime.now(UTC))
        writer = ImageWriter(out)
        steps = _Steps(progress, len(readable), way.calls(way.image.num_segments))
        try:
            for each in readable:
                made = way.explain(read_rgb(each.path), steps.made)
                run.add(each, made, writer.write(each, made, way.drawn(made)))
                steps.next()
        except KeyboardInterrupt as stop:
            if kept := _save_finished(file, run, out):
                stop.add_note(kept)
            raise
        except ModelError as error:
            if kept := _save_finished(file, run, out):
                msg = f"{error}; {kept}"
                raise ModelError(msg) from error
            raise
        report = make_report(file, run)
        if out is not None:
            report.save(out)
    return report


def _save_finished(file: ClarifyFile, run: ImageRun, out: Path | None) -> str:
    """Write the report of what is finished, if anything is, and say so."""
    if not run.images or out is None:
        return ""
    make_report(file, run).save(out)
    return f"{len(run.images)} image(s) are finished and kept in {out}"


def _way(file: ClarifyFile, request: ExplanationRequest) -> ImageWay:
    place, options = model_of(file, request, "model", KINDS)
    predictor = file.config.predictor
    assert predictor is not None
    asked = ImageRequests(
        content_type=predictor.content_type or JPEG,
        probability=None if predictor.probability is None else str(predictor.probability),
    )
    return make_way(file, find_image_model(place, asked, options=options), request.seed)


def _readable(files: Sequence[ImageFile]) -> tuple[list[ImageFile], dict[str, str]]:
    """Return the images that can be decoded, and why the others cannot.

    Raises
    ------
    InputError
        If none can.
    """
    kept: list[ImageFile] = []
    refused: dict[str, str] = {}
    for each in files:
        try:
            read_rgb(each.path)
        except MissingExtraError:
            raise
        except InputError as error:
            refused[each.name] = str(error)
        else:
            kept.append(each)
    if not kept:
        name, why = next(iter(refused.items()))
        msg = f"none of {len(files)} image(s) can be decoded; the first, {name}: {why}"
        raise InputError(msg)
    return kept, refused


@dataclass
class _Steps:
    """Counts predictions as if every image needed all of its calls."""

    progress: Progress | None
    n_images: int
    per_image: int
    finished: int = 0
    here: int = field(default=0, init=False)

    def made(self, predictions: int) -> None:
        """Say that the model answered about so many masked images."""
        self.here = min(self.here + predictions, self.per_image)
        self._show()

    def next(self) -> None:
        """Say that an image is finished."""
        self.finished, self.here = self.finished + 1, 0
        self._show()

    def _show(self) -> None:
        if self.progress is not None:
            stage = f"Explaining {self.n_images:,} image(s), predictions on masked images"
            done = self.finished * self.per_image + self.here
            self.progress(stage, done, self.n_images * self.per_image)
