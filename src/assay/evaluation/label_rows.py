"""Columns about many labels in, the same rows with what the scan reads of them out."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.engines.mixing import row_keys
from assay.data.label_sets import indicator_matrix
from assay.data.schema import Column, Storage
from assay.evaluation.label_columns import LabelColumns
from assay.metrics.multilabel.label_draws import MAX_DRAWN_UNITS
from assay.metrics.multilabel.quantities import RANKS, Flags, Floats, rank_quantities

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

BUNCH = "__assay_bunch__"
RIGHT, TRUE, GIVEN = "__assay_n_right__", "__assay_n_true__", "__assay_n_given__"
BUNCH_SEED = 20_261_123


def true_name(place: int) -> str:
    """Column that says which rows have the label at `place`."""
    return f"__assay_true_{place}__"


def given_name(place: int) -> str:
    """Column that says which rows are given the label at `place`."""
    return f"__assay_given_{place}__"


def rank_name(quantity: str) -> str:
    """Column of one of `rank_quantities`."""
    return f"__assay_rank_{quantity}__"


def with_label_rows(
    data: "Dataset", columns: LabelColumns, threshold: float | None = None
) -> "Dataset":
    """Return the rows with a yes/no column a label and what their labels and scores add up to.

    One pass. The columns say which rows have and are given each label, how many labels are right,
    true and given, the quantities of `rank_quantities`, and the random bunch that a row belongs
    to where no units were declared. A dataset that has them is returned as it is.

    Parameters
    ----------
    data : Dataset
        With units, where groups or times were declared.
    columns : LabelColumns
    threshold : float or None
        A label is given at a score >= threshold; None takes the columns of predictions.

    Returns
    -------
    Dataset
    """
    if true_name(0) in data.schema.names:
        return data
    n_rows, position = data.count_rows(), 0
    reads = tuple(dict.fromkeys([*columns.truth, *columns.given, *columns.scores]))

    def add(batch: pl.DataFrame) -> pl.DataFrame:
        nonlocal position
        start, position = position, position + batch.height
        truth = indicator_matrix(batch, columns.truth, columns.names)
        scores = _scores(batch, columns.scores)
        given = _given(batch, columns, scores, threshold)
        made: dict[str, NDArray[np.generic]] = {
            BUNCH: _bunches(start, position, n_rows),
            TRUE: truth.sum(axis=1, dtype=np.int32),
        }
        made |= {true_name(at): column for at, column in enumerate(truth.T)}
        if given is not None:
            made[RIGHT] = (truth & given).sum(axis=1, dtype=np.int32)
            made[GIVEN] = given.sum(axis=1, dtype=np.int32)
            made |= {given_name(at): column for at, column in enumerate(given.T)}
        if scores is not None:
            found = rank_quantities(truth, scores)
            made |= {rank_name(name): values for name, values in found.items()}
        return pl.DataFrame(made)

    return data.with_columns(add, _described(columns, threshold), reads=reads)


def _scores(batch: pl.DataFrame, columns: tuple[str, ...]) -> Floats | None:
    if not columns:
        return None
    return np.column_stack([batch[name].cast(pl.Float64).to_numpy() for name in columns])


def _given(
    batch: pl.DataFrame, columns: LabelColumns, scores: Floats | None, threshold: float | None
) -> Flags | None:
    if threshold is not None and scores is not None:
        return scores >= threshold
    return indicator_matrix(batch, columns.given, columns.names) if columns.given else None


def _bunches(start: int, stop: int, n_rows: int) -> NDArray[np.int32]:
    """Return the bunch of each row: its own where rows are few, else one at random."""
    if n_rows <= MAX_DRAWN_UNITS:
        return np.arange(start, stop, dtype=np.int32)
    keys = row_keys(start, stop, BUNCH_SEED)
    return (keys % np.uint64(MAX_DRAWN_UNITS)).astype(np.int32)


def _described(columns: LabelColumns, threshold: float | None) -> list[Column]:
    places = range(len(columns.names))
    storages: dict[str, Storage] = {BUNCH: "int64", TRUE: "int64"}
    storages |= {true_name(at): "bool" for at in places}
    if columns.given or (threshold is not None and columns.scores):
        storages |= {RIGHT: "int64", GIVEN: "int64"}
        storages |= {given_name(at): "bool" for at in places}
    if columns.scores:
        storages |= {rank_name(name): "float64" for name in RANKS}
    return [
        Column(name, "ignored", "boolean" if stored == "bool" else "continuous", stored)
        for name, stored in storages.items()
    ]
