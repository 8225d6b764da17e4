"""Counts by group and label in; weights that make both independent, as an option, out."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.bias.cells import GroupCells
from assay.bias.facet import Facet
from assay.bias.flip_test_sample import place_rows
from assay.bias.outcomes import Outcomes
from assay.data.dataset import Dataset
from assay.data.schema import Column
from assay.data.sources.source import HELPER_PREFIX
from assay.errors import InputError
from assay.result import Json

if TYPE_CHECKING:
    from assay.data.engines.protocol import LazyFrame

Floats = NDArray[np.float64]
WEIGHT = "reweighing_weight"
OPTION = (
    "This is an option, not advice to use it: with these weights group and label are independent "
    "in the training data. A model trained with them may still treat groups differently, and may "
    "be less accurate; measure it on rows with their own weights."
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Reweighing:
    """A weight for each group and label.

    Parameters
    ----------
    facet : str
    groups : tuple of str
    n : ndarray of int, shape (n_groups, 2)
        Rows by group and label (negative, positive).
    weights : ndarray of float, shape (n_groups, 2)
        What each row's weight is multiplied by; NaN where there is no row.
    notes : tuple of str
    """

    facet: str
    groups: tuple[str, ...]
    n: NDArray[np.int64]
    weights: Floats
    notes: tuple[str, ...] = (OPTION,)

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; a weight that no row has is None with a reason."""
        rows: list[Json] = []
        for group, counts, weights in zip(self.groups, self.n, self.weights, strict=True):
            for label in (0, 1):
                weight = float(weights[label])
                rows.append(
                    {
                        "group": group,
                        "positive": bool(label),
                        "n": int(counts[label]),
                        "weight": None if np.isnan(weight) else weight,
                        "reason": "no row" if np.isnan(weight) else None,
                    }
                )
        return {"facet": self.facet, "weights": rows, "notes": list(self.notes)}

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each group and label, always with the same columns."""
        n_groups = len(self.groups)
        return pl.DataFrame(
            {
                "facet": pl.Series([self.facet] * (2 * n_groups), dtype=pl.String),
                "group": pl.Series(np.repeat(np.array(self.groups), 2).tolist(), dtype=pl.String),
                "positive": pl.Series([False, True] * n_groups, dtype=pl.Boolean),
                "n": pl.Series(self.n.ravel(), dtype=pl.Int64),
                "weight": pl.Series(self.weights.ravel(), dtype=pl.Float64).fill_nan(None),
            }
        )


def reweighing(cells: GroupCells, *, facet: str = "") -> Reweighing:
    """Return the weights w(g, y) = P(g) P(y) / P(g, y).

    Parameters
    ----------
    cells : GroupCells
        By group and label; rows' own weights count.
    facet : str
        Its name.

    Returns
    -------
    Reweighing

    Raises
    ------
    InputError
        If no positive outcome is known, or no row has a group.

    References
    ----------
    Kamiran and Calders 2012, Knowledge and Information Systems 33:1,
    doi:10.1007/s10115-011-0463-8.

    Examples
    --------
    >>> cells = GroupCells.from_counts(["a", "d"], [[20, 40], [30, 10]])
    >>> reweighing(cells).weights.tolist()
    [[1.5, 0.75], [0.6666666666666666, 2.0]]
    """
    if cells.positive is None:
        msg = "reweighing needs a label with a positive outcome; say which value is positive"
        raise InputError(msg)
    place = cells.group * 2 + cells.positive
    size = 2 * len(cells.groups)
    joint = np.bincount(place, weights=cells.w, minlength=size).reshape(-1, 2)
    rows = np.bincount(place, weights=cells.n, minlength=size).reshape(-1, 2)
    total = float(joint.sum())
    if total <= 0:
        msg = f"no row has a group{f' of {facet}' if facet else ''}, so there is nothing to weigh"
        raise InputError(msg)
    expected = np.outer(joint.sum(axis=1), joint.sum(axis=0)) / total
    weights = np.divide(expected, joint, out=np.full(joint.shape, np.nan), where=joint > 0)
    return Reweighing(facet=facet, groups=cells.groups, n=rows.astype(np.int64), weights=weights)


def write_reweighed(
    data: Dataset,
    facet: Facet,
    outcomes: Outcomes,
    weights: Reweighing,
    path: Path,
    *,
    column: str = WEIGHT,
) -> int:
    """Write the data as Parquet with a column of weights.

    A row's weight is its own (1 where rows are not weighted) times that of its group and label.
    Rows without a group or label keep their own.

    Parameters
    ----------
    data : Dataset
    facet : Facet
    outcomes : Outcomes
        With a label and its positive values.
    weights : Reweighing
        Of the same facet.
    path : Path
        It appears only when it is whole.
    column : str
        Name of the column.

    Returns
    -------
    int
        Rows that kept their own weight, for want of a group or a label.

    Raises
    ------
    InputError
        If the column is there already, or no positive outcome is known.
    """
    positive = outcomes.label_is_positive
    if positive is None or outcomes.label is None:
        msg = "reweighing needs a label with a positive outcome; say which value is positive"
        raise InputError(msg)
    if column in data.schema.names:
        msg = f"the data have a column {column!r} already; choose another name for the weights"
        raise InputError(msg)
    own = data.schema.weight
    select = {f"k{i}": key for i, key in enumerate(facet.keys)}
    select |= {"known": ~outcomes.label.is_null(), "positive": positive}
    kept = 0

    def weigh(batch: pl.DataFrame) -> pl.DataFrame:
        nonlocal kept
        told = nw.from_native(batch).select(**select).to_native()
        group = place_rows(facet, [told[f"k{i}"] for i in range(len(facet.keys))])
        inside = (group >= 0) & told["known"].to_numpy()
        label = told["positive"].fill_null(value=False).to_numpy().astype(np.int64)
        factor = np.where(inside, weights.weights[np.maximum(group, 0), label], 1.0)
        kept += int(np.sum(~inside))
        if own is not None:
            factor = factor * batch[own].cast(pl.Float64).to_numpy()
        return pl.DataFrame({column: factor})

    made = data.with_columns(weigh, [Column(column, "ignored", "continuous", "float64")])
    names = [name for name in made.schema.names if not name.startswith(HELPER_PREFIX)]
    made.engine.write(cast("LazyFrame", made.frame.select(names)), path)
    return kept
