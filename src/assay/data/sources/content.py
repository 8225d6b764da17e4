"""What a file is by its first bytes, whatever its name says."""

import re
from dataclasses import dataclass
from pathlib import Path

from assay.errors import InputError

HEAD_BYTES = 512


@dataclass(frozen=True)
class Content:
    """A format that files begin in a known way in.

    Parameters
    ----------
    start : bytes
        Regular expression of the first bytes.
    title : str
        For people: "Parquet".
    remedy : str
        What to do when it is met where text was expected.
    """

    start: bytes
    title: str
    remedy: str


NO_TEXT = (
    Content(rb"PAR1", "Parquet", "rename it to end in .parquet"),
    Content(rb"ARROW1", "Arrow", "rename it to end in .arrow"),
    Content(rb"FEA1", "Feather", "rename it to end in .feather"),
    Content(
        rb"PK\x03\x04",
        "an Excel workbook or a ZIP archive",
        "rename a workbook to end in .xlsx; unpack an archive",
    ),
    Content(rb"\xd0\xcf\x11\xe0", "an old Excel workbook", "rename it to end in .xls"),
    Content(rb"SQLite format 3\x00", "a SQLite database", "give sqlite:///PATH and a query"),
    Content(rb"%PDF-", "a PDF", "export the table itself, for example as CSV"),
    Content(rb"Obj\x01", "Avro", "convert it to Parquet"),
    Content(rb"ORC[\x00-\x08]", "ORC", "convert it to Parquet"),
    Content(rb"\x89HDF", "HDF5", "convert it to Parquet"),
    Content(rb"\x93NUMPY", "a NumPy array", "load it with numpy.load and give the array"),
    Content(
        rb"(?:\xef\xbb\xbf)?\s*<(?i:!doctype html|html)",
        "a web page",
        "download it again; often it is a page that asks to log in",
    ),
)


def find_content(head: bytes) -> Content | None:
    """Return what is known to begin like these bytes; None for text and what is not known.

    Examples
    --------
    >>> found = find_content(b"PAR1" + bytes(8))
    >>> found is not None and found.title
    'Parquet'
    >>> find_content(b"ORC,amount") is None
    True
    """
    return next((known for known in NO_TEXT if re.match(known.start, head)), None)


def read_head(path: Path, n_bytes: int = HEAD_BYTES) -> bytes:
    """Return the first bytes of a file."""
    with path.open("rb") as file:
        return file.read(n_bytes)


def refuse_other_content(path: Path, title: str) -> None:
    """Refuse a file that is plainly not text, before it is read as such.

    Raises
    ------
    InputError
        With what it is, and what to do.
    """
    found = find_content(read_head(path))
    if found is not None:
        msg = f"{path.name} is not {title}: it holds {found.title}; {found.remedy}"
        raise InputError(msg)
