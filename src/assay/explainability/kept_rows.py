"""Finished rows of an explanation, kept in a folder so that a stopped run can go on."""

import hashlib
import io
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np

from assay.explainability.shapley.attributed import Attributed
from assay.result import Json


class KeptRows:
    """A folder with one file for each chunk of finished rows.

    A file appears whole or not at all: it is written beside and renamed. Its name holds a digest
    of the plan, so that rows of another plan (other rows, background, model or settings) are never
    taken for these, though two runs share the folder; they are removed where no run is at work on
    them. What cannot be written is not kept, and the explanation goes on.

    Parameters
    ----------
    folder : Path
    plan : mapping
        All that the numbers depend on.
    """

    def __init__(self, folder: Path, plan: Mapping[str, Json]) -> None:
        self._folder = folder
        told = json.dumps(dict(plan), sort_keys=True)
        self._own = hashlib.sha256(told.encode()).hexdigest()[:16]
        folder.mkdir(parents=True, exist_ok=True)
        for each in (*folder.glob("rows-*.npz"), *folder.glob("*-*.json")):
            if self._own not in each.name:
                each.unlink(missing_ok=True)
        self._write(f"plan-{self._own}.json", told.encode())

    def load(self) -> list[Attributed]:
        """Return the chunks that are finished; a damaged file counts as not there."""
        found = []
        for path in sorted(self._folder.glob(f"rows-{self._own}-*.npz")):
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
        buffer = io.BytesIO()
        np.savez(buffer, **packed)
        with suppress(OSError):
            self._write(f"rows-{self._own}-{int(part.rows[0]):09d}.npz", buffer.getvalue())

    def tuned(self) -> dict[str, Any]:
        """Return the settings of the estimator that earlier chunks found."""
        try:
            return json.loads((self._folder / self._tuned).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def keep_tuned(self, tuned: Mapping[str, Any]) -> None:
        """Keep the settings of the estimator, so that later rows are made in the same way."""
        with suppress(OSError):
            self._write(self._tuned, json.dumps(dict(tuned)).encode())

    def remove(self) -> None:
        """Remove the folder's own files: the explanation is whole."""
        for each in self._folder.glob(f"*-{self._own}*"):
            each.unlink(missing_ok=True)
        with suppress(OSError):  # another run keeps rows there
            self._folder.rmdir()

    @property
    def _tuned(self) -> str:
        return f"tuned-{self._own}.json"

    def _write(self, name: str, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        told = {"dir": self._folder, "prefix": f"part-{self._own}-"}
        with NamedTemporaryFile(delete=False, **told) as beside:
            beside.write(content)
        Path(beside.name).replace(self._folder / name)


def _unpack(stored: Mapping[str, Any]) -> Attributed:
    told = {each.name: stored[each.name] for each in fields(Attributed) if each.name in stored}
    told["method"] = str(told["method"])
    return Attributed(**told)
