"""Pieces of one file of JSON, each with types of its own, brought to common columns and types."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assay.data.row_order import IN_ORDER
from assay.data.sources.drift import common_type
from assay.data.sources.json_columns import NUMBER_WORDS, quoted, refuse_all_nested
from assay.data.sources.source import check_names


@dataclass(frozen=True, eq=False)
class Piece:
    """Some records as columns.

    Parameters
    ----------
    frame : polars.LazyFrame
    types : mapping of str to DataType
        Of its columns; Null where no record has a value.
    nested : mapping of str to str
        Columns that hold objects, which have no values here → how to reach into them.
    """

    frame: pl.LazyFrame
    types: Mapping[str, pl.DataType]
    nested: Mapping[str, str]


def spooled(pieces: Iterator[Piece], folder: Path) -> Iterator[Piece]:
    """Write the rows of each piece to a Parquet file of its own, to be read from there."""
    for at, piece in enumerate(pieces):
        part = folder / f"{at}.parquet"
        rows = piece.frame.collect(optimizations=IN_ORDER)
        rows.write_parquet(part, compression="lz4", statistics=False)
        yield Piece(pl.scan_parquet(part), piece.types, piece.nested)


def join_pieces(
    where: str, pieces: Sequence[Piece], refuse: Callable[[str], None]
) -> tuple[pl.LazyFrame, dict[str, str]]:
    """Return the rows of all pieces, and the columns that were left out.

    Parameters
    ----------
    where : str
        Name of the file.
    pieces : sequence of Piece
    refuse : callable
        Raises an error for a column whose values do not go together.

    Raises
    ------
    InputError
        If no column is left, a name cannot be used, or `refuse` raises it.
    """
    nested = _left_out(pieces, refuse)
    types: dict[str, pl.DataType] = {}
    for piece in pieces:
        for name, dtype in piece.types.items():
            before = types.get(name, pl.Null())
            common = _common(name, before, dtype, pieces)
            if common is None and before == pl.List and dtype == pl.List:
                nested.setdefault(name, _first_part(name))
                common = dtype
            if common is None:
                refuse(name)
            else:
                types[name] = common
    for name in nested:
        dtype = types.pop(name)
        if dtype != pl.Null and not (dtype == pl.List and nested[name] == _first_part(name)):
            refuse(name)
    refuse_all_nested(where, list(types), nested)
    check_names(list(types), where)
    frames = [
        piece.frame.select(_take(name, piece.types.get(name), t) for name, t in types.items())
        for piece in pieces
    ]
    joined = pl.concat(frames) if len(frames) > 1 else frames[0]
    large = [name for name, dtype in types.items() if dtype == pl.Int128]
    return joined.with_columns(pl.col(name).cast(pl.String) for name in large), nested


def _left_out(pieces: Sequence[Piece], refuse: Callable[[str], None]) -> dict[str, str]:
    """Return the columns that some piece left out; objects and lists do not go together."""
    nested: dict[str, str] = {}
    for piece in pieces:
        for name, path in piece.nested.items():
            first = nested.setdefault(name, path)
            if (first == _first_part(name)) != (path == _first_part(name)):
                refuse(name)
    return nested


def _first_part(name: str) -> str:
    """Return how to reach into a column of lists; what reaches into objects never ends so."""
    return f"{quoted(name)}[0]"


def _common(
    name: str, one: pl.DataType, other: pl.DataType, pieces: Sequence[Piece]
) -> pl.DataType | None:
    """Return the type for both: numbers, if all texts are words for numbers; None if none is."""
    common = common_type(one, other)
    if common is not None:
        return common
    numeric = one.is_numeric() or other.is_numeric()
    is_worded = pl.String in (one, other) and numeric and _are_number_words(name, pieces)
    return pl.Float64() if is_worded else None


def _are_number_words(name: str, pieces: Sequence[Piece]) -> bool:
    words = pl.col(name).drop_nulls().is_in(list(NUMBER_WORDS)).all()
    return all(
        bool(piece.frame.select(words).collect().item())
        for piece in pieces
        if piece.types.get(name) == pl.String
    )


def _take(name: str, have: pl.DataType | None, want: pl.DataType) -> pl.Expr:
    if have is None or have == pl.Null:
        return pl.lit(None, dtype=want).alias(name)
    if have == pl.String and want.is_numeric():
        words = pl.col(name).replace_strict(dict(NUMBER_WORDS), return_dtype=pl.Float64)
        return words.fill_nan(None).alias(name)
    return pl.col(name) if have == want else pl.col(name).cast(want)
