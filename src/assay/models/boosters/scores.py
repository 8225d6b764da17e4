"""What the numbers of a native booster mean, and how they become a Prediction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

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

Form = Literal[
    "positive", "each", "memberships", "margin", "margins", "code", "number", "fraction", "score"
]
KINDS: dict[Form, tuple[str, str]] = {
    "positive": ("classifier", "probability"),
    "each": ("classifier", "probability"),
    "memberships": ("multilabel", "probability"),
    "margin": ("classifier", "score"),
    "margins": ("classifier", "score"),
    "code": ("classifier", "none"),
    "number": ("regressor", "none"),
    "fraction": ("unknown", "probability"),
    "score": ("unknown", "score"),
}
"""Form of the answer → kind of model, kind of score."""


@dataclass(frozen=True)
class Scores:
    """How the numbers that a booster returns are to be read.

    Parameters
    ----------
    form : str
        "positive": the probability of the second class; "each": a probability a class;
        "memberships": a probability a class, each by itself; "margin" and "margins": the same as
        numbers that only rank; "code": the place of the class; "number": a quantity; "fraction":
        a share in [0, 1], which is a quantity or the probability of the positive class, as the
        label is; "score": a number of unknown meaning that ranks.
    classes : tuple
        The classes, in the order of the codes 0, 1, …; () where the form has none.
    """

    form: Form
    classes: tuple[ClassLabel, ...] = ()

    @property
    def kind(self) -> str:
        """As `ModelInfo.kind`."""
        return KINDS[self.form][0]

    @property
    def score_kind(self) -> str:
        """As `ModelInfo.score_kind`."""
        return KINDS[self.form][1]

    @property
    def known_classes(self) -> tuple[ClassLabel, ...] | None:
        """As `ModelInfo.classes`."""
        return self.classes or None

    def read(self, answer: object, n_rows: int) -> Prediction:
        """Return what the booster said.

        Raises
        ------
        AnswerError
            If it has another shape than the form says, or holds NaN.

        Examples
        --------
        >>> Scores("positive", ("no", "yes")).read([0.25, 0.75], 2).probabilities.tolist()
        [[0.75, 0.25], [0.25, 0.75]]
        """
        return READERS[self.form](answer, n_rows, self.classes)

    def told(self, classes: tuple[ClassLabel, ...] | None, output: str | None) -> "Scores":
        """Return the same with what the user said of it.

        Parameters
        ----------
        classes : tuple or None
            Names of the classes, in the order of the codes 0, 1, ….
        output : {"label", "probability", "number"} or None
            What the numbers of an objective of the user's own are.

        Raises
        ------
        InputError
            If the number of classes differs, or what was said contradicts the model.
        """
        form = self._overruled(classes, output)
        if classes is None or form in ("number", "fraction", "score"):
            return Scores(form, self.classes if form == self.form else _codes(form))
        if self.classes and len(classes) != len(self.classes):
            msg = (
                f"{len(classes)} classes were named ({', '.join(map(str, classes))}), and the "
                f"model has {len(self.classes)}; name each of them, in the order of its codes"
            )
            raise InputError(msg)
        return Scores(form, classes)

    def _overruled(self, classes: tuple[ClassLabel, ...] | None, output: str | None) -> Form:
        if self.form not in ("fraction", "score"):
            kinds = {"number": ("regressor",), "probability": ("classifier", "multilabel")}
            expected = kinds.get(output or "")
            if expected is not None and self.kind not in expected and self.form != "margins":
                msg = (
                    f"the model was said to return a {output}, and by its objective it is a "
                    f"{self.kind}; leave --model-output out"
                )
                raise InputError(msg)
            return "each" if self.form == "margins" and output == "probability" else self.form
        told: dict[str | None, Form] = {
            "number": "number",
            "probability": "positive",
            "label": "code",
        }
        if output in told:
            return told[output]
        if classes is None:
            return self.form
        return "positive" if self.form == "fraction" else "margin"


def _codes(form: Form) -> tuple[ClassLabel, ...]:
    return (0, 1) if form in ("positive", "margin", "code") else ()


Classes = tuple[ClassLabel, ...]


def _positive(answer: object, n_rows: int, classes: Classes) -> Prediction:
    positive = check_probabilities(as_numbers(answer, n_rows).reshape(-1, 1))
    return Prediction(probabilities=np.hstack([1.0 - positive, positive]), classes=classes)


def _each(answer: object, n_rows: int, classes: Classes) -> Prediction:
    probabilities = as_probabilities(answer, n_rows, classes=classes)
    return Prediction(probabilities=probabilities, classes=classes)


def _memberships(answer: object, n_rows: int, classes: Classes) -> Prediction:
    read = _each(answer, n_rows, classes)
    assert read.probabilities is not None
    return replace(read, labels=read.probabilities >= 0.5, multilabel=True)


def _margin(answer: object, n_rows: int, classes: Classes) -> Prediction:
    margin = as_numbers(answer, n_rows)
    return _margins(np.column_stack([-margin, margin]), n_rows, classes)


def _margins(answer: object, n_rows: int, classes: Classes) -> Prediction:
    scores = as_scores(answer, n_rows, classes=classes)
    labels = np.asarray(classes)[scores.argmax(axis=1)]
    return Prediction(labels=labels, probabilities=scores, classes=classes)


def _code(answer: object, n_rows: int, classes: Classes) -> Prediction:
    codes = as_numbers(answer, n_rows).astype(np.int64)
    labels = np.asarray(classes)[codes] if classes else codes
    return Prediction(labels=as_labels(labels, n_rows), classes=classes or None)


def _number(answer: object, n_rows: int, classes: Classes) -> Prediction:
    return Prediction(values=as_numbers(as_array(answer, n_rows), n_rows))


READERS: dict[Form, Callable[[object, int, Classes], Prediction]] = {
    "positive": _positive,
    "each": _each,
    "memberships": _memberships,
    "margin": _margin,
    "margins": _margins,
    "code": _code,
    "number": _number,
    "fraction": _number,
    "score": _number,
}
