"""The type of a column that comes value by value from a database without types."""

from dataclasses import dataclass
from itertools import count

import polars as pl

from assay.errors import InputError

NUMBER, TEXT, BYTES = "a number", "text", "bytes"
FAMILIES: dict[type, str] = {int: NUMBER, float: NUMBER, str: TEXT, bytes: BYTES}
MAX_SHOWN = 40
Value = int | float | str | bytes | None
Values = tuple[Value, ...]


@dataclass
class ValueColumn:
    """Narrows the type of one column while its values go by.

    Parameters
    ----------
    name : str
    may_mix : bool
        Whether numbers and text together are taken for text; else they are refused.
    is_flag : bool
        Whether the column is declared to be true or false: then 0 and 1 alone are taken so.

    Examples
    --------
    >>> column = ValueColumn("x")
    >>> column.take((None, 1)).dtype, column.take((2.5, None)).dtype, column.finish().dtype
    (Int64, Float64, Float64)
    """

    name: str
    may_mix: bool = False
    is_flag: bool = False
    dtype: pl.DataType | None = None
    first: tuple[int, Value] | None = None  # row and value that gave the family
    n_rows: int = 0

    def take(self, values: Values) -> pl.Series:
        """Return the next values, in the narrowest type of all so far.

        Raises
        ------
        InputError
            If a value does not go with those before.
        """
        kinds = set(map(type, values)) - {type(None)}
        if kinds:
            self._widen(values, kinds)
        if self.dtype == pl.String and kinds - {str}:
            values = tuple(None if value is None else str(value) for value in values)
        self.is_flag = self.is_flag and set(values) <= {0, 1, None}
        self.n_rows += len(values)
        return pl.Series(self.name, values, dtype=self.dtype or pl.Float64(), strict=False)

    def finish(self) -> pl.Series:
        """Return no value, in the type of all; float64 if there was none."""
        is_flag = self.is_flag and self.dtype == pl.Int64
        dtype = pl.Boolean() if is_flag else self.dtype or pl.Float64()
        return pl.Series(self.name, [], dtype=dtype)

    def _widen(self, values: Values, kinds: set[type]) -> None:
        if self.first is None:
            self.first = next(
                (row, value)
                for row, value in zip(count(self.n_rows), values, strict=False)
                if value is not None
            )
        family = FAMILIES[type(self.first[1])]
        if any(FAMILIES[kind] != family for kind in kinds):
            self._check_mixture(values, family)
            self.dtype = pl.String()
        elif family == NUMBER:
            floats = float in kinds or self.dtype == pl.Float64
            if self.dtype != pl.String:
                self.dtype = pl.Float64() if floats else pl.Int64()
        else:
            self.dtype = pl.String() if family == TEXT else pl.Binary()

    def _check_mixture(self, values: Values, family: str) -> None:
        assert self.first is not None
        at, value = next(
            (at, value)
            for at, value in enumerate(values)
            if value is not None and FAMILIES[type(value)] != family
        )
        if self.may_mix and BYTES not in (family, FAMILIES[type(value)]):
            return
        row, first = self.first
        msg = (
            f"column {self.name!r} mixes types: row {row + 1} of the result is {family}, "
            f"{_shown(first)}, and row {self.n_rows + at + 1} is {FAMILIES[type(value)]}, "
            f"{_shown(value)}; make it one type in the query with CAST, or declare it to be text "
            f"(--types {self.name}=text)"
        )
        raise InputError(msg)


def _shown(value: Value) -> str:
    text = repr(value)
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
