"""The folder of results: made and tried before the work, and not left behind empty."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def reserved(out: Path | None) -> Iterator[None]:
    """Make sure that `out` can be written to; if the work fails, take away what was made.

    Parameters
    ----------
    out : Path or None
        None needs no folder.

    Raises
    ------
    InputError
        If it is a file, cannot be made or cannot be written to.
    """
    if out is None:
        yield
        return
    from assay.reports.files import ensure_writable  # noqa: PLC0415 - not without a folder

    made = [folder for folder in (out, *out.parents) if not folder.exists()]
    ensure_writable(out)
    try:
        yield
    finally:
        for folder in made:  # innermost first; one that holds something stays
            with suppress(OSError):
                folder.rmdir()
