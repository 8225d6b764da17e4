"""Answers of rows in; how far their losses are what the scores themselves foresee, out.

Errors gather where the outcome is uncertain, in every sound model: a slice with a high loss is no
fault of a model whose scores say as much. What counts is the loss beyond what the scores foresee,
and, for numbers, whether predictions lean to one side.
"""

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.judged import Answers, JudgedRows
from assay.evaluation.slices.significance import LossRows

Floats = NDArray[np.float64]
Kind = Literal["beyond the scores", "lean"]
TINY = 1e-15


def beyond_foreseen(
    losses: LossRows, rows: JudgedRows, answers: Answers, loss: str
) -> tuple[Kind, LossRows] | None:
    """Return what each row's loss is beyond what was to be expected.

    ==================  ==============================================================
    loss                beyond
    ==================  ==============================================================
    error               the error less 1 - p of the class that was answered
    log_loss, brier     the loss less its mean under the scores
    absolute_error,     predicted less true: which way the predictions lean, for a
    squared_error       large error that leans nowhere is noise
    ==================  ==============================================================

    Parameters
    ----------
    losses : LossRows
        Of these rows; its weights and units are kept.
    rows : JudgedRows
    answers : Answers
    loss : str

    Returns
    -------
    tuple of (str, LossRows) or None
        None where nothing can be foreseen: no probabilities, or a loss of the user's own.

    Examples
    --------
    >>> rows = JudgedRows(task="binary", truth=np.array([1, 0]), classes=(0, 1))
    >>> told = Answers(name="m", labels=np.array([1, 1]), scores=np.array([0.75, 0.75]))
    >>> kind, beyond = beyond_foreseen(LossRows(np.array([0.0, 1.0])), rows, told, "error")
    >>> kind, beyond.losses.tolist()
    ('beyond the scores', [-0.25, 0.75])
    """
    if loss in ("absolute_error", "squared_error") and answers.values is not None:
        away = answers.values - rows.truth.astype(np.float64)
        return "lean", replace(losses, losses=away)
    if answers.scores is None or not answers.as_probabilities:
        return None
    expected = _expected(rows, answers, loss)
    if expected is None:
        return None
    return "beyond the scores", replace(losses, losses=losses.losses - expected)


def _expected(rows: JudgedRows, answers: Answers, loss: str) -> Floats | None:
    scores = answers.scores
    assert scores is not None
    if rows.task == "multilabel":
        if loss != "error" or answers.labels is None:
            return None
        return np.where(answers.labels.astype(np.bool_), 1 - scores, scores).mean(axis=1)
    classes = np.column_stack([1 - scores, scores]) if scores.ndim == 1 else scores
    if loss == "error":
        if answers.labels is None:
            return None
        answered = answers.labels.astype(np.intp)
        known = classes[np.arange(rows.n), answered.clip(0)]
        return 1 - np.where((answered >= 0) & (answered < classes.shape[1]), known, 0.0)
    if loss == "log_loss":
        return -(classes * np.log(classes.clip(TINY, 1.0))).sum(axis=1)
    if loss == "brier":
        whole = 1 - (classes**2).sum(axis=1)
        return whole / 2 if scores.ndim == 1 else whole
    return None
