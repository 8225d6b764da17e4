"""The rows of a table in; one 128-bit key a row out, alike for rows that say the same."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.row_hash import RowHasher, canonical
from assay.data.schema import Column

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

KEY = np.dtype([("low", "<u8"), ("high", "<u8")])
Keys = NDArray[np.void]
"""Row keys, of dtype `KEY`, shape (n_rows,)."""


def row_keys(data: "Dataset", columns: Sequence[Column]) -> Keys:
    """Return a key for each row of the table, read once from start to end.

    Values count as what they mean (see `assay.data.fingerprint`): 3 and 3.0, 0.0 and -0.0, and NaN
    and no value are alike. Texts are compared without the space around them, composed (NFC).

    Parameters
    ----------
    data : Dataset
    columns : sequence of Column
        What a row says.

    Returns
    -------
    ndarray of `KEY`, shape (n_rows,)

    Examples
    --------
    >>> from assay.data.dataset import Dataset
    >>> data = Dataset.read({"x": [1.0, 1.0, 2.0], "name": ["Zoe ", "Zoe", "Zoe"]})
    >>> first, second, third = row_keys(data, data.schema.columns).tolist()
    >>> first == second, first == third
    (True, False)
    """
    hasher = RowHasher([column.name for column in columns])
    parts = [np.empty(0, dtype=KEY)]
    for batch in data.batches([column.name for column in columns]):
        values = [canonical(trimmed(batch[each.name]), each.storage) for each in columns]
        low, high = hasher.hash(values, batch.height)
        keys = np.empty(batch.height, dtype=KEY)
        keys["low"], keys["high"] = low, high
        parts.append(keys)
    return np.concatenate(parts)


def trimmed(values: pl.Series) -> pl.Series:
    """Return texts without the space around them and composed; other values as they are."""
    if values.dtype != pl.String:
        return values
    cut = values.str.strip_chars()
    plain = bool((cut.str.len_bytes() == cut.str.len_chars()).all())
    return cut if plain else cut.str.normalize("NFC")


def as_codes(*keys: Keys) -> tuple[NDArray[np.int64], ...]:
    """Return small whole numbers in place of keys, the same number for the same key.

    Keys are folded to 64 bits first: that any two of ten million different rows then agree has a
    chance of three in a million.

    Examples
    --------
    >>> one = np.array([(1, 0), (2, 0)], dtype=KEY)
    >>> [codes.tolist() for codes in as_codes(one, one[::-1])]
    [[0, 1], [1, 0]]
    """
    joined = np.concatenate(keys)
    mixed = joined["low"] ^ (joined["high"] * np.uint64(0x9E3779B97F4A7C15))
    _, codes = np.unique(mixed, return_inverse=True)
    ends = np.cumsum([len(each) for each in keys])[:-1]
    return tuple(np.split(codes.astype(np.int64), ends))
