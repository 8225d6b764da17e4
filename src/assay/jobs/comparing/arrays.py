"""Arrays of answers in; columns of the data out."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from assay.data.dataset import Dataset
from assay.data.schema import Column, Kind, Storage
from assay.data.sources.source import HELPER_PREFIX
from assay.errors import InputError

BATCH = 1_048_576


def with_arrays(
    data: Dataset, given: Mapping[str, object]
) -> tuple[Dataset, Mapping[str, tuple[str, ...]]]:
    """Add answers that were given as arrays, as columns without a role.

    Parameters
    ----------
    data : Dataset
        With one label column.
    given : mapping of str to array-like, shape (n_rows,) or (n_rows, n_classes)
        Candidate → predicted answers, or scores of the positive class, or of all classes in the
        ascending order of the classes.

    Returns
    -------
    (Dataset, mapping)
        The data with the columns, and candidate → its columns.

    Raises
    ------
    InputError
        If an array has more or fewer rows than the data, or as many columns as no task has.
    """
    names: dict[str, tuple[str, ...]] = {}
    series: list[pl.Series] = []
    for place, (name, values) in enumerate(given.items()):
        made = _columns(data, name, values, f"{HELPER_PREFIX}answers_{place}")
        names[name] = tuple(each.name for each in made)
        series += made
    if not series:
        return data, names
    frame = pl.DataFrame(series)
    start = iter(range(0, frame.height + 1, BATCH))

    def add(batch: pl.DataFrame) -> pl.DataFrame:
        return frame.slice(next(start), batch.height)

    columns = [_described(each) for each in series]
    reads = [data.schema.names[0]]
    return data.with_columns(add, columns, reads=reads, batch_rows=BATCH), names


def is_answers(value: object) -> bool:
    """Whether a value of a Python call is an array of answers and no model.

    Examples
    --------
    >>> is_answers([0.1, 0.9]), is_answers(np.array([1, 0])), is_answers("score_a")
    (True, True, False)
    """
    if isinstance(value, str | bytes):
        return False
    return isinstance(value, list | tuple | np.ndarray | pl.Series) or (
        hasattr(value, "to_numpy") and not hasattr(value, "predict")
    )


def _columns(data: Dataset, name: str, values: Any, column: str) -> list[pl.Series]:  # noqa: ANN401 - any array
    array = values.to_numpy() if hasattr(values, "to_numpy") else np.asarray(values)
    rows = data.count_rows()
    if array.ndim not in (1, 2) or len(array) != rows:
        msg = (
            f"{name!r} has answers of shape {array.shape} for {rows:,} rows; give one answer a "
            "row, or one row of scores"
        )
        raise InputError(msg)
    if array.ndim == 1:
        return [_series(column, array, name)]
    classes = _classes(data)
    if array.shape[1] == 2 and len(classes) == 2:
        return [_series(column, array[:, 1], name)]
    if array.shape[1] != len(classes):
        msg = (
            f"{name!r} has {array.shape[1]} columns of scores, and the label has {len(classes)} "
            "classes; give one column a class, in their ascending order"
        )
        raise InputError(msg)
    return [_series(f"{column}_{each}", array[:, at], name) for at, each in enumerate(classes)]


def _series(column: str, array: np.ndarray, name: str) -> pl.Series:
    values = array.tolist() if array.dtype == object else array
    try:
        return pl.Series(column, values, strict=True)
    except (TypeError, pl.exceptions.PolarsError) as wrong:
        msg = f"the answers of {name!r} are of several types: {wrong}; give numbers or texts"
        raise InputError(msg) from wrong


def _classes(data: Dataset) -> list[object]:
    label = data.schema.label
    if label is None:
        msg = "scores of several classes need one label column"
        raise InputError(msg)
    return data.column(label).unique().sort().to_list()


def _described(series: pl.Series) -> Column:
    storage: Storage = "float64"
    kind: Kind = "continuous"
    if series.dtype == pl.Boolean:
        storage, kind = "bool", "boolean"
    elif series.dtype.is_integer():
        storage = "int64"
    elif not series.dtype.is_numeric():
        storage, kind = "utf8", "categorical"
    return Column(
        series.name,
        "ignored",
        kind,
        storage,
        has_null=series.null_count() > 0,
        why="given as answers",
    )
