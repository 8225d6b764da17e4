"""The first line of a CSV for which a config tells no headers in; names of its columns out."""

import csv
from math import isfinite
from pathlib import Path

from assay.data.sources.compression import format_suffix
from assay.data.sources.csv_delimiter import guess_delimiter

SUFFIXES = (".csv", ".tsv", ".tab", ".psv", ".txt", ".dat")


def bare_names(place: str, told: object, delimiter: str | None = None) -> tuple[str, ...] | None:
    """Return ``column_0``, ``column_1``, … where the first line of a CSV is a row.

    It is taken for a row where a column of the file is told by its index and a field of the first
    line is a number, which no name is.

    Parameters
    ----------
    place : str
        Of a file on this machine that is not compressed; of any other nothing is known.
    told : object
        How the config tells a column of the file: an index, or a name, which is in a header.
    delimiter : str or None

    Returns
    -------
    tuple of str or None
        None where the first line is the header, or is out of reach.
    """
    first = _first_line(place, delimiter) if isinstance(told, int) else None
    if first is None or not any(_is_number(field) for field in first):
        return None
    return tuple(f"column_{number}" for number in range(len(first)))


def header_names(place: str, delimiter: str | None = None) -> tuple[str, ...] | None:
    """Return the names in the first line of a CSV, without reading the rest of it.

    Parameters
    ----------
    place : str
        As in `bare_names`.
    delimiter : str or None

    Returns
    -------
    tuple of str or None
        None where it is out of reach. A column without a name is called ``Unnamed: i``.
    """
    first = _first_line(place, delimiter)
    if not first:
        return None
    return tuple(name or f"Unnamed: {at}" for at, name in enumerate(first))


def _first_line(place: str, delimiter: str | None) -> list[str] | None:
    """Return the fields of the first line that is not blank; None of what is no plain CSV."""
    path = Path(place)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES or suffix != format_suffix(path) or not path.is_file():
        return None
    mark = delimiter or guess_delimiter(path, suffix)[0]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return next((row for row in csv.reader(file, delimiter=mark) if row), [])
    except (UnicodeDecodeError, csv.Error):
        return None  # the reader says it better


def bare_note(place: str) -> str:
    """Return what is to be said of a file whose first line is a row."""
    return (
        f"{Path(place).name}: its first line has a number, so it is a row; the columns are "
        "called column_0, column_1, … (headers in the config name them)"
    )


def _is_number(field: str) -> bool:
    try:
        return isfinite(float(field))
    except ValueError:
        return False
