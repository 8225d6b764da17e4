"""Columns and a target in; how much of the target they tell, from 0 to 1, out of fold."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from assay.data.schema import Column
from assay.models.baseline.problem import (
    BaselineTask,
    CannotFitError,
    Problem,
    Truth,
    as_target,
)
from assay.models.baseline.rungs import BOOSTING, LOGISTIC, RIDGE, Rung, fit_rung
from assay.models.baseline.tables import Floats


def cross_validated_skill(
    frame: pl.DataFrame,
    columns: Sequence[Column],
    y: Truth,
    task: BaselineTask,
    *,
    folds: int = 3,
    seed: int = 0,
) -> float:
    """Return the normalised skill of the strong rung on these columns, out of fold.

    The strong rung is gradient boosting; where it does not run (text alone, more than 50 classes
    or labels) it is the linear one.

    Parameters
    ----------
    frame : polars.DataFrame
        The rows; their number decides the time, so give a sample of many.
    columns : sequence of Column
        The columns that may be read.
    y : ndarray, shape (n_rows,)
        Codes of classes, or numbers; for multilabel bool of shape (n_rows, n_labels).
    task : {"binary", "multiclass", "multilabel", "regression"}
    folds : int
    seed : int

    Returns
    -------
    float
        ``2 AUC - 1`` of the pooled answers (mean over classes against the rest, or over labels;
        at least 0), or ``max(0, R²)``. 0 where nothing can be told: one class, a constant
        target, no column that a model could read, or fewer rows than two a fold.

    Examples
    --------
    >>> from assay.data.inference import infer_columns
    >>> frame = pl.DataFrame({"x": [0.5, 1.5] * 60})
    >>> y = np.array([0, 1] * 60)
    >>> cross_validated_skill(frame, infer_columns(frame.lazy()), y, "binary")
    1.0
    """
    truth = _coded(y, task)
    if truth.shape[0] < 2 * folds or not columns:
        return 0.0
    width = 0 if task == "regression" else _width(truth)
    problem = Problem(task=task, n_classes=width, seed=seed)
    for rung in (BOOSTING, RIDGE if task == "regression" else LOGISTIC):
        try:
            return _skill(truth, _out_of_fold(rung, frame, columns, truth, problem, folds), task)
        except CannotFitError:
            continue
    return 0.0


def _coded(y: Truth, task: BaselineTask) -> Truth:
    if task in ("regression", "multilabel"):
        return y
    return np.unique(y, return_inverse=True)[1].astype(np.int64)


def _width(truth: Truth) -> int:
    return int(truth.shape[1]) if truth.ndim > 1 else int(truth.max()) + 1


def _out_of_fold(
    rung: Rung,
    frame: pl.DataFrame,
    columns: Sequence[Column],
    y: Truth,
    problem: Problem,
    folds: int,
) -> Floats:
    """Return what each row gets from a model of the other folds; its own fold's rows apart."""
    from sklearn.model_selection import KFold, StratifiedKFold

    classes = problem.task in ("binary", "multiclass")
    even = classes and np.unique(y, return_counts=True)[1].min() >= folds
    maker = StratifiedKFold if even else KFold
    out = np.empty((y.shape[0], problem.width))
    splitter = maker(folds, shuffle=True, random_state=problem.seed)
    for fitted, judged in splitter.split(np.zeros(y.shape[0]), y if even else None):
        model = fit_rung(rung, frame[fitted], columns, y[fitted], problem)
        out[judged] = model.numbers(frame[judged])
    return out


def _skill(truth: Truth, given: Floats, task: BaselineTask) -> float:
    if task == "regression":
        values = truth.astype(np.float64)
        total = float(((values - values.mean()) ** 2).sum())
        return max(0.0, 1 - float(((values - given[:, 0]) ** 2).sum()) / total) if total else 0.0
    held = as_target(truth, Problem(task=task, n_classes=given.shape[1]))
    both = np.flatnonzero((held.max(axis=0) > 0) & (held.min(axis=0) < 1))
    if not both.size:
        return 0.0
    if task == "binary":
        both = both[-1:]
    areas = [_area(held[:, at] > 0, given[:, at]) for at in both]
    return max(0.0, 2 * float(np.mean(areas)) - 1)


def _area(positive: Truth, scores: Floats) -> float:
    """Return the area under the ROC curve: Mann-Whitney, ties one half."""
    from scipy.stats import rankdata

    ranks, n = rankdata(scores), int(positive.sum())
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * (positive.size - n)))
