"""The rows of the flip test: all of them, with every numeric column."""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.bias.compat.counts import Flips
from assay.bias.compat.facts import Rows
from assay.bias.compat.failing import MetricFailure
from assay.bias.compat.kinds import pandas_dtype
from assay.bias.compat.selecting import column_value
from assay.bias.flip_test_neighbours import flip_counts, neighbours_for
from assay.tables.cube import Level

NUMERIC = ("int", "float", "bool")
PREDICTED = "predicted"


@dataclass(frozen=True, kw_only=True, eq=False)
class FlipRows:
    """Every row's features, prediction and place in each facet.

    Parameters
    ----------
    numeric : tuple of str
        The features that are numbers, or true and false.
    refused : tuple of str
        The others: a test fails where it may not leave them out.
    values : ndarray of float, shape (n_rows, n_numeric)
        NaN where a value is missing.
    predicted : ndarray of bool, shape (n_rows,)
    keys : polars.DataFrame
        A column for each facet: what its rows are grouped by.
    """

    numeric: tuple[str, ...]
    refused: tuple[str, ...]
    values: NDArray[np.float64]
    predicted: NDArray[np.bool_]
    keys: pl.DataFrame

    def flips(self, at: int, column: str, group: Level) -> Flips:
        """Ask the neighbours in facet a about the rows of facet d.

        Parameters
        ----------
        at : int
            Place of the facet among the keys.
        column : str
            The facet's column, which is no feature.
        group : bool, int, float, str or None
            The key's value in facet d.

        Raises
        ------
        MetricFailure
            If a column is not numeric, there is none, or a value is missing.
        """
        if set(self.refused) - {column}:
            msg = "FlipTest does not support non-numeric columns"
            raise MetricFailure(msg)
        inside = (self.keys.to_series(at) == group).fill_null(value=False).to_numpy()
        used = self.values[:, [name != column for name in self.numeric]]
        try:
            up, down = flip_counts(
                used[~inside],
                self.predicted[~inside],
                used[inside],
                self.predicted[inside],
                neighbours_for(int(np.sum(~inside))),
            )
        except ValueError as error:  # no column, or a missing value: scikit-learn's own words
            raise MetricFailure(str(error).splitlines()[0]) from error
        return Flips(up, down)


@dataclass(frozen=True)
class TooManyRows:
    """Rows that are not read for the flip test.

    Parameters
    ----------
    n_rows, limit : int
    """

    n_rows: int
    limit: int

    def flips(self, at: int, column: str, group: Level) -> Flips:
        """Say why there is no flip test.

        Raises
        ------
        MetricFailure
            Always.
        """
        msg = (
            f"not computed: the flip test of smclarify 0.5 compares all {self.n_rows:,} rows, and "
            f"the limit is {self.limit:,}"
        )
        raise MetricFailure(msg)


def read_flip_rows(
    rows: Rows,
    features: Sequence[str],
    predicted: nw.Expr,
    facets: Sequence[tuple[str, nw.Expr]],
) -> FlipRows:
    """Read all rows into memory: 8 bytes for each value, and as much again while a test runs.

    Nothing is read where columns that are not numeric make the test fail for every facet.

    Parameters
    ----------
    rows : Rows
    features : sequence of str
    predicted : narwhals.Expr
        Whether the prediction is positive.
    facets : sequence of (str, narwhals.Expr)
        Columns, and what their rows are grouped by.

    Raises
    ------
    ColumnNotFoundError
        If a feature is not there.
    """
    rows.require(features)
    refused = tuple(name for name in features if pandas_dtype(rows.columns[name]) not in NUMERIC)
    numeric = tuple(name for name in features if name not in refused)
    frame = rows.frame
    if all(set(refused) - {column} for column, _ in facets):
        frame = frame.head(0)
    values = {
        f"x{at}": column_value(name, rows.columns[name].storage).cast(nw.Float64)
        for at, name in enumerate(numeric)
    }
    keys = {f"key{at}": key for at, (_, key) in enumerate(facets)}
    selected = frame.select(**values, **keys, **{PREDICTED: predicted})
    read = list(rows.engine.batches(selected)) or [selected.collect("polars").to_polars()]
    return FlipRows(
        numeric=numeric,
        refused=refused,
        values=np.concatenate([_matrix(batch, list(values)) for batch in read]),
        predicted=np.concatenate([batch[PREDICTED].to_numpy() for batch in read]),
        keys=pl.concat([batch.select(list(keys)) for batch in read]),
    )


def _matrix(batch: pl.DataFrame, names: list[str]) -> NDArray[np.float64]:
    if not names:
        return np.zeros((batch.height, 0))
    return batch.select(names).cast(pl.Float64).to_numpy()
