"""One process at a time writes into a folder; the lock falls when its holder ends, however."""

import os
import sys
from pathlib import Path


class FolderLock:
    """An exclusive lock on a file, held by an open handle.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     one, other = FolderLock(Path(folder)), FolderLock(Path(folder))
    ...     one.take(), other.take(), one.release(), other.take(), other.release()
    (True, False, None, True, None)
    """

    def __init__(self, folder: Path, name: str = "lock") -> None:
        self._path = folder / name
        self._handle: int | None = None

    def take(self) -> bool:
        """Try to take the lock; False when somebody holds it.

        Raises
        ------
        OSError
            If the file cannot be made.
        """
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        if not _try(handle):
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Give the lock back."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _try(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - not everywhere

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - not everywhere

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
