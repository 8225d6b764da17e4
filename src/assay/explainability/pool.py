"""Rows of one container, of which masked rows are put together without changing a type."""

from collections.abc import Sequence
from math import isnan
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError
from assay.models.containers import container_of

Index = NDArray[np.intp]
Mask = NDArray[np.bool_]


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

    def codes(self) -> NDArray[np.int64]:
        """Return a number for each cell, equal where the values are (missing equals missing).

        Shape (len(pool), n_columns).
        """
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


def pool_rows(parts: Sequence[Any]) -> RowPool:
    """Make a pool of tables with the same columns, in their order.

    Parameters
    ----------
    parts : sequence of pandas or Polars frames, or of 2-D numpy arrays
        All of one kind.

    Raises
    ------
    InputError
        If they are no tables, not of one kind, or differ in their columns.

    Examples
    --------
    >>> pool = pool_rows([np.array([[1.0, 2.0]]), np.array([[0.0, 0.0]])])
    >>> pool.mix(np.array([[True, False]]), np.array([0]), np.array([1])).tolist()
    [[1.0, 0.0]]
    """
    kinds = {container_of(part) for part in parts}
    if len(kinds) != 1 or None in kinds:
        found = ", ".join(sorted({type(part).__name__ for part in parts}))
        msg = f"rows and background must be tables of one kind, not {found}"
        raise InputError(msg)
    kind = kinds.pop()
    if kind == "numpy":
        return ArrayPool(np.concatenate([np.atleast_2d(part) for part in parts]))
    if kind == "polars":
        return PolarsPool(pl.concat(list(parts), how="vertical_relaxed"))
    return PandasPool(_concat_pandas(parts))


class ArrayPool:
    """A pool of a numpy array of any dtype."""

    def __init__(self, rows: NDArray[Any]) -> None:
        self._rows = rows
        self.columns = tuple(f"x{place}" for place in range(rows.shape[1]))

    def __len__(self) -> int:
        return len(self._rows)

    def codes(self) -> NDArray[np.int64]:
        """Return a number for each cell."""
        return np.column_stack([cell_codes(column) for column in self._rows.T])

    def mix(self, on: Mask, here: Index, there: Index) -> NDArray[Any]:
        """Return rows: from `here` where `on`, else from `there`."""
        return np.where(on, self._rows[here], self._rows[there])


class PolarsPool:
    """A pool of a Polars frame."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self._rows = rows
        self.columns = tuple(rows.columns)

    def __len__(self) -> int:
        return self._rows.height

    def codes(self) -> NDArray[np.int64]:
        """Return a number for each cell."""
        return np.column_stack([_polars_codes(column) for column in self._rows])

    def mix(self, on: Mask, here: Index, there: Index) -> pl.DataFrame:
        """Return rows: from `here` where `on`, else from `there`."""
        made = [
            column.gather(np.where(on[:, place], here, there))
            for place, column in enumerate(self._rows)
        ]
        return pl.DataFrame(made)


class PandasPool:
    """A pool of a pandas frame; one block of numbers where all columns are of one dtype."""

    def __init__(self, rows: Any) -> None:  # noqa: ANN401  (pandas is not imported here)
        self._rows = rows
        self.columns = tuple(str(name) for name in rows.columns)
        dtypes = set(rows.dtypes)
        plain = len(dtypes) == 1 and isinstance(next(iter(dtypes)), np.dtype)
        self._block: NDArray[Any] | None = rows.to_numpy() if plain else None
        self._series = [rows.iloc[:, place] for place in range(rows.shape[1])]

    def __len__(self) -> int:
        return len(self._rows)

    def codes(self) -> NDArray[np.int64]:
        """Return a number for each cell."""
        return np.column_stack([_pandas_codes(column) for column in self._series])

    def mix(self, on: Mask, here: Index, there: Index) -> Any:  # noqa: ANN401
        """Return rows: from `here` where `on`, else from `there`."""
        import pandas as pd

        index = pd.RangeIndex(len(here))
        if self._block is not None:
            block = np.where(on, self._block[here], self._block[there])
            return pd.DataFrame(block, index=index, columns=self._rows.columns, copy=False)
        made = {
            place: column.array.take(np.where(on[:, place], here, there))
            for place, column in enumerate(self._series)
        }
        frame = pd.DataFrame(made, index=index, copy=False)
        frame.columns = self._rows.columns
        return frame


def cell_codes(column: NDArray[Any]) -> NDArray[np.int64]:
    """Give each value of a column a number: equal where values are, one for all missing.

    Examples
    --------
    >>> cell_codes(np.array([2.0, np.nan, 2.0, np.nan])).tolist()
    [0, 1, 0, 1]
    """
    if column.dtype == object:
        seen: dict[Any, int] = {}
        keys = [("missing",) if _is_missing(v) else (type(v).__name__, v) for v in column]
        return np.array([seen.setdefault(key, len(seen)) for key in keys], dtype=np.int64)
    return np.unique(column, return_inverse=True, equal_nan=True)[1].astype(np.int64).reshape(-1)


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and isnan(value))


def _polars_codes(column: pl.Series) -> NDArray[np.int64]:
    if column.dtype.is_float():
        column = column.fill_nan(None)
    return column.rank("dense").fill_null(0).to_numpy().astype(np.int64)


def _pandas_codes(column: Any) -> NDArray[np.int64]:  # noqa: ANN401
    import pandas as pd

    codes = pd.factorize(column, use_na_sentinel=True)[0]
    return codes.astype(np.int64)


def _concat_pandas(parts: Sequence[Any]) -> Any:  # noqa: ANN401
    import pandas as pd

    names = [list(part.columns) for part in parts]
    if any(each != names[0] for each in names[1:]):
        msg = "the background has other columns than the rows, or in another order"
        raise InputError(msg)
    kept = [part for part in parts if len(part)] or list(parts[:1])
    joined = pd.concat(kept, ignore_index=True)
    different = [
        name
        for name in names[0]
        if isinstance(kept[0][name].dtype, pd.CategoricalDtype) and joined[name].dtype == object
    ]
    if different:
        msg = (
            f"the background's categories of {', '.join(map(repr, different))} are not those of "
            "the rows; give both columns the same pandas categories"
        )
        raise InputError(msg)
    return joined
