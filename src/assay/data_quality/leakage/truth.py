"""Label columns of some rows in; indicators of classes, or numbers, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.label_sets import indicator_matrix

if TYPE_CHECKING:
    from assay.data.schema import Schema

MIN_OF_CLASS = 10
"""Rows of a class, and of the others, below which nothing is said of that class."""
MAX_CLASSES = 20
"""Classes that are looked at, the most frequent ones."""
MIN_NUMBERS = 30
NUMERIC = ("regression", "ranking", "forecasting")


@dataclass(frozen=True, kw_only=True, eq=False)
class Truth:
    """What is true of each row of a sample.

    Parameters
    ----------
    known : ndarray of bool, shape (n_sample,)
        Rows whose label is there; the other arrays have these rows alone.
    indicators : ndarray of bool or None, shape (n_rows, n_classes)
        Of each class with enough rows; of two classes the positive one alone.
    names : tuple of str
        Of the columns of `indicators`.
    numbers : ndarray of float or None, shape (n_rows,)
    codes : ndarray of int, shape (n_rows,)
        Place of the row's label among the distinct labels, in ascending order.
    reason : str
        Why nothing can be learned of the label; "" where it can.
    """

    known: NDArray[np.bool_]
    codes: NDArray[np.int64]
    indicators: NDArray[np.bool_] | None = None
    names: tuple[str, ...] = ()
    numbers: NDArray[np.float64] | None = None
    reason: str = ""

    @property
    def n(self) -> int:
        """Rows with a label."""
        return int(self.known.sum())


def read_truth(
    frame: pl.DataFrame, schema: "Schema", task: str, classes: Sequence[object]
) -> Truth:
    """Read what is true of some rows.

    Parameters
    ----------
    frame : polars.DataFrame
        With the label columns.
    schema : Schema
    task : str
    classes : sequence
        Labels of a multilabel task; of a binary one the negative first.

    Returns
    -------
    Truth
    """
    if task == "multilabel":
        labels = indicator_matrix(frame, schema.labels, [str(each) for each in classes])
        weights = 2.0 ** np.arange(min(labels.shape[1], 52))
        codes = np.unique(labels[:, : len(weights)] @ weights, return_inverse=True)[1]
        known = np.ones(frame.height, dtype=bool)
        names = [str(each) for each in classes]
        return _of_classes(labels, names, known, codes.astype(np.int64))
    assert schema.label is not None
    values = frame[schema.label]
    if values.dtype.is_float():
        values = values.fill_nan(None)
    known = values.is_not_null().to_numpy()
    values = values.filter(known)
    codes = values.rank("dense").cast(pl.Int64).to_numpy() - 1
    if task in NUMERIC:
        return _of_numbers(values.cast(pl.Float64).to_numpy(), known, codes)
    distinct = values.unique().sort().to_list()
    wanted = [classes[1]] if task == "binary" and len(classes) > 1 else distinct
    columns = [(values == value).to_numpy() for value in wanted]
    indicators = np.column_stack(columns) if columns else np.zeros((len(codes), 0), dtype=bool)
    return _of_classes(indicators, [str(each) for each in wanted], known, codes)


def _of_numbers(
    numbers: NDArray[np.float64], known: NDArray[np.bool_], codes: NDArray[np.int64]
) -> Truth:
    if len(numbers) < MIN_NUMBERS:
        reason = f"fewer than {MIN_NUMBERS} rows have a label"
    elif not np.isfinite(numbers).all():
        reason = "some labels are infinite"
    else:
        reason = "" if np.ptp(numbers) > 0 else "all labels are the same"
    return Truth(known=known, codes=codes, numbers=numbers, reason=reason)


def _of_classes(
    indicators: NDArray[np.bool_],
    names: Sequence[str],
    known: NDArray[np.bool_],
    codes: NDArray[np.int64],
) -> Truth:
    """Keep the classes with enough rows on both sides, the most frequent of many."""
    n, of_class = indicators.shape[0], indicators.sum(axis=0)
    enough = np.flatnonzero((of_class >= MIN_OF_CLASS) & (n - of_class >= MIN_OF_CLASS))
    kept = np.sort(enough[np.argsort(-of_class[enough], kind="stable")][:MAX_CLASSES])
    reason = "" if len(kept) else f"no class has {MIN_OF_CLASS} rows, with as many beside it"
    return Truth(
        known=known,
        codes=codes,
        indicators=indicators[:, kept],
        names=tuple(str(names[at]) for at in kept.tolist()),
        reason=reason,
    )
