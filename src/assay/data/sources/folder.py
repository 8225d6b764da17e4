"""Folders and globs of files as one table.

The files are of one format and are taken in natural order of their paths: part-2 before part-10.
Files and folders whose names begin with a dot or an underscore (``_SUCCESS``) are passed over;
other files that are no tables by their suffix, and .txt and .dat files beside tables, are so too,
which is said.
Folders named ``key=value`` give a column ``key``, at the end, unless the files have it themselves.
Columns are matched by name; see `drift` for files that differ.
"""

import glob
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import unquote

from assay.data.sources.compression import format_suffix
from assay.data.sources.drift import Part, join_parts
from assay.data.sources.file import known_suffixes, list_names, open_file
from assay.data.sources.reader import ReadOptions
from assay.data.sources.registry import reader_of_suffix
from assay.data.sources.source import NoRowsError, Source
from assay.errors import InputError, MissingExtraError
from assay.result import Finding

PASSED_OVER = (".", "_")
WILDCARDS = "*?["
HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"
PERHAPS = (".txt", ".dat")  # a README.txt beside tables is none
MAX_LISTED = 5


@dataclass(frozen=True)
class _Found:
    """A file, and its path below what the user named."""

    path: Path
    below: Path

    @property
    def keys(self) -> dict[str, str | None]:
        """Columns that the folders say: ``year=2024`` → 2024."""
        pairs = (part.partition("=") for part in self.below.parts[:-1] if "=" in part)
        return {
            unquote(key): None if value == HIVE_NULL else unquote(value)
            for key, _, value in pairs
            if key
        }

    @property
    def order(self) -> list[tuple[int, str]]:
        """What puts 2 before 10."""
        pieces = re.split(r"(\d+)", self.below.as_posix())
        return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in pieces]


def is_pattern(text: str) -> bool:
    """Whether a text is meant as a glob."""
    return any(mark in text for mark in WILDCARDS)


def open_folder(folder: Path, options: ReadOptions, *, carried: bool = False) -> Source:
    """Return one source for all files in a folder and the folders in it.

    Raises
    ------
    InputError
        If there are no tables in it, they are of several formats, or their columns do not fit.
    """
    found = sorted(_walk(folder, folder), key=lambda each: each.order)
    if not found:
        names = list_names(folder)
        holds = f"it holds {_listed(names)}" if names else "it is empty"
        msg = (
            f"{folder} holds no table: {holds}; a table ends in one of "
            f"{', '.join(known_suffixes())}, and names that begin with a dot or an underscore are "
            "passed over"
        )
        raise InputError(msg)
    return _open(folder.name or str(folder), found, options, carried=carried)


def open_pattern(pattern: Path, options: ReadOptions, *, carried: bool = False) -> Source:
    """Return one source for all files that match a glob; ``**`` stands for any folders.

    Where it matches folders alone, their files are taken.

    Raises
    ------
    InputError
        If nothing matches; else as in `open_folder`.
    """
    plain = _plain_part(pattern)
    matches = [Path(each) for each in glob.glob(str(pattern), recursive=True)]  # noqa: PTH207
    files = [path for path in matches if path.is_file() and not path.name.startswith(PASSED_OVER)]
    found = [_Found(path, path.relative_to(plain)) for path in files]
    if not found:
        found = [each for path in matches if path.is_dir() for each in _walk(path, plain)]
    if not found:
        _refuse_unmatched(pattern, plain, matches)
    name = (Path(plain.name) / pattern.relative_to(plain)).as_posix()
    return _open(name, sorted(found, key=lambda each: each.order), options, carried=carried)


def _plain_part(pattern: Path) -> Path:
    """Return the folders above the first wildcard."""
    plain = Path(pattern.anchor)
    for part in pattern.parts[len(plain.parts) : -1]:
        if is_pattern(part):
            break
        plain /= part
    return plain


def _walk(folder: Path, root: Path) -> Iterator[_Found]:
    for place, folders, files in os.walk(folder, onerror=_refuse_closed):
        folders[:] = sorted(each for each in folders if not each.startswith(PASSED_OVER))
        for name in files:
            if not name.startswith(PASSED_OVER):
                path = Path(place) / name
                yield _Found(path, path.relative_to(root))


def _refuse_closed(error: OSError) -> None:
    msg = (
        f"the folder {error.filename} cannot be read ({error.strerror}); ask its owner for the "
        "right to read it, or leave it out by a glob"
    )
    raise InputError(msg) from error


