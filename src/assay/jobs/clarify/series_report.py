"""Explained forecasts in; Clarify's files, results.json and the report out."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from assay import __version__
from assay.charts.series_scores import plot_series_scores
from assay.explainability.series.cells import score_cells
from assay.explainability.series.plan import orders_for_exact
from assay.explainability.series.result import ItemExplanation, SeriesExplanation
from assay.jobs.clarify.analysis_json import VERSION
from assay.jobs.clarify.file import ClarifyFile
from assay.jobs.clarify.plan import not_run_here
from assay.jobs.clarify.provenance import provenance
from assay.jobs.environment import describe_environment
from assay.reports.page import (
    Block,
    Figure,
    Heading,
    Page,
    Paragraph,
    ReportContent,
    Skipped,
    Table,
    Verdict,
)
from assay.result import Finding, Json
from assay.tables.series_scores import SeriesScores

FORMAT = "assay.results/1"
METHOD = "asymmetric_shapley_value"
STATICS = "static_covariates"
SHOWN_ITEMS = 6
WORDS = {
    "chronological": "from the first step to the last",
    "anti_chronological": "from the last step to the first",
    "bidirectional": "in both directions, of which the mean is taken",
}


@dataclass(frozen=True, eq=False)
class SeriesReport:
    """All that came of one config of time series.

    Parameters
    ----------
    explanation : SeriesExplanation
    results : mapping
        What results.json holds.
    analysis : mapping
        What analysis.json holds.
    lines : tuple of mapping
        What the lines of out.jsonl hold.
    content : ReportContent
    gates : tuple of str
        None: nothing is judged.
    """

    explanation: SeriesExplanation
    results: Mapping[str, Json]
    analysis: Mapping[str, Json]
    lines: tuple[Mapping[str, Json], ...]
    content: ReportContent
    gates: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know, worst first."""
        return self.content.findings

    @property
    def lines_path(self) -> str:
        """Where out.jsonl lies below the folder."""
        return lines_path(self.explanation)

    def save(self, folder: Path) -> Path:
        """Write all files into a folder, and return the report's path.

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

        lines = "".join(f"{json.dumps(each, allow_nan=False)}\n" for each in self.lines)
        target = folder / self.lines_path
        ensure_writable(target.parent)
        write_atomic(target, lines)
        write_atomic(folder / "analysis.json", dump_json(self.analysis))
        write_atomic(folder / "results.json", dump_json(self.results))
        return write_atomic(folder / "report.html", render_report(self.content))


def lines_path(explanation: SeriesExplanation) -> str:
    """Return where out.jsonl lies."""
    return f"{METHOD}/{explanation.granularity}_{explanation.direction}/out.jsonl"


def make_report(
    file: ClarifyFile,
    explanation: SeriesExplanation,
    ids: Mapping[str, object],
    created: datetime,
    *,
    n_items: int,
) -> SeriesReport:
    """Lay explained forecasts out.

    Parameters
    ----------
    file : ClarifyFile
    explanation : SeriesExplanation
        Of the items that are finished.
    ids : mapping of str to value
        Name of an item → its id as the data have it.
    created : datetime
    n_items : int
        How many items there are.
    """
    findings = (*explanation.findings, *_ways_taken(explanation, file))
    interrupted = len(explanation) < n_items
    results: dict[str, Json] = {
        "format": FORMAT,
        "created": created.isoformat(timespec="seconds"),
        "interrupted": interrupted,
        "findings": [finding.to_dict() for finding in findings],
        "sections": {"series": {**explanation.to_dict(), "shown": _shown(explanation)}},
        "environment": describe_environment(),
    }
    return SeriesReport(
        explanation=explanation,
        results=results,
        analysis=_analysis(file, explanation),
        lines=tuple(_line(each, ids) for each in explanation.items),
        content=_content(file, explanation, findings, created, n_items),
    )


def _shown(explanation: SeriesExplanation) -> list[Json]:
    """Return the numbers of the report's heat maps, and the means of its table."""
    made: list[Json] = []
    for place, each in enumerate(explanation.items):
        told: dict[str, Json] = {
            "item_id": each.item.item_id,
            "mean_offset": float(each.offset.mean()),
            "mean_forecast": float(each.forecast.mean()),
        }
        if place < SHOWN_ITEMS:
            told["heat_map"] = cast("Json", score_cells(explanation, place).to_dict())
        made.append(told)
    return made


