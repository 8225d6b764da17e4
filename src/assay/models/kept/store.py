"""The store of predictions: one folder for each model and table, the oldest-used removed first."""

import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from assay.models.kept.description import FILE, Description, read_description
from assay.models.kept.entry import Entry
from assay.models.kept.key import EntryKey
from assay.models.kept.lock import FolderLock
from assay.models.kept.recorder import Recorder, not_kept
from assay.result import Finding

MAX_BYTES = 2 * 2**30
"""What the whole store may hold."""


class PredictionStore:
    """Predictions in a folder, so that a model is asked once about a table.

    An entry of a model that is told by its content is used as it is. One of an endpoint or a
    command is used while it is incomplete, or where the user names the model's version.

    Parameters
    ----------
    folder : Path
        Made when something is to be kept.
    max_bytes : int
        When the store holds more, entries are removed, the one that was used longest ago first.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     recorder = PredictionStore(Path(folder)).open(EntryKey({"model": "content:0"}), 3)
    ...     recorder.complete, recorder.kept_rows
    ...     recorder.close()
    (False, 0)
    """

    def __init__(self, folder: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self.folder, self._max_bytes = folder, max_bytes

    def open(self, key: EntryKey, rows: int, *, model: str = "", data: str = "") -> Recorder:
        """Return what is kept under a key, ready to take more.

        Parameters
        ----------
        key : EntryKey
        rows : int
            Of the whole table.
        model, data : str
            Names for people.

        Returns
        -------
        Recorder
            One that keeps nothing, with a finding, where the folder cannot be used.
        """
        folder = self.folder / key.digest
        lock = FolderLock(folder)
        fresh = Description.begin(key.facts, model, data, rows)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._hide_from_git()
            if not lock.take():
                return _of_another(folder)
            description = read_description(folder)
            if description is None or _is_outdated(description, key, rows):
                _clear(folder)
                description = fresh
                description.write(folder)
            entry = Entry(folder, description, lock)
        except OSError as error:
            lock.release()
            return Recorder(findings=(not_kept(_reason(error, self.folder)),))
        entry.touch()
        self.make_room(entry)
        return Recorder(
            entry,
            writes=True,
            findings=_told(entry, key),
            make_room=self.make_room,
        )

    def make_room(self, current: Entry) -> str:
        """Remove entries until the store is small enough; the current one stays.

        Returns
        -------
        str
            Why nothing more may be written; "" where it may.
        """
        sizes = {folder: _size(folder) for folder in self._entries()}
        total = sum(sizes.values())
        for folder in sorted(sizes, key=_used):
            if total <= self._max_bytes:
                return ""
            if folder != current.folder and _remove(folder):
                total -= sizes[folder]
        if total <= self._max_bytes:
            return ""
        return f"the store may hold {self._max_bytes:,} bytes, and they are used up"

    def _entries(self) -> list[Path]:
        try:
            return [each for each in self.folder.iterdir() if (each / FILE).is_file()]
        except OSError:
            return []

    def _hide_from_git(self) -> None:
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")


def _of_another(folder: Path) -> Recorder:
    """Read what another process has finished; leave alone what it writes."""
    description = read_description(folder)
    if description is not None:
        entry = Entry(folder, description, None)
        if entry.complete:
            return Recorder(entry)
    return Recorder(findings=(not_kept("another process asks the same model the same"),))


def _is_outdated(description: Description, key: EntryKey, rows: int) -> bool:
    if description.rows != rows:
        return True
    return description.completed is not None and not (key.has_content or key.names_version)


def _told(entry: Entry, key: EntryKey) -> tuple[Finding, ...]:
    """Say so where answers of a model are reused of which nobody knows that it is the same."""
    if key.has_content or not entry.rows:
        return ()
    when = datetime.fromisoformat(entry.description.created).strftime("%Y-%m-%d %H:%M UTC")
    return (
        Finding(
            rule="predictions_resumed",
            severity="info",
            message=f"The answers for {entry.rows:,} of {entry.description.rows:,} rows are kept "
            f"ones, of a run that began on {when}.",
            evidence={
                "rows": entry.rows,
                "of": entry.description.rows,
                "began": entry.description.created,
            },
            cause="An earlier run with the same model and rows did not come to its end, or the "
            "model's version was named and is the same.",
            advice="If the model has changed since, ask it anew about all rows with --no-cache.",
        ),
    )


def _clear(folder: Path) -> None:
    """Remove all but the lock."""
    for path in folder.iterdir():
        if path.name != "lock":
            path.unlink()


def _remove(folder: Path) -> bool:
    """Remove an entry that nobody uses."""
    lock = FolderLock(folder)
    try:
        if not lock.take():
            return False
        shutil.rmtree(folder)
    except OSError:
        return False
    finally:
        lock.release()
    return True


def _size(folder: Path) -> int:
    total = 0
    with suppress(OSError):  # another process may be removing it
        for path in folder.iterdir():
            total += path.stat().st_size
    return total


def _used(folder: Path) -> float:
    try:
        return (folder / FILE).stat().st_mtime
    except OSError:
        return 0.0


def _reason(error: OSError, folder: Path) -> str:
    return f"{folder} cannot be written to ({error.strerror or error})"
