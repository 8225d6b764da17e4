"""Explained images in; Clarify's pictures and a line of numbers each, in a folder."""

import json
from collections.abc import Sequence
from pathlib import Path

from assay.explainability.images.clarify import clarify_pictures, clarify_record
from assay.explainability.images.explanation import ImageExplanation
from assay.jobs.clarify.image_data import ImageFile

LINES = "explanations_shap/images.jsonl"


class ImageWriter:
    """Writes each image as soon as it is explained, so that none need be kept.

    Parameters
    ----------
    folder : Path or None
        None writes nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._names: set[str] = set()
        self._begun = False

    def write(
        self, file: ImageFile, explanation: ImageExplanation, outputs: Sequence[str]
    ) -> tuple[str, ...]:
        """Write the pictures of some outputs and the numbers of all; return the pictures' names.

        Raises
        ------
        InputError
            If they cannot be written.
        """
        from assay.reports.files import write_atomic  # noqa: PLC0415 - brings the drawing library

        # The suffix is taken off again; a stem may hold a dot.
        made = clarify_pictures(explanation, f"{file.stem}.jpeg", outputs=outputs)
        names = []
        for name, content in made.items():
            while name.lower() in self._names:
                name = f"{name.removesuffix('.jpeg')}_.jpeg"
            self._names.add(name.lower())
            names.append(name)
            if self._folder is not None:
                write_atomic(self._folder / name, content)
        self._line(file, explanation)
        return tuple(names)

    def _line(self, file: ImageFile, explanation: ImageExplanation) -> None:
        if self._folder is None:
            return
        from assay.reports.files import ensure_writable  # noqa: PLC0415

        target = self._folder / LINES
        if not self._begun:
            ensure_writable(target.parent)
        text = json.dumps(clarify_record(explanation, file.name), allow_nan=False)
        with target.open("a" if self._begun else "w", encoding="utf-8") as opened:
            opened.write(f"{text}\n")
        self._begun = True
