"""Answers for rows that may have several labels in, a Prediction out."""

import numpy as np
from numpy.typing import NDArray

from assay.models.answers import AnswerError
from assay.models.predictor import ClassLabel, Prediction
from assay.models.remote.answers import Answers, describe
from assay.models.remote.arrays import as_object, in_order, read_table


def to_label_sets(
    answers: Answers,
    classes: tuple[ClassLabel, ...] | None,
    *,
    output: str | None,
    within_one: bool,
) -> Prediction:
    """Read answers that are a list of one value for each label, or an object by label.

    Parameters
    ----------
    answers : Answers
        Of 0 and 1 (or false and true) where they are under the place of labels; else of scores,
        which scoring takes for 0 and 1 where all of the first rows' are.
    classes : tuple or None
        The labels in the order of the lists; None leaves the order of lists to scoring, and
        takes objects by their own names.
    output : {"label", "probability", "number"} or None
        "label" where the user said that scores are 0 and 1, "probability" that they are not.
    within_one : bool
        Whether scores must be in [0, 1].

    Raises
    ------
    AnswerError
        If an answer is no list of as many values as the first, or a value is of another kind.

    Examples
    --------
    >>> answers = Answers(scores=[{"b": 1, "a": 0}])
    >>> made = to_label_sets(answers, None, output="label", within_one=True)
    >>> made.classes, made.labels.tolist()
    (('a', 'b'), [[False, True]])
    """
    labels, scores = answers.labels, answers.scores
    if output == "label" and labels is None:
        labels, scores = scores, None
    flags = table = None
    if labels is not None:
        flags, classes = _read(labels, classes, within_one=True)
        flags = _only_flags(flags)
    if scores is not None:
        table, classes = _read(scores, classes, within_one=within_one)
    _check_width(flags if flags is not None else table, classes)
    decided = flags is not None or output == "probability" or not within_one
    return Prediction(labels=flags, probabilities=table, classes=classes, multilabel=decided)


def _read(
    values: list[object], classes: tuple[ClassLabel, ...] | None, *, within_one: bool
) -> tuple[NDArray[np.float64], tuple[ClassLabel, ...] | None]:
    if isinstance(values[0], dict):
        names = classes or tuple(sorted(str(name) for name in as_object(values[0], 0)))
        values, classes = [in_order(each, row, names) for row, each in enumerate(values)], names
    for row, each in enumerate(values):
        if not isinstance(each, list) or not each:
            what = f"returned {describe(each)} where one value for each label is expected"
            raise AnswerError(what, row=row)
    return read_table([_numbers(each) for each in values], within_one=within_one), classes


def _numbers(values: object) -> object:
    """Return a list in which false and true are 0 and 1."""
    assert isinstance(values, list)
    return [int(each) if isinstance(each, bool) else each for each in values]


def _only_flags(table: NDArray[np.float64]) -> NDArray[np.bool_]:
    wrong = ((table != 0) & (table != 1)).any(axis=1)
    if wrong.any():
        row = int(wrong.argmax())
        what = f"returned {describe(table[row].tolist())} where 0 or 1 for each label is expected"
        raise AnswerError(what, row=row)
    return table == 1


def _check_width(
    table: NDArray[np.float64] | NDArray[np.bool_] | None, classes: tuple[ClassLabel, ...] | None
) -> None:
    if table is not None and classes is not None and table.shape[1] != len(classes):
        listed = ", ".join(str(name) for name in classes[:20])
        what = f"returned {table.shape[1]} values a row for {len(classes)} labels ({listed})"
        raise AnswerError(what)
