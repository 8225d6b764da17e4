"""A baseline in any of Clarify's forms in; rows of one value a feature out."""

import json
import math
from collections.abc import Sequence
from datetime import date, time, timedelta
from pathlib import Path

import jmespath

from assay.data.row_order import IN_ORDER
from assay.data.sources.open import open_source
from assay.data.sources.reader import ReadOptions
from assay.errors import InputError
from assay.jobs.clarify.parts import JSON, JSON_LINES, PARQUET
from assay.jobs.clarify.schema import ClarifyConfig

Row = list[bool | int | float | str | None]
WHERE = "methods.shap.baseline"
MOST_ROWS = 1000
"""More rows are a mistake: every coalition of a row costs one prediction for each of them."""


def read_baseline(config: ClarifyConfig, features: Sequence[str], file: Path) -> list[Row] | None:
    """Return the rows of a config's baseline.

    Rows in the file or behind its address have the data's form: lists of values (CSV, Parquet),
    an object a row (JSON Lines), or one object with the structure of the dataset (JSON).

    Parameters
    ----------
    config : ClarifyConfig
    features : sequence of str
        The features' names, in the order of the values.
    file : Path
        The config, from whose folder a relative address starts.

    Returns
    -------
    list of list or None
        None where the config has no baseline.

    Raises
    ------
    InputError
        If it cannot be read, has no rows, or not one value a feature.
    """
    told = None if config.methods.shap is None else config.methods.shap.baseline
    if told is None:
        return None
    form = config.dataset_type
    if isinstance(told, str):
        rows = _at(told, config, features, file)
    elif form == JSON:
        rows = _of_document(told, str(config.features))
    elif form == JSON_LINES and isinstance(told, list):
        rows = [_of_line(each, str(config.features), at) for at, each in enumerate(told)]
    else:
        rows = [list(each) for each in told if isinstance(each, list)]
    return _checked(rows, features)


def _at(place: str, config: ClarifyConfig, features: Sequence[str], file: Path) -> list[object]:
    """Read a baseline that lies in a file of its own."""
    local = "://" not in place
    where = (file.resolve().parent / Path(place).expanduser()).as_posix() if local else place
    form = config.dataset_type
    if local and not Path(where).is_file():
        msg = f"{WHERE} names {place}, and there is no such file; check the path"
        raise InputError(msg)
    if form in (JSON, JSON_LINES):
        if not local:
            msg = f"{WHERE} is {place}; write a JSON baseline into the config, or name a file"
            raise InputError(msg)
        return _json_file(Path(where), form, str(config.features))
    read = ReadOptions() if form == PARQUET else ReadOptions(headers=tuple(features))
    frame = open_source(where, read).frame.collect(optimizations=IN_ORDER)
    if form == PARQUET and set(features) <= set(frame.columns):
        frame = frame.select(list(features))
    return [list(row) for row in frame.iter_rows()]


def _json_file(path: Path, form: str, expression: str) -> list[object]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        if form == JSON:
            return _of_document(json.loads(text), expression)
        lines = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        msg = f"{WHERE}: {path} cannot be read as JSON: {error}"
        raise InputError(msg) from error
    return [_of_line(each, expression, at) for at, each in enumerate(lines)]


def _of_document(document: object, expression: str) -> list[object]:
    found = jmespath.search(expression, document)
    if isinstance(found, list) and found and all(isinstance(each, list) for each in found):
        return found
    msg = (
        f"{WHERE}: the JMESPath {expression!r} (features) must give a list of rows in it as it "
        f"does in the data, and gives {json.dumps(found)[:80]}; write the baseline as an object "
        "of the same structure"
    )
    raise InputError(msg)


def _of_line(record: object, expression: str, at: int) -> object:
    found = jmespath.search(expression, record)
    if isinstance(found, list):
        return found
    msg = (
        f"{WHERE}[{at}]: the JMESPath {expression!r} (features) must give a list of values in it "
        f"as it does in the data, and gives {json.dumps(found)[:80]}"
    )
    raise InputError(msg)


def _checked(rows: Sequence[object], features: Sequence[str]) -> list[Row]:
    """Return the rows as plain values, one a feature.

    Raises
    ------
    InputError
    """
    if not 1 <= len(rows) <= MOST_ROWS:
        msg = (
            f"{WHERE} has {len(rows):,} rows; a baseline needs 1 to {MOST_ROWS:,}: each of them "
            "costs a prediction for every coalition of every row"
        )
        raise InputError(msg)
    made: list[Row] = []
    for at, row in enumerate(rows):
        cells = list(row) if isinstance(row, list) else []
        if len(cells) != len(features):
            shown = ", ".join(features[:20]) + (", …" if len(features) > 20 else "")
            msg = (
                f"{WHERE}[{at}] has {len(cells)} values, and the data have {len(features)} "
                f"features (the label is none): {shown}; give one value for each, in this order"
            )
            raise InputError(msg)
        made.append([_plain(cell, f"{WHERE}[{at}]") for cell in cells])
    return made


def _plain(cell: object, where: str) -> bool | int | float | str | None:
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    if cell is None or isinstance(cell, bool | int | float | str):
        return cell
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    msg = f"{where} holds {json.dumps(cell, default=str)[:60]}; values are numbers, texts or null"
    raise InputError(msg)
