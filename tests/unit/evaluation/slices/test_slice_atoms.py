"""Columns cut into codes."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.data.conditions import rows_where
from assay.data.schema import Column, Kind
from assay.evaluation.slices.atoms import code_column, roundest


def column(kind: Kind) -> Column:
    return Column("x", "feature", kind, "float64")


SERIES: dict[str, tuple[Kind, pl.Series]] = {
    "numbers": ("continuous", pl.Series("x", np.random.default_rng(0).normal(size=500))),
    "few numbers": ("continuous", pl.Series("x", [1, 2, 2, 3, None] * 20)),
    "infinite": ("continuous", pl.Series("x", [float("inf"), float("-inf"), 1.5, 2.5] * 30)),
    "missing": ("continuous", pl.Series("x", [float("nan"), 1.0, None, 1.0] * 10)),
    "levels": ("categorical", pl.Series("x", ["a", "b", "c and d", None] * 25)),
    "truths": ("boolean", pl.Series("x", [True, False, None] * 20)),
    "codes": ("categorical", pl.Series("x", [10, 20, 30] * 20)),
    "texts": ("text", pl.Series("x", ["word " * n for n in range(1, 60)])),
    "times": (
        "time",
        pl.Series("x", [datetime(2023, 1, 1) + timedelta(hours=31 * n) for n in range(300)]),  # noqa: DTZ001
    ),
}


@pytest.mark.parametrize("name", SERIES)
def test_the_code_of_each_row_says_what_the_condition_does(name: str) -> None:
    kind, values = SERIES[name]
    coded = code_column(values, column(kind))
    assert coded
    for part in coded:
        for atom in part.atoms:
            expected = rows_where(values.to_frame(), [atom.condition]).to_numpy()
            np.testing.assert_array_equal(part.holds(atom), expected, err_msg=atom.condition.text)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("continuous", pl.Series("x", [1.0, 1.0])),
        ("continuous", pl.Series("x", [None, None], dtype=pl.Float64)),
        ("categorical", pl.Series("x", ["a", "a"])),
        ("categorical", pl.Series("x", [f"v{n}" for n in range(10_000)])),
        ("id", pl.Series("x", [1, 2, 3])),
        ("empty", pl.Series("x", [None, None], dtype=pl.String)),
        ("categorical", pl.Series("x", [[1], [2]])),
    ],
)
def test_columns_that_tell_no_rows_apart_give_nothing(kind: Kind, values: pl.Series) -> None:
    assert code_column(values, column(kind)) == []


@given(st.floats(-1e12, 1e12), st.floats(0, 1e9))
def test_the_roundest_number_lies_between(low: float, width: float) -> None:
    assert low <= roundest(low, low + width) <= low + width
