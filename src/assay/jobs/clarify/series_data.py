"""The data of a config of time series in, items that can be explained out."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.errors import InputError
from assay.explainability.maskers.series import SeriesItem, Stamp
from assay.explainability.series.items import as_items, build_item, one_value
from assay.jobs.clarify.schema import ClarifyConfig
from assay.jobs.clarify.series_places import find_by_item, find_values
from assay.jobs.clarify.time_series import TimeSeriesData

LAST_NAME = re.compile(r"\"([^\"]+)\"\W*$|([A-Za-z_]\w*)\W*$")
STAMPS = (str, int, float)


@dataclass(frozen=True, eq=False)
class SeriesData:
    """The items of a config.

    Parameters
    ----------
    items : tuple of SeriesItem
    ids : mapping of str to value
        Name of an item → its id as the data have it.
    """

    items: tuple[SeriesItem, ...]
    ids: Mapping[str, object]


@dataclass(frozen=True)
class _Rows:
    """One value each for every row of one item, or of all: id, time, target and the rest."""

    ids: list[object]
    times: list[object]
    target: list[object]
    related: dict[str, list[object]]
    static: dict[str, list[object]]


def read_series(config: ClarifyConfig, place: str) -> SeriesData:
    """Read the items of a config.

    Parameters
    ----------
    config : ClarifyConfig
        With `time_series_data_config`.
    place : str
        Path of a JSON document.

    Raises
    ------
    InputError
        If it cannot be read, or is not as the config says.
    """
    told = config.time_series_data_config
    assert told is not None
    document = _load(place)
    names = _names(config, told)
    if told.dataset_format == "item_records":
        items, ids = _by_item(document, told, names)
    else:
        items, ids = _grouped(_parallel(document, told, names), names[0])
    return SeriesData(as_items(items), ids)


def _load(place: str) -> object:
    if "://" in place:
        msg = (
            f"{place}: time series are read from a file of this machine; fetch it, and name it "
            "with --data FILE"
        )
        raise InputError(msg)
    try:
        return json.loads(Path(place).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        msg = f"there is no data file {place}; check the path"
        raise InputError(msg) from None
    except (OSError, UnicodeDecodeError) as error:
        msg = f"the data file {place} cannot be read: {error}"
        raise InputError(msg) from error
    except (ValueError, RecursionError) as error:
        msg = f"the data file {place} is not one JSON document: {error}"
        raise InputError(msg) from error


def _names(config: ClarifyConfig, told: TimeSeriesData) -> tuple[str, list[str], list[str]]:
    """Return the names of target, related series and statics: from the headers, else the paths.

    Raises
    ------
    InputError
        If there are more or fewer headers than series, or two series have one name.
    """
    related, static = told.related_time_series or (), told.static_covariates or ()
    places = (told.target_time_series, *related, *static)
    names = [_name_of(each, number) for number, each in enumerate(places)]
    if config.headers is not None:
        wanted = 2 + len(places)
        if len(config.headers) != wanted:
            msg = (
                f"headers has {len(config.headers)} names for {wanted} columns: the item's id, "
                f"the timestamp, the target, {len(related)} related series and {len(static)} "
                "static covariates"
            )
            raise InputError(msg)
        names = list(config.headers[2:])
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        msg = (
            f"two series are called {twice!r}; name all columns with headers, each in its own way"
        )
        raise InputError(msg)
    return names[0], names[1 : 1 + len(related)], names[1 + len(related) :]


def _name_of(place: str | int, number: int) -> str:
    found = LAST_NAME.search(place) if isinstance(place, str) else None
    return (found[1] or found[2]) if found else f"series_{number}"


def _parallel(
    document: object, told: TimeSeriesData, names: tuple[str, list[str], list[str]]
) -> _Rows:
    """Return columns with one value a row, for rows of all items."""
    columns = {
        "item_id": _column(document, told.item_id),
        "timestamp": _column(document, told.timestamp),
        names[0]: _column(document, told.target_time_series),
    }
    related = _columns(document, told.related_time_series, names[1])
    static = _columns(document, told.static_covariates, names[2])
    lengths = {name: len(each) for name, each in (columns | related | static).items()}
    if len(set(lengths.values())) > 1:
        told_of = ", ".join(f"{name} {count}" for name, count in lengths.items())
        msg = f"the columns of the time series are not of one length: {told_of}"
        raise InputError(msg)
    return _Rows(*columns.values(), related=related, static=static)


def _columns(
    document: object, places: Sequence[str | int] | None, names: Sequence[str]
) -> dict[str, list[object]]:
    return {name: _column(document, each) for name, each in zip(names, places or (), strict=True)}


def _column(document: object, place: str | int) -> list[object]:
    if isinstance(place, str):
        return find_values(place, document)
    rows = document if isinstance(document, list) else []
    if not rows or not all(isinstance(row, list) and place < len(row) for row in rows):
        msg = (
            f"time_series_data_config names the index {place}, and the data are not a list of "
            "lists with so many values; name the places by JMESPaths, with dataset_format"
        )
        raise InputError(msg)
    return [row[place] for row in rows]


def _grouped(rows: _Rows, target: str) -> tuple[list[SeriesItem], dict[str, object]]:
    places: dict[str, list[int]] = {}
    ids: dict[str, object] = {}
    for place, each in enumerate(rows.ids):
        places.setdefault(str(each), []).append(place)
        ids.setdefault(str(each), each)

    def chosen(column: list[object], at: list[int]) -> list[object]:
        return [column[place] for place in at]

    items = [
        _item(
            name,
            _Rows(
                [],
                chosen(rows.times, at),
                chosen(rows.target, at),
                {key: chosen(column, at) for key, column in rows.related.items()},
                {key: chosen(column, at) for key, column in rows.static.items()},
            ),
            target,
        )
        for name, at in places.items()
    ]
    return items, ids


def _by_item(
    document: object, told: TimeSeriesData, names: tuple[str, list[str], list[str]]
) -> tuple[list[SeriesItem], dict[str, object]]:
    """Return items whose records hold their rows."""
    ids = [each[0] if each else None for each in find_by_item(str(told.item_id), document)]
    times = find_by_item(str(told.timestamp), document)
    targets = find_by_item(str(told.target_time_series), document)
    related = [find_by_item(str(each), document) for each in told.related_time_series or ()]
    static = [find_by_item(str(each), document) for each in told.static_covariates or ()]
    made: dict[str, SeriesItem] = {}
    for place, each in enumerate(ids):
        rows = _Rows(
            [],
            times[place],
            targets[place],
            dict(zip(names[1], (column[place] for column in related), strict=True)),
            dict(zip(names[2], (column[place] for column in static), strict=True)),
        )
        if str(each) in made:
            msg = f"two item records have the id {each!r}; give each item one record"
            raise InputError(msg)
        made[str(each)] = _item(str(each), rows, names[0])
    return list(made.values()), {str(each): each for each in ids}


def _item(name: str, rows: _Rows, target: str) -> SeriesItem:
    columns = {target: rows.target, **rows.related}
    for key, column in columns.items():
        if len(column) != len(rows.times):
            msg = (
                f"the item {name!r} has {len(rows.times)} timestamps and {len(column)} values of "
                f"{key!r}; give one for each time"
            )
            raise InputError(msg)
    return build_item(
        item_id=name,
        times=[_stamp(name, each) for each in rows.times],
        target=rows.target,
        related=rows.related,
        static={key: one_value(name, key, column) for key, column in rows.static.items()},
        target_name=target,
    )


def _stamp(name: str, value: object) -> Stamp:
    if isinstance(value, STAMPS) and not isinstance(value, bool):
        return value
    msg = f"the item {name!r} has the timestamp {value!r}; give a text or a number for each row"
    raise InputError(msg)
