"""The Reader protocol: how tables of one format, or behind one kind of URL, are opened."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assay.data.sources.source import Source

MAX_BYTES_IN_MEMORY = 512 * 2**20


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """What the user said about how a table is to be read.

    Parameters
    ----------
    missing : collection of str or None
        Texts that mean "no value" in formats of text.
    storages : mapping of str to str
        Storages that columns must have, as another table has them, or as their kinds ask: a
        column declared to be text keeps its text as it is written.
    as_written : collection of str
        Columns whose text must not be lost, because they are declared to be categorical, ordinal
        or an id: they hold numbers only where every one is written as it would be printed, so
        that 01234 stays text and 7 is a number.
    max_bytes_in_memory : int
        Files of text up to this size are held in memory; larger ones are read anew by each scan.
    delimiter : str or None
        Between the fields of a CSV; None tells by the suffix and the header.
    headers : sequence of str or None
        Names of the columns of a CSV that has no header line.
    records : str or None
        JMESPath to the records in a JSON document; ``$`` searches the document as a whole.
    columns : mapping of str to str
        Column → JMESPath into a record, for JSON and JSON Lines.
    sheet : str or None
        Of a workbook.
    query : str or None
        SQL, for a database.
    storage : mapping of str to str
        Settings of an object store, as Polars' `storage_options` names them.
    """

    missing: Collection[str] | None = None
    storages: Mapping[str, str] = field(default_factory=dict)
    as_written: Collection[str] = ()
    max_bytes_in_memory: int = MAX_BYTES_IN_MEMORY
    delimiter: str | None = None
    headers: Sequence[str] | None = None
    records: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None
    query: str | None = None
    storage: Mapping[str, str] = field(default_factory=dict)


class Reader(Protocol):
    """Opens tables of one format, registered under the entry point `assay.sources`.

    Attributes
    ----------
    title : str
        For people: "Arrow".
    suffixes : tuple of str
        Of the files it reads, in lower case with the dot.
    schemes : tuple of str
        Of the URLs it reads, in lower case: "postgresql".
    reads : frozenset of str
        Fields of `ReadOptions` that the user may tell it: of `missing`, `delimiter`, `headers`,
        `records`, `columns`, `sheet`, `query` and `storage` those that mean something to it.
    """

    title: str
    suffixes: tuple[str, ...]
    schemes: tuple[str, ...]
    reads: frozenset[str]

    def open(self, place: str, options: ReadOptions) -> Source:
        """Return a source for one file that exists, or for a URL.

        Raises
        ------
        InputError
            If it cannot be read, or holds no table with rows.
        MissingExtraError
            If a library is not installed.
        """
        ...
