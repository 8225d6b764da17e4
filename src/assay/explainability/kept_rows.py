"""Finished rows of an explanation, kept in a folder so that a stopped run can go on."""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from assay.explainability.shapley.attributed import Attributed
from assay.result import Json

PLAN = "plan.json"
TUNED = "tuned.json"


class KeptRows:
    """A folder with one file for each chunk of finished rows.

    A file appears whole or not at all: it is written beside and renamed. What was made under
    another plan (other rows, background, model or settings) is left out of account and replaced.

    Parameters
    ----------
    folder : Path
    plan : mapping
        All that the numbers depend on.
    """

    def __init__(self, folder: Path, plan: Mapping[str, Json]) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        if self._read(PLAN) != dict(plan):
            for each in (*folder.glob("rows-*.npz"), folder / TUNED):
                each.unlink(missing_ok=True)
            self._write_json(PLAN, dict(plan))

    def load(self) -> list[Attributed]:
        """Return the chunks that are finished; a damaged file counts as not there."""
        found = []
        for path in sorted(self._folder.glob("rows-*.npz")):
            try:
                with np.load(path, allow_pickle=False) as stored:
                    found.append(_unpack(stored))
            except (OSError, ValueError, KeyError, EOFError):
                path.unlink(missing_ok=True)
        return found

    def add(self, part: Attributed) -> None:
        """Keep a chunk."""
        packed = {
            each.name: value
            for each in fields(part)
            if (value := getattr(part, each.name)) is not None
        }
        path = self._folder / f"rows-{int(part.rows[0]):09d}.npz"
        beside = path.with_suffix(".part")
        with beside.open("wb") as file:
            np.savez(file, **packed)
        beside.replace(path)

    def tuned(self) -> dict[str, Any]:
        """Return the settings of the estimator that earlier chunks found."""
        return self._read(TUNED) or {}

    def keep_tuned(self, tuned: Mapping[str, Any]) -> None:
        """Keep the settings of the estimator, so that later rows are made in the same way."""
        self._write_json(TUNED, dict(tuned))

    def remove(self) -> None:
        """Remove the folder's own files: the explanation is whole."""
        for each in (*self._folder.glob("rows-*"), *self._folder.glob("*.json")):
            each.unlink(missing_ok=True)
        if not any(self._folder.iterdir()):
            self._folder.rmdir()

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            return json.loads((self._folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def _write_json(self, name: str, content: Mapping[str, Any]) -> None:
        beside = self._folder / f"{name}.part"
        beside.write_text(json.dumps(content), encoding="utf-8")
        beside.replace(self._folder / name)


def _unpack(stored: Mapping[str, Any]) -> Attributed:
    told = {each.name: stored[each.name] for each in fields(Attributed) if each.name in stored}
    told["method"] = str(told["method"])
    return Attributed(**told)
