"""A Dataset with a column of predicted classes in, their meaning among the label's classes out."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import narwhals as nw

from assay.data.requests import CubeRequest
from assay.errors import InputError
from assay.evaluation.task import Target
from assay.models.labels import match_labels
from assay.tables.cube import Cube, Level

if TYPE_CHECKING:
    from assay.data.dataset import Dataset


def match_predictions(
    data: "Dataset", target: Target, label_map: Mapping[str, str] | None = None
) -> Mapping[Level, Level]:
    """Return which class of the label each predicted value stands for.

    ``1``, ``1.0``, ``"1"`` and ``True`` are the same where nothing speaks against it; other words
    need `label_map`.

    Parameters
    ----------
    data : Dataset
        With a prediction column.
    target : Target
        Binary or multiclass.
    label_map : mapping of str to str or None
        Predicted value → label, for those that differ.

    Returns
    -------
    mapping
        Predicted value → class; multiclass also classes that no row of the label has.

    Raises
    ------
    InputError
        If none of the values is a class, or a binary prediction has a third value.
    """
    name = data.schema.prediction
    assert name is not None
    cube = data.scan({"predictions": CubeRequest(by={"prediction": nw.col(name)})})["predictions"]
    assert isinstance(cube, Cube)
    found = cube.levels[0]
    if cube.folded:
        msg = (
            f"the prediction column {name!r} has too many distinct values to be classes of the "
            f"label {data.schema.label!r}; for a quantity use --task regression, for scores "
            "--score"
        )
        raise InputError(msg)
    match = match_labels([v for v in found if v is not None], _known(target.classes), label_map)
    _refuse_third_value(name, target, match.absent_from_data)
    return {**match.words}


def _known(classes: tuple[Level, ...]) -> list[bool | int | float | str]:
    return [value for value in classes if value is not None]


def _refuse_third_value(name: str, target: Target, strange: tuple[Level, ...]) -> None:
    if target.task != "binary" or not strange:
        return
    listed = ", ".join(repr(value) for value in strange[:8])
    msg = (
        f"the prediction column {name!r} has the values {listed}, which the label does not have; "
        f"it has {target.classes[0]!r} and {target.classes[1]!r}. If these are scores, name the "
        "column with --score; if they are classes, use --task multiclass"
    )
    raise InputError(msg)
