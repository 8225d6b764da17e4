"""A dataset in; the columns that slices are looked for in, cut into codes, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.schema import Column
from assay.errors import ColumnNotFoundError
from assay.evaluation.slices.atoms import CodedColumn, code_column, round_deciles

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

Floats = NDArray[np.float64]
MAX_COLUMNS = 40


@dataclass(frozen=True)
class Searchable:
    """Columns of a table that are searched.

    Parameters
    ----------
    features : tuple of Column
        Those that the model may read; the most telling 40 are kept.
    beside : tuple of Column
        Facets, times and columns that were named; all are kept.
    """

    features: tuple[Column, ...]
    beside: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(column.name for column in (*self.features, *self.beside))


def searchable_columns(data: "Dataset", more: Sequence[str] = ()) -> Searchable:
    """Choose the columns that slices are looked for in.

    Parameters
    ----------
    data : Dataset
    more : sequence of str
        Columns beside the features that shall be searched as well, also ignored ones.

    Raises
    ------
    ColumnNotFoundError
        If one is not in the table.
    """
    schema = data.schema
    lacking = set(more) - set(schema.names)
    if lacking:
        raise ColumnNotFoundError(lacking, schema.names)
    features = tuple(column for column in schema.columns if column.is_feature)
    taken = {column.name for column in features}
    wanted = [*more, *schema.facets, *((schema.time,) if schema.time else ())]
    beside = tuple(schema[name] for name in dict.fromkeys(wanted) if name not in taken)
    return Searchable(features, beside)


def code_columns(
    frame: pl.DataFrame,
    columns: Searchable,
    losses: Floats,
    half: NDArray[np.bool_],
    *,
    coded_before: dict[str, list[CodedColumn]],
) -> list[CodedColumn]:
    """Cut columns into codes, and keep the features that tell most about the loss.

    Parameters
    ----------
    frame : polars.DataFrame
    columns : Searchable
    losses : ndarray of float, shape (n_rows,)
    half : ndarray of bool, shape (n_rows,)
        The rows whose losses may be looked at.
    coded_before : dict of str to list of CodedColumn
        Columns of this frame that were cut already; those that are cut now are added.

    Returns
    -------
    list of CodedColumn
    """
    for column in (*columns.features, *columns.beside):
        if column.name not in coded_before:
            coded_before[column.name] = code_column(frame[column.name], column)
    coded = [coded_before[column.name] for column in columns.features]
    if len(coded) > MAX_COLUMNS:
        bins = loss_bins(losses[half])
        told = [max((information(p.codes[half], bins) for p in parts), default=0.0)
                for parts in coded]  # fmt: skip
        best = sorted(np.argsort(-np.array(told), kind="stable")[:MAX_COLUMNS].tolist())
        coded = [coded[place] for place in best]
    beside = [coded_before[column.name] for column in columns.beside]
    return [part for parts in (*coded, *beside) for part in parts]


def loss_bins(losses: Floats) -> NDArray[np.int64]:
    """Return the tenth that each loss lies in; few distinct losses stay apart."""
    ordered = np.unique(losses)
    cuts = ordered[:-1] if len(ordered) <= 10 else round_deciles(np.sort(losses))
    return np.searchsorted(cuts, losses, side="left")


def information(codes: NDArray[np.int16], bins: NDArray[np.int64]) -> float:
    """Return the mutual information of two codes in nats, less what chance alone gives.

    References
    ----------
    Miller 1955 for the bias: degrees of freedom over twice the rows.

    Examples
    --------
    >>> same = np.repeat([0, 1], 500)
    >>> round(information(same.astype(np.int16), same), 2)
    0.69
    """
    k = int(bins.max()) + 1
    size = (int(codes.max()) + 1) * k
    joint = np.bincount(codes.astype(np.int64) * k + bins, minlength=size).reshape(-1, k)
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    n = joint.sum()
    there = joint > 0
    expected = np.outer(rows, columns)[there] / n
    found = float((joint[there] * np.log(joint[there] / expected)).sum() / n)
    freedom = (np.count_nonzero(rows) - 1) * (np.count_nonzero(columns) - 1)
    return float(found - freedom / (2 * n))
