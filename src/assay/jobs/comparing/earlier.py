"""What an earlier `assay analyze` wrote in; its numbers, and what they were made from, out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from assay.errors import InputError
from assay.jobs.report import RESULTS_NAME
from assay.result import Estimate

FORMAT = "assay.results/1"
ESTIMATE_KEYS = tuple(each.name for each in fields(Estimate))


@dataclass(frozen=True, kw_only=True, eq=False)
class EarlierRun:
    """One results.json.

    Parameters
    ----------
    path : Path
        Of the file.
    content : mapping
        What it holds.
    """

    path: Path
    content: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What people call it: its folder."""
        return self.path.resolve().parent.name

    @property
    def task(self) -> str | None:
        """What was predicted."""
        return self.content.get("task")

    @property
    def config(self) -> Mapping[str, Any]:
        """The resolved assay.yaml of that run."""
        return self.content["config"]

    @property
    def label(self) -> tuple[str, ...]:
        """The columns of true answers."""
        told = self.config["roles"].get("label")
        return tuple([told] if isinstance(told, str) else told or ())

    @property
    def test(self) -> Mapping[str, Any]:
        """What identifies the judged rows: name, rows, fingerprint, fingerprint_order_free."""
        return self.content["data"]["test"]

    @property
    def model_digest(self) -> str | None:
        """Hash of the model's content, where it has one."""
        return (self.content.get("model") or {}).get("digest")

    @property
    def evaluation(self) -> Mapping[str, Any]:
        """The section with the metrics."""
        return self.content["sections"]["evaluation"]

    @property
    def numbers(self) -> Mapping[str, Estimate]:
        """Metric → estimate, of all rows and classes together."""
        return {
            each["name"]: Estimate(
                **{
                    **{key: each[key] for key in ESTIMATE_KEYS if key in each},
                    "warnings": tuple(each.get("warnings", ())),
                }
            )
            for each in self.evaluation["metrics"]
            if each.get("class") is None
        }

    @property
    def titles(self) -> Mapping[str, tuple[str, bool | None]]:
        """Metric → its title, and whether greater is better."""
        return {
            each["name"]: (each["title"], each.get("greater_is_better"))
            for each in self.evaluation["metrics"]
            if each.get("class") is None
        }

    @property
    def heads(self) -> tuple[str, ...]:
        """The metrics that headed that report."""
        return tuple(self.evaluation.get("head", {}).get("metrics", ()))


def read_earlier(place: Path) -> EarlierRun | None:
    """Read what an earlier run wrote.

    Parameters
    ----------
    place : Path
        The folder, or its results.json.

    Returns
    -------
    EarlierRun or None
        None where the place is something else, such as a model.

    Raises
    ------
    InputError
        If it is a results.json that cannot be read, or one without metrics.
    """
    path = place / RESULTS_NAME if place.is_dir() else place
    if not path.is_file() or path.suffix.lower() != ".json":
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        if path.name != RESULTS_NAME:
            return None  # a model may be a JSON file as well, and says itself what is wrong
        msg = f"{path} cannot be read as the output of an earlier run: {wrong}"
        raise InputError(msg) from wrong
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        if path.name != RESULTS_NAME:
            return None
        msg = f"{path} is no output of assay analyze (its format is not {FORMAT})"
        raise InputError(msg)
    run = EarlierRun(path=path, content=content)
    _check_complete(run)
    return run


def _check_complete(run: EarlierRun) -> None:
    sections = run.content.get("sections", {})
    if "comparison" in sections:
        msg = (
            f"{run.path} was written by assay compare; name what was compared there: models, "
            "columns, or outputs of assay analyze"
        )
        raise InputError(msg)
    has_rows = isinstance(run.content.get("data"), dict) and run.content["data"].get("test")
    if "metrics" not in sections.get("evaluation", {}) or not has_rows:
        msg = (
            f"{run.path} holds no metrics of answers: that run had neither a model nor a column "
            "of its answers; run assay analyze with --model, --prediction or --score"
        )
        raise InputError(msg)
