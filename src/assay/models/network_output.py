"""What a neural network gave and what it stands for, made into a Prediction."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.models.answers import (
    AnswerError,
    as_array,
    as_labels,
    as_numbers,
    as_scores,
    check_probabilities,
)
from assay.models.predictor import ClassLabel, Prediction

Meaning = Literal["auto", "logits", "probability", "number", "label"]
MEANINGS: tuple[str, ...] = get_args(Meaning)
ROUNDING = 1e-3
"""How far a row of probabilities made in single or half precision may sum from 1."""
EVEN = 0.5
"""Probability from which one of several labels of a row counts as given."""

KINDS: dict[str, tuple[str, str]] = {
    "auto": ("unknown", "unknown"),
    "logits": ("classifier", "probability"),
    "probability": ("classifier", "probability"),
    "number": ("regressor", "none"),
    "label": ("classifier", "none"),
}
"""What a network returns → kind of model, kind of score."""


def check_meaning(told: str | None, default: Meaning = "auto") -> Meaning:
    """Return what the user said that a network returns, else the default.

    Raises
    ------
    InputError
        If it is none of `MEANINGS`.
    """
    if told is None:
        return default
    for known in get_args(Meaning):
        if told == known:
            return known
    msg = f"unknown output {told!r}; choose one of: {', '.join(MEANINGS)}"
    raise InputError(msg)


def pick_output(answer: object, wanted: str | int | None) -> object:
    """Return the one output that is meant, of a network that may have several.

    Parameters
    ----------
    answer : tensor, mapping, or list or tuple of tensors
    wanted : str, int or None
        Name or place of the output; None is the only one.

    Raises
    ------
    InputError
        If there are several and none was chosen, or the chosen one is not there.

    Examples
    --------
    >>> pick_output({"logits": [1.0], "hidden": [2.0]}, "logits")
    [1.0]
    """
    named: Mapping[Any, object] | None = None
    if isinstance(answer, Mapping):
        named = answer
    elif isinstance(answer, list | tuple):
        fields: Sequence[str] = getattr(answer, "_fields", ())
        named = dict(zip(fields, answer, strict=True)) if fields else dict(enumerate(answer))
    if named is None:
        return answer
    if wanted is None and len(named) == 1:
        return next(iter(named.values()))
    if wanted in named:
        return named[wanted]
    places = list(named.values())
    if isinstance(wanted, int) and 0 <= wanted < len(places):
        return places[wanted]
    listed = ", ".join(f"{name} {_shape(value)}" for name, value in named.items())
    said = "say which one is meant" if wanted is None else f"it has no output {wanted!r}"
    msg = (
        f"the network returns {len(named)} outputs: {listed}; {said}: "
        "--model-option output_name=NAME (or its number, counted from 0)"
    )
    raise InputError(msg)


def read_output(
    answer: NDArray[Any],
    n_rows: int,
    *,
    meaning: Meaning,
    classes: tuple[ClassLabel, ...] | None,
    multilabel: bool = False,
) -> Prediction:
    """Read one output of a network.

    Parameters
    ----------
    answer : ndarray, shape (n_rows,), (n_rows, 1) or (n_rows, k)
    n_rows : int
    meaning : {"auto", "logits", "probability", "number", "label"}
        Logits become probabilities: one a row by the logistic function, several by softmax (or
        each by the logistic function where a row may have several labels). "auto" takes several
        columns for probabilities only where every row is non-negative and sums to 1; one number
        a row is left for the data's label to explain.
    classes : tuple or None
        In the order of the columns; for one probability a row, negative and positive.
    multilabel : bool
        Whether a row may have several labels.

    Raises
    ------
    ModelError
        If the answer has no usable shape or values.
    InputError
        If several columns are no probabilities and nobody said what they are.

    Examples
    --------
    >>> read_output(np.array([0.0]), 1, meaning="logits", classes=("no", "yes")).probabilities
    array([[0.5, 0.5]])
    """
    if meaning == "number":
        return Prediction(values=as_numbers(answer, n_rows))
    if multilabel:
        return _several_labels(answer, n_rows, meaning, classes)
    array = as_array(answer, n_rows)
    if meaning == "label" or (meaning == "auto" and array.dtype.kind not in "f"):
        return Prediction(labels=_labels(array, n_rows, classes), classes=classes)
    if array.ndim == 1:
        return _one_column(as_numbers(array, n_rows), meaning, classes)
    scores = as_scores(array, n_rows, classes=classes)
    if meaning == "logits":
        return Prediction(probabilities=softmax(scores), classes=classes)
    if meaning == "auto":
        _refuse_unknown(scores)
    return Prediction(probabilities=check_probabilities(scores), classes=classes)


def logistic(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 / (1 + exp(-x)) without overflow.

    Examples
    --------
    >>> logistic(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    small = np.exp(-np.abs(logits))
    return np.where(logits >= 0, 1.0, small) / (1.0 + small)


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return exp(x) over its sum in each row, without overflow.

    Examples
    --------
    >>> softmax(np.array([[1000.0, 1000.0]])).tolist()
    [[0.5, 0.5]]
    """
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    return grown / grown.sum(axis=1, keepdims=True)


