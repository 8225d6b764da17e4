"""The media types in which rows and answers travel."""

from typing import Literal

MediaType = Literal["text/csv", "application/jsonlines", "application/json"]

CSV: MediaType = "text/csv"
JSON_LINES: MediaType = "application/jsonlines"
JSON: MediaType = "application/json"
MEDIA_TYPES: tuple[MediaType, ...] = (CSV, JSON_LINES, JSON)

NAMES: dict[str, MediaType] = {
    "text/csv": CSV,
    "application/jsonlines": JSON_LINES,
    "application/json": JSON,
    "application/csv": CSV,
    "application/x-ndjson": JSON_LINES,
    "application/ndjson": JSON_LINES,
    "application/x-jsonlines": JSON_LINES,
    "application/jsonl": JSON_LINES,
}
"""The names under which servers send them."""


def read_media_type(header: str | None) -> tuple[MediaType | None, str]:
    """Return the media type and the character set that a Content-Type header names.

    Parameters
    ----------
    header : str or None

    Returns
    -------
    (str or None, str)
        None for a media type that is none of the three; UTF-8 where no character set is named.

    Examples
    --------
    >>> read_media_type("application/json; charset=latin-1")
    ('application/json', 'latin-1')
    """
    name, *settings = (header or "").split(";")
    name = name.strip().lower()
    pairs = [setting.partition("=") for setting in settings]
    charsets = [value.strip(" \"'") for key, _, value in pairs if key.strip().lower() == "charset"]
    return NAMES.get(name), next(filter(None, charsets), "utf-8")
