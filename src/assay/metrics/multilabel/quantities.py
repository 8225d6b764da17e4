"""True labels, given labels and scores in, what the metrics average over rows out."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
ANSWERS = ("hamming_loss", "jaccard", "f1", "empty")
RANKS = ("average_precision", "coverage", "ranking_loss", "without_label")


def answer_quantities(truth: Flags, given: Flags) -> dict[str, Floats]:
    """Return what the given labels of each row score.

    Parameters
    ----------
    truth, given : ndarray of bool, shape (n_rows, n_labels)

    Returns
    -------
    dict
        "hamming_loss" share of the labels that are wrong; "jaccard" |truth and given| over |truth
        or given|, "f1" 2 |truth and given| over |truth| + |given|, both 1 where a row has no
        label and is given none; "empty" 1 for such a row, else 0. Each of shape (n_rows,).

    Examples
    --------
    >>> found = answer_quantities(np.array([[True, False]]), np.array([[True, True]]))
    >>> found["hamming_loss"].tolist(), found["jaccard"].tolist()
    ([0.5], [0.5])
    """
    right = (truth & given).sum(axis=1)
    true, answered = truth.sum(axis=1), given.sum(axis=1)
    union = true + answered - right
    empty = union == 0
    with np.errstate(invalid="ignore"):
        return {
            "hamming_loss": (union - right) / truth.shape[1],
            "jaccard": np.where(empty, 1.0, right / union),
            "f1": np.where(empty, 1.0, 2 * right / (true + answered)),
            "empty": empty.astype(np.float64),
        }


def rank_quantities(truth: Flags, scores: Floats) -> dict[str, Floats]:
    """Return how well the scores of each row put its true labels first.

    Labels of one score share the last rank among them.

    Parameters
    ----------
    truth : ndarray of bool, shape (n_rows, n_labels)
    scores : ndarray of float, shape (n_rows, n_labels)

    Returns
    -------
    dict
        "average_precision" mean over the true labels of the share of true ones among the labels
        that score as high, 1 for a row without labels; "coverage" how far down the list the last
        true label stands, 0 without one; "ranking_loss" share of the pairs of a true and a false
        label that are not in order, 0 where there is no such pair; "without_label" 1 for a row
        without labels, else 0. Each of shape (n_rows,).

    References
    ----------
    Tsoumakas, Katakis and Vlahavas 2010, Mining multi-label data,
    doi:10.1007/978-0-387-09823-4_34.

    Examples
    --------
    >>> truth = np.array([[True, False, False]])
    >>> found = rank_quantities(truth, np.array([[0.4, 0.9, 0.1]]))
    >>> {name: values.tolist() for name, values in found.items()}["coverage"]
    [2.0]
    """
    n_labels = truth.shape[1]
    order = np.argsort(-scores, axis=1, kind="stable")
    ranked = np.take_along_axis(scores, order, axis=1)
    true = np.take_along_axis(truth, order, axis=1)
    rank = _last_of_equals(ranked)
    above = np.take_along_axis(np.cumsum(true, axis=1), rank - 1, axis=1)
    n_true = true.sum(axis=1)
    pairs = n_true * (n_labels - n_true)
    shares = np.where(true, above / rank, 0.0).sum(axis=1)
    wrong = np.where(true, rank - above, 0).sum(axis=1)
    return {
        "average_precision": np.where(n_true > 0, shares / np.maximum(n_true, 1), 1.0),
        "coverage": np.where(true, rank, 0).max(axis=1).astype(np.float64),
        "ranking_loss": wrong / np.maximum(pairs, 1),
        "without_label": (n_true == 0).astype(np.float64),
    }


def _last_of_equals(ranked: Floats) -> NDArray[np.int64]:
    """Return the rank, from 1, of the last label that scores the same; scores descending."""
    n_labels = ranked.shape[1]
    places = np.arange(1, n_labels + 1, dtype=np.int64)
    last = np.ones(ranked.shape, dtype=np.bool_)
    last[:, :-1] = ranked[:, 1:] != ranked[:, :-1]
    ends = np.where(last, places[None, :], n_labels)
    return np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]
