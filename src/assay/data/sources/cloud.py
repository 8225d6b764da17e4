"""Tables in object stores and on web servers.

``s3://bucket/folder/data.parquet``, ``gs://…``, ``az://…`` and ``abfss://…``; with ``*`` in the
path, or a slash at its end, all files that match. Credentials and region are found as Polars finds
them, in the environment for example, or are told by ``--storage-option NAME=VALUE``, under the
names of Polars' `storage_options`; ``aws_skip_signature=true`` reads a public bucket, and
``aws_endpoint_url=…`` another store that speaks S3. Or ``https://host/data.csv``.

Parquet is read where it is, the columns that are needed and no more, and so are Arrow files in
object stores. What else there is, is copied to a temporary file first, with obstore (the extra
``cloud``) out of object stores; nothing but that asks for the extra. A server that falls silent is
given up after a minute at most.
"""

from dataclasses import replace

from assay.data.sources.cloud_download import download
from assay.data.sources.cloud_place import Place, read_place
from assay.data.sources.cloud_scan import ARROW, PARQUET, scan
from assay.data.sources.cloud_web import measure, scan_web
from assay.data.sources.file import known_suffixes, open_file
from assay.data.sources.folder import open_folder
from assay.data.sources.reader import ReadOptions
from assay.data.sources.registry import reader_of_suffix
from assay.data.sources.secrets import refuse_hidden
from assay.data.sources.source import Source
from assay.data.sources.spool import TemporaryFolder, hold
from assay.errors import InputError

SCHEMES = ("s3", "s3a", "gs", "gcs", "az", "azure", "adl", "abfs", "abfss", "http", "https")


def open_url(url: str, options: ReadOptions) -> Source:
    """Return a source for an object, a pattern or prefix of objects, or a file on a web server.

    Parameters
    ----------
    url : str
        ``s3://bucket/folder/data.parquet``, ``gs://…``, ``az://…``, ``abfss://…``, with ``*`` in
        it or a slash at its end for several files; or ``https://host/data.csv``.
    options : ReadOptions
        `storage` holds the settings of the store; the others are those of the format.

    Raises
    ------
    InputError
        If there is no such object, it cannot be reached or read, or may not be.
    MissingExtraError
        If a file must be copied, and obstore is not installed.
    """
    place = read_place(url)
    if place.is_web and options.storage:
        msg = (
            f"--storage-option (storage=) means nothing to {place.scheme}:// URLs; it is for "
            "object stores such as s3://"
        )
        raise InputError(msg)
    if place.is_web and place.is_prefix:
        msg = f"{place.shown} is a folder, which a web server does not list; give the files' URLs"
        raise InputError(msg)
    for name, value in options.storage.items():
        refuse_hidden(f"the setting {name} (--storage-option)", value)
    if place.is_prefix:
        return _open_prefix(place, options)
    if reader_of_suffix(place.suffix) is None:
        msg = (
            f"{place.shown} ends in {place.suffix!r}, which tells no format; the path must end in "
            f"one of {', '.join(known_suffixes())}, a pattern too, such as *.parquet"
        )
        raise InputError(msg)
    if place.suffix not in (*PARQUET, *ARROW) or place.is_compressed:
        return _open_copy(place, options)
    if not place.is_web:
        return scan(place, options.storage)
    size = measure(place) if place.suffix in PARQUET else None
    return _open_copy(place, options) if size is None else scan_web(place, size)


def _open_prefix(place: Place, options: ReadOptions) -> Source:
    try:
        return scan(place, options.storage)
    except InputError as error:
        if "nothing matches" not in str(error):
            raise
    return _open_copy(place, options)


def _open_copy(place: Place, options: ReadOptions) -> Source:
    folder = TemporaryFolder(place.shown)
    path = download(place, options.storage, folder)
    local = replace(options, storage={})
    source = open_folder(path, local) if path.is_dir() else open_file(path, local)
    held = source if source.bytes_in_memory else replace(source, frame=hold(source.frame, folder))
    return replace(held, name=_renamed(source.name, path.name, place))


def _renamed(name: str, local: str, place: Place) -> str:
    """Return the name of a source, its place in that of the copy: "s3://shop/ (3 files)"."""
    return f"{place.shown}{name.removeprefix(local)}"


class CloudReader:
    """Object stores and web servers."""

    title = "Object store"
    suffixes = ()
    schemes = SCHEMES
    reads = frozenset({"storage", "missing", "delimiter", "records", "columns", "sheet"})

    def open(self, place: str, options: ReadOptions) -> Source:
        """Return a source for a URL."""
        return open_url(place, options)


READER = CloudReader()
