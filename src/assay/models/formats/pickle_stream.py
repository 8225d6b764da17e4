"""The bytes of a pickle that may be compressed, read once from front to back."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

CHUNK = 2**20
HELD = 16 * 2**20
"""Longer stretches are skipped, and zeros stand for them."""

COMPRESSED = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x5d\x00\x00": "lzma",
    b"\x04\x22\x4d\x18": "lz4",
    b"\x78\x01": "zlib",
    b"\x78\x5e": "zlib",
    b"\x78\x9c": "zlib",
    b"\x78\xda": "zlib",
}
"""How joblib compresses pickles, by their first bytes."""


class UnreadableStreamError(ValueError):
    """The bytes cannot be had; the message says why."""


def compression_of(head: bytes) -> str:
    """Name the compression of a file by its first bytes; "" for none.

    Examples
    --------
    >>> compression_of(gzip.compress(b"x"))
    'gzip'
    """
    return next((name for start, name in COMPRESSED.items() if head.startswith(start)), "")


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


class PickleStream:
    """What `pickletools` reads from; nothing long is held in memory.

    Parameters
    ----------
    path : Path

    Raises
    ------
    UnreadableStreamError
        If the compression is one that cannot be read here.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.compression = compression_of(self._file.read(16))
        self._file.seek(0)
        self._held = b""
        self._at = 0
        self._pieces = self._decompressed()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def tell(self) -> int:
        """Return how many bytes were read, after decompression."""
        return self._at

    def read(self, size: int) -> bytes:
        """Return `size` bytes, fewer at the end; zeros for what is long."""
        if size > HELD:
            skipped = self.skip(size)
            return bytes(skipped)
        while len(self._held) < size:
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._held += piece
        taken, self._held = self._held[:size], self._held[size:]
        self._at += len(taken)
        return taken

    def readline(self) -> bytes:
        """Return what is left of the line, with its end."""
        line = bytearray()
        while not line.endswith(b"\n"):
            byte = self.read(1)
            if not byte or len(line) > HELD:
                break
            line += byte
        return bytes(line)

    def skip(self, size: int) -> int:
        """Pass over bytes; returns how many there were."""
        left = size
        while left > 0:
            if not self._held:
                self._held = next(self._pieces, b"")
            if not self._held:
                break
            step = min(left, len(self._held))
            self._held = self._held[step:]
            left -= step
        self._at += size - left
        return size - left

    def _decompressed(self) -> Iterator[bytes]:
        source: _Source = self._file
        if self.compression == "zlib":
            yield from _inflate(self._file)
            return
        if self.compression == "gzip":
            source = gzip.GzipFile(fileobj=self._file)
        elif self.compression == "bzip2":
            source = bz2.BZ2File(self._file)
        elif self.compression in ("xz", "lzma"):
            source = lzma.LZMAFile(self._file)  # noqa: SIM115 - its file is closed by `close`
        elif self.compression:
            msg = f"it is compressed by {self.compression}"
            raise UnreadableStreamError(msg)
        try:
            while piece := source.read(CHUNK):
                yield piece
        except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
            raise UnreadableStreamError(str(error)) from error


def _inflate(file: _Source) -> Iterator[bytes]:
    opened = zlib.decompressobj()
    try:
        while piece := file.read(CHUNK):
            while piece:
                yield opened.decompress(piece, CHUNK)
                piece = opened.unconsumed_tail
        yield opened.flush()
    except zlib.error as error:
        raise UnreadableStreamError(str(error)) from error
