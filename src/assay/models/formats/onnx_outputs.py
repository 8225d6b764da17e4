"""What an ONNX model returned, as labels, probabilities, scores or numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from assay.errors import InputError
from assay.models.answers import (
    as_array,
    as_labels,
    as_numbers,
    as_probabilities,
    as_scores,
    check_probabilities,
)
from assay.models.predictor import ClassLabel, Prediction

Activation = Literal["none", "softmax", "sigmoid"]
Form = Literal["labels", "number", "value", "positive", "margin", "each", "scores"]
KINDS: dict[Form, tuple[str, str]] = {
    "labels": ("classifier", "none"),
    "number": ("regressor", "none"),
    "value": ("unknown", "unknown"),
    "positive": ("classifier", "probability"),
    "margin": ("classifier", "score"),
    "each": ("classifier", "probability"),
    "scores": ("classifier", "score"),
}
"""Form of the answer → kind of model, kind of score."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the user said of the outputs.

    Parameters
    ----------
    outputs : tuple of str
        Which to take; () takes what is there.
    column : int or None
        Which column of the output.
    activation : {"none", "softmax", "sigmoid"}
        What makes probabilities of the output.
    multilabel : bool
        Whether a row may have several classes.
    returns : {"label", "probability", "number"} or None
        What the output is.
    classes : tuple or None
    """

    outputs: tuple[str, ...] = ()
    column: int | None = None
    activation: Activation = "none"
    multilabel: bool = False
    returns: str | None = None
    classes: tuple[ClassLabel, ...] | None = None


@dataclass(frozen=True, eq=False)
class Trial:
    """What a model said of a few made-up rows.

    Parameters
    ----------
    scores : ndarray of float or None, shape (n_rows,) or (n_rows, k)
    labels : ndarray or None, shape (n_rows,) or (n_rows, k)
    """

    scores: NDArray[np.float64] | None = None
    labels: NDArray[Any] | None = None


@dataclass(frozen=True, kw_only=True)
class OutputPlan:
    """Which outputs are read, and how.

    Parameters
    ----------
    label : str or None
        The output with the predicted class.
    scores : tuple of str
        Those with probabilities, scores or numbers; several hold a class each.
    form : str
    classes : tuple or None
        In the words to report.
    own_classes : tuple or None
        The same in the model's words.
    wish : Wish
    multilabel : bool
    """

    label: str | None
    scores: tuple[str, ...]
    form: Form
    classes: tuple[ClassLabel, ...] | None
    own_classes: tuple[ClassLabel, ...] | None
    wish: Wish
    multilabel: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The outputs that are asked for."""
        return (*self.scores, *(() if self.label is None else (self.label,)))

    @property
    def kind(self) -> str:
        """As `ModelInfo.kind`."""
        return "multilabel" if self.multilabel else KINDS[self.form][0]

    @property
    def score_kind(self) -> str:
        """As `ModelInfo.score_kind`."""
        return KINDS[self.form][1]

    def read(self, answer: Mapping[str, Any], n_rows: int) -> Prediction:
        """Return what the model said.

        Parameters
        ----------
        answer : mapping of str to what ONNX Runtime returns
        n_rows : int

        Raises
        ------
        AnswerError
            If a value is NaN, or the shape is not the one that was planned for.
        """
        scores = join_outputs([answer[name] for name in self.scores], n_rows, self.own_classes)
        if scores is not None and self.wish.column is not None:
            scores = _column(scores, self.wish.column)
        labels = None if self.label is None else self._labels(answer[self.label], n_rows)
        return READERS[self.form](self, scores, labels, n_rows)

    def _labels(self, answer: object, n_rows: int) -> NDArray[Any]:
        if self.multilabel:
            return as_array(answer, n_rows).astype(bool)
        labels = as_labels(answer, n_rows)
        if self.own_classes is None or self.classes == self.own_classes:
            return labels
        words = dict(zip(self.own_classes, self.classes or (), strict=True))
        return np.array([words.get(label, label) for label in labels.tolist()])


def _column(scores: NDArray[Any], column: int) -> NDArray[Any]:
    if scores.ndim != 2 or column >= scores.shape[1]:
        found = 1 if scores.ndim != 2 else scores.shape[1]
        msg = f"column={column} was asked of an output with {found} column(s); count from 0"
        raise InputError(msg)
    return scores[:, column]


