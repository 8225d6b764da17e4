"""Series as people have them in, items that can be explained out."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from assay.errors import ColumnNotFoundError, InputError
from assay.explainability.maskers.series import SeriesItem, Stamp

if TYPE_CHECKING:
    import pandas as pd

KEYS = (
    "item_id",
    "start_time",
    "timestamps",
    "target_time_series",
    "related_time_series",
    "static_covariates",
)
ItemLike = SeriesItem | Mapping[str, Any] | ArrayLike


def as_items(items: ItemLike | Iterable[ItemLike]) -> tuple[SeriesItem, ...]:
    """Read items in any of their forms.

    Parameters
    ----------
    items : SeriesItem, mapping, array, or sequence of these
        A mapping has the keys of a record: ``target_time_series``, and where there are any
        ``related_time_series`` (name → series, or a list of series), ``static_covariates``
        (name → value, or a list), ``timestamps`` and ``item_id``. An array is the target alone.

    Raises
    ------
    InputError
        If there are none, one is none of these, or two have one name.

    Examples
    --------
    >>> [(item.item_id, item.n_past) for item in as_items([[1.0, 2.0], [3.0, 4.0, 5.0]])]
    [('0', 2), ('1', 3)]
    """
    if isinstance(items, SeriesItem | Mapping) or np.isscalar(_first(items)):
        items = [items]  # type: ignore[list-item]  one item
    made = tuple(_item(each, place) for place, each in enumerate(items))  # type: ignore[arg-type]
    if not made:
        msg = "no items: give at least one series to be explained"
        raise InputError(msg)
    names = [item.item_id for item in made]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        msg = f"two items are called {twice!r}; give each an item_id of its own"
        raise InputError(msg)
    return made


def _first(items: Any) -> object:  # noqa: ANN401  any form of items
    if isinstance(items, str) or not hasattr(items, "__len__"):
        msg = f"items must be series, records or SeriesItem, not {type(items).__name__}"
        raise InputError(msg)
    first = items[0] if len(items) else []
    return [] if isinstance(first, SeriesItem | Mapping) else first


def _item(given: ItemLike, place: int) -> SeriesItem:
    if isinstance(given, SeriesItem):
        return given
    if not isinstance(given, Mapping):
        return SeriesItem(target=given, item_id=str(place))  # type: ignore[arg-type]  looked at there
    unknown = [name for name in given if name not in KEYS]
    if unknown or "target_time_series" not in given:
        found = ", ".join(map(repr, given))
        msg = (
            f"item {place} has the keys {found}; a record has target_time_series and may have "
            f"{', '.join(KEYS)}"
        )
        raise InputError(msg)
    stamps = given.get("timestamps")
    return SeriesItem(
        target=given["target_time_series"],
        related=_named(given.get("related_time_series"), "related"),
        static=_named(given.get("static_covariates"), "static"),
        timestamps=() if stamps is None else stamps,
        item_id=str(given.get("item_id", place)),
    )


def _named(given: Any, word: str) -> dict[str, Any]:  # noqa: ANN401  a mapping, a list or None
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return {str(name): value for name, value in given.items()}
    return {f"{word}_{place}": value for place, value in enumerate(given)}


def build_item(
    *,
    item_id: str,
    times: Sequence[Stamp],
    target: Sequence[object],
    related: Mapping[str, Sequence[object]],
    static: Mapping[str, object],
    target_name: str,
) -> SeriesItem:
    """Make an item of its rows: missing targets at the end are the steps to be forecast.

    Parameters
    ----------
    item_id : str
    times : sequence
        In any order; ISO texts and numbers sort as they are.
    target : sequence of float or None
    related : mapping of str to sequence of float or None
        One value a time. A series without any value after the last target is of the past alone.
    static : mapping
    target_name : str

    Raises
    ------
    InputError
        If a time stands twice, is missing, or a value is no number.
    """
    if any(time is None for time in times):
        msg = f"the item {item_id!r} has a row without a timestamp; give each row one"
        raise InputError(msg)
    try:
        order = sorted(range(len(times)), key=lambda place: times[place])  # type: ignore[arg-type, return-value]
    except TypeError as error:
        msg = f"the timestamps of the item {item_id!r} are of several types: {error}"
        raise InputError(msg) from error
    stamps = [times[place] for place in order]
    for before, after in pairwise(stamps):
        if before == after:
            msg = f"the item {item_id!r} has the time {after!r} twice; give each time once"
            raise InputError(msg)
    own = _floats(item_id, target_name, target, order)
    seen = np.flatnonzero(~np.isnan(own))
    n_past = int(seen[-1]) + 1 if len(seen) else 0
    if not n_past:
        msg = (
            f"the item {item_id!r} has no value of {target_name!r}; there is nothing to forecast "
            "from"
        )
        raise InputError(msg)
    series = {name: _floats(item_id, name, given, order) for name, given in related.items()}
    known = {
        name: each if np.isfinite(each[n_past:]).any() else each[:n_past]
        for name, each in series.items()
    }
    n_steps = max((n_past, *map(len, known.values())))
    return SeriesItem(
        target=own[:n_past],
        related=known,
        static=static,
        timestamps=stamps[:n_steps],
        item_id=item_id,
        target_name=target_name,
    )


def _floats(
    item_id: str, name: str, values: Sequence[object], order: Sequence[int]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    try:
        return np.array(
            [np.nan if values[place] is None else float(values[place]) for place in order]  # type: ignore[arg-type]
        )
    except (TypeError, ValueError) as error:
        msg = f"the item {item_id!r}: the series {name!r} is not made of numbers: {error}"
        raise InputError(msg) from error


def items_from_table(
    table: "pl.DataFrame | pd.DataFrame",
    *,
    target: str,
    time: str,
    item: str | None = None,
    related: Sequence[str] = (),
    static: Sequence[str] = (),
) -> tuple[SeriesItem, ...]:
    """Read items from a table with a row for each item and time.

    Rows at the end of an item whose target is missing are steps to be forecast, for which related
    series may be known.

    Parameters
    ----------
    table : polars or pandas DataFrame
    target, time : str
        Columns.
    item : str or None
        Column that names the item; None: there is one.
    related, static : sequence of str
        Columns; a static one must have one value for each item.

    Raises
    ------
    ColumnNotFoundError
        If the table lacks a column.
    InputError
        If a static column changes within an item, or a time stands twice.

    Examples
    --------
    >>> table = pl.DataFrame({"t": [1, 2, 3], "y": [5.0, 6.0, None], "rain": [0.0, 1.0, 2.0]})
    >>> made = items_from_table(table, target="y", time="t", related=["rain"])[0]
    >>> made.n_past, made.n_steps
    (2, 3)
    """
    frame = table if isinstance(table, pl.DataFrame) else pl.DataFrame(table)
    named = [target, time, *([item] if item else []), *related, *static]
    if missing := set(named) - set(frame.columns):
        raise ColumnNotFoundError(missing, frame.columns)
    frame = _plain_times(frame, time)
    groups = frame.partition_by(item, maintain_order=True) if item else [frame]
    made = []
    for rows in groups:
        name = str(rows[item][0]) if item else "0"
        made.append(
            build_item(
                item_id=name,
                times=rows[time].to_list(),
                target=rows[target].to_list(),
                related={each: rows[each].to_list() for each in related},
                static={each: one_value(name, each, rows[each].to_list()) for each in static},
                target_name=target,
            )
        )
    return as_items(made)


def one_value(item_id: str, name: str, values: Sequence[object]) -> object:
    """Return the one value that a static column has within an item.

    Raises
    ------
    InputError
        If it has several.
    """
    seen = list(dict.fromkeys(value for value in values if value is not None))
    if len(seen) > 1:
        msg = (
            f"the static column {name!r} changes within the item {item_id!r}: {seen[0]!r}, "
            f"{seen[1]!r}; make it a related series"
        )
        raise InputError(msg)
    return seen[0] if seen else None


def _plain_times(frame: pl.DataFrame, time: str) -> pl.DataFrame:
    """Write dates as text that sorts as they do."""
    if isinstance(frame.schema[time], pl.Datetime):
        return frame.with_columns(pl.col(time).dt.to_string("%Y-%m-%d %H:%M:%S"))
    if frame.schema[time] == pl.Date:
        return frame.with_columns(pl.col(time).dt.to_string("%Y-%m-%d"))
    return frame