def _analysis(file: ClarifyFile, explanation: SeriesExplanation) -> dict[str, Json]:
    """Return analysis.json; what Clarify does not have is under the one key ``assay``."""
    items: list[Json] = [
        {
            "item_id": each.item.item_id,
            "exact": each.exact,
            "method": each.method,
            "calls": each.calls,
            "additivity_error": each.additivity_error,
        }
        for each in explanation.items
    ]
    return {
        "version": VERSION,
        "explanations": {
            METHOD: {
                "direction": explanation.direction,
                "granularity": explanation.granularity,
                "explanation_results_path": lines_path(explanation),
            }
        },
        "assay": {
            "version": __version__,
            "baseline": explanation.baseline,
            "seed": explanation.seed,
            "cost": explanation.cost.to_dict(),
            "items": items,
            "config_notes": list(file.notes),
        },
    }


def _line(each: ItemExplanation, ids: Mapping[str, object]) -> dict[str, Json]:
    """Return one line of out.jsonl: a feature's steps stand together, as in Clarify's own."""
    order = [name for name, _ in each.item.series]
    places = sorted(range(len(each.players)), key=lambda place: _rank(each, place, order))
    return {
        "explanations": [_entry(each, place) for place in places],
        "item_id": cast("Json", ids.get(each.item.item_id, each.item.item_id)),
        "offset": each.offset.tolist(),
    }


def _rank(each: ItemExplanation, place: int, order: Sequence[str]) -> tuple[int, int]:
    player = each.players[place]
    if player.kind == "static":
        return (-1 if player.feature is None else len(order), place)
    return (0 if player.feature is None else order.index(player.feature), place)


def _entry(each: ItemExplanation, place: int) -> dict[str, Json]:
    player = each.players[place]
    made: dict[str, Json] = {}
    if player.kind == "static":
        made["feature_name"] = player.feature or STATICS
    elif player.feature is not None:
        made["feature_name"] = player.feature
    made["scores"] = each.scores[place].tolist()
    stamp = each.stamp(player)
    if stamp is not None:
        made["timestamp"] = stamp
    return made


def _ways_taken(explanation: SeriesExplanation, file: ClarifyFile) -> Iterator[Finding]:
    """Yield what became of the number of orders that the config asks for."""
    asked = file.config.methods.asymmetric_shapley_value
    if asked is None or asked.num_samples is None or not explanation.items:
        return
    exact = sum(each.exact for each in explanation.items)
    if exact:
        yield Finding(
            rule="config_read_as",
            severity="info",
            message=f"num_samples asks for {asked.num_samples} random orders a step; for {exact} "
            f"of {len(explanation)} items exact values cost no more calls, and were computed.",
            evidence={"n_exact": exact, "num_samples": asked.num_samples},
            cause="A step with few series has few coalitions.",
            advice="Nothing: exact values have no sampling error and do not depend on a seed.",
        )
    else:
        yield Finding(
            rule="scores_from_few_orders",
            severity="info",
            message=f"The scores within a step come from {asked.num_samples} random orders of its "
            "series; the sum over a step is exact.",
            evidence={"num_samples": asked.num_samples},
            cause="The config's num_samples is smaller than exact values need.",
            advice=_more_orders(explanation),
        )


