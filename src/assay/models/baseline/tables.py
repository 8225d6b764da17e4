"""Rows and how each column is read in; a matrix of numbers and codes, and the texts, out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.models.baseline.reading import ReadColumn, moments_of, numbers_of, texts_of

Floats = NDArray[np.float64]
UNKNOWN = -1
"""Code of a level that no training row has."""
DATE_PARTS = ("year", "month", "weekday", "hour", "days")
NANOSECONDS_A_DAY = 86_400_000_000_000


@dataclass(frozen=True, eq=False)
class Table:
    """The rows as arrays.

    Parameters
    ----------
    matrix : ndarray of float, shape (n_rows, n_parts)
        Numbers (NaN where missing), codes of levels (-1 for an unknown one) and parts of dates.
    texts : tuple of ndarray of object, each of shape (n_rows,)
        "" where missing.
    text_names : tuple of str
        Of the columns of texts.
    """

    matrix: Floats
    texts: tuple[NDArray[np.object_], ...] = ()
    text_names: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Rows."""
        return int(self.matrix.shape[0])

    def take(self, rows: NDArray[np.intp]) -> "Table":
        """Return these rows alone."""
        texts = tuple(text[rows] for text in self.texts)
        return Table(self.matrix[rows], texts, self.text_names)


@dataclass(frozen=True)
class Part:
    """One column of the matrix: whose it is, and what it holds."""

    column: ReadColumn
    label: str

    @property
    def how(self) -> str:
        """How its column is read."""
        return self.column.how


def parts_of(read: Sequence[ReadColumn]) -> tuple[Part, ...]:
    """Return what each column of the matrix is, in its order."""
    found: list[Part] = []
    for column in read:
        if column.how == "dates":
            found += [Part(column, f"{part} of {column.name}") for part in DATE_PARTS]
        elif column.how not in ("text", "dropped"):
            found.append(Part(column, column.name))
    return tuple(found)


def tabulate(frame: pl.DataFrame, read: Sequence[ReadColumn]) -> Table:
    """Put rows into arrays.

    Parameters
    ----------
    frame : polars.DataFrame
        With all columns that are not dropped.
    read : sequence of ReadColumn
        Decided from the training rows.

    Returns
    -------
    Table

    Examples
    --------
    >>> frame = pl.DataFrame({"job": ["cook", None, "pilot"]})
    >>> read = [ReadColumn("job", "one_hot", "3 levels", levels=("cook", "smith", None))]
    >>> tabulate(frame, read).matrix.tolist()
    [[0.0], [2.0], [-1.0]]
    """
    blocks: list[Floats] = []
    texts: list[NDArray[np.object_]] = []
    for column in read:
        if column.how == "dropped":
            continue
        values = frame[column.name]
        if column.how == "number":
            blocks.append(numbers_of(values).fill_null(np.nan).to_numpy()[:, None])
        elif column.how == "dates":
            blocks.append(_date_parts(values, column.first))
        elif column.how == "text":
            texts.append(values.cast(pl.String).fill_null("").to_numpy().astype(object))
        else:
            blocks.append(_codes(texts_of(values), column.levels)[:, None])
    matrix = np.hstack(blocks) if blocks else np.zeros((frame.height, 0))
    names = tuple(column.name for column in read if column.how == "text")
    return Table(matrix, tuple(texts), names)


def _codes(texts: pl.Series, levels: tuple[str | None, ...]) -> Floats:
    place = {level: float(at) for at, level in enumerate(levels) if level is not None}
    missing = float(levels.index(None)) if None in levels else float(UNKNOWN)
    known = pl.Series(list(place), dtype=pl.String)
    codes = texts.replace_strict(
        known, pl.Series(list(place.values()), dtype=pl.Float64), default=float(UNKNOWN)
    )
    return codes.set(texts.is_null(), missing).to_numpy()


def _date_parts(values: pl.Series, first: int) -> Floats:
    moments = moments_of(values)
    at = moments.cast(pl.Datetime("ns"))
    days = (moments - first).cast(pl.Float64) / NANOSECONDS_A_DAY
    parts = [at.dt.year(), at.dt.month(), at.dt.weekday(), at.dt.hour(), days]
    return np.column_stack([part.cast(pl.Float64).fill_null(np.nan).to_numpy() for part in parts])
