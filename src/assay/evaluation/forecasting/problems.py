"""Series and times that cannot be judged, or only with a word: errors and findings out."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError
from assay.result import Finding

Codes = NDArray[np.int64]
MAX_NAMED = 5
LARGEST = 1e45
"""The sixth powers of such numbers, and sums of these, are still floats."""


def named(names: list[str]) -> str:
    """Return the first names of many, and how many more there are.

    Examples
    --------
    >>> named(["a", "b"]), named(list("abcdefg"))
    ("'a', 'b'", "'a', 'b', 'c', 'd', 'e' and 2 more")
    """
    told = ", ".join(repr(name) for name in names[:MAX_NAMED])
    more = len(names) - MAX_NAMED
    return f"{told} and {more:,} more" if more > 0 else told


def shown_time(time: int, *, temporal: bool) -> str:
    """Return a time for people.

    Examples
    --------
    >>> shown_time(86_400_000_000_000, temporal=True), shown_time(7, temporal=False)
    ('1970-01-02', '7')
    """
    if not temporal:
        return str(time)
    text = str(np.datetime64(time, "ns").astype("datetime64[s]")).replace("T", " ")
    return text.removesuffix(" 00:00:00")


def refuse_repeated(
    keys: Mapping[str, Codes], names: tuple[str, ...], *, temporal: bool, where: str
) -> None:
    """Refuse a series that has a time twice.

    Parameters
    ----------
    keys : mapping of str to ndarray of int
        "series", "time" and, where forecasts were made from several places, "cut".

    Raises
    ------
    InputError
        Naming the first series and time.
    """
    columns = [keys[name] for name in ("time", "cut", "series") if name in keys]
    order = np.lexsort(columns)
    same = np.ones(max(len(order) - 1, 0), dtype=bool)
    for column in columns:
        same &= np.diff(column[order]) == 0
    if not same.any():
        return
    row = order[int(np.argmax(same))]
    series = names[keys["series"][row]]
    moment = shown_time(int(keys["time"][row]), temporal=temporal)
    remedy = "keep one row for each series and time"
    if "cut" not in keys:
        remedy += (
            ", name the column of series with --series, or, where forecasts were made from "
            "several places in time, the column of their cut-offs with --evaluation-cutoff"
        )
    msg = (
        f"in {where} {int(same.sum()):,} times occur twice within their series, first "
        f"{moment} in series {series!r}; {remedy}"
    )
    raise InputError(msg)


def refuse_values(values: pl.Series, name: str, role: str) -> None:
    """Refuse a column that is not all finite numbers.

    Raises
    ------
    InputError
        Naming the column and the first row.
    """
    if not values.dtype.is_numeric() and values.dtype not in (pl.Boolean, pl.Null):
        msg = f"the {role} column {name!r} of a forecast must hold numbers; it has {values.dtype}"
        raise InputError(msg)
    numbers = values.cast(pl.Float64)
    bad = (numbers.is_null() | ~numbers.is_finite() | (numbers.abs() > LARGEST)).fill_null(
        value=True
    )
    if bad.any():
        msg = (
            f"the {role} column {name!r} has {int(bad.sum()):,} values that are no finite numbers "
            f"below {LARGEST:g}, for example {values.filter(bad)[0]!r}; drop these rows or fill "
            "the values in"
        )
        raise InputError(msg)


def out_of_order(
    series: Codes, time: Codes, cut: Codes | None, names: tuple[str, ...]
) -> tuple[Finding, ...]:
    """Tell that the rows of some series are not in the order of time; they were sorted.

    Examples
    --------
    >>> zeros = np.zeros(3, dtype=np.int64)
    >>> out_of_order(zeros, np.array([1, 3, 2]), None, ("a",))[0].rule
    'times_out_of_order'
    """
    keys = [series] if cut is None else [cut, series]
    order = np.lexsort(keys)  # a stable sort: rows of a series stay as they came
    same = np.diff(series[order]) == 0
    if cut is not None:
        same &= np.diff(cut[order]) == 0
    back = same & (np.diff(time[order]) < 0)
    if not back.any():
        return ()
    which = np.unique(series[order][1:][back])
    told = [names[each] for each in which.tolist()]
    return (
        Finding(
            rule="times_out_of_order",
            severity="info",
            message=(
                f"The rows of {len(told):,} series are not in the order of time: they were sorted."
            ),
            where={"series": list(told[:MAX_NAMED])},
            evidence={"series": len(told), "steps_back": int(back.sum())},
            cause="The table was shuffled or sorted by another column.",
            advice=(
                "Nothing, unless the model reads rows in their order: then sort the table before "
                "it is asked."
            ),
        ),
    )
