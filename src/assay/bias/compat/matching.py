"""Which values of a column the listed values stand for."""

from collections.abc import Sequence
from contextlib import suppress
from math import isfinite

from assay.data.schema import Storage
from assay.errors import InputError
from assay.tables.cube import Level

INT64 = range(-(2**63), 2**63)


def as_they_are(values: Sequence[Level], storage: Storage) -> list[Level]:
    """Return those of the values that may equal a value of this storage, in its own type.

    Numbers equal each other whatever their type, and true is 1; a number never equals a text.

    Examples
    --------
    >>> as_they_are([1, "1", 2.0, 2.5, True], "int64"), as_they_are([1, "1"], "utf8")
    ([1, 2, 1], ['1'])
    """
    texts: list[Level] = [value for value in values if isinstance(value, str)]
    numbers = [value for value in values if isinstance(value, (bool, int, float))]
    if storage == "int64":
        whole = [int(value) for value in numbers if isfinite(value) and value == int(value)]
        return [value for value in whole if value in INT64]
    if storage == "float64":
        return [float(value) for value in numbers if isfinite(value)]
    if storage == "bool":
        return [bool(value) for value in numbers if value in (0, 1)]
    return texts


def converted(values: Sequence[Level], first: Level) -> list[Level]:
    """Return the values as the type of the column's first element.

    What cannot be converted is left out, so it matches nothing. A first element that is missing
    is a float to pandas.

    Examples
    --------
    >>> converted(["1", "1.0", "x"], 0), converted([1, 2.5], "a"), converted(["True"], False)
    ([1, 1.0], ['1', '2.5'], [True])
    """
    made: list[Level] = []
    for value in values:
        with suppress(ValueError, TypeError, OverflowError):
            made.append(_convert(value, first))
    return made


def _convert(value: Level, first: Level) -> Level:
    if value is None:
        raise TypeError
    if isinstance(first, str):
        return str(value)
    if isinstance(first, bool):
        return _truth(value)
    if isinstance(first, int):
        try:
            return int(value)
        except ValueError:
            return float(value)
    return float(value)


def _truth(value: bool | int | float | str) -> bool:
    if not isinstance(value, str):
        return bool(value)
    known = {"true": True, "1": True, "false": False, "0": False}
    if value.strip().lower() not in known:
        raise ValueError
    return known[value.strip().lower()]


def as_threshold(value: Level, column: str) -> int | float:
    """Return the number that a continuous column is compared with.

    Raises
    ------
    InputError
        If it is no number.

    Examples
    --------
    >>> as_threshold("40", "age"), as_threshold(0.5, "age")
    (40, 0.5)
    """
    if isinstance(value, (bool, int, float)):
        return value
    for read in (int, float):
        with suppress(ValueError, TypeError):
            return read(value)  # pyright: ignore[reportArgumentType]
    msg = (
        f"column {column!r} is continuous to smclarify 0.5, and {value!r} is no number; "
        "give one number as its threshold"
    )
    raise InputError(msg)
