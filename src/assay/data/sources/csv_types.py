"""The type of a CSV column from all of its values, as pandas' reader would give it."""

from dataclasses import dataclass, field

import polars as pl

from assay.data.schema import Storage
from assay.errors import InputError

TRUE_WORDS = ("True", "TRUE", "true")
FALSE_WORDS = ("False", "FALSE", "false")
BLANKS = " \t"
FIRST_TRIED = 100
LARGE = 2.0**63
PRINTED_WHOLE = r"^(?:0|-?[1-9]\d*)$"
DTYPES: dict[str, pl.DataType] = {
    "int64": pl.Int64(),
    "float64": pl.Float64(),
    "bool": pl.Boolean(),
    "utf8": pl.String(),
    "time": pl.String(),
}


@dataclass
class ColumnType:
    """Narrows the type of one column while its values go by.

    A column is int64 if every value is a whole number, float64 if every value is a number, bool
    if every value is one of True, TRUE, true, False, FALSE, false, and text otherwise; float64
    if it has no value at all. Whole numbers beyond 64 bits stay text, so that no digit is lost.

    Parameters
    ----------
    candidates : list of str
        Types that fit all values so far.
    n_values : int
        Values so far.
    as_written : bool
        Whether a number must be written as it would be printed: 7, -1.5, and not 007 or 1.50.
    """

    candidates: list[str] = field(default_factory=lambda: ["int64", "float64", "bool"])
    n_values: int = 0
    as_written: bool = False

    def update(self, values: pl.Series) -> None:
        """Drop every type that some value does not fit."""
        n_values = values.len() - values.null_count()
        if n_values == 0:
            return
        self.n_values += n_values
        if "int64" in self.candidates and self._fits(values, "int64"):
            left = {"int64", "float64"} - ({"float64"} if _reaches_63_bits(values) else set())
            self.candidates = [storage for storage in self.candidates if storage in left]
            return
        self.candidates = [
            storage
            for storage in self.candidates
            if storage != "int64" and self._fits(values, storage)
        ]

    def _fits(self, values: pl.Series, storage: str) -> bool:
        if not _fits(values, storage):
            return False
        if not self.as_written or storage == "bool":
            return True
        text = values.rename("text").to_frame().lazy()
        return not text.select(is_lost(pl.col("text"), storage).any()).collect().item()

    @property
    def storage(self) -> Storage:
        """The narrowest type that fits all values seen."""
        if self.n_values == 0:
            return "float64"
        first = next(iter(self.candidates), "utf8")
        return first if first in ("int64", "float64", "bool") else "utf8"


def cast_text(text: pl.Expr, storage: str) -> pl.Expr:
    """Return text as its storage; null where it does not fit."""
    if storage == "bool":
        is_true = pl.any_horizontal(text == word for word in TRUE_WORDS)
        is_false = pl.any_horizontal(text == word for word in FALSE_WORDS)
        return pl.when(is_true | is_false).then(is_true)
    if storage in ("int64", "float64"):
        return text.str.strip_chars(BLANKS).cast(DTYPES[storage], strict=False)
    return text


def is_lost(text: pl.Expr, storage: str) -> pl.Expr:
    """Whether a number would not be printed as it is written in this text.

    Examples
    --------
    >>> frame = pl.DataFrame({"zip": ["01234", "7", "1.50"]})
    >>> frame.select(is_lost(pl.col("zip"), "float64"))["zip"].to_list()
    [True, False, True]
    """
    whole = text.str.contains(PRINTED_WHOLE)
    if storage == "int64":
        return ~whole
    return ~whole & (cast_text(text, storage).cast(pl.String) != text)


def cast_series(values: pl.Series, storage: str) -> pl.Series:
    """Return the same as `cast_text` for values at hand, sooner where none has blanks about it."""
    if storage in ("int64", "float64"):
        made = values.cast(DTYPES[storage], strict=False)
        if made.null_count() == values.null_count():
            return made
    frame = values.rename("text").to_frame().select(cast_text(pl.col("text"), storage))
    return frame.to_series().rename(values.name)


def _fits(values: pl.Series, storage: str) -> bool:
    """Whether every value can be had as this storage."""
    few = values.head(FIRST_TRIED)
    for some in (few, values):
        if cast_series(some, storage).null_count() != some.null_count():
            return False
    return storage != "float64" or not _loses_digits(values)


def _reaches_63_bits(values: pl.Series) -> bool:
    """Whether a float would change one of these whole numbers to one beyond 64 bits."""
    return is_large(cast_series(values, "int64").cast(pl.Float64))


def is_large(floats: pl.Series) -> bool:
    """Whether a number is so large that a whole number like it may not fit 64 bits."""
    lowest, highest = floats.min(), floats.max()
    ends = [end for end in (lowest, highest) if isinstance(end, float)]
    return any(abs(end) >= LARGE for end in ends)


def _loses_digits(values: pl.Series) -> bool:
    """Whether a whole number is beyond 64 bits, so that a float would change it."""
    if not is_large(cast_series(values, "float64")):
        return False
    large = values.filter((cast_series(values, "float64").abs() >= LARGE).fill_null(value=False))
    return bool(large.str.strip_chars(BLANKS).str.contains(r"^[+-]?\d+$").any())


def refuse_misfit(name: str, values: pl.Series, storage: str, first_row: int, where: str) -> None:
    """Raise an error if a value does not fit the storage that the column must have.

    Raises
    ------
    InputError
        Naming column, row and value.
    """
    made = cast_series(values, storage)
    if made.null_count() == values.null_count():
        return
    text = pl.DataFrame({"text": values, "made": made})
    bad = text.with_row_index("row").filter(
        pl.col("text").is_not_null() & pl.col("made").is_null()
    )
    if bad.height:
        row, value, _ = bad.row(0)
        kind = {"int64": "whole numbers", "float64": "numbers", "bool": "true or false"}[storage]
        msg = (
            f"{where}, column {name!r}, row {first_row + row + 1} of the data: {value!r}, where "
            f"{kind} are expected; correct the value, or mark it as missing"
        )
        raise InputError(msg)
