"""The ladder of simple models for a task: which rungs there are, and how one is fitted."""

import pickle
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from assay.data.schema import Column
from assay.models.baseline.boosting import learn_boosting
from assay.models.baseline.constants import learn_frequent_labels, learn_mean, learn_median
from assay.models.baseline.linear import (
    learn_gamma,
    learn_logistic,
    learn_poisson,
    learn_ridge,
)
from assay.models.baseline.problem import CannotFitError, Learned, Problem, Truth
from assay.models.baseline.reading import ReadColumn, read_columns
from assay.models.baseline.tables import Floats, Part, Table, parts_of, tabulate
from assay.models.baseline.trees import learn_single_column, learn_tree
from assay.models.threads import threads_for

Learn = Callable[[Table, tuple[Part, ...], Truth, Floats | None, Problem], Learned]
MIN_ROWS = 5
MANY_CLASSES = 50
MANY_LABELS = 50


@dataclass(frozen=True)
class Rung:
    """One simple model.

    Parameters
    ----------
    name : str
        Stable.
    title : str
        For people.
    number : int
        0 knows nothing of the features, 1 has one idea, 2 is linear or simple, 3 is the bar.
    why : str
        What losing to it, or not beating it, means.
    learn : callable
    """

    name: str
    title: str
    number: int
    why: str
    learn: Learn

    @property
    def reads(self) -> bool:
        """Whether it looks at the features."""
        return self.learn not in BLIND


@dataclass(frozen=True, eq=False)
class FittedRung:
    """A simple model that has learnt from training rows.

    Parameters
    ----------
    rung : Rung
    read : tuple of ReadColumn
        How it reads each column.
    learned : Learned
    problem : Problem
    fit_seconds : float
        Reading and preparing the columns included.
    n_rows : int
        Rows it learnt from.
    """

    rung: Rung
    read: tuple[ReadColumn, ...]
    learned: Learned
    problem: Problem
    fit_seconds: float
    n_rows: int

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know."""
        return self.learned.notes

    @property
    def rules(self) -> tuple[str, ...]:
        """The model in words, where it can be read."""
        return self.learned.rules

    @property
    def size_bytes(self) -> int:
        """Length of the model in Python's own serialisation."""
        return len(pickle.dumps((self.read, self.learned)))

    def numbers(self, frame: pl.DataFrame) -> Floats:
        """Return what the model says of rows.

        Parameters
        ----------
        frame : polars.DataFrame
            With the columns that it was fitted on.

        Returns
        -------
        ndarray of float, shape (n_rows, width)
            Probabilities of the classes in the order of their codes (for binary of both), of
            each label of many, or the predicted number.
        """
        if not self.rung.reads:
            return self.learned.numbers(Table(np.zeros((frame.height, 0))))
        with threads_for(frame.height):
            return self.learned.numbers(tabulate(frame, self.read))


BLIND = frozenset({learn_mean, learn_median, learn_frequent_labels})
"""What learns from the target alone."""
PRIOR = Rung(
    "prior",
    "class shares",
    0,
    "answers with the most frequent class and scores with the shares: knows nothing of the row",
    learn_mean,
)
LABEL_PRIOR = Rung(
    "prior",
    "label shares",
    0,
    "scores each label with its share: knows nothing of the row",
    learn_mean,
)
FREQUENT_LABELS = Rung(
    "frequent_labels",
    "most frequent labels",
    1,
    "gives every row the labels that most rows have",
    learn_frequent_labels,
)
MEAN = Rung("mean", "mean", 0, "the best constant for squared errors", learn_mean)
MEDIAN = Rung("median", "median", 0, "the best constant for absolute errors", learn_median)
SINGLE = Rung(
    "single_column",
    "best single column",
    1,
    "one idea: the column that tells most by itself, in a tree of depth 3",
    learn_single_column,
)
TREE = Rung("tree", "tree of depth 3", 1, "rules that people can read and follow", learn_tree)
LOGISTIC = Rung(
    "logistic",
    "logistic regression",
    2,
    "each column adds its part: L2 with C = 1",
    learn_logistic,
)
RIDGE = Rung(
    "ridge", "ridge regression", 2, "each column adds its part: L2 by validation", learn_ridge
)
POISSON = Rung(
    "poisson", "Poisson regression", 2, "each column multiplies the count", learn_poisson
)
GAMMA = Rung("gamma", "Gamma regression", 2, "each column multiplies the quantity", learn_gamma)
BOOSTING = Rung(
    "gradient_boosting",
    "gradient boosting",
    3,
    "the bar: what the usual strong model reaches with no work at all",
    learn_boosting,
)


def rungs_for(problem: Problem) -> tuple[Rung, ...]:
    """Return the rungs for a task, cheapest first.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    tuple of Rung

    Examples
    --------
    >>> [rung.name for rung in rungs_for(Problem(task="binary", n_classes=2))]
    ['prior', 'single_column', 'tree', 'logistic', 'gradient_boosting']
    """
    if problem.task == "regression":
        return (MEAN, MEDIAN, SINGLE, TREE, RIDGE, POISSON, GAMMA, BOOSTING)
    if problem.task == "multilabel":
        return (LABEL_PRIOR, FREQUENT_LABELS, LOGISTIC, BOOSTING)
    return (PRIOR, SINGLE, TREE, LOGISTIC, BOOSTING)


