"""Arrays of one column a label, or lists of the labels of each row, in; named columns out."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from assay.data.row_order import IN_ORDER
from assay.data.sources.frames import open_frame
from assay.errors import InputError

SETS = (list, tuple, set, frozenset)


def are_label_lists(values: object) -> bool:
    """Whether a list holds a list of texts for each row.

    Examples
    --------
    >>> are_label_lists([["a"], [], ["a", "b"]]), are_label_lists([[0, 1], [1, 1]])
    (True, False)
    """
    if not isinstance(values, (list, tuple)) or not all(isinstance(row, SETS) for row in values):
        return False
    texts = [value for row in values for value in row]
    ragged = len({len(row) for row in values}) > 1
    return bool(values) and all(isinstance(text, str) for text in texts) and bool(texts or ragged)


def label_lists(values: Sequence[Sequence[str]], name: str) -> pl.Series:
    """Return one column of lists, each in ascending order."""
    return pl.Series(name, [sorted(row) for row in values], dtype=pl.List(pl.String))


def label_indicators(
    values: object, what: str, *, names: Sequence[str] | None = None, prefix: str = ""
) -> list[pl.Series]:
    """Return one column a label.

    Parameters
    ----------
    values : frame or array-like, shape (n_rows, n_labels)
        Of 0 and 1; a sparse matrix too.
    what : str
        The argument, for messages.
    names : sequence of str or None
        The labels; None takes a frame's own, else ``label_0``, ….
    prefix : str
        Put before each name.

    Raises
    ------
    InputError
        If there is another number of columns than of labels.

    Examples
    --------
    >>> [column.name for column in label_indicators([[0, 1], [1, 1]], "y_true")]
    ['label_0', 'label_1']
    """
    dense = getattr(values, "toarray", None)
    table = values if dense is None else dense()
    own = getattr(table, "columns", None) is not None
    frame = open_frame(np.asarray(table) if isinstance(table, (list, tuple)) else table)
    columns = frame.frame.collect(optimizations=IN_ORDER).get_columns()
    if names is not None and len(columns) != len(names):
        msg = (
            f"{what} has {len(columns)} columns and there are {len(names)} labels "
            f"({', '.join(names[:8])}); give one column a label, in this order"
        )
        raise InputError(msg)
    made = [f"label_{at}" for at in range(len(columns))]
    named = names or ([column.name for column in columns] if own else made)
    return [column.alias(f"{prefix}{name}") for column, name in zip(columns, named, strict=True)]
