"""A 128-bit hash of each row, written out: no library's own, so it is the same everywhere.

Values are hashed as what they mean (see `fingerprint`); the order of columns does not matter.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from assay.data.engines.mixing import Words, mix
from assay.data.times import utc_count

DIGEST_BYTES = 16
EXACT_INTEGER = 2.0**53
MAX_TEXTS = 1_000_000  # hashes of distinct texts that are remembered between batches
Lanes = tuple[Words, Words]


def canonical(values: pl.Series, storage: str) -> pl.Series:
    """Return values as int64, float64, bool, text or bytes, NaN as null; times as UTC ns."""
    dtype = values.dtype
    if dtype == pl.Null:
        return values.cast(pl.Int64)
    if storage == "time":
        return values.rename("at").to_frame().select(utc_count(pl.col("at"), dtype)).to_series()
    if dtype == pl.UInt64:
        return values.reinterpret(signed=True)
    if dtype in (pl.Int128, pl.UInt128):
        return values.cast(pl.String)
    if dtype.is_integer():
        return values.cast(pl.Int64)
    if dtype.is_float() or dtype.is_decimal():
        return values.cast(pl.Float64).fill_nan(None)
    if dtype in (pl.Boolean, pl.String, pl.Binary):
        return values
    if dtype in (pl.Categorical, pl.Enum):
        return values.cast(pl.String)
    if isinstance(dtype, pl.Duration):
        return values.cast(pl.Duration("ns")).cast(pl.Int64)
    if dtype == pl.Time:
        return values.cast(pl.Int64)
    texts = [None if value is None else repr(value) for value in values.to_list()]
    return pl.Series(texts, dtype=pl.String)


def kind_of(dtype: pl.DataType) -> str:
    """Return the name by which a canonical type is hashed."""
    if dtype.is_integer():
        return "int64"
    if dtype.is_float():
        return "float64"
    if dtype == pl.Boolean:
        return "bool"
    return "binary" if dtype == pl.Binary else "utf8"


def whole_numbers(numbers: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return floats as int64, and which of them are whole and below 2⁵³ (the others become 0)."""
    whole = (np.abs(numbers) < EXACT_INTEGER) & (numbers == np.floor(numbers))
    return np.where(whole, numbers, 0.0).astype(np.int64), whole


def text_buffers(values: pl.Series) -> tuple[NDArray[np.int64], memoryview]:
    """Return the lengths of texts in bytes, null as 0, and the bytes one after the other."""
    array = _large_binary(values)
    _, offset_bytes, data = array.buffers()
    offsets = np.frombuffer(offset_bytes, dtype=np.int64)[array.offset :][: len(array) + 1]
    if data is None or offsets.size == 0:
        return np.zeros(len(array), dtype=np.int64), memoryview(b"")
    return np.diff(offsets), memoryview(data)[int(offsets[0]) : int(offsets[-1])]


def _large_binary(values: pl.Series) -> pa.Array:
    empty = b"" if values.dtype == pl.Binary else ""
    array = values.fill_null(empty).rechunk().to_arrow()
    return array.cast(pa.large_binary())


class RowHasher:
    """Hashes rows of columns of the same names, batch after batch.

    Parameters
    ----------
    names : sequence of str
        The columns; a cell's hash depends on its column's name.
    salt : str
        Another salt gives unrelated hashes.

    Examples
    --------
    >>> low, high = RowHasher(["x"]).hash([pl.Series([7, 7, 8])], 3)
    >>> bool(low[0] == low[1]), bool(low[0] == low[2])
    (True, False)
    """

    def __init__(self, names: Sequence[str], *, salt: str = "") -> None:
        self._names = tuple(names)
        self._salt = salt
        self._texts: dict[bytes, bytes] = {}

    def hash(self, values: Sequence[pl.Series], n_rows: int) -> Lanes:
        """Return the low and the high 64 bits of each row's hash; `values` are canonical."""
        low, high = np.zeros(n_rows, dtype=np.uint64), np.zeros(n_rows, dtype=np.uint64)
        for name, column in zip(self._names, values, strict=True):
            self._add(name, column, (low, high))
        low = mix(low ^ mix(high.copy()))
        return low, mix(high ^ mix(low + np.uint64(1)))

    def _add(self, name: str, values: pl.Series, lanes: Lanes) -> None:
        kind = kind_of(values.dtype)
        null = values.is_null().to_numpy() if values.null_count() else None
        if kind in ("utf8", "binary"):
            self._add_cells(self._text_words(values), name, kind, lanes, null)
        elif kind == "float64":
            numbers = values.fill_null(0.0).to_numpy() + 0.0
            integers, whole = whole_numbers(numbers)
            words = integers.view(np.uint64), numbers.view(np.uint64)
            if whole.any():
                self._add_cells((words[0], words[0]), name, "int64", lanes, null, whole)
            if not whole.all():
                self._add_cells((words[1], words[1]), name, kind, lanes, null, ~whole)
        else:
            filled = values.fill_null(value=False) if kind == "bool" else values.fill_null(0)
            words = filled.cast(pl.Int64).to_numpy().view(np.uint64)
            self._add_cells((words, words), name, kind, lanes, null)

    def _text_words(self, values: pl.Series) -> Lanes:
        encoded = _large_binary(values).dictionary_encode()
        digests = b"".join(self._text_digest(text) for text in encoded.dictionary.to_pylist())
        words = np.frombuffer(digests, dtype="<u8").reshape(-1, 2)
        codes = encoded.indices.to_numpy()
        return words[codes, 0], words[codes, 1]

    def _text_digest(self, text: bytes) -> bytes:
        known = self._texts.get(text)
        if known is None:
            known = _digest(text)
            if len(self._texts) < MAX_TEXTS:
                self._texts[text] = known
        return known

    def _add_cells(
        self,
        words: Lanes,
        name: str,
        kind: str,
        lanes: Lanes,
        null: NDArray[np.bool_] | None,
        only: NDArray[np.bool_] | None = None,
    ) -> None:
        """Add a hash of each cell to the lanes, where `only` holds."""
        keys, missing = self._keys(name, kind), self._keys(name, "null")
        for lane, word, key, none in zip(lanes, words, keys, missing, strict=True):
            cells = mix((word ^ key) + key)
            if null is not None:
                cells[null] = none
            if only is not None:
                cells[~only] = 0
            lane += cells

    def _keys(self, name: str, kind: str) -> tuple[np.uint64, np.uint64]:
        text = f"{name}\x00{kind}" if not self._salt else f"{name}\x00{kind}\x00{self._salt}"
        words = np.frombuffer(_digest(text.encode()), dtype="<u8")
        return words[0], words[1]


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest()
