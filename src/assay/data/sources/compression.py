"""Compressed files, told by their content, written out as a stream to a temporary file."""

import bz2
import errno
import lzma
import re
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from assay.data.sources.content import read_head
from assay.data.sources.source import NoRowsError
from assay.errors import InputError

STARTS: Mapping[str, bytes] = {
    "gzip": rb"\x1f\x8b\x08",
    "bzip2": rb"BZh[1-9]1AY&SY",
    "xz": rb"\xfd7zXZ\x00",
    "Zstandard": rb"\x28\xb5\x2f\xfd",
    "LZ4": rb"\x04\x22\x4d\x18",
}
SUFFIXES: Mapping[str, str] = {
    ".gz": "gzip",
    ".gzip": "gzip",
    ".bz2": "bzip2",
    ".xz": "xz",
    ".zst": "Zstandard",
    ".zstd": "Zstandard",
    ".lz4": "LZ4",
}
CODECS = {"gzip": "gzip", "Zstandard": "zstd", "LZ4": "lz4"}  # those that Arrow reads itself
CHUNK_BYTES = 1 << 22
FULL = (errno.ENOSPC, errno.EDQUOT)


def format_suffix(path: Path) -> str:
    """Return the suffix that names the format, in lower case, less that of a compression.

    Examples
    --------
    >>> format_suffix(Path("sales.CSV.gz")), format_suffix(Path("sales.csv"))
    ('.csv', '.csv')
    """
    suffix = path.suffix.lower()
    return Path(path.stem).suffix.lower() if suffix in SUFFIXES else suffix


def find_compression(path: Path) -> str | None:
    """Return how a file is compressed, by its content; None if it is not.

    Raises
    ------
    InputError
        If its name says that it is compressed, and it is not.
    """
    head = read_head(path)
    found = next((name for name, start in STARTS.items() if re.match(start, head)), None)
    told = SUFFIXES.get(path.suffix.lower())
    if found is None and told is not None:
        msg = (
            f"{path.name} is not compressed with {told}, as its name says: it begins with "
            f"{head[:8]!r}; take {path.suffix} off its name, or get the file again"
        )
        raise InputError(msg)
    return found


def decompress(path: Path, compression: str, folder: Path) -> Path:
    """Write what a file holds to a file of the same name in `folder`; return that one.

    Raises
    ------
    InputError
        If the file is cut off or broken, or there is no room for what it holds.
    """
    target = folder / path.name
    with _reader(path, compression) as stream, target.open("wb") as out:
        while chunk := _read(stream, path, compression):
            try:
                out.write(chunk)
            except OSError as error:
                if error.errno not in FULL:
                    raise
                msg = (
                    f"{path.name} is larger than the room in {folder.parent} once it is "
                    "decompressed; name a folder with more room in TMPDIR, or decompress it first"
                )
                raise InputError(msg) from error
    if target.stat().st_size == 0:
        msg = f"{path.name} holds nothing; a table with a header and rows is needed"
        raise NoRowsError(msg)
    return target


def _reader(path: Path, compression: str) -> BinaryIO:
    if compression == "bzip2":
        return cast("BinaryIO", bz2.open(path))
    if compression == "xz":
        return cast("BinaryIO", lzma.open(path))
    codec = CODECS[compression]
    return cast("BinaryIO", pa.CompressedInputStream(pa.OSFile(str(path)), codec))


def _read(stream: BinaryIO, path: Path, compression: str) -> bytes:
    try:
        return stream.read(CHUNK_BYTES)
    except EOFError as error:
        raise _cut_off(path, compression) from error
    except (OSError, lzma.LZMAError, pa.ArrowException) as error:
        if "Truncated" in str(error):
            raise _cut_off(path, compression) from error
        msg = f"{path.name} is broken ({compression}: {error}); copy or download it again"
        raise InputError(msg) from error


def _cut_off(path: Path, compression: str) -> InputError:
    return InputError(
        f"{path.name} is cut off: the end of its {compression} stream is missing; copy or "
        "download it again (the program that wrote it may have been interrupted)"
    )
