"""Clarify's files of SHAP values: out.csv or out.jsonl, and the baseline that clustering made."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from assay.explainability.clarify_form import clarify_shap_values
from assay.explainability.text.clarify import clarify_record
from assay.jobs.asked import AskedExplanations, AskedShap
from assay.jobs.sections.explanations.clarify.baseline import Baseline
from assay.jobs.sections.explanations.clarify.rows import AllRows
from assay.jobs.sections.explanations.clarify.shap import ShapFound
from assay.jobs.sections.explanations.clarify.text import TextFound

FOLDER = "explanations_shap"
OUT_CSV, OUT_LINES, BASELINE_CSV = (
    f"{FOLDER}/out.csv",
    f"{FOLDER}/out.jsonl",
    f"{FOLDER}/baseline.csv",
)
Writer = Callable[[Path], object]


def shap_files(
    found: ShapFound, asked: AskedExplanations, shap: AskedShap, rows: AllRows
) -> Mapping[str, Writer]:
    """Return the files of a table: name → what writes it.

    Parameters
    ----------
    found : ShapFound
    asked : AskedExplanations
    shap : AskedShap
        Whether attributions of single rows are wanted.
    rows : AllRows
        That hold the joinsource.

    Raises
    ------
    InputError
        If two columns of out.csv would have one name.
    """
    files = _baseline_file(found.baseline, asked)
    if not shap.save_local_shap_values:
        return files
    joined = _joined(asked, rows, found.explanation.rows)
    made = found.explanation
    table = clarify_shap_values(made, label_headers=made.outputs, joinsource=joined)
    return {**files, OUT_CSV: _writer(table.write_csv())}


def text_files(
    found: TextFound, asked: AskedExplanations, shap: AskedShap, rows: AllRows
) -> Mapping[str, Writer]:
    """Return the files of texts and the columns beside them: name → what writes it."""
    files = _baseline_file(found.baseline, asked)
    if not shap.save_local_shap_values:
        return files
    made = found.text
    joined = _joined(asked, rows, tuple(each.row for each in made.rows))
    names: list[Any] = [None] * len(made) if joined is None else joined.to_list()
    lines = [
        clarify_record(
            each,
            made.column,
            categorical=found.categorical,
            order=asked.features,
            join_source_value=name,
        )
        for each, name in zip(made.rows, names, strict=True)
    ]
    text = "".join(
        json.dumps(line, ensure_ascii=False, allow_nan=False, default=str) + "\n" for line in lines
    )
    return {**files, OUT_LINES: _writer(text)}


def _joined(asked: AskedExplanations, rows: AllRows, places: tuple[int, ...]) -> pl.Series | None:
    if asked.joinsource is None:
        return None
    return rows.frame[asked.joinsource].gather(list(places))


def _baseline_file(baseline: Baseline, asked: AskedExplanations) -> dict[str, Writer]:
    """Return the baseline that clustering made, in the form in which a config can give it."""
    if baseline.centres is None:
        return {}
    frame = baseline.rows
    n = frame.height
    # A feature that the model does not read has no centre.
    columns = [
        frame[name] if name in frame.columns else pl.Series(name, [None] * n, dtype=pl.String)
        for name in asked.features
    ]
    text = pl.DataFrame(columns).write_csv(include_header=False)
    return {BASELINE_CSV: _writer(text)}


def _writer(text: str) -> Writer:
    def write(path: Path) -> object:
        from assay.reports.files import write_atomic  # noqa: PLC0415 - brings the drawing library

        path.parent.mkdir(parents=True, exist_ok=True)
        return write_atomic(path, text)

    return write
