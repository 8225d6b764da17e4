"""Labels and probabilities in, what each row adds to log loss and Brier score out."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from assay.stats.sums import sums_by
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


def loss_moments(table: ScoreTable, names: tuple[str, ...] = TERMS) -> Moments:
    """Return the moments of the binary loss terms from the levels of a score table.

    Exact for an exact table; in a binned one every row counts as its bin's mean score.

    Parameters
    ----------
    table : ScoreTable
        Scores are probabilities of the positive class.
    names : tuple of str
        Which of "log_loss", "brier" and "positive".

    Returns
    -------
    Moments

    Examples
    --------
    >>> table = ScoreTable(np.array([0.25, 0.5]), np.array([0, 1]), np.array([1, 0]))
    >>> loss_moments(table).mean[1:].tolist()
    [0.15625, 0.5]
    """
    sides = [_terms(table.score, names, positive=side) for side in (True, False)]
    weights, squares = table.weights(), table.squared_weights()
    s1 = _gram(sides, weights)
    mean = s1[0, 1:] / max(float(s1[0, 0]), 1e-300)
    by_unit, kind = _by_unit(table, sides), "row"
    if table.rows is not None and by_unit is not None:
        kind = table.rows.kind
        s3 = np.sum((by_unit[:, 1:] - np.outer(by_unit[:, 0], mean)) ** 3, axis=0)
    else:
        s3 = _third(sides, weights, squares, mean, weighted=table.weighted)
    low, high = _ends(sides, weights)
    return Moments(
        names,
        table.n_rows,
        s1,
        _gram(sides, squares) if table.weighted else s1,
        s3,
        low,
        high,
        by_unit=by_unit,
        unit_kind=kind,
        weighted=table.weighted,
    )


def _terms(score: Floats, names: tuple[str, ...], *, positive: bool) -> list[Floats]:
    """Return the terms of one class at each score."""
    right = score if positive else 1 - score
    known: dict[str, Callable[[], Floats]] = {
        "log_loss": lambda: -np.log(np.clip(right, SMALLEST_PROBABILITY, 1.0)),
        "brier": lambda: (1 - right) ** 2,
        "positive": lambda: np.full(len(score), float(positive)),
    }
    return [known[name]() for name in names]


def _gram(sides: list[list[Floats]], weights: tuple[Floats, Floats]) -> Floats:
    """Return Σ w z z' with z = (1, terms), a row or column at a time: no copies of the levels."""
    size = len(sides[0]) + 1
    out = np.zeros((size, size))
    for terms, weight in zip(sides, weights, strict=True):
        out[0, 0] += weight.sum()
        for row, term in enumerate(terms, start=1):
            weighed = weight * term
            out[0, row] += weighed.sum()
            for column in range(row, size):
                out[row, column] += np.dot(weighed, terms[column - 1])
    return np.triu(out) + np.triu(out, 1).T


def _third(
    sides: list[list[Floats]],
    weights: tuple[Floats, Floats],
    squares: tuple[Floats, Floats],
    mean: Floats,
    *,
    weighted: bool,
) -> Floats:
    out = np.zeros(len(mean))
    for terms, w, w2 in zip(sides, weights, squares, strict=True):
        with np.errstate(divide="ignore", invalid="ignore"):
            cubes = np.where(w > 0, w2**2 / w, 0.0) if weighted else w
        for place, term in enumerate(terms):
            centred = term - mean[place]
            weighed = cubes * centred
            centred *= centred
            out[place] += float(np.dot(weighed, centred))
    return out


def _ends(sides: list[list[Floats]], weights: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    low, high = np.full(len(sides[0]), np.inf), np.full(len(sides[0]), -np.inf)
    for terms, weight in zip(sides, weights, strict=True):
        held = weight > 0
        for place, term in enumerate(terms):
            low[place] = min(low[place], np.min(term, where=held, initial=np.inf))
            high[place] = max(high[place], np.max(term, where=held, initial=-np.inf))
    return low, high


def _by_unit(table: ScoreTable, sides: list[list[Floats]]) -> Floats | None:
    rows = table.rows
    if rows is None:
        return None
    columns = [sums_by(rows.unit, rows.w, rows.n_units)]
    for place in range(len(sides[0])):
        term = np.where(rows.positive, sides[0][place][rows.level], sides[1][place][rows.level])
        columns.append(sums_by(rows.unit, term * rows.w, rows.n_units))
    return np.stack(columns, axis=1)
