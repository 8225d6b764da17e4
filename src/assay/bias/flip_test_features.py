"""Columns of any kind in; finite numbers that distances can be made of, or a reason, out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.bias.cells import Flags

Floats = NDArray[np.float64]
MAX_VALUES = 50
"""Values of a column of text that get a 0/1 column of their own; the others have none."""
_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Features:
    """Rows as numbers.

    Parameters
    ----------
    values : ndarray of float, shape (n_whole, n_columns)
    columns : tuple of str
    whole : ndarray of bool, shape (n_rows,)
        The rows that have a value in every column; `values` has those.
    reason : str
        Why there are no numbers; "" where there are.
    warnings : tuple of str
    """

    values: Floats
    columns: tuple[str, ...]
    whole: Flags
    reason: str = ""
    warnings: tuple[str, ...] = ()


def encode_features(
    table: pl.DataFrame, names: Sequence[str], *, scale: bool = False, one_hot: bool = False
) -> Features:
    """Turn columns into numbers.

    Parameters
    ----------
    table : polars.DataFrame
    names : sequence of str
        The columns that are features.
    scale : bool
        Whether each column is divided by its standard deviation; one that does not vary stays.
    one_hot : bool
        Whether text becomes a 0/1 column for each of its 50 most frequent values.

    Returns
    -------
    Features
        With a reason where there is no column, or one that is not a number.

    Examples
    --------
    >>> table = pl.DataFrame({"age": [31, None], "city": ["Ulm", "Bonn"]})
    >>> encode_features(table, ["age"]).values.tolist()
    [[31.0]]
    >>> encode_features(table, ["age", "city"], one_hot=True).columns
    ('age', 'city=Ulm')
    """
    numbers = [name for name in names if _is_number(table.schema[name])]
    texts = [name for name in names if name not in numbers]
    refused = [name for name in texts if not (one_hot and _is_text(table.schema[name]))]
    if not names:
        return _none(table, "there is no feature beside the facet, the label and the prediction")
    if refused:
        return _none(table, _not_numbers(table, refused, one_hot=one_hot))
    plain = table.select(pl.col(name).cast(pl.Float64) for name in numbers).fill_nan(None)
    whole = np.ones(table.height, dtype=bool)
    for column in (*plain.get_columns(), *(table[name] for name in texts)):
        whole &= column.is_not_null().to_numpy()
        if column.dtype == pl.Float64:
            whole &= column.is_finite().fill_null(value=False).to_numpy()
    columns, parts = list(numbers), [plain.filter(whole).to_numpy().reshape(-1, len(numbers))]
    for name in texts:
        values, block = _indicators(table[name].filter(whole))
        columns += [f"{name}={value}" for value in values]
        parts.append(block)
    made = np.concatenate(parts, axis=1).astype(np.float64)
    if scale and len(made):
        spread = made.std(axis=0)
        made = made / np.where(spread > 0, spread, 1.0)
    lacking = int((~whole).sum())
    said = f"{lacking:,} of {table.height:,} sampled rows lack a value of a feature: left out"
    return Features(made, tuple(columns), whole, warnings=(said,) if lacking else ())


def _is_number(dtype: pl.DataType) -> bool:
    return dtype.is_numeric() or dtype == pl.Boolean


def _is_text(dtype: pl.DataType) -> bool:
    return dtype in (pl.String, pl.Categorical, pl.Enum)


def _none(table: pl.DataFrame, reason: str) -> Features:
    return Features(np.zeros((0, 0)), (), np.zeros(table.height, dtype=bool), reason)


def _not_numbers(table: pl.DataFrame, names: Sequence[str], *, one_hot: bool) -> str:
    shown = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    text = [name for name in names if _is_text(table.schema[name])]
    way = "leave them out of the features"
    if text and not one_hot:
        way = f"turn on one-hot encoding, or {way}"
    return f"distances need numbers, and these features are none: {shown}; {way}"


def _indicators(values: pl.Series) -> tuple[list[str], Floats]:
    """Return the most frequent values and a 0/1 column for each."""
    text = values.cast(pl.String)
    counts = text.value_counts(name="rows").sort(["rows", text.name], descending=[True, False])
    known = counts[text.name].head(MAX_VALUES).to_list()
    block = np.zeros((text.len(), len(known)))
    for at, value in enumerate(known):
        block[:, at] = (text == value).to_numpy()
    return known, block
