"""Numbers of a simple model in; answers that are compared like those of any candidate out."""

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.judged import Answers, Floats, JudgedRows

ONE_HALF = 0.5


def answers_of(
    name: str,
    numbers: Floats,
    rows: JudgedRows,
    *,
    as_probabilities: bool = True,
    threshold: float = ONE_HALF,
) -> Answers:
    """Return what a simple model says, in the form of the judged rows.

    Two classes are told apart by the threshold, more by the greatest probability. A class of the
    train rows that no judged row has comes last; answering with it is -1.

    Parameters
    ----------
    name : str
    numbers : ndarray of float, shape (n_rows, width)
        As `FittedRung.numbers` gives them.
    rows : JudgedRows
    as_probabilities : bool
        Whether scores are compared as probabilities, or by their order alone.
    threshold : float
        Probability from which the positive class, or a label, is the answer.

    Returns
    -------
    Answers

    Examples
    --------
    >>> rows = JudgedRows(task="binary", truth=np.array([0, 1]), classes=("no", "yes"))
    >>> answers_of("m", np.array([[0.8, 0.2], [0.5, 0.5]]), rows).labels.tolist()
    [0, 1]
    """
    if rows.task == "regression":
        return Answers(name=name, values=numbers[:, 0])
    if rows.task == "multilabel":
        return Answers(
            name=name,
            labels=numbers >= threshold,
            scores=numbers,
            as_probabilities=as_probabilities,
        )
    known = len(rows.classes)
    if rows.task == "binary" and numbers.shape[1] == known:
        labels: NDArray[np.int64] = (numbers[:, 1] >= threshold).astype(np.int64)
    else:
        labels = numbers.argmax(axis=1).astype(np.int64)
        labels = np.where(labels < known, labels, -1)
    scores = numbers[:, 1] if rows.task == "binary" else numbers[:, :known]
    return Answers(name=name, labels=labels, scores=scores, as_probabilities=as_probabilities)
