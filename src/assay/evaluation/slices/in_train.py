"""Slices in; how common each is in the train rows, and how the model does there, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.conditions import Condition, rows_where
from assay.evaluation.slices.result import InTrain

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TrainRows:
    """The rows that the model was fitted on.

    Parameters
    ----------
    data : Dataset
    losses : ndarray of float or None, shape (n_rows,)
        Loss of each; None where the model's answers are not known.
    """

    data: "Dataset"
    losses: Floats | None = None


def in_train(slices: Sequence[Sequence[Condition]], train: TrainRows) -> list[InTrain | None]:
    """Return each slice's part in the train rows, which are read once.

    Parameters
    ----------
    slices : sequence of sequences of Condition
    train : TrainRows

    Returns
    -------
    list of (InTrain or None)
        None where the train rows lack a column of the slice.
    """
    known = set(train.data.schema.names)
    wanted = [each.column for conditions in slices for each in conditions]
    columns = [name for name in dict.fromkeys(wanted) if name in known]
    if not columns:
        return [None] * len(slices)
    frame = pl.concat(list(train.data.batches(columns)))
    return [
        _part(frame, conditions, train.losses)
        if {each.column for each in conditions} <= known
        else None
        for conditions in slices
    ]


def _part(frame: pl.DataFrame, conditions: Sequence[Condition], losses: Floats | None) -> InTrain:
    inside = rows_where(frame, conditions).to_numpy()
    return InTrain(
        rows=int(inside.sum()),
        share=float(inside.mean()),
        loss=_mean(losses, inside),
        rest=_mean(losses, ~inside),
    )


def _mean(losses: Floats | None, some: NDArray[np.bool_]) -> float | None:
    return float(losses[some].mean()) if losses is not None and some.any() else None
