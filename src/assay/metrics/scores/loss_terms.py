"""Labels and probabilities in, what each row adds to log loss and Brier score out."""

import numpy as np
from numpy.typing import NDArray

from assay.tables.moments import Moments
from assay.tables.score_table import ScoreTable

Floats = NDArray[np.float64]
SMALLEST_PROBABILITY = 1e-15
TERMS = ("log_loss", "brier", "positive")


def binary_loss_terms(y_true: NDArray[np.bool_], y_score: Floats) -> dict[str, Floats]:
    """Return the terms of the binary losses, row by row.

    Parameters
    ----------
    y_true : ndarray of bool, shape (n_samples,)
    y_score : ndarray of float, shape (n_samples,)
        Probability of the positive class.

    Returns
    -------
    dict
        "log_loss": -log of the probability given to what happened, kept from 1e-15 up;
        "brier": (p - y)²; "positive": y. Each of shape (n_samples,).

    Examples
    --------
    >>> binary_loss_terms(np.array([True]), np.array([0.5]))["brier"].tolist()
    [0.25]
    """
    right = np.where(y_true, y_score, 1 - y_score)
    return {
        "log_loss": -np.log(np.clip(right, SMALLEST_PROBABILITY, 1.0)),
        "brier": (1 - right) ** 2,
        "positive": y_true.astype(np.float64),
    }


def multiclass_loss_terms(y_index: NDArray[np.int64], y_score: Floats) -> dict[str, Floats]:
    """Return the terms of the losses over several classes, row by row.

    Parameters
    ----------
    y_index : ndarray of int, shape (n_samples,)
        Column of the class that happened.
    y_score : ndarray of float, shape (n_samples, n_classes)
        Probabilities.

    Returns
    -------
    dict
        "log_loss" as for two classes; "brier": Σ_k (p_k - y_k)², from 0 to 2.

    Examples
    --------
    >>> terms = multiclass_loss_terms(np.array([0]), np.array([[0.5, 0.3, 0.2]]))
    >>> terms["brier"].round(2).tolist()
    [0.38]
    """
    right = y_score[np.arange(len(y_index)), y_index]
    return {
        "log_loss": -np.log(np.clip(right, SMALLEST_PROBABILITY, 1.0)),
        "brier": np.sum(y_score**2, axis=1) - 2 * right + 1,
    }


def loss_moments(table: ScoreTable) -> Moments:
    """Return the moments of the binary loss terms from the levels of a score table.

    Exact for an exact table; in a binned one every row counts as its bin's mean score.

    Parameters
    ----------
    table : ScoreTable
        Scores are probabilities of the positive class.

    Returns
    -------
    Moments
        Of "log_loss", "brier" and "positive".
    """
    yes = np.ones(len(table.score), dtype=np.bool_)
    sides = [_terms(yes, table.score), _terms(~yes, table.score)]
    weights, squares = table.weights(), table.squared_weights()
    s1 = _gram(sides, weights)
    s2 = _gram(sides, squares) if table.weighted else s1
    total = max(float(s1[0, 0]), 1e-300)
    mean = s1[0, 1:] / total
    s3 = _third(sides, weights, squares, mean, weighted=table.weighted)
    held = [w > 0 for w in weights]
    ends = [np.concatenate([z[1:, h] for z, h in zip(sides, held, strict=True)], axis=1)]
    low, high = (
        (ends[0].min(axis=1), ends[0].max(axis=1)) if ends[0].size else (mean * 0, mean * 0)
    )
    by_unit, kind = _by_unit(table, sides), "row"
    if table.rows is not None and by_unit is not None:
        kind = table.rows.kind
        s3 = np.sum((by_unit[:, 1:] - np.outer(by_unit[:, 0], mean)) ** 3, axis=0)
    return Moments(
        TERMS,
        table.n_rows,
        s1,
        s2,
        s3,
        low,
        high,
        by_unit=by_unit,
        unit_kind=kind,
        weighted=table.weighted,
    )


def _terms(positive: NDArray[np.bool_], score: Floats) -> Floats:
    """Return z = (1, log loss, Brier, positive), shape (4, n_levels)."""
    terms = binary_loss_terms(positive, score)
    return np.stack([np.ones_like(score), *(terms[name] for name in TERMS)])


def _gram(sides: list[Floats], weights: tuple[Floats, Floats]) -> Floats:
    return np.sum([(z * w) @ z.T for z, w in zip(sides, weights, strict=True)], axis=0)


def _third(
    sides: list[Floats],
    weights: tuple[Floats, Floats],
    squares: tuple[Floats, Floats],
    mean: Floats,
    *,
    weighted: bool,
) -> Floats:
    out = np.zeros(len(mean))
    for z, w, w2 in zip(sides, weights, squares, strict=True):
        with np.errstate(divide="ignore", invalid="ignore"):
            cubes = np.where(w > 0, w2**2 / w, 0.0) if weighted else w
        for place in range(len(mean)):
            centred = z[place + 1] - mean[place]
            out[place] += float(np.dot(cubes * centred, centred * centred))
    return out


def _by_unit(table: ScoreTable, sides: list[Floats]) -> Floats | None:
    rows = table.rows
    if rows is None:
        return None
    each = np.where(rows.positive, sides[0][:, rows.level], sides[1][:, rows.level]) * rows.w
    return np.stack(
        [np.bincount(rows.unit, weights=part, minlength=rows.n_units) for part in each], axis=1
    )
