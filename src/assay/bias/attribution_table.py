"""A table of attributions and the data they explain in; differential importance by facet out."""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import zip_longest
from operator import add

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.bias.attribution_sums import AttributionSums, attribution_sums
from assay.bias.attributions import AttributionDifferences, compare_sums
from assay.bias.facet import EXCLUDED, Facet
from assay.bias.flip_test_sample import BATCH_ROWS, place_rows
from assay.data.dataset import Dataset
from assay.data.sources.source import HELPER_PREFIX
from assay.errors import ColumnNotFoundError, InputError

Pairs = Iterator[tuple[pl.DataFrame, NDArray[np.int64], NDArray[np.float64] | None]]
UNITS = (
    "rows of one {kind} belong together, and attributions were added up row by row: an interval "
    "would be too narrow"
)
_SHOWN = 5


def compare_attribution_table(
    attributions: Dataset,
    data: Dataset,
    facet: Facet,
    *,
    join_on: str | None = None,
    features: Sequence[str] | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> AttributionDifferences:
    """Compare the importance of features between the groups of a facet.

    Parameters
    ----------
    attributions : Dataset
        One column of attributions for each feature, all made against the same background.
    data : Dataset
        The rows that they explain; its weights count.
    facet : Facet
        Settled on `data`.
    join_on : str or None
        Column of both tables that says which rows belong together; each value once in
        `attributions`. None: the tables have the same rows in the same order.
    features : sequence of str or None
        Columns of `attributions`; None for all that hold numbers.
    level : float
    seed : int

    Returns
    -------
    AttributionDifferences
        Without intervals where `data` declares groups of rows or a time.

    Raises
    ------
    ColumnNotFoundError
        If a column is not there.
    InputError
        If the tables have different numbers of rows and nothing to join them by, a value of
        `join_on` comes twice, or a column holds no numbers.

    Examples
    --------
    >>> facet = Facet(name="sex", columns=("sex",), how="values", keys=(nw.col("sex"),),
    ...               key_groups=({},), groups=("f", "m"), places={("f",): 0, ("m",): 1},
    ...               reported=(0, 1))
    >>> data = Dataset.read({"sex": ["f", "f", "m"], "age": [20, 30, 40]})
    >>> phi = Dataset.read({"age": [0.5, -1.5, 0.25]})
    >>> compare_attribution_table(phi, data, facet).groups[0].differences["age"].value
    -0.75
    """
    names = _features(attributions, features, join_on)
    if join_on is None:
        pairs = _in_order(attributions, data, facet, names)
    else:
        pairs = _joined(attributions, data, facet, names, join_on)
    parts = (
        attribution_sums(
            rows.select(pl.col(name).cast(pl.Float64) for name in names).to_numpy(),
            group,
            len(facet.groups),
            names,
            weight=weight,
        )
        for rows, group, weight in pairs
    )
    return _compared(parts, data, facet, names, level, seed)


def compare_explained_rows(
    phi: NDArray[np.floating],
    places: Sequence[int],
    data: Dataset,
    facet: Facet,
    features: Sequence[str],
    *,
    level: float = 0.95,
    seed: int = 0,
) -> AttributionDifferences:
    """Compare the importance of features between groups on some rows of a table.

    Parameters
    ----------
    phi : ndarray of float, shape (n_explained, n_features)
        Attributions, all made against the same background.
    places : sequence of int, length n_explained
        Which row of `data` each explains, counted from 0; a fair draw, for intervals to hold.
    data : Dataset
        The table; its weights count.
    facet : Facet
        Settled on `data`.
    features : sequence of str
    level : float
    seed : int

    Returns
    -------
    AttributionDifferences
        Without intervals where `data` declares groups of rows or a time.

    Examples
    --------
    >>> facet = Facet(name="sex", columns=("sex",), how="values", keys=(nw.col("sex"),),
    ...               key_groups=({},), groups=("f", "m"), places={("f",): 0, ("m",): 1},
    ...               reported=(0, 1))
    >>> data = Dataset.read({"sex": ["f", "f", "m"]})
    >>> phi = np.array([[0.25], [0.5]])
    >>> compare_explained_rows(phi, [2, 0], data, facet, ["age"]).groups[0].importance["age"]
    (0.5, 0.25)
    """
    order = np.argsort(np.asarray(places, dtype=np.int64), kind="stable")
    wanted = np.asarray(places, dtype=np.int64)[order]
    given = np.asarray(phi, dtype=np.float64)[order]
    parts: list[AttributionSums] = []
    start = 0
    for rows in _grouped(data, facet):
        low, high = np.searchsorted(wanted, [start, start + rows.height])
        here = rows[wanted[low:high] - start]
        start += rows.height
        group = here["group"].to_numpy()
        parts.append(
            attribution_sums(
                given[low:high], group, len(facet.groups), features, weight=_weight(here)
            )
        )
    return _compared(parts, data, facet, features, level, seed)


def _compared(
    parts: Iterable[AttributionSums],
    data: Dataset,
    facet: Facet,
    features: Sequence[str],
    level: float,
    seed: int,
) -> AttributionDifferences:
    return compare_sums(
        reduce(add, parts),
        facet.groups,
        features,
        facet=facet.name,
        reported=facet.reported,
        level=level,
        seed=seed,
        no_interval="" if data.unit[0] is None else UNITS.format(kind=data.unit[1]),
    )


def _features(
    attributions: Dataset, features: Sequence[str] | None, join_on: str | None
) -> tuple[str, ...]:
    types = attributions.frame.collect_schema()
    if features is not None:
        missing = set(features) - set(types.names())
        if missing:
            raise ColumnNotFoundError(missing, types.names())
        wrong = [name for name in features if not types[name].is_numeric()]
        if wrong:
            msg = (
                f"attributions are numbers, and these columns of {attributions.name} hold none: "
                f"{', '.join(wrong)}"
            )
            raise InputError(msg)
        return tuple(features)
    found = [
        name
        for name, kind in types.items()
        if kind.is_numeric() and name != join_on and not name.startswith(HELPER_PREFIX)
    ]
    if not found:
        msg = (
            f"{attributions.name} has no column of numbers; give one column of attributions for "
            "each feature"
        )
        raise InputError(msg)
    return tuple(found)


def _grouped(data: Dataset, facet: Facet, also: str | None = None) -> Iterator[pl.DataFrame]:
    """Yield the group of every row, with its weight and the column to join on."""
    select = {f"k{i}": key for i, key in enumerate(facet.keys)}
    if data.schema.weight is not None:
        select["weight"] = nw.col(data.schema.weight).cast(nw.Float64)
    if also is not None:
        select["on"] = nw.col(also)
    for batch in data.engine.batches(data.frame.select(**select), batch_rows=BATCH_ROWS):
        group = place_rows(facet, [batch[f"k{i}"] for i in range(len(facet.keys))])
        kept = [name for name in ("weight", "on") if name in batch.columns]
        yield pl.DataFrame(
            [pl.Series("group", group, dtype=pl.Int64), *(batch[name] for name in kept)]
        )


def _in_order(attributions: Dataset, data: Dataset, facet: Facet, names: tuple[str, ...]) -> Pairs:
    n_given, n_rows = attributions.count_rows(), data.count_rows()
    if n_given != n_rows:
        msg = (
            f"{attributions.name} has {n_given:,} rows and {data.name} has {n_rows:,}; give the "
            "attributions of every row in the same order, or name a column that joins them"
        )
        raise InputError(msg)
    given = attributions.batches(names, batch_rows=BATCH_ROWS)
    for rows, groups in zip_longest(given, _grouped(data, facet)):
        yield rows, groups["group"].to_numpy(), _weight(groups)


def _joined(
    attributions: Dataset, data: Dataset, facet: Facet, names: tuple[str, ...], join_on: str
) -> Pairs:
    for table in (attributions, data):
        if join_on not in table.schema.names:
            raise ColumnNotFoundError([join_on], table.schema.names)
    columns = list(dict.fromkeys([join_on, *names]))
    known = attributions.collect(columns)
    twice = known[join_on].filter(known[join_on].is_duplicated() & known[join_on].is_not_null())
    if twice.len():
        shown = ", ".join(str(value) for value in twice.unique().sort().head(_SHOWN).to_list())
        msg = (
            f"{attributions.name} has values of {join_on} more than once: {shown}; each row needs "
            "one line of attributions"
        )
        raise InputError(msg)
    known = known.rename({join_on: "on"}) if join_on not in names else known
    met = 0
    for groups in _grouped(data, facet, join_on):
        if groups.schema["on"] != known.schema["on"]:
            groups = groups.with_columns(pl.col("on").cast(pl.String))
            known = known.with_columns(pl.col("on").cast(pl.String))
        rows = groups.join(known, on="on", how="left", maintain_order="left")
        there = rows[names[0]].is_not_null()
        met += int(there.sum())
        group = rows["group"].to_numpy()
        yield rows, np.where(there.to_numpy(), group, EXCLUDED), _weight(rows)
    if not met:
        msg = (
            f"no value of {join_on} in {data.name} is in {attributions.name}; check that both "
            "have the same ids, written alike"
        )
        raise InputError(msg)


def _weight(rows: pl.DataFrame) -> NDArray[np.float64] | None:
    return rows["weight"].to_numpy() if "weight" in rows.columns else None
