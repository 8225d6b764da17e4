"""Two tables in; the labels of their rows as whole numbers with one meaning, out."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.label_sets import indicator_matrix
from assay.data_quality.leakage.tables import LeakTables, Part
from assay.data_quality.leakage.truth import NUMERIC

Codes = NDArray[np.int64]


def label_codes(tables: LeakTables, *parts: Part) -> tuple[Codes | None, ...]:
    """Return a code for the label of each row, alike in all parts; None where labels are numbers.

    Parameters
    ----------
    tables : LeakTables
    *parts : Part

    Returns
    -------
    tuple of ndarray of int, shape (n_rows,), or None
    """
    if tables.task is None or tables.task in NUMERIC:
        return tuple(None for _ in parts)
    columns = [_texts(tables, part) for part in parts]
    codes = pl.concat(columns).rank("dense").cast(pl.Int64).fill_null(0).to_numpy()
    ends = np.cumsum([len(each) for each in columns])[:-1]
    return tuple(np.split(codes, ends))


def _texts(tables: LeakTables, part: Part) -> pl.Series:
    schema = part.data.schema
    if tables.task != "multilabel":
        assert schema.label is not None
        return part.column(schema.label).cast(pl.String)
    names = [str(each) for each in tables.classes]
    rows = [
        indicator_matrix(batch, schema.labels, names)
        for batch in part.data.batches(list(schema.labels))
    ]
    return pl.Series([row.tobytes().hex() for row in np.concatenate(rows)], dtype=pl.String)
