"""Rows of one container, of which masked rows are put together without changing a type."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.pools.arrays import join_arrays
from assay.explainability.pools.pandas import join_pandas
from assay.explainability.pools.polars import join_polars
from assay.explainability.pools.refusing import check_columns
from assay.models.containers import container_of

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
Mask = NDArray[np.bool_]


def _kind(part: object) -> str:
    """Name a container so that frames of two libraries can be told apart."""
    library = type(part).__module__.partition(".")[0]
    return f"a {library} {type(part).__name__}" if library != "builtins" else type(part).__name__


class RowPool(Protocol):
    """Explained rows and background rows of one table.

    A masked row takes each column from one of two rows of the pool. It is made by gathering, so
    that names, dtypes, categories, missing values and the kind of index stay what they are.
    """

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in the order that the model reads."""
        ...

    def __len__(self) -> int: ...

    def with_first(self, row: Any) -> "RowPool | None":  # noqa: ANN401
        """Return a pool with another first row, quickly, for masked rows and codes alone.

        None where the row is not one row of the same columns, in the pool's own dtypes.

        Parameters
        ----------
        row : table of one row
        """
        ...

    def codes(self) -> NDArray[np.int64]:
        """Return a number for each cell, equal where the values are (missing equals missing).

        Shape (len(pool), n_columns).
        """
        ...

    def numbers(self, place: int) -> Floats | None:
        """Return a column's values as numbers, times too; NaN where one is missing.

        None for text, categories and whatever else has no order that a mean could use.
        """
        ...

    def is_time(self, place: int) -> bool:
        """Tell whether a column holds times or durations."""
        ...

    def value(self, row: int, place: int) -> object:
        """Return one cell."""
        ...

    def mix(self, on: Mask, here: Index, there: Index) -> Any:  # noqa: ANN401
        """Return rows in the container: from `here` where `on`, else from `there`.

        Parameters
        ----------
        on : ndarray of bool, shape (n, n_columns)
        here, there : ndarray of int, shape (n,)
            Rows of the pool.
        """
        ...

    def cross(self, on: Mask, rows: Index, background: Index) -> Any:  # noqa: ANN401
        """Return one masked row for each of the rows, masks and background rows.

        The same as `mix` of all of them; the last changes fastest.

        Parameters
        ----------
        on : ndarray of bool, shape (m, n_columns)
        rows, background : ndarray of int, shapes (n,) and (b,)
            Rows of the pool.
        """
        ...

    def gather(self, places: Index) -> Any:  # noqa: ANN401
        """Return rows that take each cell from a row of the pool of its own.

        Parameters
        ----------
        places : ndarray of int, shape (n, n_columns)
        """
        ...

    def built(self, columns: Sequence[Sequence[Any]]) -> Any:  # noqa: ANN401
        """Return rows of new values; a column keeps its dtype where that can hold them.

        Parameters
        ----------
        columns : sequence of sequences
            The values of each column.
        """
        ...


def pool_rows(parts: Sequence[Any]) -> RowPool:
    """Make a pool of tables with the same columns, in their order.

    Columns have the dtypes of the last, the background, where they hold all values, else a common
    dtype of numbers.

    Parameters
    ----------
    parts : sequence of pandas or Polars frames, or of 2-D numpy arrays
        All of one kind.

    Raises
    ------
    InputError
        If they are no tables, not of one kind, or differ in their columns or what these hold.

    Examples
    --------
    >>> pool = pool_rows([np.array([[1.0, 2.0]]), np.array([[0.0, 0.0]])])
    >>> pool.mix(np.array([[True, False]]), np.array([0]), np.array([1])).tolist()
    [[1.0, 0.0]]
    """
    kinds = {container_of(part) for part in parts}
    if len(kinds) != 1 or None in kinds:
        found = " and ".join(dict.fromkeys(_kind(part) for part in parts))
        msg = f"rows and background must be tables of one kind, not {found}"
        raise InputError(msg)
    if any(np.shape(part)[1:] == (0,) for part in parts):
        msg = "a table without columns has nothing to explain"
        raise InputError(msg)
    if kinds == {"numpy"}:
        return join_arrays(parts)
    for part in parts:
        if len(part.shape) != 2:
            msg = (
                f"a table is wanted, and this is a single {type(part).__name__}; give one row "
                "as a frame, for example rows.iloc[[0]] or rows[:1]"
            )
            raise InputError(msg)
        names = [[str(name) for name in each.columns] for each in (part, parts[-1])]
        check_columns(*names)
    return join_polars(parts) if kinds == {"polars"} else join_pandas(parts)
