"""What identifies the content of a table, whatever it is stored in.

Two hashes are made. ``fp1`` depends on the order of rows and columns; ``fs1`` on neither, so that
a shuffled test set is known to be the same. Both are equal for CSV, Parquet and frames of the same
rows, because values are hashed as what they mean:

* whole numbers as int64; other numbers as float64 with −0.0 as 0.0; NaN is null. A column of
  floats that are all whole and below 2⁵³ counts as one of whole numbers, since pandas turns
  integers into floats where a value is missing (in ``fs1`` the same rule goes value by value);
* dates and times, and text that the schema takes for times, as nanoseconds in UTC; a time without
  a zone is taken for UTC;
* categorical values as the values themselves; an empty text is not null;
* a column without any value is alike whatever its type.

``fp1``: blocks of 65,536 rows. A block is its validity (one byte 0 if nothing is null, else one
byte 1 and the packed bits), then the values little-endian with nulls as 0, for text the lengths as
int64 and then the bytes. A column is blake2b-128 of its kind and its blocks' blake2b-128; the
table is blake2b-128 over the lines ``name<TAB>column`` and the number of rows.

``fs1``: the sum modulo 2¹²⁸ of a 128-bit hash of each row, so that twins count. A row's hash mixes
the sum of its cells' hashes, and a cell's depends on the column's name. It guards against
accident, not against somebody who constructs a collision.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from assay.data.engines.mixing import Words, mix
from assay.data.schema import Column
from assay.data.times import to_utc

DIGEST_BYTES = 16
EXACT_INTEGER = 2.0**53
MODULUS = 2**128
HALF = np.uint64(32)
LOW_HALF = np.uint64(0xFFFF_FFFF)
MAX_TEXTS = 1_000_000  # hashes of distinct texts that are remembered between blocks


@dataclass(frozen=True)
class Fingerprint:
    """Identity of a table's content.

    Parameters
    ----------
    ordered : str
        ``fp1:`` and 32 hex digits.
    order_free : str
        ``fs1:`` and 32 hex digits.
    rows : int
    """

    ordered: str
    order_free: str
    rows: int

    def to_dict(self) -> dict[str, str | int]:
        """Return builtins only."""
        return {"ordered": self.ordered, "order_free": self.order_free, "rows": self.rows}


def fingerprint_batches(batches: Iterable[pl.DataFrame], columns: Sequence[Column]) -> Fingerprint:
    """Return the fingerprint of a table that is given in blocks of 65,536 rows.

    Parameters
    ----------
    batches : iterable of polars.DataFrame
        The rows in order; all but the last of 65,536 rows.
    columns : sequence of Column
        What to hash, in order; `storage` says as what.

    Examples
    --------
    >>> columns = [Column("x", "feature", "continuous", "float64")]
    >>> one = fingerprint_batches([pl.DataFrame({"x": [1.0, 2.5]})], columns)
    >>> other = fingerprint_batches([pl.DataFrame({"x": [2.5, 1.0]})], columns)
    >>> one.order_free == other.order_free, one.ordered == other.ordered
    (True, False)
    """
    hashers = [_ColumnHasher(column.name, column.storage) for column in columns]
    rows = total = 0
    for batch in batches:
        low = np.zeros(batch.height, dtype=np.uint64)
        high = np.zeros(batch.height, dtype=np.uint64)
        for hasher in hashers:
            hasher.add(batch.get_column(hasher.name), low, high)
        total += _sum_rows(low, high)
        rows += batch.height
    lines = "".join(f"{hasher.name}\t{hasher.finish()}\n" for hasher in hashers)
    table = _digest(f"{lines}{rows}".encode())
    return Fingerprint(f"fp1:{table.hex()}", f"fs1:{total % MODULUS:032x}", rows)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest()


def _sum_rows(low: Words, high: Words) -> int:
    """Return the sum of the rows' hashes, each mixed from the sums of its cells."""
    first = mix(low ^ mix(high.copy()))
    second = mix(high ^ mix(first + np.uint64(1)))
    return (_sum(second) << 64) + _sum(first)


def _sum(words: Words) -> int:
    halves = int((words >> HALF).sum()), int((words & LOW_HALF).sum())
    return (halves[0] << 32) + halves[1]


