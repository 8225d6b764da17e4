"""Time series in each form of a Clarify dataset, read as the same items."""

import json
from pathlib import Path

import numpy as np
import pytest

from assay.errors import InputError
from assay.jobs.clarify.schema import ClarifyConfig
from assay.jobs.clarify.series_data import read_series
from assay.jobs.clarify.series_places import find_by_item, find_values

ROWS = [
    {"id": 7, "at": "2020-01-01 00:10:00", "y": 2.0, "rain": 0.5, "size": 3},
    {"id": 7, "at": "2020-01-01 00:00:00", "y": 1.0, "rain": 0.0, "size": 3},
    {"id": 7, "at": "2020-01-01 00:20:00", "y": None, "rain": 1.5, "size": 3},
    {"id": 8, "at": "2020-01-01 00:00:00", "y": 5.0, "rain": None, "size": 4},
    {"id": 8, "at": "2020-01-01 00:10:00", "y": 6.0, "rain": 0.1, "size": 4},
]
NAMES = {
    "item_id": "id", "timestamp": "at", "target_time_series": "y",
    "related_time_series": ["rain"], "static_covariates": ["size"],
}  # fmt: skip


def by_item() -> list[dict]:
    made = []
    for name in (7, 8):
        rows = [row for row in ROWS if row["id"] == name]
        series = [{key: row[key] for key in ("at", "y", "rain")} for row in rows]
        made.append({"id": name, "size": rows[0]["size"], "series": series})
    return made


def located(prefix: str, inner: str = "") -> dict:
    def place(name: str, at: str) -> str:
        return f"{at}{name}"

    inside = ("y", "rain", "at")
    return {
        key: [place(n, prefix + inner if n in inside else prefix) for n in told]
        if isinstance(told, list)
        else place(told, prefix + inner if told in inside else prefix)
        for key, told in NAMES.items()
    }


COLUMNS = {key: [row[key] for row in ROWS] for key in ROWS[0]}
LISTS = [[row[key] for key in ("id", "at", "y", "rain", "size")] for row in ROWS]
FORMS = {
    "timestamp_records": ("timestamp_records", ROWS, located("[].")),
    "deeper": ("timestamp_records", {"data": {"rows": ROWS}}, located("data.rows[].")),
    "columns": ("columns", COLUMNS, located("")),
    "item_records": ("item_records", by_item(), located("[].", "series[].")),
    "stars": ("item_records", {"items": by_item()}, located("items[*].", "series[*].")),
    "indices": (
        None,
        LISTS,
        {
            "item_id": 0,
            "timestamp": 1,
            "target_time_series": 2,
            "related_time_series": [3],
            "static_covariates": [4],
        },
    ),
}


def config(places: dict, form: str | None, headers: list[str] | None = None) -> ClarifyConfig:
    told = {**places, **({"dataset_format": form} if form else {})}
    raw = {
        "dataset_type": "application/json",
        "time_series_data_config": told,
        "methods": {
            "asymmetric_shapley_value": {"direction": "chronological", "granularity": "timewise"}
        },
    }
    return ClarifyConfig.model_validate({**raw, **({"headers": headers} if headers else {})})


def written(document: object, folder: Path) -> str:
    path = folder / "series.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_holds_the_same_items(name: str, tmp_path: Path) -> None:
    form, document, places = FORMS[name]
    data = read_series(config(places, form), written(document, tmp_path))
    first, second = data.items
    assert data.ids == {"7": 7, "8": 8}
    assert first.target.tolist() == [1.0, 2.0]
    assert list(first.timestamps) == [f"2020-01-01 00:{m}0:00" for m in (0, 1, 2)]
    assert [series.tolist() for series in first.related.values()] == [[0.0, 0.5, 1.5]]
    assert list(first.static.values()) == [3]
    assert second.target.tolist() == [5.0, 6.0]
    np.testing.assert_array_equal(next(iter(second.related.values())), [np.nan, 0.1])
    if name != "indices":
        assert (first.target_name, list(first.related), list(first.static)) == (
            "y", ["rain"], ["size"],
        )  # fmt: skip


def test_headers_name_the_series(tmp_path: Path) -> None:
    form, document, places = FORMS["columns"]
    place = written(document, tmp_path)
    headers = ["shop", "when", "sales", "weather", "space"]
    item = read_series(config(places, form, headers), place).items[0]
    assert (item.target_name, list(item.related), list(item.static)) == (
        "sales", ["weather"], ["space"],
    )  # fmt: skip
    with pytest.raises(InputError, match="headers has 2 names for 5 columns"):
        read_series(config(places, form, ["a", "b"]), place)


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("columns", lambda d: {**d, "y": d["y"][:-1]}, "not of one length: item_id 5"),
        ("columns", lambda d: {}, "gives NoneType in the data"),
        ("indices", lambda d: {"rows": d}, "not a list of lists"),
        ("timestamp_records", lambda d: [{**r, "at": None} for r in d], "timestamp None"),
        ("timestamp_records", lambda d: [*d, d[0]], "twice"),
        ("timestamp_records", lambda d: [{**r, "size": i} for i, r in enumerate(d)], "changes"),
        ("timestamp_records", lambda d: [{**r, "y": "high"} for r in d], "not made of numbers"),
        ("timestamp_records", lambda d: [{**r, "y": None} for r in d], "nothing to forecast"),
        ("timestamp_records", lambda d: [], "no items"),
        ("item_records", lambda d: [*d, d[0]], "two item records have the id 7"),
        ("item_records", lambda d: {"a": 1}, "no list of items"),
    ],
)
def test_data_that_are_not_as_the_config_says(name, change, words: str, tmp_path: Path) -> None:
    form, document, places = FORMS[name]
    with pytest.raises(InputError, match=words):
        read_series(config(places, form), written(change(document), tmp_path))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    form, _, places = FORMS["columns"]
    told = config(places, form)
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    for place, words in (
        (tmp_path / "absent.json", "there is no data file"),
        (broken, "not one JSON document"),
        ("s3://bucket/series.json", "fetch it"),
    ):
        with pytest.raises(InputError, match=words):
            read_series(told, str(place))


def test_places_keep_what_is_missing() -> None:
    document = [{"a": {"y": 1}}, {}, {"a": {"y": None}}]
    assert find_values("[].a.y", document) == [1, None, None]
    nested = [{"rows": [{"y": 1}, {}]}, {"rows": []}]
    assert find_by_item("[].rows[].y", nested) == [[1, None], []]
    assert find_by_item("[].rows[*].y", nested) == [[1, None], []]
    assert find_values("[?a].a.y", document) == [1, None]
    with pytest.raises(InputError, match="through a list of items"):
        find_by_item("rows", {"rows": [1]})
    with pytest.raises(InputError, match="cannot be used"):
        find_values("abs(@)", ["x"])
