"""A Dataset, facets and predictions in; the rows on which the flip test is made out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.bias.cells import Flags, same_level
from assay.bias.facet import Facet
from assay.bias.flip_test_features import Features, encode_features
from assay.bias.flip_test_reservoir import Chosen, Reservoir
from assay.bias.outcomes import Outcomes
from assay.data.dataset import Dataset
from assay.data.engines.accumulators.cube import as_level
from assay.data.engines.mixing import row_keys
from assay.tables.cube import Level

Floats = NDArray[np.float64]
MAX_ASKED = 10_000
"""Rows of a facet that are asked about, shared evenly among its reported groups."""
MAX_REST = 10_000
"""Rows of facet a that answer."""
BATCH_ROWS = 262_144
PREDICTED, WEIGHT, UNIT = "__flip_predicted__", "__flip_weight__", "__flip_unit__"


@dataclass(frozen=True, kw_only=True, eq=False)
class FlipRows:
    """Sampled rows of one facet.

    Of each group there are the rows with the smallest keys, all up to `complete_to`; so any
    groups together have a plain random sample among them.

    Parameters
    ----------
    groups : tuple of str
    group : ndarray of int, shape (n_rows,)
        Index into `groups`.
    key : ndarray of uint64, shape (n_rows,)
        As good as random, by row number and seed.
    complete_to : ndarray of uint64, shape (n_groups,)
    n_data : ndarray of int, shape (n_groups,)
        Rows of each group in the data.
    n_asked : ndarray of int, shape (n_groups,)
        How many rows of each group are asked about; 0 of groups that are not reported.
    max_rest : int
    features : ndarray of float, shape (n_rows, n_features)
        Finite.
    columns : tuple of str
        Names of the features.
    predicted : ndarray of bool, shape (n_rows,)
        Whether the positive outcome is predicted.
    weight : ndarray of float or None, shape (n_rows,)
    unit : ndarray of int or None, shape (n_rows,)
        Code of the independent unit.
    unit_kind : str
        "row", "group" or "block".
    reason : str
        Why no test can be made; "" where it can.
    warnings : tuple of str
    seed : int
    """

    groups: tuple[str, ...]
    group: NDArray[np.int64]
    key: NDArray[np.uint64]
    complete_to: NDArray[np.uint64]
    n_data: NDArray[np.int64]
    n_asked: NDArray[np.int64]
    max_rest: int
    features: Floats
    columns: tuple[str, ...]
    predicted: Flags
    weight: Floats | None = None
    unit: NDArray[np.int64] | None = None
    unit_kind: str = "row"
    reason: str = ""
    warnings: tuple[str, ...] = ()
    seed: int = 0

    @classmethod
    def of_arrays(
        cls,
        groups: Sequence[str],
        group: NDArray[np.integer],
        features: Floats,
        predicted: Flags,
        *,
        weight: Floats | None = None,
        seed: int = 0,
    ) -> "FlipRows":
        """Take all rows of arrays.

        Parameters
        ----------
        groups : sequence of str
        group : ndarray of int, shape (n_rows,)
        features : ndarray of float, shape (n_rows, n_features)
        predicted : ndarray of bool, shape (n_rows,)
        weight : ndarray of float or None, shape (n_rows,)
        seed : int

        Examples
        --------
        >>> rows = FlipRows.of_arrays(
        ...     ["a", "d"], np.array([0, 1]), np.array([[0.0], [1.0]]), np.array([True, False]))
        >>> rows.uniform(np.array([False, True]), 10).tolist()
        [1]
        """
        places = np.asarray(group, dtype=np.int64)
        counts = np.bincount(places, minlength=len(groups))
        return cls(
            groups=tuple(groups),
            group=places,
            key=row_keys(0, len(places), seed),
            complete_to=np.full(len(groups), np.iinfo(np.uint64).max, dtype=np.uint64),
            n_data=counts,
            n_asked=counts,
            max_rest=len(places),
            features=features,
            columns=tuple(f"x{i}" for i in range(features.shape[1])),
            predicted=predicted,
            weight=weight,
            seed=seed,
        )

    @property
    def is_plain(self) -> bool:
        """Whether rows are independent and of equal weight."""
        return self.weight is None and self.unit is None

    @cached_property
    def points(self) -> tuple[Floats, NDArray[np.int64]]:
        """The different rows of features, and which of them each row is."""
        points, of_row = np.unique(self.features, axis=0, return_inverse=True)
        return points, of_row.reshape(-1)

    def uniform(self, among: Flags, limit: int) -> NDArray[np.intp]:
        """Return at most `limit` rows of some groups, each of their rows as likely as another.

        Parameters
        ----------
        among : ndarray of bool, shape (n_groups,)
        limit : int

        Returns
        -------
        ndarray of int
            Indices of rows, ascending.
        """
        if not among.any():
            return np.zeros(0, dtype=np.intp)
        bound = self.complete_to[among].min()
        rows = np.flatnonzero(among[self.group] & (self.key <= bound))
        if len(rows) > limit:
            rows = np.sort(rows[np.argpartition(self.key[rows], limit - 1)[:limit]])
        return rows


def flip_test_sample(
    data: Dataset,
    facets: Sequence[Facet],
    outcomes: Outcomes,
    *,
    max_asked: int = MAX_ASKED,
    max_rest: int = MAX_REST,
    scale: bool = False,
    one_hot: bool = False,
    features: Sequence[str] | None = None,
    seed: int = 0,
) -> dict[str, FlipRows]:
    """Draw the rows of the flip test, for all facets in two passes over the data.

    Features are all columns that a model may read, and other facets, but for the facet's own
    columns, the label and the prediction. They are compared as they are, unscaled.

    Parameters
    ----------
    data : Dataset
    facets : sequence of Facet
    outcomes : Outcomes
        With a prediction and its positive values.
    max_asked : int
        Rows of a facet that are asked about, shared evenly among its reported groups.
    max_rest : int
        Rows of facet a that answer.
    scale : bool
        Whether each feature is divided by its standard deviation.
    one_hot : bool
        Whether a column of text becomes a 0/1 column for each of its frequent values.
    features : sequence of str or None
        The columns to compare by; None for those named above.
    seed : int

    Returns
    -------
    dict of str to FlipRows
        By the name of the facet. Where a test cannot be made, `reason` says why.

    Raises
    ------
    ColumnNotFoundError
        If a column of `features` is not there.
    """
    unread = () if features is not None else data.schema.facets
    wanted = tuple(dict.fromkeys([*(features or data.schema.features), *unread]))
    described = [data.schema[name] for name in wanted]
    names = [column.name for column in described if column.kind != "empty"]
    data = data.with_units()
    chosen = _choose(data, facets, max_asked=max_asked, max_rest=max_rest, seed=seed)
    rows = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *(c.row for c in chosen)]))
    table = _read_rows(data, rows, names, outcomes)
    predicted = _positive(table[PREDICTED], outcomes)
    made: dict[str, FlipRows] = {}
    for facet, choice in zip(facets, chosen, strict=True):
        own = [name for name in names if name not in facet.columns]
        at = np.searchsorted(rows, choice.row)
        at = at[table[PREDICTED].is_not_null().to_numpy()[at]]
        encoded = encode_features(table[at], own, scale=scale, one_hot=one_hot)
        kept = np.isin(choice.row, rows[at[encoded.whole]])
        made[facet.name] = _rows_of(
            facet, data, choice, kept, table[at[encoded.whole]], encoded, predicted, rows, seed
        )
    return made


def _rows_of(
    facet: Facet,
    data: Dataset,
    choice: Chosen,
    kept: Flags,
    table: pl.DataFrame,
    encoded: Features,
    predicted: Flags,
    rows: NDArray[np.int64],
    seed: int,
) -> FlipRows:
    weighted, by_unit = WEIGHT in table.columns, UNIT in table.columns
    return FlipRows(
        groups=facet.groups,
        group=choice.group[kept],
        key=choice.key[kept],
        complete_to=choice.complete_to,
        n_data=choice.n_data,
        n_asked=choice.n_asked,
        max_rest=choice.max_rest,
        features=encoded.values,
        columns=encoded.columns,
        predicted=predicted[np.searchsorted(rows, choice.row[kept])],
        weight=table[WEIGHT].cast(pl.Float64).to_numpy() if weighted else None,
        unit=table[UNIT].cast(pl.Int64).to_numpy() if by_unit else None,
        unit_kind=data.unit[1],
        reason=encoded.reason,
        warnings=encoded.warnings,
        seed=seed,
    )


def _choose(
    data: Dataset, facets: Sequence[Facet], *, max_asked: int, max_rest: int, seed: int
) -> list[Chosen]:
    """Choose rows of every facet in one pass over the columns that make its groups."""
    reservoirs = [Reservoir(len(f.groups), max(max_asked, max_rest)) for f in facets]
    keys = {
        f"k{at}_{i}": key for at, facet in enumerate(facets) for i, key in enumerate(facet.keys)
    }
    start = 0
    if keys:
        for batch in data.engine.batches(data.frame.select(**keys), batch_rows=BATCH_ROWS):
            drawn = row_keys(start, start + batch.height, seed)
            for at, facet in enumerate(facets):
                own = [batch[f"k{at}_{i}"] for i in range(len(facet.keys))]
                reservoirs[at].add(place_rows(facet, own), drawn, start)
            start += batch.height
    return [
        reservoir.choose(facet.reported, max_asked=max_asked, max_rest=max_rest)
        for reservoir, facet in zip(reservoirs, facets, strict=True)
    ]


def place_rows(facet: Facet, keys: Sequence[pl.Series]) -> NDArray[np.int64]:
    """Return the group of each row from the values of the facet's keys.

    Parameters
    ----------
    facet : Facet
    keys : sequence of polars.Series
        One for each of `Facet.keys`.

    Returns
    -------
    ndarray of int, shape (n_rows,)
        Index into the facet's groups; `EXCLUDED` where the row is left out.
    """
    levels: list[tuple[Level, ...]] = []
    codes: list[NDArray[np.int64]] = []
    for values in keys:
        known, code = _coded(values)
        levels.append(known)
        codes.append(code)
    return facet.place(tuple(levels), np.stack(codes, axis=1))


def _coded(values: pl.Series) -> tuple[tuple[Level, ...], NDArray[np.int64]]:
    """Return the different values, as a cube has them, and the place of each row's."""
    plain = pl.DataFrame({"v": values}).select(as_level(pl.col("v"), values.dtype))["v"]
    known = plain.unique(maintain_order=True)
    places = pl.DataFrame({"v": known, "at": np.arange(known.len())})
    joined = plain.to_frame("v").join(places, on="v", how="left", nulls_equal=True)
    return tuple(known.to_list()), joined["at"].to_numpy().astype(np.int64)


def _read_rows(
    data: Dataset, rows: NDArray[np.int64], names: Sequence[str], outcomes: Outcomes
) -> pl.DataFrame:
    """Return the chosen rows with their features, predictions, weights and units."""
    select = {name: nw.col(name) for name in names}
    assert outcomes.prediction is not None
    select[PREDICTED] = outcomes.prediction
    if data.schema.weight is not None:
        select[WEIGHT] = nw.col(data.schema.weight)
    if data.unit[0] is not None:
        select[UNIT] = nw.col(data.unit[0])
    frame = data.frame.select(**select)
    parts: list[pl.DataFrame] = []
    start = 0
    for batch in data.engine.batches(frame, batch_rows=BATCH_ROWS):
        low, high = np.searchsorted(rows, [start, start + batch.height])
        parts.append(batch[rows[low:high] - start])
        start += batch.height
    return pl.concat(parts, rechunk=True)


def _positive(values: pl.Series, outcomes: Outcomes) -> Flags:
    known, code = _coded(values)
    good = outcomes.predictions_positive
    return np.array([any(same_level(level, one) for one in good) for level in known])[code]
