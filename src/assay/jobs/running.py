"""Sections and prepared data in; what each section found, or why it did not run, out."""

import json
import logging
import time
import traceback
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from zlib import crc32

import numpy as np

from assay.data.engines.protocol import Table
from assay.data.requests import Request
from assay.errors import AssayError
from assay.jobs.section import (
    Section,
    SectionConfig,
    SectionContext,
    SectionRequest,
    UnfinishedSection,
)
from assay.reports.page import Page, Skipped
from assay.result import Finding, Json, Result

LOGGER = logging.getLogger("assay.jobs")
Progress = Callable[[str, int, int | None], None]
FileWriter = Callable[[Path], object]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one section.

    Parameters
    ----------
    title : str
    stored : mapping
        What results.json holds: the result, or ``{"failed": reason}``.
    findings : tuple of Finding
    page : Page or None
    skipped : tuple of Skipped
        Parts that did not run.
    result : Result or None
        What the section returned; None where it failed.
    files : mapping
        Name → what writes that file beside the report.
    seconds : float
    """

    title: str
    stored: dict[str, Json]
    findings: tuple[Finding, ...] = ()
    page: Page | None = None
    skipped: tuple[Skipped, ...] = field(default=())
    result: Result | None = None
    files: Mapping[str, FileWriter] = field(default_factory=dict)
    seconds: float = 0.0


NEEDS: Mapping[str, tuple[str, str]] = {
    "label": ("no column of true answers was named", "--label COLUMN"),
    "prediction": (
        "there is neither a model nor a column of its answers",
        "--model FILE, --prediction COLUMN or --score COLUMN",
    ),
    "model": ("no model was given", "--model FILE"),
    "train": ("the rows that the model was fitted on were not given", "--train DATA"),
    "validation": ("no validation rows were given", "--validation DATA"),
    "facets": ("no facet was named", "--facet COLUMN"),
}
CALLS_MODEL = frozenset({"prediction", "model"})


def judges(section: Section) -> bool:
    """Whether a section shows how good the model's answers are on the judged rows."""
    return bool(CALLS_MODEL & waits_for(section)) and getattr(section, "judges", True)


def waits_for(section: Section) -> frozenset[str]:
    """Return what a section needs or takes as well (older plug-ins say only what they need)."""
    return frozenset((*section.needs, *getattr(section, "uses", ())))


def missing_need(section: Section, have: frozenset[str]) -> Skipped | None:
    """Return why a section cannot run and what turns it on; None when it can.

    Parameters
    ----------
    section : Section
    have : frozenset of str
        Of the names in `NEEDS`.
    """
    lacking = [need for need in section.needs if need not in have]
    if not lacking:
        return None
    told = [NEEDS.get(need, (f"it needs {need}", f"--{need}")) for need in lacking]
    reason = "; ".join(reason for reason, _ in told)
    return Skipped(section.title, reason, " and ".join(flag for _, flag in told))


def run_sections(
    sections: Sequence[Section],
    request: SectionRequest,
    configs: Mapping[str, SectionConfig],
    outcomes: MutableMapping[str, Outcome],
    progress: Progress,
    *,
    pages: bool = True,
    refused: MutableMapping[str, AssayError] | None = None,
) -> None:
    """Run sections over one scan of `request.data`; each outcome is kept as soon as it is there.

    Parameters
    ----------
    sections : sequence of Section
        Those that can run.
    request : SectionRequest
        Its `config` is replaced by each section's own.
    configs : mapping
        Section name → its part of the config.
    outcomes : mutable mapping
        Filled by section name; holds what is finished when the run is interrupted.
    progress : callable
    pages : bool
        Whether their parts of the report and of results.json are laid out; without, an outcome
        has the result alone.
    refused : mutable mapping or None
        Takes what a section that is `spared` says of the input or the model while it runs; None
        lets that end the run.

    Raises
    ------
    AssayError
        If a section says that the input or the model is wrong. Whatever else goes wrong in a
        section becomes its outcome, and the others go on.
    """
    requests = {s.name: replace(request, config=configs.get(s.name, s.config())) for s in sections}
    plans: dict[str, dict[str, Request]] = {}
    for section in sections:
        try:
            plans[section.name] = section.tables(requests[section.name])
        except AssayError:
            raise
        except Exception as error:  # noqa: BLE001 - one section's fault is not the others'
            outcomes[section.name] = _failed(section, error, 0.0)
    progress("Reading the rows", 0, None)
    tables = _scan(request, plans)
    planned = [section for section in sections if section.name in plans]
    for done, section in enumerate(planned):
        progress(f"Section {section.title}", done, len(planned))
        found = tables[section.name]
        finished = {name: each.result for name, each in outcomes.items() if each.result}
        start = time.perf_counter()
        try:
            outcomes[section.name] = _run(
                section, requests[section.name], found, finished, pages=pages, progress=progress
            )
        except UnfinishedSection as stop:
            outcomes[section.name] = _laid_out(section, stop.result, start, pages=pages)
            raise stop.interrupt from stop
        except AssayError as error:
            if refused is None or not getattr(section, "spared", False):
                raise
            LOGGER.debug("the section %s cannot run", section.name, exc_info=error)
            refused[section.name] = error


