"""Rows that are judged by their order, within a query or along a series: what is predicted."""

from typing import TYPE_CHECKING, Literal

from assay.data.schema import Schema
from assay.errors import InputError
from assay.evaluation.task import Target

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

Ordered = Literal["ranking", "forecasting"]
ORDERED: frozenset[str] = frozenset({"ranking", "forecasting"})
NUMBERS = frozenset({"int64", "float64", "bool"})


def ordered_task(schema: Schema, task: str | None) -> Ordered | None:
    """Say whether the rows are judged by their order.

    A column of queries asks for ranking and a column of series for forecasting, unless another
    task was told: then it only marks rows that belong together.

    Parameters
    ----------
    schema : Schema
    task : str or None
        What the user said.

    Returns
    -------
    {"ranking", "forecasting"} or None
    """
    if task == "ranking" or (task is None and schema.query is not None):
        return "ranking"
    if task == "forecasting" or (task is None and schema.series is not None):
        return "forecasting"
    return None


def ordered_target(data: "Dataset", task: Ordered) -> Target:
    """Settle what is predicted, and refuse a table that lacks a column for it.

    Parameters
    ----------
    data : Dataset
    task : {"ranking", "forecasting"}

    Returns
    -------
    Target

    Raises
    ------
    InputError
        If the query of a ranking or the time of a forecast was not named, or the label is no
        number.
    """
    schema = data.schema
    if task == "ranking" and schema.query is None:
        msg = "a ranking is judged query by query; name the column of queries with --query-id"
        raise InputError(msg)
    if task == "forecasting" and schema.time is None:
        msg = "a forecast is judged along time; name the column of times with --time"
        raise InputError(msg)
    if schema.label is None:
        msg = "no column was named as the label; name it with --label (label=... in Python)"
        raise InputError(msg)
    column = schema[schema.label]
    if column.storage not in NUMBERS:
        what = "relevance" if task == "ranking" else "quantity"
        msg = (
            f"the label {column.name!r} of a {task} must be a number (its {what}), and it is "
            f"stored as {column.storage}; name another column with --label"
        )
        raise InputError(msg)
    told = schema.query if task == "ranking" else schema.series
    why = f"the task was told: {task}" if told is None else f"the column {told!r} was named"
    return Target(task, why=why)


def check_ordered_answers(data: "Dataset", target: Target) -> None:
    """Refuse a table without one column of answers to judge.

    Raises
    ------
    InputError
        If there is no column of predictions or scores, or several.
    """
    schema = data.schema
    answers = (*schema.scores, *schema.predictions)
    if target.task == "ranking" and len(answers) != 1:
        found = ", ".join(answers) or "none"
        msg = (
            "a ranking is judged by one column of scores, the greater the better; name it with "
            f"--score; found: {found}"
        )
        raise InputError(msg)
    for name in answers:
        if schema[name].storage not in ("int64", "float64", "bool"):
            msg = (
                f"the {schema[name].role} column {name!r} of a {target.task} must hold numbers; "
                f"it is stored as {schema[name].storage}: name another column"
            )
            raise InputError(msg)
    if target.task == "forecasting" and len(schema.predictions) != 1:
        found = ", ".join(schema.predictions) or "none"
        msg = f"a forecast needs one column of predictions (--prediction); found: {found}"
        raise InputError(msg)
