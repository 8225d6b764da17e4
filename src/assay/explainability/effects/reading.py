"""What a column holds: numbers, times or categories, and why it may have no effect to draw."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.explainability.effects.table import EffectTable, Native, gathered

Floats = NDArray[np.float64]
Scale = Literal["number", "time", "category"]
SCALES: tuple[Scale, ...] = ("number", "time", "category")
TEXT_WORDS = 5
"""Text with more words a value on average is no category."""
TEXT_PROBE = 10_000
PER_SECOND = {"ns": 1e9, "us": 1e6, "ms": 1e3}


@dataclass(frozen=True, eq=False)
class Reading:
    """A column read for its effect.

    Parameters
    ----------
    feature : str
    series : polars.Series
        Its values; missing ones are null.
    native : column
        The same as the container holds them.
    scale : {"number", "time", "category"}
    numbers : ndarray or None, shape (n_rows,)
        On an axis of numbers: the values, of times the milliseconds since 1970, of durations
        the seconds; NaN where missing. None for categories.
    unit : float
        Stored units in one of `numbers`, where times are stored as whole numbers.
    whole : bool
        Whether all are whole numbers.
    integers : bool
        Whether the column's type holds whole numbers only.
    reason : str or None
        Why the column has no effect to measure.
    """

    feature: str
    series: pl.Series
    native: Native
    scale: Scale
    numbers: Floats | None = None
    unit: float = 1.0
    whole: bool = False
    integers: bool = False
    reason: str | None = None

    def at(self, rows: NDArray[np.intp]) -> "Reading":
        """Return the same column at some rows."""
        return replace(
            self,
            series=self.series.gather(rows),
            native=gathered(self.native, rows),
            numbers=None if self.numbers is None else self.numbers[rows],
        )

    def missing(self) -> NDArray[np.bool_]:
        """Tell which rows have no value, shape (n_rows,)."""
        if self.numbers is not None:
            return np.isnan(self.numbers)
        return self.series.is_null().to_numpy()

    def codes(self) -> tuple[NDArray[np.int64], pl.Series]:
        """Return for each row the place of its value, -1 where missing, and the values.

        The values are in the order in which they are first seen.
        """
        values = self.series.unique(maintain_order=True).drop_nulls()
        table = pl.DataFrame({"value": values, "code": np.arange(len(values), dtype=np.int64)})
        found = self.series.to_frame("value").join(
            table, on="value", how="left", maintain_order="left"
        )
        return found["code"].fill_null(-1).to_numpy(), values

    def made(self, numbers: Floats) -> Native:
        """Return new values in the type of the column, which need not occur in it.

        Whole numbers stay of the column's type; fractions in a column of integers make it one
        of floats.
        """
        if self.series.dtype.is_temporal():
            stored = pl.Series(np.rint(numbers * self.unit).astype(np.int64))
            physical = pl.Int32 if self.series.dtype == pl.Date else pl.Int64
            return _as_native(stored.cast(physical).cast(self.series.dtype), self.native)
        if self.integers and not np.array_equal(numbers, np.rint(numbers)):
            return _as_native(pl.Series(numbers), self.native, fractions=True)
        return _as_native(pl.Series(numbers), self.native)


def read_column(table: EffectTable, place: int, *, scale: str | None = None) -> Reading:
    """Read one column of a table.

    Parameters
    ----------
    table : EffectTable
    place : int
    scale : {"number", "category"} or None
        How to take it; None decides by its type.

    Returns
    -------
    Reading
        With a reason where it is text, a nested value, or missing throughout.
    """
    native = table.native(place)
    series, declared = _as_polars(native)
    name = table.columns[place]
    dtype = series.dtype
    if dtype.is_nested() or dtype in (pl.Object, pl.Binary):
        return Reading(name, series, native, "category", reason=_no_values(dtype))
    if series.null_count() == len(series):
        reason = "every value is missing, so there is none to set the column to"
        return Reading(name, series, native, "category", reason=reason)
    category = declared or dtype in (pl.Boolean, pl.String, pl.Categorical) or dtype == pl.Enum
    if category or scale == "category":
        return _category(name, series, native)
    return _number(name, series, native)


def numbers_of(reading: Reading) -> Floats:
    """Return the numbers of a column that has them."""
    assert reading.numbers is not None
    return reading.numbers


def _category(name: str, series: pl.Series, native: Native) -> Reading:
    if series.dtype in (pl.Categorical, pl.Enum):
        series = series.cast(pl.String)
    if series.dtype == pl.String:
        words = series.head(TEXT_PROBE).str.split(" ").list.len().mean()
        if isinstance(words, int | float) and words > TEXT_WORDS:
            reason = (
                f"text of {words:.1f} words on average: it has no grid of values; attributions of "
                "its words say what it does"
            )
            return Reading(name, series, native, "category", reason=reason)
    return Reading(name, series, native, "category")


def _number(name: str, series: pl.Series, native: Native) -> Reading:
    unit, dtype = 1.0, series.dtype
    stored = series.to_physical() if dtype.is_temporal() else series
    numbers = stored.cast(pl.Float64).to_numpy().astype(np.float64)
    if isinstance(dtype, pl.Datetime):
        unit = PER_SECOND[dtype.time_unit] / 1e3
    elif isinstance(dtype, pl.Duration):
        unit = PER_SECOND[dtype.time_unit]
    elif dtype == pl.Date:
        unit = 1 / 86_400_000
    elif dtype == pl.Time:
        unit = 1e9
    numbers = numbers / unit
    finite = numbers[np.isfinite(numbers)]
    if not len(finite):
        reason = "no value is a finite number, so there is none to set the column to"
        return Reading(name, series, native, "number", numbers, reason=reason)
    scale: Scale = "time" if dtype == pl.Date or isinstance(dtype, pl.Datetime) else "number"
    whole = unit == 1.0 and bool(np.all(finite == np.rint(finite)))
    return Reading(
        name, series, native, scale, numbers, unit, whole=whole, integers=dtype.is_integer()
    )


def _no_values(dtype: pl.DataType) -> str:
    what = "bytes or images" if dtype in (pl.Object, pl.Binary) else str(dtype).split("(")[0]
    return f"it holds {what}, which have no grid of values; attributions of parts say what they do"


def _as_polars(native: Native) -> tuple[pl.Series, bool]:
    """Return a column in Polars, and whether its container declares it to be of categories."""
    if isinstance(native, pl.Series):
        return native.fill_nan(None) if native.dtype.is_float() else native, False
    dtype = getattr(native, "dtype", None)
    kind = dtype.kind if isinstance(dtype, np.dtype) else "O"
    if kind in "iufbM":
        found = pl.Series(np.asarray(native))
        return found.fill_nan(None) if found.dtype.is_float() else found, False
    return _from_objects(native), str(dtype) == "category"


def _from_objects(native: Any) -> pl.Series:  # noqa: ANN401  an array of objects or of pandas
    cells = [None if _is_missing(cell) else cell for cell in native]
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds and all(issubclass(each, int | float) and each is not bool for each in kinds):
        return pl.Series(cells, dtype=pl.Int64 if kinds == {int} else pl.Float64, strict=False)
    try:
        return pl.Series(cells, strict=True)
    except (TypeError, ValueError, pl.exceptions.PolarsError):
        return pl.Series([None if cell is None else str(cell) for cell in cells], dtype=pl.String)


def _is_missing(cell: object) -> bool:
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return True
    return type(cell).__name__ in ("NAType", "NaTType")


def _as_native(made: pl.Series, like: Native, *, fractions: bool = False) -> Native:
    """Return new values in the container and type of a column."""
    if isinstance(like, pl.Series):
        return made if fractions else made.cast(like.dtype)
    if isinstance(like, np.ndarray):
        target = np.dtype(np.float64) if fractions else like.dtype
        return np.array(made.to_list() if target.kind == "O" else made.to_numpy()).astype(target)
    import pandas as pd

    values: Any = pd.Series(made.to_numpy())
    if fractions:
        return values.array
    if getattr(like.dtype, "tz", None) is not None:
        values = values.dt.tz_localize("UTC")
    return values.astype(like.dtype).array