def fit_rung(
    rung: Rung,
    frame: pl.DataFrame,
    columns: Sequence[Column],
    y: Truth,
    problem: Problem,
    *,
    weight: Floats | None = None,
) -> FittedRung:
    """Fit one rung on training rows; whatever it knows comes from these rows.

    Parameters
    ----------
    rung : Rung
    frame : polars.DataFrame
        The training rows.
    columns : sequence of Column
        The features as the schema describes them.
    y : ndarray, shape (n_rows,) or (n_rows, n_labels)
        Codes of classes, 0 to ``n_classes - 1``; numbers; or bool for labels.
    problem : Problem
    weight : ndarray of float or None, shape (n_rows,)
        Of the rows, for the fit itself.

    Returns
    -------
    FittedRung

    Raises
    ------
    CannotFitError
        If the rows do not allow it: too few of them, no column left, or another kind of target.

    Examples
    --------
    >>> from assay.data.inference import infer_columns
    >>> frame = pl.DataFrame({"x": [0.5, 1.5] * 10})
    >>> problem = Problem(task="binary", n_classes=2)
    >>> y = np.array([0, 1] * 10)
    >>> fitted = fit_rung(TREE, frame, infer_columns(frame.lazy()), y, problem)
    >>> fitted.rules
    ('x ≤ 1: 0.0% class 1 (10 rows)', 'x > 1: 100.0% class 1 (10 rows)')
    """
    start = time.perf_counter()
    read: tuple[ReadColumn, ...] = ()
    table = Table(np.zeros((y.shape[0], 0)))
    if rung.reads:
        _check(rung, y, problem)
        read = read_columns(frame, columns)
        table = tabulate(frame, read)
        _check_columns(rung, read)
    with threads_for(y.shape[0]):
        learned = rung.learn(table, parts_of(read), y, weight, problem)
    seconds = time.perf_counter() - start
    return FittedRung(rung, read, learned, problem, seconds, int(y.shape[0]))


def preparation_of(read: Sequence[ReadColumn]) -> tuple[str, ...]:
    """Say how the columns were prepared, one line a way, with the columns' names.

    Examples
    --------
    >>> preparation_of([ReadColumn("age", "number", "numbers")])
    ('Numbers (age): missing values become the median; scaled for linear models; boosting takes \
them as they are.',)
    """
    lines = []
    for how, said in WAYS.items():
        names = [column.name for column in read if column.how == how]
        if names:
            lines.append(f"{said[0]} ({', '.join(names)}): {said[1]}.")
    marked = [column.name for column in read if column.indicator]
    if marked:
        lines.append(f"Linear models also see where values are missing in {', '.join(marked)}.")
    lines += [f"Dropped: {each.name} ({each.why})." for each in read if each.how == "dropped"]
    return tuple(lines)


WAYS = {
    "number": (
        "Numbers",
        "missing values become the median; scaled for linear models; boosting takes them as they "
        "are",
    ),
    "one_hot": (
        "Few levels",
        "one column a level of at least 10 rows, the rarer ones together; boosting takes them as "
        "categories",
    ),
    "target": (
        "Many levels",
        "each level by its usual target among other rows (cross-fitted); boosting takes up to 254 "
        "levels as categories",
    ),
    "dates": ("Dates", "year, month, weekday, hour and days since the earliest training row"),
    "text": (
        "Text",
        "weights of words (TF-IDF, hashed to 16,384) for linear models; 20 themes of them, and "
        "lengths, for boosting; lengths alone for trees",
    ),
}


def _check(rung: Rung, y: Truth, problem: Problem) -> None:
    if y.shape[0] < MIN_ROWS:
        msg = f"{y.shape[0]} training rows, fewer than {MIN_ROWS}"
        raise CannotFitError(msg)
    if problem.task == "regression":
        if np.ptp(y.astype(np.float64)) == 0:
            msg = "the target is the same in all training rows"
            raise CannotFitError(msg)
    elif problem.task != "multilabel" and np.unique(y).size < 2:
        msg = "the training rows have one class alone"
        raise CannotFitError(msg)
    if rung.number < 3:
        return
    if problem.task == "multiclass" and problem.n_classes > MANY_CLASSES:
        msg = f"more than {MANY_CLASSES} classes: the linear model is the bar"
        raise CannotFitError(msg)
    if problem.task == "multilabel" and problem.n_classes > MANY_LABELS:
        msg = f"more than {MANY_LABELS} labels: the linear model is the bar"
        raise CannotFitError(msg)


def _check_columns(rung: Rung, read: Sequence[ReadColumn]) -> None:
    ways = {column.how for column in read} - {"dropped"}
    if not ways:
        msg = "no column is left that a model could read"
        raise CannotFitError(msg)
    if rung.number == 3 and ways == {"text"}:
        msg = "for text alone the linear model on words is the bar"
        raise CannotFitError(msg)
