"""Anything a user can point at to a source: a path by its suffix, a frame by its type."""

import os
from difflib import get_close_matches
from pathlib import Path

from assay.data.sources.frames import open_frame
from assay.data.sources.reader import ReadOptions
from assay.data.sources.registry import find_readers, reader_of_suffix
from assay.data.sources.source import Source
from assay.errors import InputError


def open_source(source: object, options: ReadOptions | None = None) -> Source:
    """Return a source for a path to a file that some reader knows, or for a frame or 2-D array.

    Parameters
    ----------
    source : path, str, frame or ndarray
    options : ReadOptions or None
        What was said about how it is to be read.

    Raises
    ------
    InputError
        If there is no such file, or it cannot be read.
    """
    if not isinstance(source, (str, os.PathLike)):
        return open_frame(source)
    path = Path(source)
    _check_path(path)
    suffix = path.suffix.lower()
    reader = reader_of_suffix(suffix)
    if reader is not None:
        return reader.open(str(path), options or ReadOptions())
    known = ", ".join(_suffixes())
    msg = (
        f"{path.name} has the suffix {path.suffix!r}, which is not known; "
        f"give a file that ends in one of {known}, or a frame"
    )
    raise InputError(msg)


def _suffixes() -> tuple[str, ...]:
    return tuple(suffix for reader in find_readers() for suffix in reader.suffixes)


def _check_path(path: Path) -> None:
    if path.is_dir():
        inside = sorted(p.name for p in path.iterdir() if p.suffix.lower() in _suffixes())
        hint = f"; it holds {', '.join(inside[:5])}" if inside else ""
        msg = f"{path} is a folder, and a file is needed{hint}"
        raise InputError(msg)
    if not path.exists():
        folder = path.parent
        if not folder.is_dir():
            msg = f"{path} does not exist: there is no folder {folder}"
            raise InputError(msg)
        near = get_close_matches(path.name, [p.name for p in folder.iterdir()], n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else f"; look into {folder}"
        msg = f"{path} does not exist{hint}"
        raise InputError(msg)
    if path.stat().st_size == 0:
        msg = f"{path.name} is empty; a table with a header and rows is needed"
        raise InputError(msg)
    if not os.access(path, os.R_OK):
        msg = f"{path} cannot be read: permission denied"
        raise InputError(msg)
