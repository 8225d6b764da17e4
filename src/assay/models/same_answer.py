"""Two answers to the same rows in, whether they are the same answer out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.models.predictor import Prediction
from assay.result import Finding

WAVERING = 1e-4
"""Numbers that differ by more than this share of the largest one are not the same answer.

Networks count in 32-bit floats, and their libraries add up in another order for another number of
rows: their answers then differ by about 1e-6 of the largest, which is no fault of the model.
"""


def check_same_answer(first: Prediction, second: Prediction) -> tuple[Finding, ...]:
    """Compare two answers to the same rows, asked in the same way; a finding when they differ.

    Examples
    --------
    >>> same = Prediction(values=np.array([1.0]))
    >>> check_same_answer(same, Prediction(values=np.array([1.0 + 1e-12])))
    ()
    """
    gap = Gap.between(first, second)
    return (_not_deterministic(gap),) if gap.changed else ()


def check_answers(
    whole: Prediction, split: Prediction, again: Callable[[], Prediction]
) -> tuple[Finding, ...]:
    """Tell whether answers depend on chance, or on which rows are asked about together.

    Parameters
    ----------
    whole : Prediction
        The answer to rows asked about together.
    split : Prediction
        The answer to the same rows, asked about in pieces.
    again : callable
        Asks about them together once more; called only where the two differ.
    """
    gap = Gap.between(whole, split)
    if not gap.changed:
        return ()
    return check_same_answer(whole, again()) or (_depends_on_batch(gap),)


@dataclass(frozen=True)
class Gap:
    """How far two answers to the same rows are apart.

    Parameters
    ----------
    rows : int
    changed : int
        Rows with another label, or with numbers further apart than `WAVERING`.
    largest : float
        The largest difference of two numbers.
    """

    rows: int
    changed: int
    largest: float

    @classmethod
    def between(cls, first: Prediction, second: Prediction) -> "Gap":
        """Compare two answers.

        A label that changes while the probabilities of the row do not is a tie.
        """
        moved: list[NDArray[np.bool_]] = []
        largest = 0.0
        for name in ("values", "probabilities"):
            a, b = getattr(first, name), getattr(second, name)
            if a is not None and b is not None and a.shape == b.shape and a.size:
                apart = np.abs(a - b)
                far = apart > WAVERING * np.abs(a).max()
                moved.append(far if far.ndim == 1 else far.any(axis=1))
                largest = max(largest, float(apart.max()))
        if first.labels is not None and second.labels is not None:
            other = np.array(
                [a != b for a, b in zip(_rows_of(first), _rows_of(second), strict=True)]
            )
            moved.append(other & ~_tied(first) if first.probabilities is not None else other)
        rows = len(moved[0]) if moved else 0
        changed = int(np.logical_or.reduce(moved).sum()) if moved else 0
        return cls(rows, changed, largest)


def _rows_of(prediction: Prediction) -> list[object]:
    return [] if prediction.labels is None else prediction.labels.tolist()


def _tied(prediction: Prediction) -> NDArray[np.bool_]:
    """Whether the two highest probabilities of a row differ by rounding only.

    With several labels a row, whether any probability is within rounding of one half.
    """
    scores = prediction.probabilities
    assert scores is not None
    slack = WAVERING * np.abs(scores).max()
    if prediction.multilabel:
        return (np.abs(scores - 0.5) <= slack).any(axis=1)
    if scores.shape[1] < 2:
        return np.zeros(len(scores), dtype=bool)
    highest = np.partition(scores, -2, axis=1)[:, -2:]
    return highest[:, 1] - highest[:, 0] <= slack


def _not_deterministic(gap: Gap) -> Finding:
    return Finding(
        rule="model_not_deterministic",
        severity="warning",
        message=f"Asked twice about the same {gap.rows} rows, the model answered differently on "
        f"{gap.changed}.",
        evidence={"rows": gap.rows, "changed": gap.changed, "largest_difference": gap.largest},
        cause="The model draws random numbers when it predicts (dropout left on, sampling), or "
        "keeps state between calls.",
        advice="Put the model into its prediction mode or fix its seed; until then the numbers "
        "of two runs differ and intervals do not cover that.",
    )


def _depends_on_batch(gap: Gap) -> Finding:
    return Finding(
        rule="answer_depends_on_batch",
        severity="warning",
        message=f"The model's answers depend on which rows it is asked about together: on "
        f"{gap.changed} of {gap.rows} rows they were others when the first row was asked about "
        "alone and the rest after it.",
        evidence={"rows": gap.rows, "changed": gap.changed, "largest_difference": gap.largest},
        cause="Something is computed from the rows of a call, such as their mean (batch "
        "normalisation in training mode, scaling fitted anew, ranks, quantised activations).",
        advice="Let it keep what it learned when it was fitted (prediction mode, transform in "
        "place of fit_transform); until then the numbers hold for batches of this size only.",
    )
