"""Files behind a URL that are read from a local copy, written as a stream."""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assay.data.sources.cloud_errors import explain
from assay.data.sources.cloud_place import WILDCARDS, Place
from assay.data.sources.cloud_web import CONNECT_SECONDS, READ_SECONDS, RETRIES, ask_web
from assay.data.sources.spool import TemporaryFolder
from assay.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore

CHUNK_BYTES = 1 << 22
CLIENT_KEYS = ("allow_http", "proxy_url", "timeout", "read_timeout", "connect_timeout")
PREFIXES = re.compile(r"^(?:aws|azure|google|gcs)_", re.IGNORECASE)
POLARS_ONLY = ("max_retries", "retry_timeout_ms", "retry_init_backoff_ms", "file_cache_ttl")


def download(place: Place, storage: Mapping[str, str], folder: TemporaryFolder) -> Path:
    """Copy an object, or all that a pattern or prefix means, into a folder.

    Returns
    -------
    Path
        Of the file; for a pattern or prefix of a folder with the files in it.

    Raises
    ------
    InputError
        If there is no such object, it cannot be reached, or there is no room for it.
    MissingExtraError
        If obstore is not installed.
    """
    if place.is_web:
        return _from_web(place, folder)
    store = _store(place, storage)
    with _explained(place, storage):
        if not place.is_pattern and not place.is_prefix:
            path = folder.path / place.name
            _fetch(store, place.key, path, folder)
            return path
        root = folder.path / "files"
        start, keys = _matches(store, place)
        for key in keys:
            path = root / key.removeprefix(start)
            path.parent.mkdir(parents=True, exist_ok=True)
            _fetch(store, key, path, folder)
    if not keys:
        msg = f"nothing matches {place.shown}; check the path and the pattern"
        raise InputError(msg)
    return root


def _store(place: Place, storage: Mapping[str, str]) -> "ObjectStore":
    try:
        from obstore.store import from_url
    except ImportError as error:
        library = "obstore"
        raise MissingExtraError(library, "cloud", f"to copy {place.shown}") from error
    plain = {PREFIXES.sub("", key.lower()): value for key, value in storage.items()}
    client: ClientConfig = {
        "timeout": "24h",  # of a whole download; what stalls is found by the next
        "read_timeout": f"{READ_SECONDS:g}s",
        "connect_timeout": f"{CONNECT_SECONDS:g}s",
    }
    if "allow_http" in plain:
        client["allow_http"] = plain["allow_http"].lower() == "true"
    if "proxy_url" in plain:
        client["proxy_url"] = plain["proxy_url"]
    config = {
        key: value
        for key, value in storage.items()
        if PREFIXES.sub("", key.lower()) not in (*CLIENT_KEYS, *POLARS_ONLY)
    }
    with _explained(place, storage):
        return from_url(
            place.bucket,
            config=config,  # type: ignore[arg-type]
            client_options=client,
            retry_config={"max_retries": RETRIES},
        )


def _matches(store: "ObjectStore", place: Place) -> tuple[str, list[str]]:
    """Return what all keys begin with, and the keys, but for hidden names."""
    import obstore

    found = WILDCARDS.search(place.key)
    plain = place.key if found is None else place.key[: found.start()]
    start = plain[: plain.rfind("/") + 1]
    pattern = re.compile(_regex(place.key) if place.is_pattern else f"{re.escape(start)}.*")
    keys = [
        str(entry["path"])
        for batch in obstore.list(store, prefix=start or None)
        for entry in batch
        if pattern.fullmatch(str(entry["path"]))
    ]
    kept = [key for key in keys if _is_plain(key.removeprefix(start))]
    return start, sorted(kept)


def _is_plain(key: str) -> bool:
    """Whether a key is a path of visible names."""
    parts = key.split("/")
    return all(part and not part.startswith((".", "_")) for part in parts)


def _regex(pattern: str) -> str:
    """Return a glob as a regular expression; ``**`` stands for any folders."""
    pieces = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]*\])", pattern)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(
        meaning.get(piece) or (piece if at % 2 else re.escape(piece))
        for at, piece in enumerate(pieces)
    )


def _fetch(store: "ObjectStore", key: str, path: Path, folder: TemporaryFolder) -> None:
    import obstore

    chunks = obstore.get(store, key).stream(min_chunk_size=CHUNK_BYTES)
    _write((memoryview(chunk) for chunk in chunks), path, folder)


def _write(chunks: Iterator[bytes | memoryview], path: Path, folder: TemporaryFolder) -> None:
    for chunk in chunks:
        try:
            with path.open("ab") as file:
                file.write(chunk)
        except OSError as error:
            raise folder.failure(error) from error


def _from_web(place: Place, folder: TemporaryFolder) -> Path:
    import urllib3  # noqa: PLC0415

    path = folder.path / place.name
    try:
        with closing(ask_web(place)) as answer:
            _write(answer.stream(CHUNK_BYTES, decode_content=False), path, folder)
    except urllib3.exceptions.HTTPError as error:
        raise explain(place, error, {}) from error
    return path


@contextmanager
def _explained(place: Place, storage: Mapping[str, str]) -> Iterator[None]:
    try:
        yield
    except (InputError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic of the library is no Exception
        raise explain(place, error, storage) from error
