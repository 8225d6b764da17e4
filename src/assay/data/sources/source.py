"""What every reader returns: a lazy table and what its own format knew of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from assay.errors import InputError
from assay.result import Finding
from assay.tables.cube import Level

if TYPE_CHECKING:
    import pandas as pd

HELPER_PREFIX = "__assay_"


@dataclass(frozen=True)
class Categories:
    """The values that a categorical column may have, in its order; `ordered` if they rank."""

    values: tuple[Level, ...]
    ordered: bool = False


@dataclass(frozen=True, eq=False)
class Source:
    """A table that was opened.

    Parameters
    ----------
    name : str
        File name or "frame".
    frame : polars.LazyFrame
        Categorical columns are given by their values.
    categories : mapping of str to Categories
        For columns that the source declares to be categorical.
    missing_values : tuple of str
        Texts that were taken for "no value".
    original : pandas.DataFrame or None
        The caller's own frame, for models that were fitted on such a frame.
    path : Path or None
        The Parquet file, whose own description of its types such models may need.
    notes : tuple of Finding
        What was assumed or left out when the table was opened.
    bytes_in_memory : int
        Size of the file whose rows are held in memory, so that it is not read again; 0 where
        each scan reads it.
    """

    name: str
    frame: pl.LazyFrame
    categories: Mapping[str, Categories] = field(default_factory=dict)
    missing_values: tuple[str, ...] = ()
    original: "pd.DataFrame | None" = None
    path: Path | None = None
    notes: tuple[Finding, ...] = ()
    bytes_in_memory: int = 0


class NoRowsError(InputError):
    """A table has columns and no rows; one such file among many is passed over."""


def check_names(names: Sequence[str], where: str) -> None:
    """Refuse tables without columns, with two columns of one name, or with names of our own.

    Raises
    ------
    InputError
    """
    if not names:
        msg = f"{where} has no columns; a table with a header and rows is needed"
        raise InputError(msg)
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        places = [str(at + 1) for at, name in enumerate(names) if name == twice[0]]
        msg = (
            f"{where} has more than one column named {twice[0]!r} (columns {', '.join(places)}); "
            "rename or drop all but one, so that it is clear which is meant"
        )
        raise InputError(msg)
    ours = [name for name in names if name.startswith(HELPER_PREFIX)]
    if ours:
        msg = (
            f"{where} has a column named {ours[0]!r}; names that begin with {HELPER_PREFIX!r} are "
            "used for columns that assay adds: rename it"
        )
        raise InputError(msg)
