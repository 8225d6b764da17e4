"""What stands between the fields of a text file: told by the user, the suffix or the header."""

import csv
from pathlib import Path

from assay.errors import InputError
from assay.result import Finding

BY_SUFFIX = {".tsv": "\t", ".tab": "\t", ".psv": "|"}
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
WORDS = {"\\t": "\t", "tab": "\t"}
NEVER = '"\r\n\x00'


def check_delimiter(told: str) -> str:
    r"""Return the character that was told; ``\t`` and ``tab`` are the tab.

    Raises
    ------
    InputError
        If it is not one ASCII character, or one that cannot separate fields.

    Examples
    --------
    >>> check_delimiter(";"), check_delimiter("tab")
    (';', '\t')
    """
    delimiter = WORDS.get(told, told)
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in NEVER:
        msg = (
            f"the delimiter {told!r} cannot be used: give one ASCII character, such as ';' or "
            "tab; a file with longer delimiters has to be converted first"
        )
        raise InputError(msg)
    return delimiter


def guess_delimiter(path: Path, suffix: str) -> tuple[str, tuple[Finding, ...]]:
    """Return the delimiter of a file, and what was guessed.

    The suffix says it for .tsv, .tab and .psv. A .csv has commas if its header has one. Else the
    header must have exactly one of comma, semicolon, tab and bar outside of quotes; with none of
    them the table has one column.

    Parameters
    ----------
    path : Path
    suffix : str
        In lower case, with the dot.

    Raises
    ------
    InputError
        If the header has several of them, or only blanks that could separate fields.
    """
    if suffix in BY_SUFFIX:
        return BY_SUFFIX[suffix], ()
    header = _first_line(path)
    found = [mark for mark in NAMES if len(next(csv.reader([header], delimiter=mark), [])) > 1]
    if not found and suffix != ".csv" and len(header.split()) > 1:
        msg = (
            f"{path.name}: the header {_shown(header)} has no comma, semicolon, tab or bar; say "
            "what is between the fields with --delimiter (delimiter=), for one blank --delimiter "
            "' '; convert a file whose columns are aligned by several blanks"
        )
        raise InputError(msg)
    if not found or (suffix == ".csv" and "," in found):
        return ",", ()
    if len(found) > 1:
        told = " and ".join(NAMES[mark] for mark in found)
        msg = (
            f"{path.name}: the header {_shown(header)} has {told}; say which of them is between "
            f"the fields with --delimiter, for example --delimiter {found[0]!r} (delimiter=)"
        )
        raise InputError(msg)
    return found[0], (_guessed(path, found[0]),)


def _first_line(path: Path) -> str:
    """Return the first line that is not blank; in Latin-1, in which every byte is a character."""
    with path.open(encoding="latin-1") as file:
        return next((line.rstrip("\r\n") for line in file if line.strip()), "")


def _shown(header: str, longest: int = 60) -> str:
    return repr(header if len(header) <= longest else f"{header[:longest]}…")


def _guessed(path: Path, delimiter: str) -> Finding:
    return Finding(
        rule="delimiter_guessed",
        severity="info",
        message=f"The fields of {path.name} were taken to be separated by {NAMES[delimiter]}, as "
        "in its header.",
        where={"file": path.name},
        evidence={"delimiter": delimiter},
        cause="Nobody said what is between the fields, and the header has one candidate.",
        advice="Look whether the columns are right; say it with --delimiter.",
    )
