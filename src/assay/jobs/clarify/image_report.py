"""Explained images in; analysis.json, results.json and the report out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path

from assay import __version__
from assay.explainability.images.explanation import ImageExplanation
from assay.explainability.result import Cost
from assay.jobs.clarify.analysis_json import VERSION
from assay.jobs.clarify.explanations import DETECTION
from assay.jobs.clarify.file import ClarifyFile
from assay.jobs.clarify.image_data import ImageFile
from assay.jobs.clarify.image_explaining import ImageWay
from assay.jobs.clarify.image_files import LINES
from assay.jobs.clarify.plan import not_run_here
from assay.jobs.clarify.provenance import provenance
from assay.jobs.environment import describe_environment
from assay.reports.page import (
    Block,
    Fragment,
    Heading,
    Page,
    Paragraph,
    ReportContent,
    Skipped,
    Table,
    Verdict,
)
from assay.result import Finding, Json, worst_first

FORMAT = "assay.results/1"
SHOWN_IMAGES = 8
SHOWN_SEGMENTS = 8
NAMED_IMAGES = 10
ADVICE = {
    "image_values_imprecise": "Read the standard errors; raise num_samples, or lower "
    "num_segments.",
    "no_object_found": "Lower probability_threshold, or look at the image.",
}
"""What to do, in the words of a config."""


@dataclass(frozen=True, eq=False)
class ExplainedImage:
    """What is kept of an image once its pictures are written.

    Parameters
    ----------
    told : mapping
        What results.json holds of it.
    explanation : ImageExplanation or None
        None for images that are not shown on the page.
    notes : tuple of Finding
    cost : Cost
    """

    told: Mapping[str, Json]
    explanation: ImageExplanation | None
    notes: tuple[Finding, ...]
    cost: Cost


@dataclass(eq=False)
class ImageRun:
    """A run over images, as far as it came.

    Parameters
    ----------
    way : ImageWay
    n_images : int
        How many are to be explained.
    refused : mapping of str to str
        Images that could not be decoded, and why.
    notes : tuple of str
        What was left out.
    created : datetime
    """

    way: ImageWay
    n_images: int
    refused: Mapping[str, str]
    notes: tuple[str, ...]
    created: datetime
    images: list[ExplainedImage] = field(default_factory=list[ExplainedImage])

    def add(self, file: ImageFile, made: ImageExplanation, pictures: Sequence[str]) -> None:
        """Keep what the files and the page need of an image."""
        told: dict[str, Json] = {
            "image": file.name,
            "pictures": list(pictures),
            "n_segments": made.n_segments,
            **made.to_dict(pixels=False),
            "shown": {name: _bars(made, name) for name in self.way.shown(made)},
        }
        told.pop("segments")  # they are in images.jsonl
        kept = made if len(self.images) < SHOWN_IMAGES else None
        self.images.append(ExplainedImage(told, kept, made.notes, made.cost))

    @property
    def cost(self) -> Cost:
        """What all images cost together."""
        names = [each.name for each in fields(Cost)]
        return Cost(**{n: sum(getattr(each.cost, n) for each in self.images) for n in names})

    @property
    def baseline(self) -> str:
        """What segments take when off, for people."""
        told = self.way.shap.baseline
        return "white noise" if told is None else f"the picture {told}"


def _bars(made: ImageExplanation, output: str) -> list[Json]:
    """Return the numbers of the table beside a picture."""
    return [
        {"segment": bar.player, "value": bar.value, "low": bar.low, "high": bar.high}
        for bar in made.bars(output)
    ]


@dataclass(frozen=True, eq=False)
class ImageReport:
    """All that came of one config of images.

    Parameters
    ----------
    results : mapping
        What results.json holds.
    analysis : mapping
        What analysis.json holds.
    content : ReportContent
    gates : tuple of str
        None: nothing is judged.
    """

    results: Mapping[str, Json]
    analysis: Mapping[str, Json]
    content: ReportContent
    gates: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know, worst first."""
        return self.content.findings

    @property
    def lines_path(self) -> str:
        """Where the numbers of all segments lie below the folder."""
        return LINES

    def save(self, folder: Path) -> Path:
        """Write the files that are about all images into a folder; return the report's path.

        Raises
        ------
        InputError
            If they cannot be written.
        """
        from assay.reports.files import (  # noqa: PLC0415 - brings the drawing library
            dump_json,
            ensure_writable,
            write_atomic,
        )
        from assay.reports.html import render_report  # noqa: PLC0415

        ensure_writable(folder)
        write_atomic(folder / "analysis.json", dump_json(self.analysis))
        write_atomic(folder / "results.json", dump_json(self.results))
        return write_atomic(folder / "report.html", render_report(self.content))


