"""Values of JSON made into arrays, or a fault with its row."""

from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from assay.models.answers import AnswerError, check_probabilities
from assay.models.predictor import ClassLabel
from assay.models.remote.answers import describe

NUMBERS = (int, float)
NOT_A_CLASS = frozenset({"", "nan"})
"""Texts, in lower case, that are no class unless they are declared as one."""


def read_table(rows: list[object], *, within_one: bool) -> NDArray[np.float64]:
    """Return lists of numbers as an array, shape (n_rows, n_classes).

    Parameters
    ----------
    rows : list of lists of numbers
    within_one : bool
        Whether the numbers must be in [0, 1].

    Raises
    ------
    AnswerError
        If one is no list of as many numbers as the first, with its row.
    """
    first = rows[0]
    width = len(first) if isinstance(first, list) else 0
    _check(
        rows,
        lambda value: isinstance(value, list) and len(value) == width > 0,
        f"as its scores, where {width} numbers are expected",
    )
    flat = list(chain.from_iterable(row for row in rows if isinstance(row, list)))
    numbers = read_numbers(flat, "its score", per_row=width).reshape(len(rows), width)
    return check_probabilities(numbers) if within_one else numbers


def read_numbers(values: Sequence[object], role: str, *, per_row: int = 1) -> NDArray[np.float64]:
    """Return values as an array of float; `role` says what each is: "its score".

    Parameters
    ----------
    values : sequence, length n_rows * per_row
    role : str
    per_row : int
        How many consecutive values belong to a row.

    Raises
    ------
    AnswerError
        If one is no number or not finite, with its row.

    Examples
    --------
    >>> read_numbers([1, 0.5], "its score").tolist()
    [1.0, 0.5]
    """
    if not set(map(type, values)) <= set(NUMBERS):
        expected = f"as {role}, where a number is expected"
        _check(values, lambda value: type(value) in NUMBERS, expected, per_row=per_row)
    try:
        numbers = np.array(values, dtype=np.float64)
    except OverflowError:
        numbers = np.array([_float(value) for value in values])
    _check(numbers.tolist(), np.isfinite, f"as {role}", per_row=per_row, all_well=numbers)
    return numbers


def _float(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]  numbers only
    except OverflowError:
        return float("inf")


def _check(
    values: Sequence[object],
    fits: Callable[..., object],
    role: str,
    *,
    per_row: int = 1,
    all_well: NDArray[np.float64] | None = None,
) -> None:
    """Refuse the first value that does not fit, with its row."""
    if all_well is not None and np.isfinite(all_well).all():
        return
    for place, value in enumerate(values):
        if not fits(value):
            what = f"returned {describe(value)} {role}"
            raise AnswerError(what, row=place // per_row)


def read_classes(
    labels: Sequence[object],
    declared: Sequence[ClassLabel] | None = None,
    *,
    row: int | None = None,
) -> NDArray[np.generic]:
    """Return predicted classes as an array.

    Parameters
    ----------
    labels : sequence
    declared : sequence or None
        The classes, where they are known: one of them may be called NaN.
    row : int or None
        The row of all of them, where they are of one row.

    Raises
    ------
    AnswerError
        If one is no class, or of another kind than the others, with its row.
    """
    known = {str(name).lower() for name in declared or ()}
    kinds = {type(label) for label in labels}
    one_kind = kinds <= {str} or kinds <= {bool} or kinds <= set(NUMBERS)
    for place, label in enumerate(labels):
        usual = one_kind or type(label) is type(labels[0])
        no_class = str(label).strip().lower() in NOT_A_CLASS - known
        if not isinstance(label, bool | int | float | str) or no_class or not usual:
            others = "" if usual else f", and {describe(labels[0])} for another row"
            what = f"returned {describe(label)} as the class{others}"
            raise AnswerError(what, row=place if row is None else row)
    return as_class_array(labels)


def as_class_array(labels: Sequence[object]) -> NDArray[np.generic]:
    """Return an array in which numbers, texts and truth values stay what they are."""
    kinds = {type(label) for label in labels}
    plain = len(kinds) == 1 or kinds <= set(NUMBERS)
    return np.array(labels) if plain else np.array(labels, dtype=object)


def in_order(value: object, row: int, classes: Sequence[ClassLabel]) -> list[object]:
    """Return an object's values in the order of the classes.

    Raises
    ------
    AnswerError
        If it is no object, or its names are not the classes.

    Examples
    --------
    >>> in_order({"dog": 0.6, "cat": 0.4}, 0, ("cat", "dog"))
    [0.4, 0.6]
    """
    by_text = {str(name): number for name, number in as_object(value, row).items()}
    wanted = [str(name) for name in classes]
    if set(by_text) != set(wanted):
        listed = ", ".join(wanted[:20])
        what = f"returned scores for other classes than {listed}: {describe(value)}"
        raise AnswerError(what, row=row)
    return [by_text[name] for name in wanted]


def as_object(value: object, row: int) -> dict[object, object]:
    """Return a value that must be an object, or raise AnswerError with its row."""
    if not isinstance(value, dict):
        what = f"returned {describe(value)} where scores by class are expected"
        raise AnswerError(what, row=row)
    return value
