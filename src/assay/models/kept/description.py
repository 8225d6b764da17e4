"""What is written beside kept predictions, for people and for the next run."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assay.models.kept.parts import write_whole
from assay.result import Finding, Json

FORMAT = "assay predictions 1"
FILE = "entry.json"


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What the first look at a model showed.

    Parameters
    ----------
    findings : tuple of Finding
    warned : mapping of str to int
        What it warned of meanwhile, and how often.
    """

    findings: tuple[Finding, ...] = ()
    warned: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Description:
    """Whose predictions for what were made when and by whom.

    Parameters
    ----------
    key : mapping
        `EntryKey.facts`.
    model, data : str
        For people.
    rows : int
        Of the whole table.
    created : str
        ISO time in UTC of the first answer.
    completed : str or None
        The same of the last; None while rows are missing.
    made_by : mapping
        Version of assay, host and process.
    probe : Probe or None
        None until the first look at the model is over.
    timing : mapping or None
        How long it took, see `PredictionTiming`; None until all answers are there.
    """

    key: Mapping[str, Json]
    model: str
    data: str
    rows: int
    created: str
    completed: str | None = None
    made_by: Mapping[str, Json] = field(default_factory=dict)
    probe: Probe | None = None
    timing: Mapping[str, Json] | None = None

    @classmethod
    def begin(cls, key: Mapping[str, Json], model: str, data: str, rows: int) -> "Description":
        """Describe predictions that are about to be made, here and now."""
        made_by: dict[str, Json] = {
            "assay": version("assay"),
            "host": platform.node(),
            "process": os.getpid(),
        }
        return cls(key=key, model=model, data=data, rows=rows, created=_now(), made_by=made_by)

    def finished(self, timing: Mapping[str, Json] | None) -> "Description":
        """Return the description of predictions of which the last was made now."""
        return replace(self, completed=_now(), timing=timing)

    def write(self, folder: Path) -> None:
        """Write it as JSON.

        Raises
        ------
        OSError
            If it cannot be written; what was there stays.
        """
        probe: dict[str, Json] | None = None
        if self.probe is not None:
            findings: list[Json] = [finding.to_dict() for finding in self.probe.findings]
            probe = {"findings": findings, "warned": dict(self.probe.warned)}
        told = {
            "format": FORMAT,
            "model": self.model,
            "data": self.data,
            "rows": self.rows,
            "created": self.created,
            "completed": self.completed,
            "made_by": dict(self.made_by),
            "key": dict(self.key),
            "probe": probe,
            "timing": None if self.timing is None else dict(self.timing),
        }
        text = json.dumps(told, indent=1, ensure_ascii=True, allow_nan=False)
        write_whole(folder / FILE, text.encode())


def read_description(folder: Path) -> Description | None:
    """Read what `Description.write` wrote; None where there is nothing that can be understood."""
    try:
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if told.pop("format") != FORMAT:
            return None
        probe = told.pop("probe")
        if probe is not None:
            findings = tuple(_finding(each) for each in probe["findings"])
            probe = Probe(findings=findings, warned=probe["warned"])
        return Description(**told, probe=probe)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _finding(told: dict[str, Any]) -> Finding:
    folded = tuple(_finding(each) for each in told["consequences"])
    return Finding(**{**told, "consequences": folded})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
