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
from numpy.typing import NDArray

from assay.data.row_hash import (
    DIGEST_BYTES,
    RowHasher,
    Words,
    canonical,
    kind_of,
    text_buffers,
    whole_numbers,
)
from assay.data.schema import Column

MODULUS = 2**128
HALF = np.uint64(32)
LOW_HALF = np.uint64(0xFFFF_FFFF)


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
    ordered = [_BlockHasher(column.name) for column in columns]
    order_free = RowHasher([column.name for column in columns])
    rows = total = 0
    for batch in batches:
        values = [canonical(batch.get_column(column.name), column.storage) for column in columns]
        for hasher, column in zip(ordered, values, strict=True):
            hasher.add(column)
        low, high = order_free.hash(values, batch.height)
        total += (_sum(high) << 64) + _sum(low)
        rows += batch.height
    lines = "".join(f"{hasher.name}\t{hasher.finish()}\n" for hasher in ordered)
    table = _digest(f"{lines}{rows}".encode())
    return Fingerprint(f"fp1:{table.hex()}", f"fs1:{total % MODULUS:032x}", rows)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest()


def _sum(words: Words) -> int:
    return (int((words >> HALF).sum()) << 32) + int((words & LOW_HALF).sum())


@dataclass
class _BlockHasher:
    """Hashes one column block by block."""

    name: str
    kind: str = ""
    has_value: bool = False
    whole: bool = True  # every float so far is whole
    blocks: list[bytes] = field(default_factory=list)
    whole_blocks: list[bytes] = field(default_factory=list)

    def add(self, values: pl.Series) -> None:
        """Hash one block."""
        self.kind = kind_of(values.dtype)
        validity = self._validity(values)
        if self.kind in ("utf8", "binary"):
            lengths, text = text_buffers(values)
            self._add_block(validity, lengths.astype("<i8"), text)
        elif self.kind == "float64":
            numbers = values.fill_null(0.0).to_numpy() + 0.0
            self._add_block(validity, numbers)
            if self.whole:
                integers, whole = whole_numbers(numbers)
                self.whole = bool(whole.all())
                self.whole_blocks.append(_digest(validity + integers.tobytes()))
        elif self.kind == "bool":
            bits = values.fill_null(value=False).cast(pl.UInt8)
            self._add_block(validity, bits.to_numpy())
        else:
            self._add_block(validity, values.fill_null(0).to_numpy())

    def finish(self) -> str:
        """Return the column's hash as hex digits."""
        if not self.has_value:
            return _digest(b"null").hex()
        if self.kind == "float64" and self.whole:
            return _digest(b"int64" + b"".join(self.whole_blocks)).hex()
        return _digest(self.kind.encode() + b"".join(self.blocks)).hex()

    def _validity(self, values: pl.Series) -> bytes:
        n_null = values.null_count()
        self.has_value |= n_null < values.len()
        if n_null == 0:
            return b"\x00"
        return b"\x01" + np.packbits(values.is_not_null().to_numpy()).tobytes()

    def _add_block(
        self, validity: bytes, numbers: NDArray[np.generic], text: memoryview | bytes = b""
    ) -> None:
        block = hashlib.blake2b(validity, digest_size=DIGEST_BYTES)
        block.update(np.ascontiguousarray(numbers).data)
        block.update(text)
        self.blocks.append(block.digest())
