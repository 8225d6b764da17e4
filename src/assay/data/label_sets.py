"""Columns that say which of many labels each row has in, their names and 0/1 matrices out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

MAX_LABELS = 500
SHOWN = 8


def has_label_sets(data: "Dataset") -> bool:
    """Whether a row may have many labels: several label columns, or one column of lists.

    Examples
    --------
    >>> from assay.data.dataset import Dataset
    >>> has_label_sets(Dataset.read({"tags": [["a"], [], ["a", "b"]]}, label="tags"))
    True
    """
    return len(data.schema.labels) > 1 or any(map(data.holds_lists, data.schema.labels))


def label_names(data: "Dataset") -> tuple[str, ...]:
    """Return the names of the labels that rows may have.

    With a column for each label these are the columns' names, as declared; with a column of lists
    the values of its lists, and of the lists of predictions, sorted.

    Parameters
    ----------
    data : Dataset
        For which `has_label_sets` holds.

    Returns
    -------
    tuple of str

    Raises
    ------
    InputError
        If there are fewer than two labels, or more than 500.

    Examples
    --------
    >>> from assay.data.dataset import Dataset
    >>> label_names(Dataset.read({"tags": [["b"], [], ["a", "b"]]}, label="tags"))
    ('a', 'b')
    """
    columns = data.schema.labels
    names = columns
    _refuse_mixture(data, columns)
    if data.holds_lists(columns[0]):
        lists = [columns[0], *filter(data.holds_lists, data.schema.predictions)]
        names = tuple(sorted(set().union(*(_values(data, name) for name in lists))))
    _check_number(names, columns)
    return names


def indicator_matrix(
    batch: pl.DataFrame, columns: Sequence[str], names: Sequence[str]
) -> NDArray[np.bool_]:
    """Return which row has which label, shape (n_rows, n_labels).

    Parameters
    ----------
    batch : polars.DataFrame
    columns : sequence of str
        One column for each of `names`, of 0 and 1 or of true and false; or one column of lists.
    names : sequence of str
        The labels; values of lists that are not among them are left out.

    Examples
    --------
    >>> batch = pl.DataFrame({"tags": [["b"], [], ["a", "b"]]})
    >>> indicator_matrix(batch, ["tags"], ["a", "b"]).astype(int).tolist()
    [[0, 1], [0, 0], [1, 1]]
    """
    if isinstance(batch.schema[columns[0]], pl.List):
        return _from_lists(batch[columns[0]], names)
    held = [batch[name].cast(pl.Boolean).to_numpy() for name in columns]
    return np.column_stack(held)


def _from_lists(lists: pl.Series, names: Sequence[str]) -> NDArray[np.bool_]:
    out = np.zeros((lists.len(), len(names)), dtype=np.bool_)
    values = lists.cast(pl.List(pl.String))
    lengths = values.list.len().fill_null(0).cast(pl.Int64).to_numpy()
    flat = values.filter(lengths > 0).list.explode(empty_as_null=False)
    place = {name: at for at, name in enumerate(names)}
    codes = flat.replace_strict(place, default=-1, return_dtype=pl.Int64).to_numpy()
    row = np.repeat(np.arange(lists.len()), lengths)
    known = codes >= 0
    out[row[known], codes[known]] = True
    return out


def _values(data: "Dataset", name: str) -> set[str]:
    found: set[str] = set()
    for batch in data.batches([name]):
        texts = batch[name].cast(pl.List(pl.String)).list.explode().drop_nulls()
        found.update(texts.unique().to_list())
        if len(found) > 2 * MAX_LABELS:
            break
    return found


def _refuse_mixture(data: "Dataset", columns: Sequence[str]) -> None:
    lists = [name for name in columns if data.holds_lists(name)]
    if lists and len(columns) > 1:
        msg = (
            f"{len(columns)} label columns were named, and {lists[0]!r} holds lists; name one "
            "column of lists alone, or one column of 0 and 1 for each label"
        )
        raise InputError(msg)
    dtype = data.frame.collect_schema()[columns[0]]
    if isinstance(dtype, nw.List) and not _names_labels(dtype.inner):
        msg = (
            f"the label column {lists[0]!r} holds {dtype}; lists of labels hold texts or whole "
            "numbers"
        )
        raise InputError(msg)


def _names_labels(dtype: object) -> bool:
    known = (nw.String, nw.Categorical, nw.Enum, nw.Unknown)  # unknown: every list is empty
    return any(dtype == each for each in known) or bool(getattr(dtype, "is_integer", bool)())


def _check_number(names: Sequence[str], columns: Sequence[str]) -> None:
    if len(names) > MAX_LABELS:
        msg = (
            f"there are more than {MAX_LABELS} labels ({', '.join(names[:SHOWN])}, …); leave the "
            "rarest out, or gather them into one"
        )
        raise InputError(msg)
    if len(names) < 2:
        what = f"only the label {names[0]!r}" if names else "no label at all"
        msg = (
            f"the lists in column {columns[0]!r} hold {what}; many labels need at least two. "
            "For one label give a column of true and false, which is a binary task"
        )
        raise InputError(msg)
