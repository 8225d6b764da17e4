"""Truth and answers in; the surest mistakes, and which classes are taken for which, out."""

from dataclasses import dataclass

import numpy as np

from assay.evaluation.judged import Answers, JudgedRows
from assay.evaluation.slices.examples import confidence_of, describe_row
from assay.evaluation.slices.material import Material
from assay.evaluation.slices.result import RowToRead
from assay.result import Json

MOST_ROWS = 10
MOST_PAIRS = 10
MIN_PAIR_ROWS = 5


@dataclass(frozen=True, kw_only=True)
class ConfusedPair:
    """Rows of one class that get another.

    Parameters
    ----------
    truth, answer : str
    rows : int
    share : float
        Of all mistakes.
    lift : float
        Rows over what they would be if the mistakes in each class were spread over the wrong
        answers as all answers are.
    """

    truth: str
    answer: str
    rows: int
    share: float
    lift: float

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "truth": self.truth,
            "answer": self.answer,
            "rows": self.rows,
            "share": self.share,
            "lift": self.lift,
        }


def surest_mistakes(material: Material, *, most: int = MOST_ROWS) -> tuple[RowToRead, ...]:
    """Return the wrong answers with the highest score, or the numbers that are furthest off.

    Parameters
    ----------
    material : Material
    most : int

    Returns
    -------
    tuple of RowToRead
        Empty where classes are answered without scores.
    """
    rows, answers = material.rows, material.answers
    if answers.values is not None:
        off = np.abs(answers.values - rows.truth.astype(np.float64))
    else:
        confidence = confidence_of(answers)
        if confidence is None or answers.labels is None:
            return ()
        off = np.where(answers.labels != rows.truth, confidence, -np.inf)
    order = np.argsort(-off, kind="stable")[:most]
    return tuple(
        describe_row(material, int(at)) for at in order if np.isfinite(off[at]) and off[at] > 0
    )


def confused_pairs(rows: JudgedRows, answers: Answers) -> tuple[ConfusedPair, ...]:
    """Return which of several classes are taken for which others, by their number of rows.

    Parameters
    ----------
    rows : JudgedRows
        Of a task with three classes or more; else nothing is returned.
    answers : Answers

    Returns
    -------
    tuple of ConfusedPair
        At most 10, of 5 rows or more.

    Examples
    --------
    >>> truth = np.repeat([0, 1, 2], 10)
    >>> rows = JudgedRows(task="multiclass", truth=truth, classes=("a", "b", "c"))
    >>> answers = Answers(name="m", labels=np.repeat([1, 1, 2], 10))
    >>> [(pair.truth, pair.answer, pair.rows) for pair in confused_pairs(rows, answers)]
    [('a', 'b', 10)]
    """
    k = len(rows.classes)
    if rows.task != "multiclass" or answers.labels is None or k < 3:
        return ()
    labels = answers.labels.astype(np.int64)
    known = labels >= 0
    counts = np.bincount(rows.truth.astype(np.int64)[known] * k + labels[known], minlength=k * k)
    wrong = counts.reshape(k, k).astype(np.float64)
    answered = wrong.sum(axis=0)
    np.fill_diagonal(wrong, 0)
    others = answered.sum() - answered  # of each class: answers that are not it
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = wrong.sum(axis=1)[:, None] * answered[None, :] / others[:, None]
    order = np.argsort(-wrong.ravel(), kind="stable")[:MOST_PAIRS]
    pairs = [divmod(int(at), k) for at in order if wrong.ravel()[at] >= MIN_PAIR_ROWS]
    names = [str(each) for each in rows.classes]
    return tuple(
        ConfusedPair(
            truth=names[i],
            answer=names[j],
            rows=int(wrong[i, j]),
            share=float(wrong[i, j] / wrong.sum()),
            lift=float(wrong[i, j] / expected[i, j]),
        )
        for i, j in pairs
    )
