"""Where tables lie that are read over the network, with what must not be shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from assay.data.sources.compression import SUFFIXES as COMPRESSIONS
from assay.data.sources.compression import format_suffix
from assay.data.sources.secrets import HIDDEN, refuse_hidden
from assay.errors import InputError

WEB = ("http", "https")
WILDCARDS = re.compile(r"[*?\[]")
MAX_SHOWN = 200


@dataclass(frozen=True)
class Place:
    """One object, or all that match a pattern or begin with a prefix.

    Parameters
    ----------
    url : str
        As it was given; may hold a signature or a password.
    scheme : str
        In lower case.
    shown : str
        The URL without user, password, query and fragment.
    bucket : str
        With the scheme: what stands before the key.
    key : str
        Of the object, or the pattern.
    is_pattern : bool
    is_prefix : bool
        Whether it ends in a slash: all tables below it are meant.
    """

    url: str
    scheme: str
    shown: str
    bucket: str
    key: str
    is_pattern: bool
    is_prefix: bool

    @property
    def is_web(self) -> bool:
        """Whether a web server is asked, which lists nothing."""
        return self.scheme in WEB

    @property
    def name(self) -> str:
        """Last part of the key, as a file may be called."""
        name = PurePosixPath(self.key).name
        return unquote(name).replace("/", "_") if self.is_web else name

    @property
    def suffix(self) -> str:
        """What tells the format, in lower case."""
        return format_suffix(Path(self.name))

    @property
    def is_compressed(self) -> bool:
        """Whether the name says that the file is compressed as a whole."""
        return Path(self.name).suffix.lower() in COMPRESSIONS

    def __repr__(self) -> str:
        """Show nothing secret."""
        return f"Place({self.shown})"

    def clean(self, text: str, storage: Mapping[str, str]) -> str:
        """Return somebody else's words on one line, shortened, without secrets."""
        for secret in (self.url, urlsplit(self.url).query, *storage.values()):
            if len(secret) > 3:
                text = text.replace(secret, HIDDEN)
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"


def read_place(url: str) -> Place:
    """Take a URL apart.

    Raises
    ------
    InputError
        If it names no bucket or host, or no object.

    Examples
    --------
    >>> place = read_place("s3://shop/2024/*.parquet")
    >>> place.bucket, place.key, place.is_pattern
    ('s3://shop', '2024/*.parquet', True)
    >>> read_place("https://ann:pass@host/a.csv?signature=1").shown
    'https://host/a.csv'
    """
    scheme = url.partition("://")[0].lower()
    is_web = scheme in WEB
    parts = urlsplit(url)
    if is_web:
        refuse_hidden("the URL", f"{parts.netloc}?{parts.query}")
    host = parts.netloc if not is_web else parts.netloc.rpartition("@")[2]
    # In a key, ? is a wildcard or a character like others; on the web it begins a query.
    path = parts.path if is_web else url.partition("://")[2].partition("/")[2]
    key = path.lstrip("/")
    bucket = f"{scheme}://{host}"
    if not host or not key:
        what = "host" if is_web else "bucket"
        msg = (
            f"{bucket}/{key} names no file: give {what} and path, such as "
            f"{scheme}://{what}/folder/data.parquet"
        )
        raise InputError(msg)
    return Place(
        url,
        scheme,
        f"{bucket}/{key}",
        bucket,
        key,
        is_pattern=not is_web and WILDCARDS.search(key) is not None,
        is_prefix=key.endswith("/"),
    )
