"""A comparison and what it was made from in; results.json and the report page out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import yaml

from assay.data.dataset import Dataset
from assay.jobs.assembling import FORMAT
from assay.jobs.comparing.page import NAME, compare_page
from assay.jobs.comparing.result import CompareResult
from assay.jobs.comparing.verdict import decide_comparison
from assay.jobs.environment import describe_environment
from assay.jobs.gate import failed_gates
from assay.jobs.report import REPORT_NAME, RESULTS_NAME
from assay.reports.page import ReportContent, Table
from assay.result import Finding, Json


@dataclass(frozen=True, kw_only=True, eq=False)
class CompareReport:
    """A finished comparison, as it is shown and written.

    Parameters
    ----------
    result : CompareResult
    results : mapping
        What results.json holds; builtins only.
    content : ReportContent
        What the HTML report shows.
    gates : tuple of str
        Why it does not pass the gates that were set; empty when it does.
    """

    result: CompareResult
    results: Mapping[str, Json]
    content: ReportContent
    gates: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know, worst first."""
        return self.result.findings

    def save(self, folder: Path) -> Path:
        """Write report.html and results.json into a folder; return the report's path.

        Raises
        ------
        InputError
            If it cannot be written.
        """
        from assay.reports.files import (  # noqa: PLC0415 - brings the drawing library
            dump_json,
            ensure_writable,
            write_atomic,
        )
        from assay.reports.html import render_report  # noqa: PLC0415

        page = render_report(self.content)
        target = ensure_writable(folder)
        write_atomic(target / RESULTS_NAME, dump_json(self.results))
        return write_atomic(target / REPORT_NAME, page)


@dataclass(frozen=True, kw_only=True, eq=False)
class Circumstances:
    """What a comparison was made from.

    Parameters
    ----------
    config : mapping
        What was told, without secrets.
    data : Dataset or None
        The rows.
    earlier : mapping or None
        What identifies the rows where only earlier outputs know them.
    source : str
        What was compared on, for the title.
    seconds : mapping
    gates : sequence of str
    created : datetime
    """

    config: Mapping[str, Any]
    data: Dataset | None = None
    earlier: Mapping[str, Any] | None = None
    source: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)
    gates: Sequence[str] = ()
    created: datetime = field(default_factory=lambda: datetime.now(UTC))


def assemble_comparison(result: CompareResult, about: Circumstances) -> CompareReport:
    """Put together results.json and what the report shows.

    Parameters
    ----------
    result : CompareResult
    about : Circumstances
    """
    verdict = decide_comparison(result)
    results: dict[str, Json] = {
        "format": FORMAT,
        "created": about.created.isoformat(timespec="seconds"),
        "interrupted": False,
        "task": result.task,
        "verdict": {
            "level": verdict.level,
            "headline": verdict.headline,
            "sentences": list(verdict.sentences),
        },
        "findings": [finding.to_dict() for finding in result.findings],
        "sections": {NAME: result.to_dict()},
        "skipped": [],
        "data": cast("Json", {"test": _identity(about)}),
        "model": None,
        "environment": describe_environment(),
        "config": cast("Json", dict(about.config)),
        "seconds": cast("Json", dict(about.seconds)),
    }
    content = ReportContent(
        title=f"{', '.join(each.name for each in result.candidates)} in {about.source}",
        subtitle=_subtitle(result, about),
        verdict=verdict,
        findings=result.findings,
        pages=(compare_page(result),),
        skipped=(),
        provenance=_provenance(result, results, about),
        config=yaml.safe_dump(dict(about.config), sort_keys=False, allow_unicode=True, width=99),
    )
    gates = failed_gates(result.findings, about.gates)
    return CompareReport(result=result, results=results, content=content, gates=gates)


def _identity(about: Circumstances) -> dict[str, Any] | None:
    if about.data is None:
        return None if about.earlier is None else dict(about.earlier)
    mark = about.data.fingerprint()
    return {
        "name": about.data.name,
        "rows": mark.rows,
        "fingerprint": mark.ordered,
        "fingerprint_order_free": mark.order_free,
        "schema": about.data.schema.to_dict(),
    }


def _subtitle(result: CompareResult, about: Circumstances) -> str:
    what = {"rows": "rows", "folds": "folds", "datasets": "data sets"}[result.kind]
    parts = [
        f"{len(result.candidates)} candidates",
        f"{result.n:,} {what}",
        result.task or "",
        about.created.strftime("%Y-%m-%d %H:%M UTC"),
    ]
    return " · ".join(part for part in parts if part)


def _provenance(
    result: CompareResult, results: Mapping[str, Any], about: Circumstances
) -> tuple[Table, ...]:
    environment = results["environment"]
    versions = [("assay", environment["assay"]), ("Python", environment["python"])]
    versions += [
        (name, text or "not installed") for name, text in environment["libraries"].items()
    ]
    versions.append(("platform", environment["platform"]))
    made = [("created", results["created"]), ("seed", result.seed)]
    made += [(f"seconds {name}", spent) for name, spent in about.seconds.items()]
    tables = [Table("The run", ("what", "value"), tuple(made))]
    test = results["data"]["test"]
    if test:
        heads = ("table", "name", "rows", "content hash", "content hash, any order")
        row = (
            "test",
            test["name"],
            test["rows"],
            test["fingerprint"],
            test["fingerprint_order_free"],
        )
        tables.append(Table("Data", heads, (row,)))
    tables.append(_candidates(result))
    tables.append(Table("Versions", ("what", "version"), tuple(versions)))
    return tuple(tables)


def _candidates(result: CompareResult) -> Table:
    rows = tuple(
        (
            each.name,
            str(each.about.get("kind", "")),
            str(each.about.get("place", "")),
            _of(each.about, "model", "digest"),
            _of(each.about, "threshold", "value"),
            _of(each.about, "timing", "ms_per_1000_rows"),
        )
        for each in result.candidates
    )
    heads = ("name", "kind", "place", "content hash (blake2b)", "threshold", "ms per 1,000 rows")
    return Table("Candidates", heads, rows)


def _of(about: Mapping[str, Any], part: str, key: str) -> Any:  # noqa: ANN401 - a cell
    return (about.get(part) or {}).get(key)