@dataclass
class _ColumnHasher:
    """Hashes one column block by block."""

    name: str
    storage: str
    has_value: bool = False
    whole: bool = True  # every float so far is whole
    blocks: list[bytes] = field(default_factory=list)
    whole_blocks: list[bytes] = field(default_factory=list)
    texts: dict[bytes, bytes] = field(default_factory=dict)
    kind: str = ""

    def add(self, values: pl.Series, low: Words, high: Words) -> None:
        """Hash one block, and add the hashes of its cells to the rows' lanes."""
        values = _canonical(values, self.storage)
        self.kind = _kind_of(values.dtype)
        null = values.is_null().to_numpy()
        self.has_value |= not null.all()
        validity = b"\x01" + np.packbits(~null).tobytes() if null.any() else b"\x00"
        if self.kind in ("utf8", "binary"):
            self._add_text(values, validity, null, low, high)
        elif self.kind == "float64":
            self._add_floats(values, validity, null, low, high)
        elif self.kind == "bool":
            bits = values.fill_null(value=False).cast(pl.UInt8).to_numpy()
            self._add_words(bits, bits.astype(np.uint64), validity, null, low, high)
        else:
            numbers = values.fill_null(0).to_numpy()
            self._add_words(numbers, numbers.view(np.uint64), validity, null, low, high)

    def finish(self) -> str:
        """Return the column's hash as hex digits."""
        if not self.has_value:
            return _digest(b"null").hex()
        if self.kind == "float64" and self.whole:
            return _digest(b"int64" + b"".join(self.whole_blocks)).hex()
        return _digest(self.kind.encode() + b"".join(self.blocks)).hex()

    def _add_words(
        self,
        numbers: NDArray[np.generic],
        words: Words,
        validity: bytes,
        null: NDArray[np.bool_],
        low: Words,
        high: Words,
    ) -> None:
        self.blocks.append(_digest(validity + numbers.tobytes()))
        self._add_cells(words, words, self.kind, null, low, high)

    def _add_floats(
        self,
        values: pl.Series,
        validity: bytes,
        null: NDArray[np.bool_],
        low: Words,
        high: Words,
    ) -> None:
        numbers = values.fill_null(0.0).to_numpy() + 0.0
        whole = (np.abs(numbers) < EXACT_INTEGER) & (numbers == np.floor(numbers))
        integers = np.where(whole, numbers, 0.0).astype(np.int64)
        self.blocks.append(_digest(validity + numbers.tobytes()))
        self.whole = self.whole and bool(whole.all())
        if self.whole:
            self.whole_blocks.append(_digest(validity + integers.tobytes()))
        if whole.any():
            words = integers.view(np.uint64)
            self._add_cells(words, words, "int64", null, low, high, only=whole)
        if not whole.all():
            words = numbers.view(np.uint64)
            self._add_cells(words, words, "float64", null, low, high, only=~whole)

    def _add_text(
        self,
        values: pl.Series,
        validity: bytes,
        null: NDArray[np.bool_],
        low: Words,
        high: Words,
    ) -> None:
        array = values.fill_null("" if self.kind == "utf8" else b"").rechunk().to_arrow()
        array = array.cast(pa.large_binary())
        _, offset_bytes, data = array.buffers()
        offsets = np.frombuffer(offset_bytes, dtype=np.int64)[array.offset :][: len(array) + 1]
        text = b"" if data is None else data[int(offsets[0]) : int(offsets[-1])].to_pybytes()
        lengths = np.diff(offsets).astype("<i8").tobytes()
        self.blocks.append(_digest(validity + lengths + text))
        encoded = array.dictionary_encode()
        words = np.frombuffer(
            b"".join(map(self._text_hash, encoded.dictionary.to_pylist())), dtype="<u8"
        ).reshape(-1, 2)
        codes = encoded.indices.to_numpy()
        self._add_cells(words[codes, 0], words[codes, 1], self.kind, null, low, high)

    def _text_hash(self, text: bytes) -> bytes:
        known = self.texts.get(text)
        if known is None:
            known = _digest(text)
            if len(self.texts) < MAX_TEXTS:
                self.texts[text] = known
        return known

    def _add_cells(
        self,
        first: Words,
        second: Words,
        kind: str,
        null: NDArray[np.bool_],
        low: Words,
        high: Words,
        only: NDArray[np.bool_] | None = None,
    ) -> None:
        """Add a hash of each cell to the lanes; it depends on the column's name and the kind."""
        keys = _keys(self.name, kind)
        missing = _keys(self.name, "null")
        for lane, words, key, none in zip(
            (low, high), (first, second), keys, missing, strict=True
        ):
            cells = mix((words ^ key) + key)
            if null.any():
                cells[null] = none
            if only is not None:
                cells[~only] = 0
            lane += cells


def _keys(name: str, kind: str) -> tuple[np.uint64, np.uint64]:
    words = np.frombuffer(_digest(f"{name}\x00{kind}".encode()), dtype="<u8")
    return words[0], words[1]


def _canonical(values: pl.Series, storage: str) -> pl.Series:
    """Return the values in the type that they are hashed as."""
    dtype = values.dtype
    if dtype == pl.Null:
        return values.cast(pl.Int64)
    if storage == "time":
        frame = values.rename("at").to_frame()
        return frame.select(to_utc(pl.col("at"), dtype)).to_series().cast(pl.Int64)
    if dtype.is_integer():
        return values.cast(pl.Int64)
    if dtype.is_float() or dtype.is_decimal():
        return values.cast(pl.Float64).fill_nan(None)
    if dtype in (pl.Boolean, pl.String, pl.Binary):
        return values
    if dtype in (pl.Categorical, pl.Enum):
        return values.cast(pl.String)
    if isinstance(dtype, (pl.Duration, pl.Time)):
        to_ns = values.cast(pl.Duration("ns")) if isinstance(dtype, pl.Duration) else values
        return to_ns.cast(pl.Int64)
    texts = [None if value is None else repr(value) for value in values.to_list()]
    return pl.Series(texts, dtype=pl.String)


def _kind_of(dtype: pl.DataType) -> str:
    if dtype.is_integer():
        return "int64"
    if dtype.is_float():
        return "float64"
    if dtype == pl.Boolean:
        return "bool"
    return "binary" if dtype == pl.Binary else "utf8"
