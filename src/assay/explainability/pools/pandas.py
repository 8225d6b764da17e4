"""A pool of pandas frames: dtypes, categories and the kind of index stay what they are."""

from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.pools.cells import Floats, block_codes, object_codes, object_numbers
from assay.explainability.pools.refusing import refuse_categories, refuse_dtypes

if TYPE_CHECKING:
    import pandas as pd

Index = NDArray[np.intp]
Mask = NDArray[np.bool_]


class PandasPool:
    """Rows of one frame; columns of one numpy dtype are masked as one block."""

    def __init__(self, rows: "pd.DataFrame", index: "pd.Index[Any] | None" = None) -> None:
        self._rows = rows
        self._index = index
        self.columns = tuple(str(name) for name in rows.columns)
        columns = [rows.iloc[:, place] for place in range(rows.shape[1])]
        self._arrays: list[Any] = [
            each.to_numpy() if isinstance(each.dtype, np.dtype) else each.array for each in columns
        ]
        self._blocks = _blocks_of(rows)
        blocked = {place for places, _ in self._blocks for place in places}
        self._single = [place for place in range(rows.shape[1]) if place not in blocked]

    def __len__(self) -> int:
        return len(self._rows)

    def codes(self) -> NDArray[np.int64]:
        """Return a number for each cell."""
        out = np.empty((len(self), len(self.columns)), dtype=np.int64)
        for places, block in self._blocks:
            out[:, places] = block_codes(block).T
        for place in self._single:
            out[:, place] = _codes(self._arrays[place])
        return out

    def with_first(self, row: "pd.DataFrame") -> "PandasPool | None":
        """Return the pool with another first row; None where that is not one alike.

        Its cells can be switched and compared; `numbers` and `value` are those of this pool.
        """
        if len(row) != 1 or not row.columns.equals(self._rows.columns):
            return None
        if not _has_dtypes_of(row, self._rows):
            return None
        made = copy(self)
        made._blocks = [
            (places, _with_first_column(block, row.iloc[0:1, places].to_numpy()[0]))
            for places, block in self._blocks
        ]
        made._arrays = list(self._arrays)
        for place in self._single:
            own = self._arrays[place]
            cell = row.iloc[:, place]
            first = cell.to_numpy() if isinstance(own, np.ndarray) else cell.array
            if isinstance(own, np.ndarray):
                made._arrays[place] = np.concatenate([first, own[1:]])
            else:
                made._arrays[place] = type(own)._concat_same_type([first, own[1:]])
        return made

    def numbers(self, place: int) -> Floats | None:
        """Return a column's values as numbers; None if they are none."""
        from pandas.api.types import is_bool_dtype, is_numeric_dtype

        column = self._rows.iloc[:, place]
        if self.is_time(place):
            present = column.notna().to_numpy()
            out = np.full(len(column), np.nan)
            out[present] = column[present].to_numpy(dtype=f"{_kind(column)}8[ns]").astype(np.int64)
            return out
        if column.dtype == object:
            return object_numbers(column)
        if hasattr(column.dtype, "categories"):
            return None
        if is_numeric_dtype(column.dtype) or is_bool_dtype(column.dtype):
            return column.to_numpy(dtype=np.float64, na_value=np.nan)
        return None

    def is_time(self, place: int) -> bool:
        """Tell whether a column holds times."""
        return _kind(self._rows.iloc[:, place]) in "mM"

    def value(self, row: int, place: int) -> object:
        """Return one cell."""
        return self._rows.iat[row, place]

    def mix(self, on: Mask, here: Index, there: Index) -> "pd.DataFrame":
        """Return rows: from `here` where `on`, else from `there`."""
        blocks = [
            np.where(on[:, places].T, block[:, here], block[:, there])
            for places, block in self._blocks
        ]
        single = {place: np.where(on[:, place], here, there) for place in self._single}
        return self._frame(blocks, single, there)

    def cross(self, on: Mask, rows: Index, background: Index) -> "pd.DataFrame":
        """Return a row for each row, mask and background row."""
        shape = (len(rows), len(on), len(background))
        blocks = [
            np.where(
                on[:, places].T[:, None, :, None],
                block[:, rows][:, :, None, None],
                block[:, background][:, None, None, :],
            ).reshape(len(places), -1)
            for places, block in self._blocks
        ]
        here, there = rows[:, None, None], background[None, None, :]
        single = {
            place: np.where(on[:, place][None, :, None], here, there).reshape(-1)
            for place in self._single
        }
        return self._frame(blocks, single, np.broadcast_to(there, shape).reshape(-1))

    def gather(self, places: Index) -> "pd.DataFrame":
        """Return rows that take each cell from the row of the pool that `places` says."""
        import pandas as pd

        index = self._index_like(places[:, 0])
        made = {place: self._taken(place, at, index) for place, at in enumerate(places.T)}
        return self._named(pd.DataFrame(made, index=index, copy=False))

    def _taken(self, place: int, at: Index, index: "pd.Index[Any]") -> Any:  # noqa: ANN401
        """Return a column's values at some rows; objects stay objects, whatever they hold."""
        import pandas as pd

        array = self._arrays[place].take(at)
        return pd.Series(array, index=index, dtype=object) if array.dtype == object else array

    def _frame(
        self, blocks: Sequence[NDArray[Any]], single: dict[int, Index], there: Index
    ) -> "pd.DataFrame":
        import pandas as pd

        index = self._index_like(there)
        if len(blocks) == 1 and not single:
            frame = pd.DataFrame(blocks[0].T, index=index, copy=False)
            return self._named(frame)
        made: dict[int, Any] = {}
        for (places, _), block in zip(self._blocks, blocks, strict=True):
            made.update(zip(places, block, strict=True))
        for place, at in single.items():
            made[place] = self._taken(place, at, index)
        ordered = {place: made[place] for place in range(len(self.columns))}
        return self._named(pd.DataFrame(ordered, index=index, copy=False))

    def _named(self, frame: "pd.DataFrame") -> "pd.DataFrame":
        frame.columns = self._rows.columns
        return frame

    def _index_like(self, there: Index) -> "pd.Index[Any]":
        import pandas as pd

        return pd.RangeIndex(len(there)) if self._index is None else self._index.take(there)

    def built(self, columns: Sequence[Sequence[Any]]) -> "pd.DataFrame":
        """Return rows of new values, in the columns' dtypes where they hold them."""
        import pandas as pd

        made = {
            place: _built(self._rows.iloc[:, place], values)
            for place, values in enumerate(columns)
        }
        return self._named(pd.DataFrame(made, copy=False))


