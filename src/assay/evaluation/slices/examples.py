"""Rows of a slice in; those to read first, with truth and answer as people know them, out."""

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.judged import Answers, Floats, JudgedRows
from assay.evaluation.slices.material import Material
from assay.evaluation.slices.result import RowToRead

MOST = 10


def rows_to_read(
    material: Material, inside: NDArray[np.bool_], *, most: int = MOST
) -> tuple[RowToRead, ...]:
    """Return the rows of a slice with the highest loss; of equal ones the most confident first.

    Parameters
    ----------
    material : Material
    inside : ndarray of bool, shape (n_rows,)
    most : int

    Returns
    -------
    tuple of RowToRead
        Without rows that lose nothing.
    """
    losses = material.losses.losses
    some = np.flatnonzero(inside & (losses > 0))
    confidence = confidence_of(material.answers)
    second = np.zeros(len(some)) if confidence is None else -confidence[some]
    chosen = some[np.lexsort((some, second, -losses[some]))][:most]
    return tuple(describe_row(material, int(at)) for at in chosen)


def describe_row(material: Material, at: int) -> RowToRead:
    """Return one row with its truth, answer and loss."""
    rows, answers = material.rows, material.answers
    identity = None if material.id_column is None else material.frame[material.id_column][at]
    score = confidence_of(answers)
    return RowToRead(
        row=int(material.place[at]),
        id=identity if isinstance(identity, bool | int | float | str) else None,
        loss=float(material.losses.losses[at]),
        truth=truth_text(rows, at),
        answer=answer_text(rows, answers, at),
        score=None if score is None else float(score[at]),
    )


def truth_text(rows: JudgedRows, at: int) -> str:
    """Return what is true of a row."""
    return _text(rows, rows.truth, at)


def answer_text(rows: JudgedRows, answers: Answers, at: int) -> str:
    """Return what was answered for a row."""
    if answers.labels is not None:
        return _text(rows, answers.labels, at)
    values = answers.values if answers.values is not None else answers.scores
    return "" if values is None or values.ndim > 1 else f"{values[at]:.6g}"


def _text(rows: JudgedRows, values: NDArray[np.generic], at: int) -> str:
    if values.ndim == 2:
        there = [str(rows.classes[place]) for place in np.flatnonzero(values[at])]
        return ", ".join(there) or "(none)"
    if not rows.classes:
        return f"{float(values[at]):.6g}"
    place = int(values[at])
    return str(rows.classes[place]) if place >= 0 else "(another class)"


def confidence_of(answers: Answers) -> Floats | None:
    """Return the score of the answer that was given, shape (n_rows,); None without scores.

    With scores of one class and labels it is that of the answered class where scores are
    probabilities, else the score's distance from the least sure one is not known: None.
    """
    scores, labels = answers.scores, answers.labels
    if scores is None or labels is None or labels.ndim == 2 or not answers.as_probabilities:
        return None
    if scores.ndim == 1:
        return np.where(labels == 1, scores, 1 - scores)
    known = np.clip(labels.astype(np.intp), 0, scores.shape[1] - 1)
    return scores[np.arange(len(scores)), known]