def _one_column(
    numbers: NDArray[np.float64], meaning: Meaning, classes: tuple[ClassLabel, ...] | None
) -> Prediction:
    if meaning == "auto":
        return Prediction(values=numbers, classes=classes)
    positive = logistic(numbers) if meaning == "logits" else numbers
    positive = check_probabilities(positive.reshape(-1, 1))[:, 0]
    if classes is None:
        return Prediction(values=positive)
    if len(classes) != 2:
        listed = ", ".join(map(str, classes))
        what = f"returned one number a row, and {len(classes)} classes were named ({listed})"
        raise AnswerError(what)
    both = np.column_stack([1.0 - positive, positive])
    return Prediction(probabilities=both, classes=classes)


def _several_labels(
    answer: NDArray[Any], n_rows: int, meaning: Meaning, classes: tuple[ClassLabel, ...] | None
) -> Prediction:
    array = np.asarray(answer)
    if array.ndim == 1:
        array = array.reshape(-1, 1)
    if meaning == "label":
        given = as_scores(array, n_rows, classes=classes) > EVEN
        return Prediction(labels=given, classes=classes, multilabel=True)
    scores = as_scores(array, n_rows, classes=classes)
    beliefs = logistic(scores) if meaning == "logits" else check_probabilities(scores)
    return Prediction(
        labels=beliefs >= EVEN, probabilities=beliefs, classes=classes, multilabel=True
    )


def _labels(
    array: NDArray[Any], n_rows: int, classes: tuple[ClassLabel, ...] | None
) -> NDArray[np.generic]:
    """Return labels; whole numbers are places among the classes, where these are known."""
    labels = as_labels(array, n_rows)
    if labels.dtype.kind == "f" and np.all(labels == np.round(labels)):
        labels = labels.astype(np.int64)
    if classes is None or labels.dtype.kind not in "iub":
        return labels
    places = labels.astype(np.int64)
    wrong = (places < 0) | (places >= len(classes))
    if wrong.any():
        row = int(np.argmax(wrong))
        what = f"returned {places[row]} as the number of a class, of {len(classes)} classes"
        raise AnswerError(what, row=row)
    words = np.empty(len(classes), dtype=object)
    words[:] = classes
    return words[places]


def _refuse_unknown(scores: NDArray[np.float64]) -> None:
    wrong = (scores < 0).any(axis=1) | (np.abs(scores.sum(axis=1) - 1.0) > ROUNDING)
    if not wrong.any():
        return
    row = scores[int(np.argmax(wrong))]
    shown = ", ".join(f"{value:.4g}" for value in row[:5]) + (", …" if len(row) > 5 else "")
    msg = (
        f"the network returns {scores.shape[1]} numbers a row, such as {shown}, which are no "
        "probabilities of classes (these are non-negative and sum to 1); say what they are: "
        "--model-option output=logits (softmax makes them probabilities), or output=probability "
        "where each class stands by itself"
    )
    raise InputError(msg)


def _shape(value: object) -> str:
    shape = getattr(value, "shape", None)
    return type(value).__name__ if shape is None else str(tuple(shape))
