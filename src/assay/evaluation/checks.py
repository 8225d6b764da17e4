"""Predictions in; an error that names column, row and value out, if there is one."""

from typing import TYPE_CHECKING, Literal

import narwhals as nw
import numpy as np

from assay.data.requests import MomentsRequest
from assay.errors import InputError
from assay.evaluation.locate import first_bad_row
from assay.evaluation.task import Target
from assay.tables.moments import Moments

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

Use = Literal["probability", "ranking"]
SUM_TOLERANCE = 1e-3


def check_predictions(data: "Dataset", target: Target, *, use: Use | None = None) -> None:
    """Refuse predictions and scores that cannot be evaluated; one cheap pass.

    Parameters
    ----------
    data : Dataset
    target : Target
    use : {"probability", "ranking"} or None
        With "ranking" scores may be any finite numbers.

    Raises
    ------
    InputError
        If a score, a weight or a predicted number is null, NaN or infinite, a score lies outside
        [0, 1], a weight is negative, or the probabilities of the classes do not sum to 1.
    """
    schema = data.schema
    if use not in {None, "probability", "ranking"}:
        msg = f"unknown use {use!r} of the scores; it is probability or ranking"
        raise InputError(msg)
    if not schema.scores and schema.prediction is None:
        msg = (
            "there is nothing to judge: name a column of predictions (--prediction) or of scores "
            "(--score), or give a model (--model)"
        )
        raise InputError(msg)
    checked = _numbers_to_check(data, target)
    _refuse_texts(data, checked)
    requests = {
        name: MomentsRequest(quantities={name: nw.col(name).cast(nw.Float64)}) for name in checked
    }
    if not requests:
        return
    tables = data.scan(requests)
    for name in checked:
        moments = tables[name]
        assert isinstance(moments, Moments)
        if moments.n_skipped:
            raise InputError(_not_a_number(data, name, moments.n_skipped))
        if name in schema.scores and use != "ranking":
            _check_range(data, name, moments)
        if name == schema.weight:
            _check_weight(data, name, moments)
    if target.task == "multiclass" and len(schema.scores) > 1 and use != "ranking":
        _check_sums(data, schema.scores)


def _numbers_to_check(data: "Dataset", target: Target) -> tuple[str, ...]:
    schema = data.schema
    names = list(schema.scores) if target.task != "regression" else []
    if target.task == "regression":
        names += [name for name in (schema.label, schema.prediction) if name]
    if schema.weight:
        names.append(schema.weight)
    return tuple(names)


def _refuse_texts(data: "Dataset", names: tuple[str, ...]) -> None:
    for name in names:
        column = data.schema[name]
        if column.storage not in {"int64", "float64", "bool"}:
            msg = (
                f"the {column.role} column {name!r} must hold numbers; it is stored as "
                f"{column.storage}"
            )
            raise InputError(msg)


def _not_a_number(data: "Dataset", name: str, n: int) -> str:
    bad = first_bad_row(data, name)
    where = "" if bad is None else f", the first in row {bad.row:,} (counted from 0): {bad.value}"
    return (
        f"the {data.schema[name].role} column {name!r} has {n:,} values that are null, NaN or "
        f"infinite{where}; remove those rows or fill the values in"
    )


def _check_range(data: "Dataset", name: str, moments: Moments) -> None:
    low, high = float(moments.minimum[0]), float(moments.maximum[0])
    if low >= 0 and high <= 1:
        return
    bad = first_bad_row(data, name, low=0.0, high=1.0)
    where = "" if bad is None else f"row {bad.row:,} (counted from 0) has {bad.value}; "
    msg = (
        f"the score column {name!r} goes from {low:.6g} to {high:.6g}, outside [0, 1]: {where}"
        "give probabilities, or say that only the order of the scores matters with "
        "--use ranking (probability metrics are then left out)"
    )
    raise InputError(msg)


def _check_weight(data: "Dataset", name: str, moments: Moments) -> None:
    if moments.minimum[0] < 0:
        bad = first_bad_row(data, name, low=0.0)
        where = "" if bad is None else f"row {bad.row:,} (counted from 0) has {bad.value}; "
        msg = f"the weight column {name!r} has negative values: {where}weights must be >= 0"
        raise InputError(msg)
    if moments.maximum[0] <= 0:
        msg = f"all weights in {name!r} are zero; nothing is left to evaluate"
        raise InputError(msg)


def _check_sums(data: "Dataset", scores: tuple[str, ...]) -> None:
    total = nw.sum_horizontal(*[nw.col(name).cast(nw.Float64) for name in scores])
    moments = data.scan({"sum": MomentsRequest(quantities={"sum": total})})["sum"]
    assert isinstance(moments, Moments)
    low, high = float(moments.minimum[0]), float(moments.maximum[0])
    if np.abs(np.array([low, high]) - 1).max() > SUM_TOLERANCE:
        msg = (
            f"the probabilities of the {len(scores)} classes must sum to 1 in every row; here the "
            f"sums go from {low:.6g} to {high:.6g}: give probabilities of all classes, or say "
            "that only the order matters with --use ranking"
        )
        raise InputError(msg)
