"""Columns of some rows in; a matrix of numbers for trees out."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.schema import Column
from assay.data_quality.leakage.skill import MISSING, value_codes

Floats = NDArray[np.float64]


def tree_matrix(frame: pl.DataFrame, columns: Sequence[Column]) -> Floats:
    """Return dense ranks of the values of each column, NaN for none.

    Trees only ask which of two values is larger, so ranks say as much as numbers, and dates and
    whole numbers stay exact. Categories are in the order of their texts.

    Parameters
    ----------
    frame : polars.DataFrame
    columns : sequence of Column

    Returns
    -------
    ndarray of float, shape (n_rows, n_columns)

    Examples
    --------
    >>> columns = [Column("x", "feature", "continuous", "float64")]
    >>> tree_matrix(pl.DataFrame({"x": [9.5, None, 2.0]}), columns).ravel().tolist()
    [1.0, nan, 0.0]
    """
    matrix = np.empty((frame.height, len(columns)))
    for at, column in enumerate(columns):
        codes = value_codes(frame[column.name], column)
        matrix[:, at] = np.where(codes == MISSING, np.nan, codes)
    return matrix