def _blocks_of(rows: "pd.DataFrame") -> list[tuple[list[int], NDArray[Any]]]:
    """Return the columns of each plain dtype of numbers together, shape (n_columns, n_rows)."""
    by_dtype: dict[Any, list[int]] = {}
    for place, dtype in enumerate(rows.dtypes):
        if isinstance(dtype, np.dtype) and dtype.kind in "biuf":
            by_dtype.setdefault(dtype, []).append(place)
    return [
        (places, np.ascontiguousarray(rows.iloc[:, places].to_numpy().T))
        for places in by_dtype.values()
    ]


def _built(own: "pd.Series[Any]", values: Sequence[Any]) -> Any:  # noqa: ANN401
    import pandas as pd
    from pandas.api.types import is_numeric_dtype

    if not is_numeric_dtype(own.dtype):
        return pd.Series(list(values), dtype=own.dtype)
    numbers = pd.Series(np.asarray(values, dtype=np.float64))
    made = pd.Series(numbers.round()).astype(own.dtype) if _is_whole(own) else None
    if made is not None and bool((numbers == numbers.round()).all()):
        return made
    return numbers if _is_whole(own) else numbers.astype(own.dtype)


def _is_whole(own: "pd.Series[Any]") -> bool:
    from pandas.api.types import is_bool_dtype, is_integer_dtype

    return is_integer_dtype(own.dtype) or is_bool_dtype(own.dtype)


def _kind(column: "pd.Series[Any]") -> str:
    """Return numpy's letter of the dtype: M for times, m for durations."""
    return str(getattr(column.dtype, "kind", "O"))


def _codes(cells: Any) -> NDArray[np.int64]:  # noqa: ANN401  an array of numpy or pandas
    import pandas as pd

    if cells.dtype == object:
        return object_codes(cells)
    return pd.factorize(cells, use_na_sentinel=True)[0].astype(np.int64)


def _with_first_column(block: NDArray[Any], values: NDArray[Any]) -> NDArray[Any]:
    made = block.copy()
    made[:, 0] = values
    return made


