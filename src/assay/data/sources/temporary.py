"""Folders for copies that a table needs, gone when the process ends."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from assay.errors import InputError


def temporary_folder() -> Path:
    """Make a folder in the system's place for such; it is removed when the process ends.

    That includes an end by an error or by Ctrl-C. A process that is forked from this one leaves
    it alone.

    Raises
    ------
    InputError
        If there is no place for one.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="assay-"))
    except OSError as error:
        msg = f"no temporary folder can be made ({error}); name one that exists in TMPDIR"
        raise InputError(msg) from error
    atexit.register(_remove_own, folder, os.getpid())
    return folder


def remove_folder(folder: Path) -> None:
    """Remove a folder before the process ends."""
    shutil.rmtree(folder, ignore_errors=True)


def _remove_own(folder: Path, owner: int) -> None:
    if os.getpid() == owner:
        remove_folder(folder)
