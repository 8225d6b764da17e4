"""Which tables can be read: whatever is installed under the entry point `assay.sources`."""

from functools import cache
from typing import cast

from assay.data.sources.reader import Reader
from assay.plugins import load_plugins

GROUP = "assay.sources"
PARTS = ("title", "suffixes", "schemes", "reads", "open")


@cache
def find_readers() -> tuple[Reader, ...]:
    """Load every installed reader, by name.

    Raises
    ------
    InputError
        If one cannot be imported, or two have one name.

    Examples
    --------
    >>> ".parquet" in {suffix for reader in find_readers() for suffix in reader.suffixes}
    True
    """
    found = load_plugins(GROUP, "reader", PARTS)
    return tuple(cast("Reader", each) for each in found.values())


def reader_of_suffix(suffix: str) -> Reader | None:
    """Return what reads files of a suffix, in lower case with the dot; None if nothing does."""
    return next((reader for reader in find_readers() if suffix in reader.suffixes), None)


def reader_of_scheme(scheme: str) -> Reader | None:
    """Return what reads URLs of a scheme, in lower case; None if nothing does."""
    return next((reader for reader in find_readers() if scheme in reader.schemes), None)
