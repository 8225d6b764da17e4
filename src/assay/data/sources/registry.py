"""Which tables can be read: whatever is installed under the entry point `assay.sources`."""

from functools import cache
from importlib.metadata import entry_points
from typing import cast

from assay.data.sources.reader import Reader
from assay.errors import InputError

GROUP = "assay.sources"


@cache
def find_readers() -> tuple[Reader, ...]:
    """Load every installed reader, by name.

    Raises
    ------
    InputError
        If one cannot be imported.

    Examples
    --------
    >>> ".parquet" in {suffix for reader in find_readers() for suffix in reader.suffixes}
    True
    """
    found: dict[str, Reader] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda each: each.name):
        try:
            loaded = entry.load()
        except Exception as broken:
            msg = (
                f"the reader {entry.name!r} ({entry.value}) cannot be loaded: {broken}; "
                "repair or uninstall the package that ships it"
            )
            raise InputError(msg) from broken
        found.setdefault(entry.name, cast("Reader", loaded))
    return tuple(found.values())


def reader_of_suffix(suffix: str) -> Reader | None:
    """Return what reads files of a suffix, in lower case with the dot; None if nothing does."""
    return next((reader for reader in find_readers() if suffix in reader.suffixes), None)


def reader_of_scheme(scheme: str) -> Reader | None:
    """Return what reads URLs of a scheme, in lower case; None if nothing does."""
    return next((reader for reader in find_readers() if scheme in reader.schemes), None)
