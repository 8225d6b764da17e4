"""Predictions in; an error that names column, row and value out, if there is one."""

from typing import TYPE_CHECKING, Literal

import narwhals as nw

from assay.data.requests import CubeRequest, MomentsRequest
from assay.errors import InputError
from assay.evaluation.locate import first_outside
from assay.evaluation.task import Target
from assay.tables.cube import Cube
from assay.tables.moments import Moments

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

Use = Literal["probability", "ranking"]
SUM_TOLERANCE = 1e-3
LARGEST = 1e45
"""The sixth powers of such numbers, and sums of these, are still floats."""
SUM = "sum of the scores"
SUMS_TOLD = "probabilities_do_not_sum_to_one"  # the finding of models/ about a model's own scores


def check_predictions(data: "Dataset", target: Target, *, use: Use | None = None) -> None:
    """Refuse predictions and scores that cannot be evaluated; one cheap pass.

    That nothing is null, NaN or infinite was checked when the data were opened.

    Parameters
    ----------
    data : Dataset
    target : Target
    use : {"probability", "ranking"} or None
        With "ranking" scores may be any finite numbers.

    Raises
    ------
    InputError
        If there is nothing to judge, a score lies outside [0, 1], the probabilities of the
        classes do not sum to 1, or a quantity or its prediction is not a finite number.
    """
    schema = data.schema
    if use not in {None, "probability", "ranking"}:
        msg = f"unknown use {use!r} of the scores; it is probability or ranking"
        raise InputError(msg)
    if target.task != "multilabel" and len(schema.predictions) > 1:
        msg = (
            f"{len(schema.predictions)} prediction columns were named for one label; name one, or "
            "one label column for each"
        )
        raise InputError(msg)
    if target.task == "regression":
        _check_quantities(data)
        return
    if not schema.scores and not schema.predictions:
        msg = (
            "there is nothing to judge: name a column of predictions (--prediction) or of scores "
            "(--score), or give a model (--model)"
        )
        raise InputError(msg)
    if schema.scores and use != "ranking":
        _check_probabilities(data, schema.scores, sums=target.task != "multilabel")


def check_label(data: "Dataset", target: Target) -> None:
    """Refuse labels that nothing can be learned from or judged by; the rows need no answers.

    Parameters
    ----------
    data : Dataset
        Judged rows, or rows to learn from.
    target : Target

    Raises
    ------
    InputError
        If a quantity is infinite or beyond what can be squared, or all rows of a class weigh
        nothing.
    """
    schema = data.schema
    if target.task == "regression" and schema.label is not None:
        _check_numbers(data, [schema.label])
    if target.task in ("binary", "multiclass") and schema.weight is not None:
        _check_class_weights(data)


def _check_class_weights(data: "Dataset") -> None:
    label, weight = data.schema.label, data.schema.weight
    assert label is not None
    assert weight is not None
    request = CubeRequest(by={"label": nw.col(label)}, weight=weight)
    cube = data.scan({"label": request})["label"]
    assert isinstance(cube, Cube)
    for at, code in enumerate(cube.codes[:, 0]):
        if cube.w[at] == 0:
            msg = (
                f"all {cube.n[at]:,} rows of {data.name} with the label {cube.levels[0][code]!r} "
                f"have the weight 0 in column {weight!r}: nothing can be told of them; give them "
                "a weight, or leave these rows out"
            )
            raise InputError(msg)


def check_quantile(quantile: float | None, target: Target) -> None:
    """Refuse a quantile that is none, or one of a label that is no quantity.

    Raises
    ------
    InputError
        If the quantile lies outside (0, 1) or the task is not regression.
    """
    if quantile is None:
        return
    if target.task != "regression":
        msg = (
            f"quantile {quantile:g} was given, but the task is {target.task}: only predicted "
            "numbers can be a quantile of the target; leave it out"
        )
        raise InputError(msg)
    if not 0 < quantile < 1:
        msg = (
            "quantile says which quantile of the target the predictions are and must lie between "
            f"0 and 1, for example 0.9; it is {quantile:g}"
        )
        raise InputError(msg)


def _check_quantities(data: "Dataset") -> None:
    schema = data.schema
    if schema.prediction is None:
        more = " (a score column is for classes)" if schema.scores else ""
        msg = (
            "there is nothing to judge: name the column of predicted numbers (--prediction), or "
            f"give a model (--model){more}"
        )
        raise InputError(msg)
    _check_numbers(data, [n for n in (schema.label, schema.prediction) if n is not None])


def _check_numbers(data: "Dataset", names: list[str]) -> None:
    schema = data.schema
    for name in names:
        column = schema[name]
        if column.storage not in {"int64", "float64", "bool"}:
            remedy = (
                f"; with --types {name}=continuous the first text that is no number is named"
                if column.storage == "utf8"
                else ""
            )
            msg = (
                f"for a regression the {column.role} column {name!r} must hold numbers; it is "
                f"stored as {column.storage}{remedy}"
            )
            raise InputError(msg)
    for name, moments in _moments(data, {name: nw.col(name) for name in names}).items():
        if moments.n_skipped:
            msg = (
                f"the {schema[name].role} column {name!r} of {data.name} has "
                f"{moments.n_skipped:,} values that are no finite numbers, "
                f"{first_outside(data, name)}; drop these rows or fill the values in"
            )
            raise InputError(msg)
        if max(-float(moments.minimum[0]), float(moments.maximum[0])) > LARGEST:
            msg = (
                f"the {schema[name].role} column {name!r} of {data.name} has values beyond "
                f"{LARGEST:g}, whose powers no float holds, "
                f"{first_outside(data, name, low=-LARGEST, high=LARGEST)}; "
                "give it in a larger unit"
            )
            raise InputError(msg)


def _check_probabilities(data: "Dataset", scores: tuple[str, ...], *, sums: bool) -> None:
    numbers = {name: nw.col(name).cast(nw.Float64) for name in scores}
    told = any(note.rule == SUMS_TOLD for note in data.notes)
    with_sums = sums and len(scores) > 1 and not told
    wanted = numbers | ({SUM: nw.sum_horizontal(*numbers.values())} if with_sums else {})
    found = _moments(data, wanted)
    for name in scores:
        low, high = float(found[name].minimum[0]), float(found[name].maximum[0])
        if low < 0 or high > 1:
            msg = (
                f"the score column {name!r} goes from {low:.6g} to {high:.6g}, outside [0, 1], "
                f"{first_outside(data, name, low=0.0, high=1.0)}; give probabilities, or say "
                "that only the order of the scores matters with --use ranking (log loss, Brier "
                "score and calibration are then left out)"
            )
            raise InputError(msg)
    if SUM in found:
        _check_sums(found[SUM], scores)


def _check_sums(moments: Moments, scores: tuple[str, ...]) -> None:
    low, high = float(moments.minimum[0]), float(moments.maximum[0])
    if low < 1 - SUM_TOLERANCE or high > 1 + SUM_TOLERANCE:
        msg = (
            f"the probabilities of the {len(scores)} classes must sum to 1 in every row; here the "
            f"sums go from {low:.6g} to {high:.6g}: give the probabilities of all classes, or say "
            "that only their order matters with --use ranking"
        )
        raise InputError(msg)


def _moments(data: "Dataset", quantities: dict[str, nw.Expr]) -> dict[str, Moments]:
    requests = {
        name: MomentsRequest(quantities={name: expression.cast(nw.Float64)})
        for name, expression in quantities.items()
    }
    tables = data.scan(requests)
    return {name: table for name, table in tables.items() if isinstance(table, Moments)}