def _more_orders(explanation: SeriesExplanation) -> str:
    needed = [
        orders_for_exact([*Counter((p.first, p.last) for p in each.players).values()])
        for each in explanation.items
    ]
    known = [each for each in needed if each is not None]
    if len(known) < len(needed):
        return (
            "Raise num_samples until the standard errors in results.json are small enough, or "
            "leave series out."
        )
    return (
        f"Raise num_samples to {max(known)}: from there on exact values cost no more calls, and "
        "are computed."
    )


def _content(
    file: ClarifyFile,
    explanation: SeriesExplanation,
    findings: tuple[Finding, ...],
    created: datetime,
    n_items: int,
) -> ReportContent:
    told = file.config.methods.report
    done = len(explanation)
    finished = f"{done:,}" if done == n_items else f"{done:,} of {n_items:,}"
    verdict = Verdict("unknown", f"{finished} forecasts are explained; none was judged.")
    return ReportContent(
        title=(told.title if told else None) or f"Forecasts of {file.path.name}",
        subtitle=f"{finished} items · {created.strftime('%Y-%m-%d %H:%M UTC')}",
        verdict=verdict,
        findings=findings,
        pages=(_page(explanation),),
        skipped=tuple(
            Skipped(f"{each.method} of the config", each.reason, each.turn_on)
            for each in not_run_here(file.config)
        ),
        provenance=provenance(explanation.cost, explanation.seed, predictions="forecasts"),
        config=file.path.read_text(encoding="utf-8-sig"),
    )


def _page(explanation: SeriesExplanation) -> Page:
    about = Paragraph(
        f"Steps are switched on {WORDS[explanation.direction]}; what is off is filled with "
        f"{explanation.baseline}. A score is by how much the forecast changes when a "
        + ("value" if explanation.granularity == "fine_grained" else "time step")
        + " becomes known: offset and scores add up to the forecast, for each step ahead."
    )
    rows = tuple(
        (
            each.item.item_id,
            len(each.players),
            float(each.offset.mean()),
            float(each.forecast.mean()),
            "exact" if each.exact else each.method,
        )
        for each in explanation.items
    )
    table = Table(
        "Explained items",
        ("item", "players", "mean offset", "mean forecast", "scores"),
        rows,
        folded=len(rows) > SHOWN_ITEMS,
    )
    blocks: list[Block] = [about, table]
    for place, each in enumerate(explanation.items[:SHOWN_ITEMS]):
        blocks += [Heading(f"Item {each.item.item_id}"), _figure(explanation, place)]
    if len(explanation) > SHOWN_ITEMS:
        blocks.append(
            Paragraph(
                f"The other {len(explanation) - SHOWN_ITEMS:,} items are in "
                f"{lines_path(explanation)} and in results.json.",
                "note",
            )
        )
    return Page("series", "Why each forecast", tuple(blocks))


def _figure(explanation: SeriesExplanation, place: int) -> Figure:
    scores = score_cells(explanation, place)
    each = explanation.items[place]
    fine = explanation.granularity == "fine_grained"
    what = "mean over the steps ahead" if fine else "by step ahead"
    return Figure(
        title=f"Scores of {each.item.item_id} along time, {what}",
        alternative=_in_words(scores),
        chart=plot_series_scores(scores),
        table=_numbers(scores, each.item.item_id),
    )


def _in_words(scores: SeriesScores) -> str:
    top = sorted(scores.cells, key=lambda cell: -abs(cell.score))[:3]
    told = "; ".join(
        f"{cell.row} at {scores.columns[cell.column]}: {float(f'{cell.score:.3g}'):+,g}"
        for cell in top
    )
    return f"Heat map of {len(scores.columns)} columns of time. Largest: {told}."


def _numbers(scores: SeriesScores, name: str) -> Table:
    values = {(cell.column, cell.row): cell.score for cell in scores.cells}
    rows = tuple(
        (stamp, *(values.get((column, row)) for row in scores.rows))
        for column, stamp in enumerate(scores.columns)
    )
    head = tuple(f"{scores.row_title} {row}".strip() for row in scores.rows)
    return Table(f"Scores of {name}", ("from", *head), rows, folded=True, bars=False)
