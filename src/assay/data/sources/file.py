"""One file to a source: by its suffix, decompressed first where it is compressed."""

import os
from collections.abc import Collection
from dataclasses import fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from assay.data.sources.compression import (
    SUFFIXES,
    decompress,
    find_compression,
    format_suffix,
)
from assay.data.sources.content import find_content, read_head
from assay.data.sources.reader import Reader, ReadOptions
from assay.data.sources.registry import find_readers, reader_of_suffix
from assay.data.sources.source import NoRowsError, Source
from assay.data.sources.temporary import remove_folder, temporary_folder
from assay.errors import InputError
from assay.result import Finding

ARCHIVES = (".zip", ".tar", ".tgz", ".7z", ".rar")
FLAGS = {"columns": "column", "storage": "storage-option"}
ALWAYS = ("storages", "as_written", "max_bytes_in_memory")


def open_file(path: Path, options: ReadOptions, *, carried: bool = False) -> Source:
    """Return a source for one file.

    Parameters
    ----------
    path : Path
        A file that exists.
    options : ReadOptions
    carried : bool
        Whether the options were said of another table: those that mean nothing here are dropped,
        and not refused.

    Raises
    ------
    InputError
        If it is empty, of a suffix that nothing reads, or cannot be read.
    """
    check_readable(path)
    reader = find_reader(path)
    told = applicable(options, reader.reads, f"{reader.title} ({path.name})", carried=carried)
    compression = find_compression(path)
    if compression is None:
        return reader.open(str(path), told)
    folder = temporary_folder()
    try:
        source = reader.open(str(decompress(path, compression, folder)), told)
    except BaseException:
        remove_folder(folder)
        raise
    if source.bytes_in_memory:
        remove_folder(folder)
    if path.suffix.lower() in SUFFIXES:
        return source
    return replace(source, notes=(*source.notes, _compressed(path, compression)))


def find_reader(path: Path) -> Reader:
    """Return what reads a file, by its suffix.

    Raises
    ------
    InputError
        If nothing does.
    """
    suffix = format_suffix(path)
    reader = reader_of_suffix(suffix)
    if reader is not None:
        return reader
    if suffix in ARCHIVES:
        msg = f"{path.name} is an archive; unpack it, and give the file or the folder in it"
        raise InputError(msg)
    found = find_content(read_head(path))
    seems = "" if found is None else f" (it seems to hold {found.title})"
    msg = (
        f"{path.name} has the suffix {suffix!r}, which is not known{seems}; give a file that ends "
        f"in one of {', '.join(known_suffixes())}, each also with {', '.join(_short())}, or a "
        "frame"
    )
    raise InputError(msg)


def known_suffixes() -> tuple[str, ...]:
    """Return the suffixes of all files that can be read."""
    return tuple(suffix for reader in find_readers() for suffix in reader.suffixes)


def applicable(
    options: ReadOptions, reads: Collection[str], where: str, *, carried: bool
) -> ReadOptions:
    """Return the options that mean something to a reader.

    Raises
    ------
    InputError
        If others were told, and told for this table.
    """
    plain = ReadOptions()
    told = [
        each.name
        for each in fields(options)
        if each.name not in ALWAYS
        and each.name not in reads
        and getattr(options, each.name) not in (getattr(plain, each.name), ())
    ]
    if told and not carried:
        flag = f"--{FLAGS.get(told[0], told[0])}"
        others = [reader.title for reader in find_readers() if told[0] in reader.reads]
        remedy = f"it is for {', '.join(others)}: leave it out here" if others else "leave it out"
        msg = f"{flag} ({told[0]}=) means nothing to {where}; {remedy}"
        raise InputError(msg)
    return replace(options, **{name: getattr(plain, name) for name in told})


def check_readable(path: Path) -> None:
    """Refuse a file that is not there, empty or closed to this user.

    Raises
    ------
    InputError
        With files of a name like it.
    """
    if not path.exists():
        refuse_missing(path)
    if not os.access(path, os.R_OK):
        msg = f"{path} cannot be read: permission denied; ask its owner for the right to read it"
        raise InputError(msg)
    if not path.is_file():
        msg = (
            f"{path} is neither a file nor a folder (a pipe or a device); save it to a file first"
        )
        raise InputError(msg)
    if path.stat().st_size == 0:
        msg = f"{path.name} is empty; a table with a header and rows is needed"
        raise NoRowsError(msg)


def refuse_missing(path: Path) -> NoReturn:
    """Raise an error for a path at which there is nothing.

    Raises
    ------
    InputError
    """
    folder = path.parent
    if not folder.is_dir():
        msg = f"{path} does not exist: there is no folder {folder}"
        raise InputError(msg)
    near = get_close_matches(path.name, list_names(folder), n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else f"; look into {folder}"
    msg = f"{path} does not exist{hint}"
    raise InputError(msg)


def list_names(folder: Path) -> list[str]:
    """Return what is in a folder; nothing where it may not be read."""
    try:
        return sorted(each.name for each in folder.iterdir())
    except PermissionError:
        return []


def _short() -> list[str]:
    shortest: dict[str, str] = {}
    for suffix, name in SUFFIXES.items():
        shortest.setdefault(name, suffix)
    return list(shortest.values())


def _compressed(path: Path, compression: str) -> Finding:
    return Finding(
        rule="compressed_by_content",
        severity="info",
        message=f"{path.name} is compressed with {compression}, which its name does not say; it "
        "was decompressed.",
        where={"file": path.name},
        evidence={"compression": compression},
        cause="A program or a server compressed it and left its name as it was.",
        advice="Add the suffix of the compression to its name, so that others can read it too.",
    )
