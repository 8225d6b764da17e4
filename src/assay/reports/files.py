"""Text in, whole files out: nothing half-written, and an early word when it cannot be written."""

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from assay.errors import InputError
from assay.result import Json


def write_atomic(path: str | os.PathLike[str], content: str | bytes) -> Path:
    r"""Write a file so that it is seen whole or not at all.

    The content goes to a new file beside it, which then takes its place; an interruption leaves
    the old file as it was. Text is written as UTF-8 with ``\n`` ends of line.

    Parameters
    ----------
    path : path
    content : str or bytes
        A lone surrogate, which UTF-8 cannot hold, is written as ``?``.

    Returns
    -------
    Path
        Of the written file.

    Raises
    ------
    InputError
        If the file cannot be written; says why.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomic(Path(folder) / "a.txt", "whole").read_text()
    'whole'
    """
    target = Path(path)
    payload = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            _write_through(beside, payload)
            os.replace(beside, target)  # noqa: PTH105 - the call whose atomicity is documented
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        _sync_folder(target.parent)
    except OSError as error:
        msg = f"cannot write {target}: {error.strerror or error}; name another place with --out"
        raise InputError(msg) from error
    return target


def ensure_writable(directory: str | os.PathLike[str]) -> Path:
    """Make a directory, if need be, and check that files can be written into it.

    Called before the work starts, so that nobody waits for a report that has no place.

    Parameters
    ----------
    directory : path

    Returns
    -------
    Path
        Of the directory.

    Raises
    ------
    InputError
        If it is a file, cannot be made or cannot be written to.
    """
    folder = Path(directory)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".assay-{secrets.token_hex(4)}.part"
        probe.touch(exist_ok=False)
        probe.unlink()
    except (FileExistsError, NotADirectoryError) as error:
        msg = f"cannot write into {folder}: {_in_the_way(folder)} is a file, not a directory; "
        raise InputError(msg + "name another directory with --out") from error
    except OSError as error:
        msg = f"cannot write into {folder}: {error.strerror or error}; "
        raise InputError(msg + "name another directory with --out") from error
    return folder


def dump_json(value: Mapping[str, Json] | list[Json]) -> str:
    r"""Return JSON text that anyone can read back: no NaN, floats round-trip, keys as they come.

    Parameters
    ----------
    value : mapping or list
        Builtins only.

    Raises
    ------
    ValueError
        If a number is NaN or infinite: undefined is None with a reason.

    Examples
    --------
    >>> dump_json({"value": 0.1, "reason": None})
    '{\n  "value": 0.1,\n  "reason": null\n}\n'
    """
    return json.dumps(value, allow_nan=False, ensure_ascii=False, indent=2) + "\n"


def _write_through(path: Path, payload: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(payload)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    # The rename itself survives a crash only when the folder is on disk; Windows cannot open one.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _in_the_way(folder: Path) -> Path:
    return next((p for p in (folder, *folder.parents) if p.exists() and not p.is_dir()), folder)
