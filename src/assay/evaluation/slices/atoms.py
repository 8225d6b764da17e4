"""Columns in; the simple conditions that slices are built from, and the code of each row, out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.conditions import Condition, Part, part_of
from assay.data.schema import Column

Floats = NDArray[np.float64]
Codes = NDArray[np.int16]
MIN_LEVEL_SHARE = 0.02
FEW_VALUES = 12
DECILES = tuple(step / 10 for step in range(1, 10))
NEAR = 0.01
MAX_DIGITS = 17
TIME_PARTS: tuple[Part, ...] = ("year", "month", "weekday", "hour")


@dataclass(frozen=True)
class Atom:
    """One condition, and the run of codes of its column that satisfy it.

    Parameters
    ----------
    condition : Condition
    first, last : int
        Codes from `first` to `last`, both included.
    """

    condition: Condition
    first: int
    last: int


@dataclass(frozen=True, eq=False)
class CodedColumn:
    """A column cut into a few codes.

    Parameters
    ----------
    codes : ndarray of int16, shape (n_rows,)
    n_codes : int
    atoms : tuple of Atom
    """

    codes: Codes
    n_codes: int
    atoms: tuple[Atom, ...]

    def holds(self, atom: Atom) -> NDArray[np.bool_]:
        """Return the rows that satisfy one of its atoms."""
        return (self.codes >= atom.first) & (self.codes <= atom.last)


def code_column(values: pl.Series, column: Column) -> list[CodedColumn]:
    """Cut a column into codes; a time gives one coded column for each of its parts.

    Numbers are cut at their deciles, or at each value where there are at most 12; categories keep
    the levels with at least 2 % of the rows; of a text its length is looked at, of a time its
    year, month, weekday and hour. Ids, columns without a value and constant ones give nothing.
    Only values of the column are looked at, no losses, so that any rows may take part.

    Parameters
    ----------
    values : polars.Series, length n_rows
    column : Column
        Its name and kind.

    Returns
    -------
    list of CodedColumn
        Without those that have no atom.

    Examples
    --------
    >>> sex = Column("sex", "feature", "categorical", "utf8")
    >>> coded = code_column(pl.Series(["F", "M", "F", None]), sex)[0]
    >>> [atom.condition.text for atom in coded.atoms], coded.codes.tolist()
    (['sex = F', 'sex = M', 'sex is missing', 'sex is not missing'], [0, 1, 0, 3])
    """
    made = _of_kind(values, column)
    return [each for each in made if each is not None and each.atoms]


def _of_kind(values: pl.Series, column: Column) -> Sequence[CodedColumn | None]:
    name, kind = column.name, column.kind
    if kind in ("id", "empty"):
        return ()
    if kind == "time":
        return [
            _number(_part(values, part), name, part=part, levels=part != "year")
            for part in TIME_PARTS
        ]
    if kind == "text":
        return [_number(_part(values, "length"), name, part="length")]
    if kind in ("continuous", "ordinal") and values.dtype.is_numeric():
        return [_number(values.cast(pl.Float64).to_numpy(), name)]
    return [_categories(values, name)]


def _part(values: pl.Series, part: Part) -> Floats:
    expression = part_of(pl.col(values.name), values.dtype, part)
    return values.to_frame().select(expression).to_series().to_numpy().astype(np.float64)


def code_numbers(values: Floats, name: str) -> CodedColumn | None:
    """Cut numbers that are no column of the table; NaN is missing."""
    return _number(values, name)


def _number(
    values: Floats, name: str, *, part: Part | None = None, levels: bool = False
) -> CodedColumn | None:
    missing = np.isnan(values)
    there = np.sort(values[~missing])
    if not len(there) or (there[0] == there[-1] and not missing.any()):
        return None
    distinct = _distinct(there)
    few = len(distinct) <= FEW_VALUES or levels
    cuts = distinct[:-1] if few else round_deciles(there)
    cuts = cuts[np.isfinite(cuts)]
    codes = np.searchsorted(cuts, values, side="left").astype(np.int16)
    last = len(cuts)
    codes[missing] = last + 1
    atoms: list[Atom] = []
    if few and len(cuts) == len(distinct) - 1:
        atoms += [
            Atom(Condition(name, "=", (float(value),), part), place, place)
            for place, value in enumerate(distinct)
        ]
    inner = range(1, last - 1) if few else range(last)  # the outermost are single values
    for place in inner:
        end = (float(cuts[place]),)
        atoms.append(Atom(Condition(name, "≤", end, part), 0, place))
    for place in range(1, last - 1) if few else range(last):
        end = (float(cuts[place]),)
        atoms.append(Atom(Condition(name, ">", end, part), place + 1, last))
    if few:
        atoms += _outer(cuts, name, part, last)
    return CodedColumn(codes, last + 2, tuple(atoms + _missing(missing, name, last, part)))


def _outer(cuts: Floats, name: str, part: Part | None, last: int) -> list[Atom]:
    """Return all but the lowest and all but the highest value, where there are several."""
    if last < 2:
        return []
    lowest, highest = (float(cuts[0]),), (float(cuts[-1]),)
    return [
        Atom(Condition(name, ">", lowest, part), 1, last),
        Atom(Condition(name, "≤", highest, part), 0, last - 1),
    ]


def _missing(
    missing: NDArray[np.bool_], name: str, last: int, part: Part | None = None
) -> list[Atom]:
    if part is not None or not missing.any() or missing.all():
        return []
    return [
        Atom(Condition(name, "missing"), last + 1, last + 1),
        Atom(Condition(name, "present"), 0, last),
    ]


def _distinct(ordered: Floats) -> Floats:
    """Return the distinct values of a sorted array, and no more than are needed to count them."""
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]


def round_deciles(ordered: Floats) -> Floats:
    """Return cuts near the deciles of sorted numbers, with as few digits as a hundredth allows.

    Examples
    --------
    >>> round_deciles(np.linspace(0, 1, 1001)).tolist()
    [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    """
    last = len(ordered) - 1
    low = ordered[[int((share - NEAR) * last) for share in DECILES]]
    high = ordered[[int((share + NEAR) * last) for share in DECILES]]
    cuts = np.array([roundest(a, b) for a, b in zip(low, high, strict=True)])
    return np.unique(cuts[(cuts >= ordered[0]) & (cuts < ordered[-1])])


def roundest(low: float, high: float) -> float:
    """Return the number of fewest digits in [low, high].

    Examples
    --------
    >>> roundest(0.123456, 0.1262), roundest(25.0, 26.0), roundest(-3.14159, -3.0)
    (0.125, 25.0, -3.0)
    >>> roundest(-0.3, 0.2), roundest(96_200.0, 103_000.0)
    (0.0, 100000.0)
    """
    if low == high or not (np.isfinite(low) and np.isfinite(high)):
        return float(low)
    if low <= 0 <= high:
        return 0.0
    size = int(np.floor(np.log10(max(abs(low), abs(high)))))
    for digits in range(MAX_DIGITS):
        for half in (1.0, 0.5):
            step = half * 10.0 ** (size - digits)
            if step == 0:  # numbers next to the smallest there is
                return float(low)
            candidate = float(f"{np.ceil(low / step) * step:.{digits + 1}e}")
            if low <= candidate <= high:
                return candidate
    return float(low)


def _categories(values: pl.Series, name: str) -> CodedColumn | None:
    if values.dtype.is_nested() or values.dtype in (pl.Binary, pl.Object):
        return None
    if values.dtype.is_float():
        values = values.fill_nan(None)
    elif not (values.dtype == pl.Boolean or values.dtype.is_integer()):
        values = values.cast(pl.String)
    counted = values.rename("value").value_counts(name="rows")
    least = MIN_LEVEL_SHARE * len(values)
    frequent = counted.filter(pl.col("value").is_not_null() & (pl.col("rows") >= least))
    levels = frequent.get_column("value").sort()
    missing = values.is_null().to_numpy()
    k = len(levels)
    if k == 0 or (counted.height == 1 and not missing.any()):
        return None
    places = pl.Series(range(k), dtype=pl.Int16)
    codes = values.replace_strict(levels, places, default=k, return_dtype=pl.Int16).to_numpy()
    codes = np.where(missing, k + 1, codes).astype(np.int16)
    atoms = [
        Atom(Condition(name, "=", (value,)), place, place)
        for place, value in enumerate(levels.to_list())
    ]
    return CodedColumn(codes, k + 2, tuple(atoms + _missing(missing, name, k)))
