"""What was right and what the model said in; the loss of each row out."""

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.scores import Scores

Floats = NDArray[np.float64]
Loss = Callable[[NDArray[np.generic], Floats], Floats]
"""Takes y, shape (n,), and scores, shape (n, n_outputs); gives each row's loss, shape (n,)."""
SMALLEST = 1e-15
LOSSES = ("log_loss", "brier", "squared_error", "absolute_error")


def choose_loss(name: str | None, scores: Scores) -> str:
    """Return the name of a loss; None takes log loss of probabilities, else the squared error.

    Raises
    ------
    InputError
        If there is no such loss, or it needs another scale.
    """
    if name is None:
        return "squared_error" if scores.output == "raw" else "log_loss"
    if name not in LOSSES:
        msg = f"unknown loss {name!r}; choose one of: {', '.join(LOSSES)}, or give a function"
        raise InputError(msg)
    return name


def losses_of(name: str, y: Sequence[object] | NDArray[np.generic], scores: Scores) -> Loss:
    """Return the function of y's codes and scores that gives the loss of each row.

    Parameters
    ----------
    name : {"log_loss", "brier", "squared_error", "absolute_error"}
    y : array-like, shape (n,)
        To be checked: classes for the first two, else numbers.
    scores : Scores
    """
    if name in ("squared_error", "absolute_error"):
        power = 2 if name == "squared_error" else 1
        return lambda true, made: np.abs(made[:, 0] - true.astype(np.float64)) ** power
    logits = scores.output == "log_odds"

    def loss(true: NDArray[np.generic], made: Floats) -> Floats:
        chance = 1 / (1 + np.exp(-made)) if logits else made
        if chance.shape[1] == 1:
            chance = np.column_stack([1 - chance[:, 0], chance[:, 0]])
        code = true.astype(np.intp)
        if name == "log_loss":
            own = chance[np.arange(len(code)), code]
            return -np.log(np.clip(own, SMALLEST, 1.0))
        happened = np.eye(chance.shape[1])[code]
        apart = ((chance - happened) ** 2).sum(axis=1)
        return apart / 2 if chance.shape[1] == 2 else apart

    return loss


def code_labels(
    name: str, y: Sequence[object] | NDArray[np.generic], scores: Scores, n_rows: int
) -> NDArray[np.generic]:
    """Return y as the losses read it: numbers, or the place of each class among the outputs.

    Raises
    ------
    InputError
        If there are not as many as rows, one is missing, or is no number or class of the model.
    """
    given = np.asarray(y)
    if given.shape != (n_rows,):
        msg = f"y has shape {given.shape}; one answer for each of {n_rows:,} rows is wanted"
        raise InputError(msg)
    cells = pl.Series(given.tolist(), strict=False)
    if cells.is_null().any() or (cells.dtype.is_float() and cells.is_nan().any()):
        msg = "y has missing values; leave out the rows without an answer"
        raise InputError(msg)
    if name in ("squared_error", "absolute_error"):
        return _numbers(given, name)
    told = np.array([_name(cell) for cell in cells])
    if len(scores.outputs) == 1:
        positive = scores.outputs[0]
        own = "1" if positive == "prediction" else _name(positive)
        if positive == "prediction" and set(told.tolist()) <= {"False", "True"}:
            own = "True"
        found = told == own
        if len(set(told.tolist())) > 2 or (not found.any() and len(set(told.tolist())) == 2):
            shown = ", ".join(sorted(set(told.tolist()))[:5])
            msg = f"y has the values {shown}, and the model scores the class {own}"
            raise InputError(msg)
        return found.astype(np.int64)
    names = [_name(each) for each in scores.outputs]
    unknown = sorted(set(told.tolist()) - set(names))
    if unknown:
        msg = f"y has classes that the model does not score: {', '.join(unknown[:5])}"
        raise InputError(msg)
    return np.array([names.index(each) for each in told])


def _numbers(y: NDArray[np.generic], name: str) -> Floats:
    try:
        found = y.astype(np.float64)
    except (TypeError, ValueError) as error:
        msg = f"y holds values that are no numbers, which {name} needs; choose loss='log_loss'"
        raise InputError(msg) from error
    if not np.isfinite(found).all():
        msg = f"y holds values that are not finite, which {name} needs; leave out these rows"
        raise InputError(msg)
    return found


def _name(cell: object) -> str:
    text = str(cell)
    return text.removesuffix(".0")