def make_report(file: ClarifyFile, run: ImageRun) -> ImageReport:
    """Lay out what is finished of a run over images.

    Parameters
    ----------
    file : ClarifyFile
    run : ImageRun
    """
    findings = worst_first((*_undecodable(run), *_gathered(run)))
    section: dict[str, Json] = {
        "model_type": run.way.image.model_type,
        "label_headers": list(run.way.labels),
        "baseline": run.baseline,
        "n_images": run.n_images,
        "not_decodable": dict(run.refused),
        "cost": run.cost.to_dict(),
        "images": [dict(each.told) for each in run.images],
    }
    results: dict[str, Json] = {
        "format": FORMAT,
        "created": run.created.isoformat(timespec="seconds"),
        "interrupted": len(run.images) < run.n_images,
        "findings": [finding.to_dict() for finding in findings],
        "sections": {"images": section},
        "environment": describe_environment(),
    }
    content = _content(file, run, findings)
    return ImageReport(results, _analysis(file, run), content)


def _analysis(file: ClarifyFile, run: ImageRun) -> dict[str, Json]:
    """Return analysis.json: Clarify publishes no numbers of images, ours are under ``assay``."""
    names = (
        "image",
        "pictures",
        "outputs",
        "base",
        "prediction",
        "exact",
        "method",
        "calls",
        "additivity_error",
    )
    return {
        "version": VERSION,
        "explanations": {},
        "assay": {
            "version": __version__,
            "baseline": run.baseline,
            "seed": run.way.seed,
            "cost": run.cost.to_dict(),
            "explanation_results_path": LINES,
            "images": [{name: each.told[name] for name in names} for each in run.images],
            "not_decodable": dict(run.refused),
            "config_notes": [*file.notes, *run.notes],
        },
    }


def _undecodable(run: ImageRun) -> list[Finding]:
    if not run.refused:
        return []
    name, why = next(iter(run.refused.items()))
    return [
        Finding(
            rule="image_not_decodable",
            severity="warning",
            message=f"{len(run.refused)} of {len(run.refused) + run.n_images} images cannot be "
            f"decoded and are not explained; the first is {name}.",
            where={"images": _first([*run.refused])},
            evidence={"n_images": len(run.refused)},
            cause=f"{why[:1].upper()}{why[1:]}.",
            advice="Fetch or write these files again; the others are explained.",
        )
    ]


def _gathered(run: ImageRun) -> list[Finding]:
    """Return the findings of all images, one for each rule."""
    by_rule: dict[str, list[tuple[str, Finding]]] = {}
    for each in run.images:
        for note in each.notes:
            by_rule.setdefault(note.rule, []).append((str(each.told["image"]), note))
    made = []
    for told in by_rule.values():
        names, first = [name for name, _ in told], told[0][1]
        which = names[0] if len(names) == 1 else f"{len(names)} of {run.n_images} images"
        made.append(
            replace(
                first,
                message=f"{which}: {first.message[:1].lower()}{first.message[1:]}",
                where={"images": _first(names)},
                evidence={**first.evidence, "n_images": len(names)},
                advice=ADVICE.get(first.rule, first.advice),
            )
        )
    return made


def _first(names: Sequence[str]) -> list[Json]:
    return list[Json](names[:NAMED_IMAGES])


