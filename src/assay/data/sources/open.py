"""Anything a user can point at to a source: a file, a folder, a glob, a URL, a frame."""

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from assay.data.sources.file import applicable, open_file, refuse_missing
from assay.data.sources.folder import is_pattern, open_folder, open_pattern
from assay.data.sources.frames import open_frame
from assay.data.sources.reader import ReadOptions
from assay.data.sources.registry import find_readers, reader_of_scheme
from assay.data.sources.source import Source
from assay.errors import InputError

URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")  # a single letter is a drive of Windows


def open_source(
    source: object, options: ReadOptions | None = None, *, carried: bool = False
) -> Source:
    """Return a source for a path, glob or URL that some reader knows, or a frame or 2-D array.

    Parameters
    ----------
    source : path, str, frame or ndarray
        A text that has ``*``, ``?`` or ``[`` in it and is not the name of a file is a glob.
    options : ReadOptions or None
        What was said about how it is to be read.
    carried : bool
        Whether the options were said of another table: those that mean nothing to this one are
        dropped, and not refused.

    Raises
    ------
    InputError
        If there is no such thing, it cannot be read, or an option means nothing to it.
    """
    options = options or ReadOptions()
    if not isinstance(source, (str, os.PathLike)):
        applicable(options, (), "a frame", carried=carried)
        return open_frame(source)
    place = os.fspath(source)
    if not isinstance(place, str):
        place = os.fsdecode(place)
    url = URL.match(place)
    if url is not None and url[1].lower() != "file":
        return _open_url(place, url[1].lower(), options, carried=carried)
    path = Path(place if url is None else _path_of(place)).expanduser()
    if path.is_dir():
        return open_folder(path, options, carried=carried)
    if path.exists():
        return open_file(path, options, carried=carried)
    if is_pattern(str(path)):
        return open_pattern(path, options, carried=carried)
    refuse_missing(path)


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost"):
        msg = (
            f"{url} names a file on {parts.netloc!r}, and only files of this machine can be "
            "opened so; write file:///PATH, with three slashes"
        )
        raise InputError(msg)
    return unquote(parts.path)


def _open_url(url: str, scheme: str, options: ReadOptions, *, carried: bool) -> Source:
    reader = reader_of_scheme(scheme)
    if reader is None:
        known = sorted({each for reader in find_readers() for each in reader.schemes})
        download = "download the file first; " if scheme in ("http", "https", "ftp") else ""
        msg = (
            f"nothing reads tables from {scheme}:// URLs; {download}there is: "
            f"{', '.join(f'{each}://' for each in ('file', *known))}"
        )
        raise InputError(msg)
    told = applicable(options, reader.reads, f"{reader.title} ({scheme}://)", carried=carried)
    return reader.open(url, told)
