"""Universal Binary JSON, as XGBoost writes it: bytes in, builtins and arrays out."""

import struct
from typing import Any

import numpy as np

NUMBERS = {
    b"i": ">i1",
    b"U": ">u1",
    b"I": ">i2",
    b"l": ">i4",
    b"L": ">i8",
    b"d": ">f4",
    b"D": ">f8",
}
"""Marker → type of the number after it, big-endian."""
CONSTANTS = {b"Z": None, b"T": True, b"F": False}
MAX_DEPTH = 64


class UbjsonError(ValueError):
    """The bytes are no Universal Binary JSON, or end too early."""


def read_ubjson(data: bytes) -> Any:  # noqa: ANN401  whatever the bytes hold
    r"""Read one value; arrays of numbers become numpy arrays.

    Raises
    ------
    UbjsonError
        If bytes are missing or left over, or a marker is unknown.

    Examples
    --------
    >>> read_ubjson(b"{U\x01aSU\x02hi}")
    {'a': 'hi'}
    """
    reader = _Reader(data)
    value = reader.value(reader.take(1))
    if reader.place != len(data):
        msg = f"{len(data) - reader.place} bytes are left over"
        raise UbjsonError(msg)
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self.place, self._depth = data, 0, 0

    def take(self, size: int) -> bytes:
        stop = self.place + size
        if size < 0 or stop > len(self._data):
            msg = f"it ends after {len(self._data)} bytes, and {stop} are needed"
            raise UbjsonError(msg)
        piece = self._data[self.place : stop]
        self.place = stop
        return piece

    def value(self, marker: bytes) -> Any:  # noqa: ANN401
        if marker in NUMBERS:
            return self._number(marker)
        if marker in CONSTANTS:
            return CONSTANTS[marker]
        if marker == b"S":
            return self._text()
        if marker not in (b"{", b"["):
            msg = f"byte {self.place} is the unknown marker {marker!r}"
            raise UbjsonError(msg)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            msg = f"it is nested more than {MAX_DEPTH} deep"
            raise UbjsonError(msg)
        made = self._object() if marker == b"{" else self._array()
        self._depth -= 1
        return made

    def _number(self, marker: bytes) -> int | float:
        dtype = np.dtype(NUMBERS[marker])
        return np.frombuffer(self.take(dtype.itemsize), dtype)[0].item()

    def _length(self) -> int:
        marker = self.take(1)
        if marker == b"L":  # the one that XGBoost writes
            length = struct.unpack(">q", self.take(8))[0]
        elif marker in NUMBERS:
            length = int(self._number(marker))
        else:
            msg = f"byte {self.place} should begin a length"
            raise UbjsonError(msg)
        if length < 0:
            msg = f"byte {self.place} ends a length below 0"
            raise UbjsonError(msg)
        return length

    def _text(self) -> str:
        return self.take(self._length()).decode(errors="replace")

    def _object(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        while True:
            if self._data[self.place : self.place + 1] == b"}":
                self.place += 1
                return made
            name = self._text()
            made[name] = self.value(self.take(1))

    def _array(self) -> Any:  # noqa: ANN401
        marker = self.take(1)
        if marker == b"$":
            return self._typed()
        if marker == b"#":
            return [self.value(self.take(1)) for _ in range(self._length())]
        made = []
        while marker != b"]":
            made.append(self.value(marker))
            marker = self.take(1)
        return made

    def _typed(self) -> Any:  # noqa: ANN401
        kind = self.take(1)
        if kind not in NUMBERS or self.take(1) != b"#":
            msg = f"byte {self.place} should belong to an array of numbers"
            raise UbjsonError(msg)
        dtype = np.dtype(NUMBERS[kind])
        return np.frombuffer(self.take(self._length() * dtype.itemsize), dtype)
