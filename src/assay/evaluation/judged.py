"""A planned evaluation in; its rows as arrays out: truth, answers, weights and units.

Most numbers come from the small tables of the scan. What compares row by row (two candidates on
the same rows, the loss of each row within a slice, the rows to read) takes these arrays: 8 bytes a
row and quantity.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.label_sets import indicator_matrix
from assay.data.units import group_codes
from assay.errors import InputError
from assay.evaluation.label_columns import label_columns
from assay.evaluation.plan import EvaluationPlan
from assay.evaluation.task import Target, Task
from assay.tables.cube import Level

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class JudgedRows:
    """What is true of each judged row.

    Parameters
    ----------
    task : {"binary", "multiclass", "multilabel", "regression", "ranking", "forecasting"}
    truth : ndarray
        Place of the row's class in `classes`, int64 of shape (n_rows,), for binary 1 is positive;
        for regression, ranking and forecasting float64 of shape (n_rows,); for multilabel bool of
        shape (n_rows, n_labels).
    classes : tuple
        For binary the negative one first; the labels of multilabel; else ().
    weight : ndarray of float or None, shape (n_rows,)
    unit : ndarray of int or None, shape (n_rows,)
        Code of the independent unit that a row belongs to; None where rows are independent.
    unit_kind : str
        "row", "group" or "block".
    query : ndarray of int or None, shape (n_rows,)
        Ranking: code of the query in which a row is ranked.
    """

    task: Task
    truth: NDArray[np.generic]
    classes: tuple[Level, ...] = ()
    weight: Floats | None = None
    unit: Codes | None = None
    unit_kind: str = "row"
    query: Codes | None = None

    @property
    def n(self) -> int:
        """Rows."""
        return int(self.truth.shape[0])

    def take(self, rows: NDArray[np.intp] | Flags) -> "JudgedRows":
        """Return these rows alone, by place or by mask."""
        return replace(
            self,
            truth=self.truth[rows],
            weight=None if self.weight is None else self.weight[rows],
            unit=None if self.unit is None else self.unit[rows],
            query=None if self.query is None else self.query[rows],
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """What one candidate says of each row.

    Parameters
    ----------
    name : str
        For people.
    labels : ndarray or None
        Place of the predicted class in `classes`, int64 of shape (n_rows,), -1 for a class that
        no judged row has; for multilabel bool of shape (n_rows, n_labels).
    scores : ndarray of float or None
        Binary: of the positive class, shape (n_rows,). Multiclass and multilabel: shape
        (n_rows, n_classes) in the order of `classes`. Ranking: what rows are ordered by, shape
        (n_rows,).
    values : ndarray of float or None, shape (n_rows,)
        Predicted numbers of a regression or forecast.
    as_probabilities : bool
        Whether scores may be read as probabilities.
    """

    name: str
    labels: NDArray[np.generic] | None = None
    scores: Floats | None = None
    values: Floats | None = None
    as_probabilities: bool = True

    def take(self, rows: NDArray[np.intp] | Flags) -> "Answers":
        """Return the answers for these rows alone, by place or by mask."""
        return replace(
            self,
            labels=None if self.labels is None else self.labels[rows],
            scores=None if self.scores is None else self.scores[rows],
            values=None if self.values is None else self.values[rows],
        )


def read_judged(plan: EvaluationPlan, *, name: str = "model") -> tuple[JudgedRows, Answers]:
    """Read what is true and what is predicted of each row, in the order of the rows.

    Parameters
    ----------
    plan : EvaluationPlan
    name : str
        What the candidate is called.

    Returns
    -------
    tuple of (JudgedRows, Answers)

    Examples
    --------
    >>> from assay.data.dataset import Dataset
    >>> from assay.evaluation.plan import plan_evaluation
    >>> data = Dataset.read({"y": [0, 1, 1], "p": [0.2, 0.4, 0.9]}, label="y", score="p")
    >>> rows, answers = read_judged(plan_evaluation(data))
    >>> rows.truth.tolist(), answers.labels.tolist(), answers.scores.tolist()
    ([0, 1, 1], [0, 0, 1], [0.2, 0.4, 0.9])
    """
    return read_truth(plan.data, plan.target), read_answers(plan, name=name)


def read_truth(data: "Dataset", target: Target) -> JudgedRows:
    """Read what is true of each row; the rows need no answers.

    Parameters
    ----------
    data : Dataset
    target : Target

    Returns
    -------
    JudgedRows
    """
    schema = data.schema
    unit_column, unit_kind = data.unit
    classes = target.classes
    if target.task == "multilabel":
        truth: NDArray[np.generic] = _many(data, schema.labels, [str(each) for each in classes])
    elif schema.label is None:
        msg = "no column was named as the label; name it with --label (label=... in Python)"
        raise InputError(msg)
    elif classes:
        truth = _places(data, schema.label, {value: value for value in classes}, classes)
    else:
        truth = _numbers(data, schema.label)
    unit = None
    if unit_column is not None:
        coded = data.with_units()
        unit = coded.column(coded.unit[0] or unit_column).to_numpy()
    return JudgedRows(
        task=target.task,
        truth=truth,
        classes=classes,
        weight=None if schema.weight is None else _numbers(data, schema.weight),
        unit=None if unit is None else unit.astype(np.int64),
        unit_kind=unit_kind,
        query=_query_codes(data) if target.task == "ranking" else None,
    )


def _query_codes(data: "Dataset") -> Codes | None:
    if data.schema.query is None:
        return None
    return group_codes(data.column(data.schema.query)).to_numpy().astype(np.int64)


def read_answers(plan: EvaluationPlan, *, name: str = "model") -> Answers:
    """Read what is predicted of each row."""
    data, target = plan.data, plan.target
    schema, task = data.schema, target.task
    if task == "multilabel":
        return _many_answers(plan, name)
    if task == "ranking":
        column = next(iter((*schema.scores, *schema.predictions)))
        return Answers(name=name, scores=_numbers(data, column), as_probabilities=False)
    if task in ("regression", "forecasting"):
        assert schema.prediction is not None
        return Answers(name=name, values=_numbers(data, schema.prediction))
    scores = _class_scores(plan)
    labels: NDArray[np.generic] | None = None
    if plan.words and schema.prediction is not None:
        labels = _places(data, schema.prediction, plan.words, target.classes)
    elif scores is not None and task == "binary" and plan.threshold is not None:
        labels = (scores >= plan.threshold.value).astype(np.int64)
    elif scores is not None and scores.ndim == 2:
        labels = scores.argmax(axis=1).astype(np.int64)
    return Answers(name=name, labels=labels, scores=scores, as_probabilities=plan.as_probabilities)


def _class_scores(plan: EvaluationPlan) -> Floats | None:
    """Return the scores in the order of the classes; classes that the label lacks come last."""
    if not plan.scores:
        return None
    if plan.target.task == "binary":
        return _numbers(plan.data, plan.scores[plan.target.positive])
    known = [value for value in plan.target.classes if value in plan.scores]
    return np.column_stack([_numbers(plan.data, plan.scores[value]) for value in known])


def _many_answers(plan: EvaluationPlan, name: str) -> Answers:
    data = plan.data
    columns = label_columns(data, [str(each) for each in plan.target.classes])
    scores = None
    if columns.scores:
        scores = np.column_stack([_numbers(data, column) for column in columns.scores])
    labels: Flags | None = None
    if columns.given:
        labels = _many(data, columns.given, columns.names)
    elif scores is not None and plan.threshold is not None:
        labels = scores >= plan.threshold.value
    return Answers(name=name, labels=labels, scores=scores, as_probabilities=plan.as_probabilities)


def _numbers(data: "Dataset", column: str) -> Floats:
    return data.column(column).cast(pl.Float64).to_numpy()


def _many(
    data: "Dataset", columns: tuple[str, ...], names: "list[str] | tuple[str, ...]"
) -> Flags:
    parts = [indicator_matrix(batch, columns, names) for batch in data.batches(list(columns))]
    return np.concatenate(parts)


def _places(
    data: "Dataset", column: str, words: Mapping[Level, Level], classes: tuple[Level, ...]
) -> Codes:
    """Return the place of each value's class among the classes; -1 for another class."""
    place = {value: at for at, value in enumerate(classes)}
    values = data.column(column)
    codes = {value: place.get(word, -1) for value, word in words.items() if value is not None}
    return values.replace_strict(codes, default=-1, return_dtype=pl.Int64).to_numpy()
