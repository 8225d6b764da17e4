"""A table in its own container: columns read, rows taken with columns replaced."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import ColumnNotFoundError, InputError
from assay.explainability.named_columns import names_of
from assay.models.containers import container_of

Index = NDArray[np.intp]
Native = Any
"""A column as its container holds it: an ndarray, a Polars series, or an array of pandas."""


@dataclass(frozen=True, eq=False)
class EffectTable:
    """The rows whose predictions are looked at, as the model is given them.

    Parameters
    ----------
    rows : pandas or Polars frame, or ndarray of two axes
    container : {"pandas", "polars", "numpy"}
    columns : tuple of str
        Their names; those of an array are x0, x1, ….
    """

    rows: Any
    container: str
    columns: tuple[str, ...]

    @classmethod
    def of(cls, rows: Any) -> "EffectTable":  # noqa: ANN401  the model's container
        """Take a table as it is.

        Raises
        ------
        InputError
            If it is no table, has no rows, or two columns of one name.
        """
        container = container_of(rows)
        if container is None or getattr(rows, "ndim", 2) != 2 or isinstance(rows, pl.Series):
            msg = (
                f"the effect of a column is measured on a table, not on {type(rows).__name__}; "
                "give a pandas or Polars frame, or an array with two axes"
            )
            raise InputError(msg)
        if not len(rows):
            msg = "the table has no rows; the effect of a column is a mean over rows"
            raise InputError(msg)
        if container == "numpy":
            return cls(rows, container, names_of(rows))
        columns = tuple(str(name) for name in rows.columns)
        twins = [name for name, n in Counter(columns).items() if n > 1]
        if twins:
            msg = f"columns must have names of their own; more than one is called {twins[0]!r}"
            raise InputError(msg)
        return cls(rows, container, columns)

    def __len__(self) -> int:
        return len(self.rows)

    def place(self, feature: str | int) -> int:
        """Return where a column is, by its name or its place.

        Raises
        ------
        ColumnNotFoundError
            If there is no such column.
        """
        if str(feature) in self.columns:
            return self.columns.index(str(feature))
        if isinstance(feature, Integral) and 0 <= int(feature) < len(self.columns):
            return int(feature)
        raise ColumnNotFoundError([str(feature)], self.columns)

    def native(self, place: int) -> Native:
        """Return a column as the container holds it."""
        if self.container == "numpy":
            return self.rows[:, place]
        if self.container == "polars":
            return self.rows.to_series(place)
        return self.rows.iloc[:, place].array

    def replaced(self, index: Index, columns: Mapping[int, Native]) -> Any:  # noqa: ANN401
        """Return rows in the container, some of their columns replaced.

        Parameters
        ----------
        index : ndarray of int, shape (n,)
            The rows to take, one for each row that is made.
        columns : mapping of int to column
            By place: what is put there, of length n.
        """
        if self.container == "numpy":
            return self._replaced_array(index, columns)
        if self.container == "polars":
            taken = self.rows[index]
            return taken.with_columns(
                [column.alias(self.columns[place]) for place, column in columns.items()]
            )
        return self._replaced_pandas(index, columns)

    def _replaced_array(self, index: Index, columns: Mapping[int, Native]) -> NDArray[Any]:
        kinds = [column.dtype for column in columns.values()]
        dtype = np.result_type(self.rows.dtype, *kinds) if kinds else self.rows.dtype
        made = self.rows[index].astype(dtype, copy=False)
        for place, column in columns.items():
            made[:, place] = column
        return made

    def _replaced_pandas(self, index: Index, columns: Mapping[int, Native]) -> Any:  # noqa: ANN401
        import pandas as pd

        made = self.rows.take(index)
        made.index = pd.RangeIndex(len(index))
        for place, column in columns.items():
            made.isetitem(place, column)
        return made


def gathered(column: Native, index: Index) -> Native:
    """Return the values of a column at some rows, in the column's own type."""
    if isinstance(column, pl.Series):
        return column.gather(index)
    return column.take(index)
