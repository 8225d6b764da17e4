"""A Dataset in, the values of its label out."""

from typing import TYPE_CHECKING

import narwhals as nw

from assay.data.requests import CubeRequest
from assay.errors import InputError
from assay.evaluation.task import MANY_INTEGERS, MAX_CLASSES, LabelValues
from assay.tables.cube import Cube, Level

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

SAMPLE = 2_000
OTHER = "(other)"


def read_label(data: "Dataset") -> LabelValues:
    """Count the values of the label column.

    A sample of 2,000 rows is looked at first: where it already shows too many distinct values to
    be classes, they are not counted out.

    Parameters
    ----------
    data : Dataset
        With a label column.

    Returns
    -------
    LabelValues

    Raises
    ------
    InputError
        If there is no label column, no row, or a row without a label.
    """
    name = data.schema.label
    if name is None:
        msg = "no column was named as the label; name it with --label (label=... in Python)"
        raise InputError(msg)
    storage = data.schema[name].storage
    seen = data.engine.sample(data.frame.select(name), SAMPLE, seed=0)[name]
    if seen.len() == 0:
        msg = f"{data.name} has no rows; there is nothing to evaluate"
        raise InputError(msg)
    distinct = seen.drop_nulls().unique().sort()
    if distinct.len() > (MAX_CLASSES if storage == "utf8" else MANY_INTEGERS):
        first = tuple(distinct.head(MANY_INTEGERS + 1).to_list())
        return LabelValues(name, storage, first, (), complete=False)
    cube = data.scan({"label": CubeRequest(by={"label": nw.col(name)})})["label"]
    assert isinstance(cube, Cube)
    rows = dict(zip(cube.codes[:, 0].tolist(), cube.n.tolist(), strict=True))
    values: dict[Level, int] = {cube.levels[0][code]: rows[code] for code in sorted(rows)}
    if None in values:
        msg = (
            f"{values[None]:,} rows have no value in the label column {name!r}; drop these rows "
            "or fill them in"
        )
        raise InputError(msg)
    if cube.folded:
        values.pop(OTHER, None)
    return LabelValues(
        name, storage, tuple(values), tuple(values.values()), complete=not cube.folded
    )