def join_outputs(
    parts: Sequence[Any], n_rows: int, classes: tuple[ClassLabel, ...] | None
) -> NDArray[Any] | None:
    """Return outputs as one array, shape (n_rows,) or (n_rows, k); None for no output.

    Parameters
    ----------
    parts : sequence
        Arrays; lists with a mapping of class to probability for each row; or lists with an
        array of two columns for each label.
    n_rows : int
    classes : tuple or None
        Order of the columns that mappings become.

    Raises
    ------
    AnswerError
        If a row is missing.

    Examples
    --------
    >>> join_outputs([[{"no": 0.25, "yes": 0.75}]], 1, ("no", "yes")).tolist()
    [[0.25, 0.75]]
    """
    columns = []
    for part in parts:
        if isinstance(part, list) and part and isinstance(part[0], dict):
            names = classes if classes and set(classes) == set(part[0]) else tuple(part[0])
            columns.append(np.array([[row[name] for name in names] for row in part]))
        elif isinstance(part, list):
            columns += [array[:, -1] for array in part]
        else:
            columns.append(part)
    if len(columns) < 2:
        return as_array(columns[0], n_rows) if columns else None
    return np.column_stack([as_array(column, n_rows) for column in columns])


Values = NDArray[Any] | None


def _as_labels(plan: OutputPlan, scores: Values, labels: Values, n_rows: int) -> Prediction:
    found = as_labels(scores, n_rows) if labels is None else labels
    return Prediction(labels=found, classes=plan.classes, multilabel=plan.multilabel)


def _as_number(plan: OutputPlan, scores: Values, labels: Values, n_rows: int) -> Prediction:
    return Prediction(values=as_numbers(scores, n_rows))


def _as_positive(plan: OutputPlan, scores: Values, labels: Values, n_rows: int) -> Prediction:
    positive = as_numbers(scores, n_rows).reshape(-1, 1)
    if plan.wish.activation == "sigmoid":
        positive = _sigmoid(positive)
    positive = check_probabilities(positive)
    if plan.classes is None:
        return Prediction(values=positive[:, 0])
    both = np.hstack([1.0 - positive, positive])
    return Prediction(labels=labels, probabilities=both, classes=plan.classes)


def _as_margin(plan: OutputPlan, scores: Values, labels: Values, n_rows: int) -> Prediction:
    margin = as_numbers(scores, n_rows)
    if plan.classes is None:
        return Prediction(values=margin) if labels is None else Prediction(labels=labels)
    given = np.asarray(plan.classes)[(margin > 0).astype(int)] if labels is None else labels
    both = np.column_stack([-margin, margin])
    return Prediction(labels=given, probabilities=both, classes=plan.classes)


def _as_each(plan: OutputPlan, scores: Values, labels: Values, n_rows: int) -> Prediction:
    given = as_scores(scores, n_rows, classes=plan.classes)
    if plan.wish.activation == "softmax":
        given = _softmax(given)
    elif plan.wish.activation == "sigmoid":
        given = _sigmoid(given)
    made = as_probabilities(given, n_rows, classes=plan.classes)
    if plan.multilabel and labels is None:
        labels = made >= 0.5
    return Prediction(
        labels=labels, probabilities=made, classes=plan.classes, multilabel=plan.multilabel
    )


def _as_scores(plan: OutputPlan, scores: Values, labels: Values, n_rows: int) -> Prediction:
    given = as_scores(scores, n_rows, classes=plan.classes)
    if labels is None and plan.multilabel:
        labels = given > 0
    elif labels is None and plan.classes is not None:
        labels = np.asarray(plan.classes)[given.argmax(axis=1)]
    return Prediction(
        labels=labels, probabilities=given, classes=plan.classes, multilabel=plan.multilabel
    )


READERS: dict[Form, Callable[[OutputPlan, Values, Values, int], Prediction]] = {
    "labels": _as_labels,
    "number": _as_number,
    "value": _as_number,
    "positive": _as_positive,
    "margin": _as_margin,
    "each": _as_each,
    "scores": _as_scores,
}


def _sigmoid(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return expit(scores)


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return softmax(scores, axis=1)
