"""Truth and answers of rows in; what each row costs, the less the better, out."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.evaluation.judged import Answers, Floats, JudgedRows

Scalar = TypeVar("Scalar", bound=np.generic)
CLIP = 1e-15
"""Probabilities are kept this far from 0 and 1 in a log loss, as the metric has it."""


def row_losses(rows: JudgedRows, answers: Answers, name: str) -> Floats:
    """Return the loss of each row.

    ================  =============================================================
    name              loss
    ================  =============================================================
    error             1 where the predicted class is wrong (multilabel: the share of
                      labels that are), else 0
    log_loss          minus the log of the true class's probability
    brier             (p - y)², for several classes summed over them
    absolute_error    distance of predicted from true
    squared_error     (predicted - true)²
    ================  =============================================================

    Parameters
    ----------
    rows : JudgedRows
    answers : Answers
    name : str

    Returns
    -------
    ndarray of float, shape (n_rows,)

    Raises
    ------
    InputError
        If there is no such loss, or the answers lack what it needs.

    Examples
    --------
    >>> rows = JudgedRows(task="binary", truth=np.array([0, 1, 1]), classes=(0, 1))
    >>> answers = Answers(name="m", labels=np.array([0, 0, 1]))
    >>> row_losses(rows, answers, "error").tolist()
    [0.0, 1.0, 0.0]
    """
    if name not in LOSSES:
        msg = f"there is no row loss {name!r}; there is: {', '.join(LOSSES)}"
        raise InputError(msg)
    return LOSSES[name](rows, answers)


def usual_loss(rows: JudgedRows, answers: Answers) -> str:
    """Return the loss that suits the task and what the answers hold.

    Parameters
    ----------
    rows : JudgedRows
    answers : Answers

    Returns
    -------
    str
        "absolute_error" for numbers, "error" where there are labels, else "log_loss".
    """
    if answers.values is not None:
        return "absolute_error"
    return "error" if answers.labels is not None or rows.task == "multilabel" else "log_loss"


def _error(rows: JudgedRows, answers: Answers) -> Floats:
    labels = _need(answers.labels, "labels", answers)
    wrong = (labels != rows.truth).astype(np.float64)
    return wrong if wrong.ndim == 1 else wrong.mean(axis=1)


def _log_loss(rows: JudgedRows, answers: Answers) -> Floats:
    return -np.log(_of_truth(rows, answers).clip(CLIP, 1 - CLIP))


def _of_truth(rows: JudgedRows, answers: Answers) -> Floats:
    """Return the probability that the answers give to what is true."""
    scores = _probabilities(answers)
    truth = rows.truth
    if scores.ndim == 1:
        return np.where(truth == 1, scores, 1 - scores)
    return scores[np.arange(rows.n), truth.astype(np.intp)]


def _brier(rows: JudgedRows, answers: Answers) -> Floats:
    scores = _probabilities(answers)
    if scores.ndim == 1:
        return (scores - rows.truth.astype(np.float64)) ** 2
    of_truth = scores[np.arange(rows.n), rows.truth.astype(np.intp)]
    return (scores**2).sum(axis=1) - 2 * of_truth + 1


def _absolute(rows: JudgedRows, answers: Answers) -> Floats:
    return np.abs(_residuals(rows, answers))


def _squared(rows: JudgedRows, answers: Answers) -> Floats:
    return _residuals(rows, answers) ** 2


def _residuals(rows: JudgedRows, answers: Answers) -> Floats:
    values = _need(answers.values, "predicted numbers", answers)
    return values - rows.truth.astype(np.float64)


def _probabilities(answers: Answers) -> Floats:
    scores = _need(answers.scores, "probabilities", answers)
    if not answers.as_probabilities:
        msg = f"the scores of {answers.name!r} are not probabilities; compare ranks instead"
        raise InputError(msg)
    return scores


def _need(values: NDArray[Scalar] | None, what: str, answers: Answers) -> NDArray[Scalar]:
    if values is None:
        msg = f"the answers of {answers.name!r} have no {what}"
        raise InputError(msg)
    return values


LOSSES: Mapping[str, Callable[[JudgedRows, Answers], Floats]] = {
    "error": _error,
    "log_loss": _log_loss,
    "brier": _brier,
    "absolute_error": _absolute,
    "squared_error": _squared,
}