def join_pandas(parts: Sequence["pd.DataFrame"]) -> PandasPool:
    """Make a pool of frames with the same columns, in the dtypes of the last, the background.

    Raises
    ------
    InputError
        If a column's values do not go into the background's dtype, nor both into a common one.
    """
    import pandas as pd

    index = _joined_index([part.index for part in parts])
    filled = [part for part in parts if len(part)] or parts[-1:]
    if all(_has_dtypes_of(part, parts[-1]) for part in filled):
        return PandasPool(pd.concat(filled, ignore_index=True), index)
    made = {
        place: _joined(name, [part.iloc[:, place] for part in parts])
        for place, name in enumerate(parts[-1].columns)
    }
    n_rows = sum(len(part) for part in parts)
    joined = pd.DataFrame(made, index=pd.RangeIndex(n_rows), copy=False)
    joined.columns = parts[-1].columns
    return PandasPool(joined, index)


def _has_dtypes_of(part: "pd.DataFrame", background: "pd.DataFrame") -> bool:
    """Tell whether two frames agree in all dtypes, and in the order of categories."""
    if part is background:
        return True
    pairs = zip(part.dtypes, background.dtypes, strict=True)
    return all(
        one == other
        and (
            not hasattr(one, "categories")
            or one is other
            or list(one.categories) == list(other.categories)  # type: ignore[union-attr]
        )
        for one, other in pairs
    )


def _joined_index(indexes: Sequence["pd.Index[Any]"]) -> "pd.Index[Any] | None":
    """Return the index of all rows where it tells more than a number of the row."""
    last = indexes[-1]
    if last.nlevels == 1 and getattr(last.dtype, "kind", "O") in "iu":
        return None
    if any(type(index) is not type(last) or index.dtype != last.dtype for index in indexes):
        return None
    joined = indexes[0]
    for index in indexes[1:]:
        joined = joined.append(index)
    return joined


def _joined(name: object, columns: Sequence["pd.Series[Any]"]) -> "pd.Series[Any]":
    """Return one series of all parts of a column."""
    import pandas as pd

    target = columns[-1].dtype
    if any(column.dtype.kind == "c" for column in columns):
        msg = f"column {str(name)!r} holds complex numbers, which no model of a table reads"
        raise InputError(msg)
    dtypes = [str(column.dtype) for column in columns]
    if str(target) == "object" and len({_is_text(each) for each in columns} - {None}) > 1:
        refuse_dtypes(str(name), [*dtypes[:-1], "text" if _is_text(columns[-1]) else dtypes[-1]])
    fitted = [_fitted(name, column, target) for column in columns]
    if all(column is not None for column in fitted):
        kept = [column for column in fitted if column is not None]
        return pd.concat(kept, ignore_index=True)
    if all(_is_number(column.dtype) for column in columns):
        joined = pd.concat(list(columns), ignore_index=True)
        return joined if _is_number(joined.dtype) else joined.astype(np.float64)
    refuse_dtypes(str(name), dtypes)


def _is_text(column: "pd.Series[Any]") -> bool | None:
    """Tell whether a column holds text alone; None where it holds nothing, or several kinds."""
    from pandas.api.types import infer_dtype

    kind = infer_dtype(column.astype(object), skipna=True)
    return None if kind in ("empty", "mixed", "mixed-integer") else kind == "string"


def _fitted(name: object, column: "pd.Series[Any]", target: Any) -> "pd.Series[Any] | None":  # noqa: ANN401
    """Return a column in another dtype; None if a value would change."""
    if hasattr(target, "categories"):
        present = column[column.notna()]
        unknown = present[~present.isin(target.categories)].unique()
        if len(unknown):
            refuse_categories(str(name), list(unknown))
        if hasattr(column.dtype, "categories"):  # equal to pandas whatever their order
            return column.cat.set_categories(target.categories, ordered=target.ordered)
        return column.astype(target)
    if column.dtype == target:
        return column
    try:
        made = column.astype(target)
    except (TypeError, ValueError, OverflowError):
        return None
    present = column.notna()
    if not (made.notna() == present).all():
        return None
    before, after = column[present].astype(object), made[present].astype(object)
    return made if bool((before.to_numpy() == after.to_numpy()).all()) else None


def _is_number(dtype: Any) -> bool:  # noqa: ANN401
    from pandas.api.types import is_numeric_dtype

    return bool(is_numeric_dtype(dtype))
