"""A run, finished or stopped, in; the value that is returned, shown and written, out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from assay.jobs.advice import decide_advice
from assay.jobs.advice_page import advice_pages
from assay.jobs.clarify.analysis_json import analysis_json
from assay.jobs.clarify.findings import config_findings, config_skipped
from assay.jobs.config_file import dump_config
from assay.jobs.environment import describe_environment
from assay.jobs.gate import failed_gates
from assay.jobs.ignoring import ignore_rules
from assay.jobs.report import AnalysisReport
from assay.jobs.run import Run
from assay.jobs.running import FileWriter
from assay.jobs.sharing import shareable
from assay.jobs.verdict import decide_verdict
from assay.reports.page import Page, ReportContent, Skipped, Table
from assay.result import Finding, Json, worst_first

FORMAT = "assay.results/1"
TITLE_LABELS = 5
BIAS, EXPLAINED, ANALYSIS_NAME = "bias", "explanations", "analysis.json"


def assemble(run: Run, *, interrupted: bool = False) -> AnalysisReport:
    """Put together results.json, the findings and what the report shows.

    Parameters
    ----------
    run : Run
    interrupted : bool
        Whether the run was stopped: what is finished is kept, and said to be a part.

    Returns
    -------
    AnalysisReport
    """
    outcomes = {s.name: run.outcomes[s.name] for s in run.sections if s.name in run.outcomes}
    found = [each for outcome in outcomes.values() for each in outcome.findings]
    told = config_findings(run.config.clarify)
    counting, ignored = ignore_rules(
        _once([*run.findings, *found, *told]), run.config.options.ignore_rules
    )
    findings = worst_first([*counting, *ignored])
    results = _results(run, findings, interrupted=interrupted)
    verdict = decide_verdict(results)
    results["verdict"] = {
        "level": verdict.level,
        "headline": verdict.headline,
        "sentences": list(verdict.sentences),
    }
    actions = decide_advice(results)
    results["advice"] = [action.to_dict() for action in actions]
    pages = tuple(outcome.page for outcome in outcomes.values() if outcome.page is not None)
    pages = (*advice_pages(actions), *pages)
    config = dump_config(run.config)
    content = ReportContent(
        title=_title(run),
        subtitle=_subtitle(run),
        verdict=verdict,
        findings=findings,
        pages=pages or (_empty_page(),),
        skipped=tuple(skipped for _, skipped in _all_skipped(run)),
        provenance=_provenance(results),
        config=config,
    )
    gates = failed_gates(counting, run.config.options.fail_on)
    files = {name: w for outcome in outcomes.values() for name, w in outcome.files.items()}
    bias = outcomes[BIAS].stored if BIAS in outcomes else {}
    explained = (
        getattr(outcomes[EXPLAINED].result, "analysis", {}) if EXPLAINED in outcomes else {}
    )
    if "facets" in bias or explained:
        told = analysis_json(bias if "facets" in bias else None, run.config, explained)
        files[ANALYSIS_NAME] = _json_writer(told)
    kept = {name: each.result for name, each in outcomes.items() if each.result is not None}
    return AnalysisReport(results, findings, content, config, gates, files, kept)


def _json_writer(content: dict[str, Json]) -> FileWriter:
    def write(path: Path) -> object:
        from assay.reports.files import (  # noqa: PLC0415 - brings the drawing library
            dump_json,
            write_atomic,
        )

        return write_atomic(path, dump_json(content))

    return write


def _results(run: Run, findings: tuple[Finding, ...], *, interrupted: bool) -> dict[str, Json]:
    """Lay out results.json; the verdict is added when it is decided from the rest."""
    sections = {
        s.name: run.outcomes[s.name].stored for s in run.sections if s.name in run.outcomes
    }
    return {
        "format": FORMAT,
        "created": run.created.isoformat(timespec="seconds"),
        "interrupted": interrupted,
        "task": run.task,
        "verdict": None,
        "advice": None,
        "findings": [finding.to_dict() for finding in findings],
        "sections": cast("Json", sections),
        "skipped": [
            {
                "section": name,
                "title": skipped.title,
                "reason": skipped.reason,
                "turn_on": skipped.turn_on,
            }
            for name, skipped in _all_skipped(run)
        ],
        "data": cast("Json", run.data),
        "model": cast("Json", run.model),
        "environment": describe_environment(),
        "config": cast("Json", shareable(run.config)),
        "seconds": cast("Json", {**run.seconds, "by_section": _by_section(run)}),
    }


def _by_section(run: Run) -> dict[str, float]:
    return {name: round(outcome.seconds, 3) for name, outcome in run.outcomes.items()}


def _all_skipped(run: Run) -> list[tuple[str, Skipped]]:
    whole = list(run.skipped.items())
    parts = [(name, part) for name, outcome in run.outcomes.items() for part in outcome.skipped]
    return whole + parts + config_skipped(run.config.clarify)


def _once(findings: list[Finding]) -> list[Finding]:
    """Leave out findings that two places report in the same words."""
    kept: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        kept.setdefault((finding.rule, finding.message), finding)
    return list(kept.values())


def _title(run: Run) -> str:
    """Return the title that an analysis_config.json names, else the label and the data."""
    if run.config.clarify is not None and run.config.clarify.title:
        return run.config.clarify.title
    told = run.config.roles.label
    labels = [told] if isinstance(told, str) else list(told or ())
    more = f" and {len(labels) - TITLE_LABELS} more" if len(labels) > TITLE_LABELS else ""
    label = ", ".join(labels[:TITLE_LABELS]) + more
    name = _of(run.data, "test", "name") or "assay"
    return f"{label} in {name}" if label else str(name)


def _subtitle(run: Run) -> str:
    rows = _of(run.data, "test", "rows")
    parts = [
        f"{rows:,} rows" if isinstance(rows, int) else "",
        f"model {run.model['name']}" if run.model else "",
        run.task or "",
        run.created.strftime("%Y-%m-%d %H:%M UTC"),
    ]
    return " · ".join(part for part in parts if part)


def _of(data: Mapping[str, Any], table: str, key: str) -> Json:
    return (data.get(table) or {}).get(key)


def _empty_page() -> Page:
    return Page("nothing", "Nothing was finished", ())


def _provenance(results: Mapping[str, Any]) -> tuple[Table, ...]:
    environment = results["environment"]
    versions = [("assay", environment["assay"]), ("Python", environment["python"])]
    versions += [
        (name, text or "not installed") for name, text in environment["libraries"].items()
    ]
    versions.append(("platform", environment["platform"]))
    tables = [
        ("train" if name == "train" else name, each)
        for name, each in results["data"].items()
        if each is not None
    ]
    data = tuple(
        (role, each["name"], each["rows"], each["fingerprint"], each["fingerprint_order_free"])
        for role, each in tables
    )
    made = [
        ("created", results["created"]),
        ("seed", results["config"]["options"]["seed"]),
        *((f"seconds {name}", spent) for name, spent in _stages(results["seconds"])),
    ]
    listed = [
        Table("The run", ("what", "value"), tuple(made)),
        Table("Versions", ("what", "version"), tuple(versions)),
    ]
    if data:
        heads = ("table", "name", "rows", "content hash", "content hash, any order")
        listed.insert(1, Table("Data", heads, data))
    if results["model"]:
        listed.insert(2, Table("Model", ("what", "value"), _model_rows(results["model"])))
    return tuple(listed)


def _stages(seconds: Mapping[str, Any]) -> list[tuple[str, float]]:
    return [(name, spent) for name, spent in seconds.items() if isinstance(spent, float)]


def _model_rows(model: Mapping[str, Any]) -> tuple[tuple[str, str | int | float], ...]:
    names = {
        "name": "name",
        "class_name": "class",
        "library": "library",
        "library_version": "made with version",
        "container": "is given",
        "digest": "content hash (blake2b)",
        "address": "is asked at",
        "version": "version",
        "calls": "calls",
    }
    known = [(text, model[key]) for key, text in names.items() if model.get(key)]
    return (*known, *_timing_rows(model.get("timing", {}).get("data", {})))


def _timing_rows(timing: Mapping[str, Any]) -> list[tuple[str, str | int | float]]:
    """Say how long predicting took, without the first call; and what was kept from before."""
    told: list[tuple[str, str | int | float]] = []
    if timing.get("ms_per_1000_rows") is not None:
        then = ", when it was asked" if timing.get("from_cache") == timing.get("rows") else ""
        name = f"ms per 1,000 rows, median of batches{then}"
        told.append((name, round(timing["ms_per_1000_rows"], 3)))
    if timing.get("cold_start_seconds") is not None:
        rows = f"first call ({timing['cold_start_rows']:,} rows), seconds"
        told.append((rows, round(timing["cold_start_seconds"], 3)))
    if timing.get("from_cache"):
        told.append(("rows whose answer was kept from before", timing["from_cache"]))
    return told
