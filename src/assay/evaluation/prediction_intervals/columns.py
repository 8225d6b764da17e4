"""Names of columns in; intervals, quantiles and sets of classes as arrays out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import ColumnNotFoundError, InputError

if TYPE_CHECKING:
    from assay.data.dataset import Dataset
    from assay.tables.cube import Level

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
QUANTILE = re.compile(r"q_?(0?\.\d+)")


@dataclass(frozen=True, eq=False)
class Ends:
    """Intervals from two columns, each of shape (n_rows,)."""

    name: str
    nominal: float
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class QuantileColumn:
    """A column of predicted quantiles, shape (n_rows,)."""

    name: str
    quantile: float
    values: Floats


def read_ends(
    data: "Dataset", low: Sequence[str], high: Sequence[str], nominal: Sequence[float]
) -> tuple[Ends, ...]:
    """Read pairs of columns.

    Parameters
    ----------
    data : Dataset
    low, high : sequence of str
        Of equal length.
    nominal : sequence of float
        One for all pairs, or one for each.

    Raises
    ------
    InputError
        If there is another number of one than of the other, a level is not between 0 and 1, or a
        column does not hold numbers.
    """
    if len(low) != len(high):
        msg = (
            f"{len(low)} columns of lower ends and {len(high)} of upper ends; name one of each "
            "for every interval"
        )
        raise InputError(msg)
    levels = levels_for(len(low), nominal)
    return tuple(
        Ends(f"{a} to {b}", level, _numbers(data, a), _numbers(data, b))
        for a, b, level in zip(low, high, levels, strict=True)
    )


def levels_for(n: int, nominal: Sequence[float]) -> tuple[float, ...]:
    """Return the promised level of each of n things.

    Raises
    ------
    InputError
        If there are neither one nor n of them, or one is not between 0 and 1.

    Examples
    --------
    >>> levels_for(2, (0.9,))
    (0.9, 0.9)
    """
    wrong = [each for each in nominal if not 0 < each < 1]
    if wrong or (n and len(nominal) not in (1, n)):
        found = ", ".join(f"{each:g}" for each in nominal) or "none"
        msg = (
            "the promised coverage lies between 0 and 1, for example 0.9, one for all intervals "
            f"or one for each of the {n}; found: {found}"
        )
        raise InputError(msg)
    return tuple(nominal) * n if len(nominal) == 1 else tuple(nominal)[:n]


def quantile_names(data: "Dataset", told: Sequence[str]) -> tuple[str, ...]:
    """Return the told columns, else two or more columns with names such as q0.05 and q0.95."""
    if told:
        return tuple(told)
    roles = {"feature", "ignored", "score"}
    found = [
        each.name
        for each in data.schema.columns
        if QUANTILE.fullmatch(each.name) and each.role in roles
    ]
    return tuple(found) if len(found) > 1 else ()


def read_quantiles(data: "Dataset", names: Sequence[str]) -> tuple[QuantileColumn, ...]:
    """Read columns of quantiles, ascending by level.

    Raises
    ------
    InputError
        If a name does not tell its level.
    """
    found: list[QuantileColumn] = []
    for name in names:
        match = QUANTILE.search(name)
        if match is None:
            msg = f"column {name!r} does not tell its level; name quantile columns q0.05, q0.5, …"
            raise InputError(msg)
        found.append(QuantileColumn(name, float(match[1]), _numbers(data, name)))
    return tuple(sorted(found, key=lambda each: each.quantile))


def pairs_of(quantiles: Sequence[QuantileColumn]) -> tuple[Ends, ...]:
    """Return the intervals between quantiles that leave the same share on both sides."""
    found: list[Ends] = []
    for low in quantiles:
        for high in quantiles:
            if low.quantile < high.quantile and abs(low.quantile + high.quantile - 1) < 1e-9:
                nominal = round(high.quantile - low.quantile, 9)
                found.append(Ends(f"{low.name} to {high.name}", nominal, low.values, high.values))
    return tuple(found)


def read_sets(data: "Dataset", names: Sequence[str], classes: "Sequence[Level]") -> Flags:
    """Read sets of classes: a column of lists, or a column of 0 and 1 for each class.

    Parameters
    ----------
    data : Dataset
    names : sequence of str
        One column of lists; or one for each class, named after it ("in_cat" for "cat").
    classes : sequence

    Returns
    -------
    ndarray of bool, shape (n_rows, n_classes)

    Raises
    ------
    InputError
        If a class has no column, or a value is neither 0 nor 1.
    """
    table = _table(data, names)
    if len(names) == 1 and isinstance(table[names[0]].dtype, pl.List):
        texts = table[names[0]].cast(pl.List(pl.String))
        return np.column_stack(
            [texts.list.contains(str(each)).fill_null(value=False).to_numpy() for each in classes]
        )
    columns: list[Flags] = []
    for each in classes:
        fits = [name for name in names if name == str(each) or name.endswith(f"_{each}")]
        if len(fits) != 1:
            msg = (
                f"sets of classes: {len(fits)} of the columns {', '.join(names)} are for the "
                f"class {each!r}; give one column of lists, or one of 0 and 1 for each class, "
                f"named after it (in_{each})"
            )
            raise InputError(msg)
        values = table[fits[0]].cast(pl.Float64, strict=False)
        if not bool(values.is_in([0.0, 1.0]).all()) or values.null_count():
            msg = f"column {fits[0]!r} says whether a class is in the set: it must be 0 or 1"
            raise InputError(msg)
        columns.append(values.to_numpy() == 1)
    return np.column_stack(columns)


def _table(data: "Dataset", names: Sequence[str]) -> pl.DataFrame:
    missing = [name for name in names if name not in data.schema.names]
    if missing:
        raise ColumnNotFoundError(missing, data.schema.names)
    return data.collect(names)


def _numbers(data: "Dataset", name: str) -> Floats:
    values = _table(data, [name]).to_series()
    if not values.dtype.is_numeric():
        msg = f"column {name!r} holds ends of intervals, and is no number: {values.dtype}"
        raise InputError(msg)
    return values.cast(pl.Float64).fill_null(float("nan")).to_numpy()
