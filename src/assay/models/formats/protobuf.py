"""Protocol buffers without their schema: bytes in, numbered fields out."""

from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
WIDTHS = {FIXED64: 8, FIXED32: 4}
MAX_VARINT_BYTES = 10

Field = tuple[int, int | memoryview]
"""Number of the field, and its value: an integer, or the bytes of anything else."""


class ProtobufError(ValueError):
    """The bytes are no protocol buffer, or end too early."""


def read_fields(data: memoryview) -> Iterator[Field]:
    r"""Yield the fields of one message; nested messages are bytes to be read again.

    Nothing is copied: a field of a gigabyte costs no memory.

    Raises
    ------
    ProtobufError
        If a field goes beyond the end, or is of a kind that nobody writes.

    Examples
    --------
    >>> [(number, bytes(value)) for number, value in read_fields(memoryview(b"\x12\x02hi"))]
    [(2, b'hi')]
    """
    place = 0
    while place < len(data):
        key, place = read_varint(data, place)
        number, kind = key >> 3, key & 7
        if number == 0:
            msg = f"byte {place} begins no field"
            raise ProtobufError(msg)
        if kind == VARINT:
            value, place = read_varint(data, place)
            yield number, value
            continue
        if kind == BYTES:
            width, place = read_varint(data, place)
        elif kind in WIDTHS:
            width = WIDTHS[kind]
        else:
            msg = f"byte {place} begins a field of unknown kind {kind}"
            raise ProtobufError(msg)
        if place + width > len(data):
            msg = f"it ends after {len(data)} bytes, and {place + width} are needed"
            raise ProtobufError(msg)
        yield number, data[place : place + width]
        place += width


def read_varint(data: memoryview, place: int) -> tuple[int, int]:
    """Return the number that begins at `place`, and the place after it.

    Raises
    ------
    ProtobufError
        If it does not end.
    """
    value = 0
    for step in range(MAX_VARINT_BYTES):
        if place + step >= len(data):
            msg = f"it ends after {len(data)} bytes, within a number"
            raise ProtobufError(msg)
        byte = data[place + step]
        value |= (byte & 0x7F) << (7 * step)
        if byte < 0x80:
            return value, place + step + 1
    msg = f"byte {place} begins a number without an end"
    raise ProtobufError(msg)


def signed(value: int) -> int:
    """Return a number of 64 bits with its sign.

    Examples
    --------
    >>> signed(2**64 - 1)
    -1
    """
    return value - (1 << 64) if value >= 1 << 63 else value
