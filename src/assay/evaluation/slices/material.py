"""A planned evaluation in; the rows, losses and columns that slices are made from, out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.conditions import Condition, parse_conditions
from assay.errors import ColumnNotFoundError, InputError
from assay.evaluation.judged import Answers, JudgedRows
from assay.evaluation.losses import row_losses, usual_loss
from assay.evaluation.slices.atoms import CodedColumn
from assay.evaluation.slices.columns import Searchable, searchable_columns
from assay.evaluation.slices.significance import LossRows

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

Places = NDArray[np.intp]
MAX_ROWS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class SliceSettings:
    """What is looked for.

    Parameters
    ----------
    named : tuple of str
        Slices as people write them: "age>40", "region=north & age>40".
    columns : tuple of str
        Searched beside the features, also where they are ignored.
    loss : str or None
        A loss of `row_losses`; None takes the usual one of the task.
    loss_column : str or None
        Column with the loss of each row, the more the worse, in place of `loss`.
    by_confidence, by_truth : bool
        Whether the confidence of the answer and the true class are searched as well.
    max_rows : int
        Above, a random sample of rows (whole groups) is read.
    level : float
    seed : int
    """

    named: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    loss: str | None = None
    loss_column: str | None = None
    by_confidence: bool = False
    by_truth: bool = False
    max_rows: int = MAX_ROWS
    level: float = 0.95
    seed: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Material:
    """Rows in memory, as all of slices and error analysis need them.

    Parameters
    ----------
    frame : polars.DataFrame
        The searched columns, those of named slices, the id and the time.
    rows : JudgedRows
    answers : Answers
    losses : LossRows
    loss : str
        Name of the loss.
    place : ndarray of int, shape (n_rows,)
        Number of each row in the table, from 0.
    n_rows : int
        Rows of the whole table.
    searchable : Searchable
    named : tuple of (str, tuple of Condition)
    id_column, time_column : str or None
    coded : dict of str to list of CodedColumn
        What was cut into codes already; filled as it is needed.
    """

    frame: pl.DataFrame
    rows: JudgedRows
    answers: Answers
    losses: LossRows
    loss: str
    place: Places
    n_rows: int
    searchable: Searchable = field(default_factory=lambda: Searchable((), ()))
    named: tuple[tuple[str, tuple[Condition, ...]], ...] = ()
    id_column: str | None = None
    time_column: str | None = None
    coded: dict[str, list[CodedColumn]] = field(default_factory=dict)


def check_settings(data: "Dataset", settings: SliceSettings) -> None:
    """Refuse what is wrong in the settings before any long work.

    Raises
    ------
    InputError
        If a column is missing, a named slice cannot be read, or the loss is no number.
    """
    searchable_columns(data, settings.columns)
    read_named(data, settings.named)
    name = settings.loss_column
    if name is None:
        return
    if name not in data.schema.names:
        raise ColumnNotFoundError([name], data.schema.names)
    column = data.schema[name]
    if column.storage not in ("int64", "float64", "bool") or column.has_null:
        why = "it has rows without a value" if column.has_null else f"it holds {column.storage}"
        msg = f"the column {name!r} cannot be the loss of each row: {why}; name one of numbers"
        raise InputError(msg)


def read_named(
    data: "Dataset", named: Sequence[str]
) -> tuple[tuple[str, tuple[Condition, ...]], ...]:
    """Return the named slices as conditions; one that was named twice stays once."""
    columns = [each.name for each in data.schema.columns]
    return tuple((text, parse_conditions(text, columns)) for text in dict.fromkeys(named))


def gather(
    data: "Dataset", rows: JudgedRows, answers: Answers, settings: SliceSettings
) -> Material:
    """Read the columns that are needed, and the loss of each row.

    Parameters
    ----------
    data : Dataset
    rows : JudgedRows
    answers : Answers
    settings : SliceSettings

    Returns
    -------
    Material

    Raises
    ------
    InputError
        If the settings are wrong, or a loss is not finite.
    """
    check_settings(data, settings)
    named = read_named(data, settings.named)
    searchable = searchable_columns(data, settings.columns)
    schema = data.schema
    ids = schema.with_role("id")
    id_column = ids[0] if len(ids) == 1 else None
    wanted = [*searchable.names, *(c.column for _, told in named for c in told)]
    wanted += [name for name in (id_column, schema.time, settings.loss_column) if name]
    place = sampled_rows(rows, settings)
    frame = read_rows(data, list(dict.fromkeys(wanted)), place, rows.n)
    part, said = (rows, answers) if place is None else (rows.take(place), answers.take(place))
    loss = settings.loss or usual_loss(part, said)
    if settings.loss_column is not None:
        loss = settings.loss_column
        values = frame[loss].cast(pl.Float64).to_numpy()
        if not np.isfinite(values).all():
            msg = f"the column {loss!r} cannot be the loss of each row: not all of it is finite"
            raise InputError(msg)
    else:
        values = row_losses(part, said, loss)
    return Material(
        frame=frame,
        rows=part,
        answers=said,
        losses=LossRows(values, part.weight, _renumbered(part.unit), part.unit_kind),
        loss=loss,
        place=np.arange(rows.n) if place is None else place,
        n_rows=rows.n,
        searchable=searchable,
        named=named,
        id_column=id_column,
        time_column=schema.time,
    )


def _renumbered(unit: NDArray[np.int64] | None) -> NDArray[np.int64] | None:
    if unit is None:
        return None
    return np.unique(unit, return_inverse=True)[1].astype(np.int64)


def sampled_rows(rows: JudgedRows, settings: SliceSettings) -> Places | None:
    """Return the rows to be read where there are too many, ascending; None for all."""
    if rows.n <= settings.max_rows:
        return None
    rng = np.random.default_rng([settings.seed, rows.n])
    if rows.unit is None:
        return np.sort(rng.choice(rows.n, settings.max_rows, replace=False))
    unit = np.unique(rows.unit, return_inverse=True)[1]
    order = rng.permutation(int(unit.max()) + 1)
    sizes = np.bincount(unit)[order]
    taken = max(1, int(np.searchsorted(np.cumsum(sizes), settings.max_rows, side="right")))
    chosen = np.zeros(len(order), dtype=np.bool_)
    chosen[order[:taken]] = True
    return np.flatnonzero(chosen[unit])


def read_rows(
    data: "Dataset", columns: Sequence[str], place: Places | None, n_rows: int
) -> pl.DataFrame:
    """Return some columns of some rows; without columns a frame of one that says nothing."""
    if not columns:
        n = n_rows if place is None else len(place)
        return pl.DataFrame({"__row__": np.arange(n)})
    if place is None:
        return data.collect(columns)
    parts: list[pl.DataFrame] = []
    start = 0
    for batch in data.batches(list(columns)):
        first, last = np.searchsorted(place, [start, start + batch.height])
        parts.append(batch[place[first:last] - start])
        start += batch.height
    return pl.concat(parts)
