"""Datasets in; the features of their rows as a frame, and what is true of each row, out."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.label_sets import has_label_sets
from assay.data.schema import Column
from assay.evaluation.judged import JudgedRows, read_truth
from assay.evaluation.task import Target

if TYPE_CHECKING:
    from assay.data.dataset import Dataset
    from assay.tables.cube import Level

Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class LadderRows:
    """Rows that simple models are fitted on, or judged on.

    Parameters
    ----------
    frame : polars.DataFrame
        The features.
    columns : tuple of Column
        What the schema says of them.
    truth : JudgedRows
    of : int
        Rows of the table; more than `n` where these are a sample.
    """

    frame: pl.DataFrame
    columns: tuple[Column, ...]
    truth: JudgedRows
    of: int

    @property
    def n(self) -> int:
        """Rows."""
        return self.truth.n

    def take(self, places: Places) -> "LadderRows":
        """Return these rows alone."""
        return replace(self, frame=self.frame[places], truth=self.truth.take(places))


def limit_rows(data: "Dataset", most: int, *, seed: int) -> "Dataset":
    """Return a dataset of at most so many rows, drawn by the seed, in the order of the table."""
    if data.count_rows() <= most:
        return data
    frame = data.sample(most, seed=seed)
    return replace(data, frame=nw.from_native(frame.lazy()), original=None)


def read_rows(
    data: "Dataset", target: Target, *, leave_out: Collection[str] = (), of: int | None = None
) -> LadderRows:
    """Read features and truth.

    Parameters
    ----------
    data : Dataset
        With the label, and units where groups or times were declared.
    target : Target
        Its classes decide the codes.
    leave_out : collection of str
        Columns that are no features, though the schema says so: answers of incumbents.
    of : int or None
        Rows of the table of which `data` is a sample.
    """
    schema = data.schema
    names = [name for name in schema.features if name not in leave_out]
    truth = read_truth(data, target)
    if names:
        frame = data.collect(names)
    else:
        frame = pl.DataFrame(height=truth.n) if truth.n else pl.DataFrame()
    return LadderRows(frame, tuple(schema[name] for name in names), truth, of or truth.n)


def with_train_classes(target: Target, train: "Dataset") -> Target:
    """Return the target with the classes of the train rows that no judged row has, put last."""
    if target.task not in ("binary", "multiclass") or has_label_sets(train):
        return target
    label = train.schema.label
    assert label is not None
    values = train.column(label).unique().to_list()
    known = set(target.classes)
    further: list[Level] = sorted((each for each in values if each not in known), key=str)
    return replace(target, classes=(*target.classes, *further)) if further else target
