"""A slice in; how common it is in the train rows, and how the model does there, out."""

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


def in_train(conditions: Sequence[Condition], train: TrainRows) -> InTrain | None:
    """Return the slice's part in the train rows; None where they lack one of its columns."""
    columns = list(dict.fromkeys(each.column for each in conditions))
    if not set(columns) <= set(train.data.schema.names):
        return None
    frame = pl.concat(list(train.data.batches(columns)))
    inside = rows_where(frame, conditions).to_numpy()
    return InTrain(
        rows=int(inside.sum()),
        share=float(inside.mean()),
        loss=_mean(train.losses, inside),
        rest=_mean(train.losses, ~inside),
    )


def _mean(losses: Floats | None, some: NDArray[np.bool_]) -> float | None:
    return float(losses[some].mean()) if losses is not None and some.any() else None
