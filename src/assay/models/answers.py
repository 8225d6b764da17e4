"""What a model returned, made into arrays of the right shape, or a fault with its row."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assay.errors import ModelError
from assay.models.predictor import ClassLabel, Prediction

TOLERANCE = 1e-6
"""How far a probability may leave [0, 1] by rounding before it counts as wrong."""


class AnswerError(ModelError):
    """A model's answer that cannot be used, with its place in the batch.

    Parameters
    ----------
    what : str
        What is wrong, without the place: ``returned NaN``.
    row : int or None
        Zero-based row of the batch.
    """

    def __init__(self, what: str, *, row: int | None = None) -> None:
        self.what = what
        place = "" if row is None else f" (row {row} of the batch, counted from 0)"
        super().__init__(f"the model {what}{place}", row=row)


def as_array(answer: object, n_rows: int) -> NDArray[Any]:
    """Return an answer as an array, shape (n_rows,) or (n_rows, k).

    A single column, shape (n_rows, 1), counts as one value a row.

    Raises
    ------
    AnswerError
        If it holds another number of rows, or is no table of values at all.

    Examples
    --------
    >>> as_array([0.25, 0.5], 2).tolist()
    [0.25, 0.5]
    """
    try:
        array = np.asarray(answer)
    except (TypeError, ValueError) as error:
        what = f"returned {type(answer).__name__} whose rows differ in length or kind ({error})"
        raise AnswerError(what) from error
    if array.ndim not in (1, 2):
        what = f"returned {type(answer).__name__} of shape {array.shape} instead of a value a row"
        raise AnswerError(what)
    if len(array) != n_rows:
        what = f"returned {len(array):,} predictions for {n_rows:,} rows; it must be one a row"
        raise AnswerError(what)
    return array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array


def as_labels(answer: object, n_rows: int) -> NDArray[Any]:
    """Return predicted classes, shape (n_rows,).

    Raises
    ------
    AnswerError
        If the shape is wrong or a row has no class.
    """
    array = _one_dimensional(as_array(answer, n_rows))
    if array.dtype.kind in "fO":
        missing = [value is None or value != value for value in array.tolist()]
        _refuse(np.array(missing, dtype=bool), lambda row: f"returned {array[row]} as the class")
    return array


def as_numbers(answer: object, n_rows: int) -> NDArray[np.float64]:
    """Return predicted numbers, shape (n_rows,), all finite.

    Raises
    ------
    AnswerError
        If the shape is wrong, or a value is text, NaN or infinite.
    """
    array = _one_dimensional(as_array(answer, n_rows))
    numbers = _floats(array, "numbers")
    _refuse(~np.isfinite(numbers), lambda row: f"returned {numbers[row]} as its prediction")
    return numbers


def as_probabilities(
    answer: object, n_rows: int, *, classes: Sequence[ClassLabel] | None = None
) -> NDArray[np.float64]:
    """Return probabilities, shape (n_rows, n_classes), all in [0, 1].

    Raises
    ------
    AnswerError
        If the shape is wrong or a value is NaN or outside [0, 1].
    """
    return check_probabilities(as_scores(answer, n_rows, classes=classes))


def check_probabilities(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return scores, shape (n_rows, k), with rounding beyond [0, 1] clipped.

    Raises
    ------
    AnswerError
        If a value is outside [0, 1] by more than `TOLERANCE`.
    """
    outside = (scores < -TOLERANCE) | (scores > 1 + TOLERANCE)
    _refuse(np.any(outside, axis=1), lambda row: _value_of("probability", scores, row, outside))
    return np.clip(scores, 0.0, 1.0)


def as_scores(
    answer: object, n_rows: int, *, classes: Sequence[ClassLabel] | None = None
) -> NDArray[np.float64]:
    """Return one finite number for each class, shape (n_rows, n_classes).

    Raises
    ------
    AnswerError
        If the shape is wrong or a value is NaN or infinite.
    """
    array = as_array(answer, n_rows)
    expected = None if classes is None else len(classes)
    found = 1 if array.ndim == 1 else array.shape[1]
    if array.ndim != 2 or (expected is not None and found != expected):
        wanted = "a column for each class" if expected is None else f"{expected} columns of scores"
        what = f"returned {found} column(s) of scores; expected {wanted}"
        if classes is not None:
            what += f" ({', '.join(str(label) for label in classes)})"
        raise AnswerError(what)
    scores = _floats(array, "scores")
    wrong = ~np.isfinite(scores)
    _refuse(np.any(wrong, axis=1), lambda row: _value_of("score", scores, row, wrong))
    return scores


def as_flags(answer: object, n_rows: int, n_labels: int) -> NDArray[np.bool_]:
    """Return whether each row is given each label, shape (n_rows, n_labels).

    Raises
    ------
    AnswerError
        If the shape is wrong or a value is neither 0 nor 1, neither true nor false.

    Examples
    --------
    >>> as_flags([[0, 1], [1, 1]], 2, 2).tolist()
    [[False, True], [True, True]]
    """
    dense = getattr(answer, "toarray", None)  # a sparse matrix
    array = as_array(answer if dense is None else dense(), n_rows)
    found = 1 if array.ndim == 1 else array.shape[1]
    if array.ndim != 2 or found != n_labels:
        what = f"returned {found} column(s); expected one of 0 and 1 for each of {n_labels} labels"
        raise AnswerError(what)
    numbers = _floats(array, "0 and 1 for each label")
    wrong = (numbers != 0) & (numbers != 1)
    _refuse(np.any(wrong, axis=1), lambda row: _value_of("answer", numbers, row, wrong))
    return numbers == 1


def interpret(answer: object, n_rows: int, *, classes: Sequence[ClassLabel] | None) -> Prediction:
    """Read an answer from a model that does not say what it returns, by its shape and type.

    Two or more columns are probabilities; one column of floats is `values` (scoring decides
    whether they are probabilities); any other column is labels.

    Raises
    ------
    AnswerError
        If the answer has no usable shape or values.

    Examples
    --------
    >>> interpret(["yes", "no"], 2, classes=None).labels.tolist()
    ['yes', 'no']
    """
    names = getattr(answer, "columns", None)
    if classes is None and names is not None and len(names) > 1:
        classes = tuple(names)
    known = None if classes is None else tuple(classes)
    array = as_array(answer, n_rows)
    if array.ndim == 2:
        return Prediction(
            probabilities=as_probabilities(array, n_rows, classes=known), classes=known
        )
    if array.dtype.kind == "f":
        return Prediction(values=as_numbers(array, n_rows), classes=known)
    return Prediction(labels=as_labels(array, n_rows), classes=known)


def _one_dimensional(array: NDArray[Any]) -> NDArray[Any]:
    if array.ndim == 1:
        return array
    what = (
        f"returned {array.shape[1]} columns where one value a row is expected; evaluate one "
        "output at a time, with a function that returns that column of the answer alone"
    )
    raise AnswerError(what)


def _floats(array: NDArray[Any], wanted: str) -> NDArray[np.float64]:
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError):
        example = next(iter(array.ravel().tolist()), None)
        what = f"returned {type(example).__name__} values such as {example!r} instead of {wanted}"
        raise AnswerError(what, row=0) from None


def _value_of(kind: str, scores: NDArray[np.float64], row: int, wrong: NDArray[np.bool_]) -> str:
    column = int(np.argmax(wrong[row]))
    return f"returned {scores[row, column]:g} as the {kind} of class number {column}"


def _refuse(wrong: ArrayLike, describe: Callable[[int], str]) -> None:
    if np.any(wrong):
        row = int(np.argmax(wrong))
        raise AnswerError(describe(row), row=row)