def _content(file: ClarifyFile, run: ImageRun, findings: tuple[Finding, ...]) -> ReportContent:
    told = file.config.methods.report
    done = len(run.images)
    finished = f"{done:,}" if done == run.n_images else f"{done:,} of {run.n_images:,}"
    verdict = Verdict("unknown", f"{finished} image(s) are explained; none was judged.")
    return ReportContent(
        title=(told.title if told else None) or f"Images of {file.path.name}",
        subtitle=f"{finished} image(s) · {run.created.strftime('%Y-%m-%d %H:%M UTC')}",
        verdict=verdict,
        findings=findings,
        pages=(_page(run),),
        skipped=tuple(
            Skipped(f"{each.method} of the config", each.reason, each.turn_on)
            for each in not_run_here(file.config)
        ),
        provenance=provenance(run.cost, run.way.seed, predictions="predictions"),
        config=file.path.read_text(encoding="utf-8-sig"),
    )


def _page(run: ImageRun) -> Page:
    blocks: list[Block] = [_about(run), _table(run)]
    for each in run.images:
        if each.explanation is not None:
            blocks += _shown(each.explanation, str(each.told["image"]), run.way)
    rest = len(run.images) - SHOWN_IMAGES
    if rest > 0:
        words = f"The other {rest:,} image(s) are in the pictures, {LINES} and results.json."
        blocks.append(Paragraph(words, "note"))
    return Page("images", "Why each image got its scores", tuple(blocks))


def _about(run: ImageRun) -> Paragraph:
    way = run.way
    text = (
        f"Each image is cut into about {way.image.num_segments} segments of like colour. A "
        f"segment that is off takes the pixels of {run.baseline}. The value of a segment is what "
        "it adds: the base, with every segment off, and all values add up to the score."
    )
    if way.image.model_type == DETECTION:
        text += (
            f" The score of a box is that of the best object of its class that overlaps it by "
            f"{float(way.image.iou_threshold):g} or more in the masked image, 0 where there is "
            f"none. Objects with a score under {way.min_score:g} do not count."
        )
    return Paragraph(text)


def _table(run: ImageRun) -> Table:
    detects = run.way.image.model_type == DETECTION
    rows = []
    for each in run.images:
        told = each.told
        outputs, base, scores = told["outputs"], told["base"], told["prediction"]
        assert isinstance(outputs, list)
        assert isinstance(base, list)
        assert isinstance(scores, list)
        places = range(len(outputs)) if detects else [scores.index(max(scores, key=_size))]
        name = str(told["image"])
        how = "exact" if told["exact"] else f"{told['calls']:,} coalitions"
        for place in places:
            row = (name, str(outputs[place]), _size(scores[place]), _size(base[place]))
            rows.append((*row, int(_size(told["n_segments"])), how))
        if not outputs:
            rows.append((name, "nothing found", None, None, int(_size(told["n_segments"])), ""))
    what = "object" if detects else "class of the highest score"
    return Table(
        "Explained images",
        ("image", what, "score", "base", "segments", "values"),
        tuple(rows),
        folded=len(rows) > 3 * SHOWN_IMAGES,
        bars=False,
    )


def _size(value: Json) -> float:
    assert isinstance(value, int | float)
    return float(value)


def _shown(made: ImageExplanation, name: str, way: ImageWay) -> list[Block]:
    blocks: list[Block] = [Heading(name)]
    if not made.outputs:
        return [*blocks, Paragraph("Nothing was found in this image.", "note")]
    for output in way.shown(made):
        blocks += [Fragment("", made.to_html(output, values=False)), _largest(made, output)]
    return blocks


def _largest(made: ImageExplanation, output: str) -> Table:
    """Return the segments that add most; exact values have no interval."""
    columns = ("segment", "adds", *(() if made.exact else (f"{made.level:.0%} from", "to")))
    rows = tuple(
        (bar.player, bar.value, *(() if made.exact else (bar.low, bar.high)))
        for bar in made.bars(output, top=SHOWN_SEGMENTS)
    )
    title = f"Segments that add most to {output}, by the middle of each in pixels"
    return Table(title, columns, rows, bars=False)
