from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from assay.data.inference import infer_columns
from assay.models.baseline.reading import read_columns
from assay.models.baseline.tables import parts_of, tabulate


def read(frame: pl.DataFrame, kinds: dict[str, str] | None = None):
    return {c.name: c for c in read_columns(frame, infer_columns(frame.lazy(), kinds=kinds))}


@pytest.mark.parametrize(
    ("values", "how"),
    [
        ([0.5, 1.5] * 20, "number"),
        ([True, False] * 20, "number"),
        (["a", "b"] * 20, "one_hot"),
        ([1, 2] * 20, "one_hot"),
        ([f"level {i % 35}" for i in range(200)], "target"),
        ([datetime(2020, 1, 1 + i % 28, tzinfo=UTC) for i in range(40)], "dates"),
        (
            ["a text that has more than five words"] * 39 + ["another one of them, as long as it"],
            "text",
        ),
        ([3.5] * 40, "dropped"),
        (["x"] * 40, "dropped"),
        ([None] * 40, "dropped"),
        (list(range(40)), "dropped"),
        ([f"{i:032x}" for i in range(40)], "dropped"),
        ([f"name {i}" for i in range(40)], "dropped"),
        ([b"a", b"b"] * 20, "dropped"),
    ],
)
def test_each_kind_of_column_is_read_by_its_rule(values: list[object], how: str):
    assert read(pl.DataFrame({"c": values}))["c"].how == how


def test_whole_numbers_that_are_spread_out_are_no_identifier():
    areas = [1000 + 37 * i * i for i in range(60)]

    assert read(pl.DataFrame({"area": areas}))["area"].how == "number"


def test_gaps_in_a_constant_column_are_information():
    assert read(pl.DataFrame({"c": [1.5, None] * 20}))["c"].how == "number"
    assert read(pl.DataFrame({"c": ["x", None] * 20}))["c"].how == "one_hot"


def test_infinite_numbers_count_as_missing():
    frame = pl.DataFrame({"c": [1.5, float("inf"), float("nan"), 2.5]})

    assert np.isnan(tabulate(frame, list(read(frame).values())).matrix[:, 0]).tolist() == [
        False,
        True,
        True,
        False,
    ]


def test_one_per_cent_of_missing_values_get_an_indicator():
    few = pl.DataFrame({"c": [None] + [0.5, 1.5] * 100})
    many = pl.DataFrame({"c": [None] + [0.5, 1.5] * 40})

    assert not read(few)["c"].indicator
    assert read(many)["c"].indicator


def test_whole_floats_and_whole_numbers_are_the_same_level():
    train = pl.DataFrame({"c": [1.0, 2.0] * 10})
    columns = list(read(train).values())
    test = pl.DataFrame({"c": [2.0, 1.5, None]})

    assert tabulate(test, columns).matrix[:, 0].tolist() == [1.0, -1.0, -1.0]


def test_parts_of_dates():
    frame = pl.DataFrame(
        {"at": [datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 3, 5, 12, tzinfo=UTC), None]}
    )
    columns = list(read(frame).values())

    found = tabulate(frame, columns).matrix

    assert [part.label for part in parts_of(columns)] == [
        "year of at",
        "month of at",
        "weekday of at",
        "hour of at",
        "days of at",
    ]
    assert found[1].tolist() == [2021, 3, 5, 12, 429.5]
    assert np.isnan(found[2]).all()
