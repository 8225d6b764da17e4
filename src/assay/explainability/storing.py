"""An explanation in; one Parquet and one JSON file out."""

import hashlib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError
from assay.result import Json

if TYPE_CHECKING:
    from assay.explainability.result import Explanation

FORMAT = "assay explanation"
VERSION = 1
ARRAYS = (
    "values",
    "standard_errors",
    "base_values",
    "predictions",
    "interactions",
    "interaction_errors",
    "row_weights",
)
FLAGS = ("exact", "converged")


def save_explanation(explanation: "Explanation", path: str | Path) -> Path:
    """Write an explanation, to be read back by `load_explanation`.

    The Parquet file has a line for each explained row: its place, its values, and lists of its
    attributions (player by player, the outputs of one together). The background's rows stand
    beside them. The JSON file holds everything else and the Parquet file's hash.

    Parameters
    ----------
    explanation : Explanation
    path : str or Path
        Of the JSON file, with or without its ending; the Parquet file lies beside it.

    Returns
    -------
    Path
        Of the JSON file.

    Raises
    ------
    InputError
        If it cannot be written, or a column holds objects that Parquet has no type for.
    """
    told, packed = stored_files(explanation)
    about, table = paths_of(path)
    try:
        _replace(packed, table)
        _replace(json.dumps(told, indent=1, allow_nan=False).encode(), about)
    except OSError as error:
        msg = f"{about.parent} cannot be written: {error.strerror or error}"
        raise InputError(msg) from error
    return about


def paths_of(path: str | Path) -> tuple[Path, Path]:
    """Return the JSON and the Parquet file of a stored explanation.

    Examples
    --------
    >>> [each.name for each in paths_of("out/monday.v2")]
    ['monday.v2.json', 'monday.v2.parquet']
    """
    given = Path(path)
    stem = given.name.removesuffix(".json").removesuffix(".parquet")
    return given.with_name(f"{stem}.json"), given.with_name(f"{stem}.parquet")


def stored_files(explanation: "Explanation") -> tuple[dict[str, Json], bytes]:
    """Return what the JSON and the Parquet file hold."""
    buffer = io.BytesIO()
    try:
        _table(explanation).write_parquet(buffer, compression="zstd")
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        msg = f"a column of the explained rows has no type in Parquet: {error}"
        raise InputError(msg) from error
    packed = buffer.getvalue()
    background = explanation.background
    told: dict[str, Json] = {
        "format": FORMAT,
        "version": VERSION,
        "parquet_sha256": hashlib.sha256(packed).hexdigest(),
        "shape": list(explanation.values.shape),
        "has": [name for name in ARRAYS if getattr(explanation, name) is not None],
        "data_columns": list(explanation.data.columns),
        "players": list(explanation.players),
        "player_columns": [list(each) for each in explanation.player_columns],
        "outputs": list(explanation.outputs),
        "output": explanation.output,
        "link": explanation.link,
        "value_function": explanation.value_function,
        "method": explanation.method,
        "reason": explanation.reason,
        "background": None if background is None else background.to_dict(),
        "additivity_error": explanation.additivity_error,
        "cost": explanation.cost.to_dict(),
        "seed": explanation.seed,
        "level": explanation.level,
        "versions": dict(explanation.versions),
        "notes": [each.to_dict() for each in explanation.notes],
    }
    return told, packed


def _table(explanation: "Explanation") -> pl.DataFrame:
    n_rows = len(explanation)
    background = explanation.background
    height = max(n_rows, 0 if background is None else background.rows.height)
    columns = [_padded(pl.Series("row", explanation.rows, dtype=pl.Int64), height)]
    if explanation.data.width:
        columns.append(_padded(explanation.data.to_struct("data"), height))
    for name in ARRAYS:
        array: NDArray[np.float64] | None = getattr(explanation, name)
        if array is not None:
            columns.append(_padded(_lists(name, array), height))
    for name in FLAGS:
        flags = pl.Series(name, getattr(explanation, name).tolist(), dtype=pl.Boolean)
        columns.append(_padded(flags, height))
    if background is not None:
        columns.append(_padded(background.rows.to_struct("background"), height))
        weights = pl.Series("background_weight", background.weights.tolist(), dtype=pl.Float64)
        columns.append(_padded(weights, height))
    return pl.DataFrame(columns)


def _lists(name: str, array: NDArray[np.float64]) -> pl.Series:
    flat = array.reshape(len(array), int(np.prod(array.shape[1:])))
    return pl.Series(name, list(flat), dtype=pl.List(pl.Float64))


def _padded(column: pl.Series, height: int) -> pl.Series:
    if len(column) == height:
        return column
    return pl.concat(
        [column, pl.Series(column.name, [None] * (height - len(column)), column.dtype)]
    )


def _replace(content: bytes, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    part.write_bytes(content)
    part.replace(target)