def _refuse_unmatched(pattern: Path, plain: Path, matches: Sequence[Path]) -> None:
    if matches:
        msg = f"{pattern} matches {_listed([each.name for each in matches])} and no table"
        raise InputError(msg)
    if not plain.is_dir():
        msg = f"no file matches {pattern}: there is no folder {plain}"
        raise InputError(msg)
    names = list_names(plain)
    wanted = pattern.relative_to(plain).parts[0]
    near = get_close_matches(wanted, names, n=3, cutoff=0.5) or names
    holds = f"{plain} holds {_listed(near)}" if names else f"{plain} is empty"
    msg = f"no file matches {pattern}; {holds}"
    raise InputError(msg)


def _open(name: str, found: Sequence[_Found], options: ReadOptions, *, carried: bool) -> Source:
    tables, others = _one_format(name, found)
    parts: list[Part] = []
    empty: list[_Found] = []
    left = options.max_bytes_in_memory
    for each in tables:
        try:
            source = _open_one(each, replace(options, max_bytes_in_memory=left), carried=carried)
        except NoRowsError:
            empty.append(each)
            continue
        left = max(left - source.bytes_in_memory, 0)
        parts.append(Part(each.below.as_posix(), source, each.keys))
    if not parts:
        msg = f"none of the {len(tables)} files of {name} has rows; at least one row is needed"
        raise NoRowsError(msg)
    told = f"{name} ({len(parts)} file{'' if len(parts) == 1 else 's'})"
    joined = join_parts(told, parts, options)
    return replace(joined, notes=(*_left_out(others, empty), *joined.notes))


def _open_one(found: _Found, options: ReadOptions, *, carried: bool) -> Source:
    try:
        return open_file(found.path, options, carried=carried)
    except (MissingExtraError, NoRowsError):
        raise
    except InputError as error:
        if found.below.name == found.below.as_posix():
            raise
        msg = f"in {found.below.parent.as_posix()}: {error}"
        raise InputError(msg) from error


def _one_format(name: str, found: Sequence[_Found]) -> tuple[list[_Found], list[_Found]]:
    """Return the tables, which must be of one format, and the other files."""
    tables: list[_Found] = []
    others: list[_Found] = []
    examples: dict[str, str] = {}
    counts: dict[str, int] = {}
    suffixes = {format_suffix(each.path) for each in found}
    only_perhaps = not (suffixes & set(known_suffixes()) - set(PERHAPS))
    for each in found:
        suffix = format_suffix(each.path)
        reader = reader_of_suffix(suffix)
        is_table = reader is not None and (only_perhaps or suffix not in PERHAPS)
        (tables if is_table else others).append(each)
        if reader is not None and is_table:
            examples.setdefault(reader.title, suffix)
            counts[reader.title] = counts.get(reader.title, 0) + 1
    if not tables:
        msg = (
            f"{name} holds {_listed([each.path.name for each in others])} and no table; a table "
            f"ends in one of {', '.join(known_suffixes())}"
        )
        raise InputError(msg)
    if len(counts) > 1:
        told = " and ".join(f"{n} of {title}" for title, n in counts.items())
        example = next(iter(examples.values()))
        msg = (
            f"{name} holds files of several formats ({told}), and one is needed; choose some by a "
            f"glob, for example {tables[0].path.parent}/*{example}"
        )
        raise InputError(msg)
    return tables, others


def _left_out(others: Sequence[_Found], empty: Sequence[_Found]) -> Iterator[Finding]:
    cause = "They are in the folder, or match the glob, beside the files with rows."
    if others:
        yield Finding(
            rule="files_passed_over",
            severity="info",
            message=f"Not read, since by name no tables: {_listed(_names(others))}.",
            where={"files": [*_names(others)[:MAX_LISTED]]},
            evidence={"n_files": len(others)},
            cause=cause,
            advice="Nothing, unless it holds rows.",
        )
    if empty:
        yield Finding(
            rule="files_without_rows",
            severity="warning",
            message=f"Files without rows: {_listed(_names(empty))}.",
            where={"files": [*_names(empty)[:MAX_LISTED]]},
            evidence={"n_files": len(empty)},
            cause=cause,
            advice="Look whether their rows got lost.",
        )


def _names(files: Sequence[_Found]) -> list[str]:
    return [each.below.as_posix() for each in files]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    return ", ".join(names[:MAX_LISTED]) + more
