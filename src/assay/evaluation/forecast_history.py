"""A table of forecasts in; the rows that were forecast, and those that came before, out."""

from typing import TYPE_CHECKING

import narwhals as nw

from assay.data.requests import CubeRequest
from assay.errors import InputError
from assay.tables.cube import Cube

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

NO_ANSWER = "__assay_no_answer__"


def split_history(data: "Dataset") -> tuple["Dataset", "Dataset | None"]:
    """Set the rows without a prediction apart: they are what the forecasts were made from.

    Parameters
    ----------
    data : Dataset

    Returns
    -------
    tuple of (Dataset, Dataset or None)
        Rows with a prediction, and rows without one; None where there are none.

    Raises
    ------
    InputError
        If no row has a prediction.

    Examples
    --------
    >>> from assay.data.dataset import Dataset
    >>> data = Dataset.from_arrays(
    ...     y_true=[1.0, 2.0, 3.0], y_pred=[None, None, 2.5], time=[1, 2, 3], series=["a"] * 3)
    >>> judged, history = split_history(data)
    >>> judged.count_rows(), history.count_rows()
    (1, 2)
    """
    column = data.schema.prediction
    if column is None:
        return data, None
    missing = _no_answer(column)
    cube = data.scan({"missing": CubeRequest(by={NO_ANSWER: missing})})["missing"]
    assert isinstance(cube, Cube)
    found = {bool(cube.levels[0][code]) for code in cube.codes[:, 0]}
    if found == {True}:
        msg = (
            f"no row has a prediction in the column {column!r}: there is nothing to judge; rows "
            "without a prediction are taken for the history before a forecast"
        )
        raise InputError(msg)
    if True not in found:
        return data, None
    return data.filter(~missing), data.filter(missing)


def refuse_missing_answers(data: "Dataset", task: str) -> None:
    """Refuse rows without a prediction where they mean nothing.

    Raises
    ------
    InputError
        Naming the column and how many rows.
    """
    column = data.schema.prediction
    if column is None:
        return
    cube = data.scan({"missing": CubeRequest(by={NO_ANSWER: _no_answer(column)})})["missing"]
    assert isinstance(cube, Cube)
    lacking = sum(
        int(n)
        for n, code in zip(cube.n, cube.codes[:, 0], strict=True)
        if cube.levels[0][code] is True
    )
    if lacking:
        msg = (
            f"column {column!r} (the prediction) has no value in {lacking:,} rows, and the task "
            f"is {task}: only a forecast may have rows of history; drop these rows or fill them in"
        )
        raise InputError(msg)


def _no_answer(column: str) -> nw.Expr:
    value = nw.col(column)
    return value.is_null() | value.cast(nw.Float64).is_nan().fill_null(value=False)
