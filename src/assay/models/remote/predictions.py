"""Answers for rows in, a Prediction out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.models.answers import AnswerError, check_probabilities
from assay.models.predictor import ClassLabel, Prediction
from assay.models.remote.answers import Answers, describe
from assay.models.remote.arrays import (
    NUMBERS,
    as_class_array,
    as_object,
    in_order,
    read_classes,
    read_numbers,
    read_table,
)
from assay.models.remote.label_sets import to_label_sets

TELLING_ROWS = 20
"""From so many rows on, positive probabilities of 0.5 and above for both labels are believed to
be those of the predicted label."""

ScoreKind = Literal["probability", "score"]


@dataclass(frozen=True, kw_only=True)
class PredictionForm:
    """How answers become predictions; Clarify's rules, where it asks for them.

    Parameters
    ----------
    classes : tuple or None
        The classes in the order of scores (Clarify's ``label_headers``).
    threshold : float or None
        A single score above it is the positive class, else the negative one. None leaves single
        numbers to scoring, which may find them to be labels or quantities.
    score_kind : {"probability", "score"}
        Whether scores are in [0, 1].
    output : {"label", "probability", "number"} or None
        What single values are, where the user said it.
    named : bool
        Whether the user said where the scores are: then they are the positive class's.
    multilabel : bool
        Whether an answer is a list, or an object by name, of one value for each label.
    """

    classes: tuple[ClassLabel, ...] | None = None
    threshold: float | None = None
    score_kind: ScoreKind = "probability"
    output: str | None = None
    named: bool = False
    multilabel: bool = False


def to_prediction(answers: Answers, form: PredictionForm) -> Prediction:
    """Read answers by Clarify's rules.

    1. A label a row is the predicted class. 2. Of a list of labels a row, it is the one with
    the largest score. 3. Of scores a class, it is the class of the largest. 4. One score a row
    is compared with the threshold. 5. Without one it is the number itself. Where scores tie,
    the first wins.

    Parameters
    ----------
    answers : Answers
    form : PredictionForm

    Raises
    ------
    AnswerError
        If a value is missing, not finite or of another kind than the others, with its row.
    InputError
        If the scores of labels appear to be those of the label and not of the positive class.

    Examples
    --------
    >>> form = PredictionForm(classes=("cat", "dog"))
    >>> to_prediction(Answers(scores=[[0.4, 0.6]]), form).labels.tolist()
    ['dog']
    """
    if form.multilabel:
        within_one = form.score_kind == "probability"
        return to_label_sets(answers, form.classes, output=form.output, within_one=within_one)
    labels, scores = answers.labels, answers.scores
    if labels is None and not form.named and _are_labels(scores, form.output):
        labels, scores = scores, None
    if form.output == "number":
        return Prediction(values=_only_numbers(answers))
    if labels is not None and _kind(labels) == "list":
        return _of_rankings(labels, scores, form)
    if scores is None:
        return _of_labels(labels or [], form)
    if _kind(scores) in ("list", "object"):
        return _of_tables(labels, scores, form)
    return _of_numbers(labels, scores, form)


def _are_labels(values: Sequence[object] | None, output: str | None) -> bool:
    """Whether bare values are labels: texts, truth values, or what the user said to be such."""
    first = next(iter(values or ()), None)
    return isinstance(first, bool | str) or (output == "label" and _kind(values) == "number")


def _kind(values: Sequence[object] | None) -> str:
    first = next(iter(values or ()), None)
    if isinstance(first, list):
        return "list"
    return "object" if isinstance(first, dict) else "number"


def _only_numbers(answers: Answers) -> NDArray[np.float64]:
    """Return predicted quantities: the scores, else labels that are numbers."""
    values = answers.scores if answers.scores is not None else answers.labels or []
    if _kind(values) == "list":
        lists = [each if isinstance(each, list) else [] for each in values]
        values = [
            one[0] if len(one) == 1 else each for one, each in zip(lists, values, strict=True)
        ]
    return read_numbers(values, "its prediction")


def _of_labels(labels: list[object], form: PredictionForm) -> Prediction:
    if labels and type(labels[0]) in NUMBERS and form.output != "label":
        # JSON does not tell 1 from 1.0: scoring decides what the numbers are.
        return Prediction(values=read_numbers(labels, "its prediction"), classes=form.classes)
    return Prediction(labels=read_classes(labels, form.classes), classes=form.classes)


def _of_numbers(
    labels: list[object] | None, scores: list[object], form: PredictionForm
) -> Prediction:
    values = read_numbers(scores, "its score" if labels is not None else "its prediction")
    decided = None if labels is None else read_classes(labels, form.classes)
    known, plain = form.classes, form.score_kind == "probability"
    if plain and (form.output == "probability" or form.named or decided is not None):
        values = check_probabilities(values.reshape(-1, 1))[:, 0]
    if decided is not None and not form.named:
        _refuse_scores_of_labels(decided, values)
    if decided is None and form.threshold is not None:
        decided = _by_threshold(values, form.threshold, known)
    if decided is None:
        return Prediction(values=values, classes=known)
    if (known is not None and len(known) == 2) or not plain:
        pair = np.column_stack([1.0 - values if plain else -values, values])
        return Prediction(labels=decided, probabilities=pair, classes=known)
    return Prediction(labels=decided, values=values)


def _by_threshold(
    values: NDArray[np.float64], threshold: float, classes: tuple[ClassLabel, ...] | None
) -> NDArray[np.generic]:
    negative, positive = (0, 1) if classes is None else (0, classes[0])
    if classes is not None and len(classes) == 2:
        negative, positive = classes
    return as_class_array(
        [positive if above else negative for above in (values > threshold).tolist()]
    )


def _refuse_scores_of_labels(labels: NDArray[np.generic], values: NDArray[np.float64]) -> None:
    several = len(set(labels.tolist())) > 1
    if several and len(values) >= TELLING_ROWS and values.min() >= 0.5:
        msg = (
            "the model answers with labels and one probability each, and it is 0.5 or more for "
            "every label: it appears to be that of the label and not of the positive class; have "
            "the model return the probability of the positive class or of all classes, or read "
            "the label alone with label=… (or say probability=… if it is the positive class's)"
        )
        raise InputError(msg)


def _of_tables(
    labels: list[object] | None, scores: list[object], form: PredictionForm
) -> Prediction:
    classes = form.classes
    if _kind(scores) == "object":
        classes = classes or tuple(sorted(str(name) for name in as_object(scores[0], 0)))
        scores = [in_order(value, row, classes) for row, value in enumerate(scores)]
    table = read_table(scores, within_one=form.score_kind == "probability")
    if table.shape[1] == 1 and not (classes and len(classes) > 1):
        return _of_numbers(labels, table[:, 0].tolist(), form)
    if classes is not None and table.shape[1] != len(classes):
        listed = ", ".join(str(name) for name in classes[:20])
        what = f"returned {table.shape[1]} scores a row for {len(classes)} classes ({listed})"
        raise AnswerError(what)
    decided = None if labels is None else read_classes(labels, form.classes)
    if decided is None and form.classes is not None:
        decided = as_class_array([form.classes[place] for place in table.argmax(axis=1).tolist()])
    return Prediction(labels=decided, probabilities=table, classes=classes)


def _of_rankings(
    labels: list[object], scores: list[object] | None, form: PredictionForm
) -> Prediction:
    """Read lists of labels with lists of scores, whose order may change from row to row."""
    if scores is None or _kind(scores) != "list":
        msg = "the label is a list a row, so probability=… must give the list of its scores"
        raise InputError(msg)
    pairs: list[dict[ClassLabel, float]] = []
    for row, (names, values) in enumerate(zip(labels, scores, strict=True)):
        if (
            not isinstance(names, list)
            or not isinstance(values, list)
            or len(names) != len(values)
        ):
            what = f"returned {describe(names)} as labels and {describe(values)} as their scores"
            raise AnswerError(what, row=row)
        read_classes(names, form.classes, row=row)
        pairs.append(dict(zip(names, values, strict=True)))
    classes = form.classes or tuple(sorted(pairs[0], key=str))
    ordered: list[object] = [in_order(pair, row, classes) for row, pair in enumerate(pairs)]
    table = read_table(ordered, within_one=form.score_kind == "probability")
    best = [max(pair, key=pair.__getitem__) for pair in pairs]
    return Prediction(labels=as_class_array(best), probabilities=table, classes=classes)