def _scan(
    request: SectionRequest, plans: Mapping[str, Mapping[str, Request]]
) -> dict[str, dict[str, Table] | Exception]:
    """Make all tables in one pass; if that breaks, each section's in a pass of its own."""
    joined = {(s, name): each for s, plan in plans.items() for name, each in plan.items()}
    try:
        made = request.data.scan({f"{s}/{name}": each for (s, name), each in joined.items()})
    except AssayError:
        raise
    except Exception as error:  # noqa: BLE001 - looked for below, section by section
        return {s: _scan_alone(request, plan, error) for s, plan in plans.items()}
    return {s: {name: made[f"{s}/{name}"] for name in plan} for s, plan in plans.items()}


def _scan_alone(
    request: SectionRequest, plan: Mapping[str, Request], broken: Exception
) -> dict[str, Table] | Exception:
    try:
        return request.data.scan(plan) if plan else {}
    except AssayError:
        raise
    except Exception as error:  # noqa: BLE001 - becomes the section's outcome
        return error if str(error) else broken


def _run(
    section: Section,
    request: SectionRequest,
    tables: dict[str, Table] | Exception,
    finished: Mapping[str, Result],
    *,
    pages: bool,
    progress: Progress,
) -> Outcome:
    start = time.perf_counter()
    try:
        if isinstance(tables, Exception):
            raise tables
        rng = np.random.default_rng([request.seed, crc32(section.name.encode())])
        context = SectionContext(
            request=request, tables=tables, rng=rng, progress=progress, finished=finished
        )
        return _laid_out(section, section.run(context), start, pages=pages)
    except (AssayError, UnfinishedSection):
        raise
    except Exception as error:  # noqa: BLE001 - one section's fault is not the others'
        return _failed(section, error, time.perf_counter() - start)


def _laid_out(section: Section, result: Result, start: float, *, pages: bool) -> Outcome:
    """Return what a result puts on the report and into results.json."""
    stored: dict[str, Json] = {}
    if pages:
        stored = result.to_dict()
        json.dumps(stored, allow_nan=False)
    return Outcome(
        title=section.title,
        stored=stored,
        findings=result.findings,
        page=section.page(result) if pages else None,
        skipped=section.skipped(result),
        result=result,
        files=getattr(result, "files", {}),
        seconds=time.perf_counter() - start,
    )


def complete_sections(
    sections: Sequence[Section],
    request: SectionRequest,
    outcomes: MutableMapping[str, Outcome],
    *,
    pages: bool = True,
) -> None:
    """Let sections that ran before the model was asked add what its answers tell.

    A section that can has a method `with_answers(result, request) -> Result`. Where it fails, what
    the section found before stays as it is.

    Parameters
    ----------
    sections : sequence of Section
        That have run.
    request : SectionRequest
        With the model's answers.
    outcomes : mutable mapping
        By section name; changed in place.
    pages : bool
        As in `run_sections`.
    """
    for section in sections:
        add = getattr(section, "with_answers", None)
        known = outcomes.get(section.name)
        if add is None or known is None or known.result is None:
            continue
        start = time.perf_counter() - known.seconds
        try:
            result = add(known.result, request)
            if result is not known.result:
                outcomes[section.name] = _laid_out(section, result, start, pages=pages)
        except AssayError:
            raise
        except Exception as error:  # what was found before stands
            LOGGER.debug("the section %s took no answers", section.name, exc_info=error)


def _failed(section: Section, error: Exception, seconds: float) -> Outcome:
    LOGGER.debug("the section %s failed", section.name, exc_info=error)
    frame = traceback.extract_tb(error.__traceback__)[-1:]
    place = f"{frame[0].name}, line {frame[0].lineno}" if frame else ""
    reason = f"{type(error).__name__}: {error}"
    finding = Finding(
        rule="section_failed",
        severity="error",
        message=f"The section {section.title} failed: {reason}",
        where={"section": section.name, "place": place},
        cause="A fault in the section's code, or data that it does not know how to read.",
        advice=(
            "The rest of the report stands. Run without it (--only names the sections to run), "
            "and report the text above to whoever ships the section."
        ),
    )
    return Outcome(
        title=section.title, stored={"failed": reason}, findings=(finding,), seconds=seconds
    )
