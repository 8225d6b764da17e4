"""The rule of kinds, line by line."""

from datetime import date, datetime

import polars as pl
import pytest

from assay.data.inference import infer_columns
from assay.data.sources.source import Categories

LONG = "a text that has more than five words"


def only(values, name="x", dtype=None, **options):
    frame = pl.DataFrame({name: pl.Series(values, dtype=dtype)}).lazy()
    (column,) = infer_columns(frame, **options)
    return column


@pytest.mark.parametrize(
    ("values", "kind", "storage"),
    [
        ([None, None], "empty", "other"),
        ([True, None], "boolean", "bool"),
        ([date(2024, 1, 1)], "time", "time"),
        ([datetime.fromisoformat("2024-01-01")], "time", "time"),
        (["2024-01-01", None, "2024-12-31T23:59:59Z"], "time", "time"),
        (["2024-01-01", "2024-13-01"], "categorical", "utf8"),
        (["2024-01-01", "soon"], "categorical", "utf8"),
        (["a", "b"], "categorical", "utf8"),
        ([LONG, LONG], "text", "utf8"),
        ([1, 2, 3], "categorical", "int64"),
        (list(range(10)), "categorical", "int64"),
        (list(range(11)), "continuous", "int64"),
        ([1.0, None, 3.0], "categorical", "float64"),
        ([float("nan"), 1.0], "categorical", "float64"),
        ([1.0, 2.5], "continuous", "float64"),
        ([b"a"], "categorical", "binary"),
        ([[1, 2], [3]], "categorical", "other"),
    ],
)
def test_kind_and_storage(values, kind, storage):
    column = only(values)
    assert (column.kind, column.storage) == (kind, storage)
    assert column.why


@pytest.mark.parametrize(
    ("name", "is_id"),
    [
        ("id", True),
        ("customer_id", True),
        ("customerId", True),
        ("UUID", True),
        ("order key", True),
        ("Unnamed: 0", True),
        ("paid", False),
        ("humid", False),
        ("age", False),
        ("monkey", False),
    ],
)
def test_ids_are_named_like_ids(name, is_id):
    assert (only(range(100), name).kind == "id") == is_id
    assert only(range(100), name).is_feature  # a model may have been fitted on it


def test_ids_are_distinct_and_more_than_a_few():
    assert only([i // 2 for i in range(100)], "id").kind == "continuous"
    assert only(list(range(19)), "id").kind == "continuous"
    assert only([i + 0.5 for i in range(100)], "id").kind == "continuous"


@pytest.mark.parametrize(
    ("values", "has_null"), [([1, None], True), ([1.0, float("nan")], True), ([1, 2], False)]
)
def test_has_null(values, has_null):
    assert only(values).has_null == has_null


def test_a_null_in_the_last_row_of_many_is_seen():
    assert only([1] * 300_000 + [None]).has_null


def test_categories_of_the_source():
    known = {"x": Categories(("low", "high"), ordered=True)}
    column = only(["high", "low"], categories=known)
    assert (column.kind, column.categories, column.ordered) == ("ordinal", ("low", "high"), True)
    known = {"x": Categories((1, 2))}
    assert only(list(range(50)), categories=known).kind == "categorical"


def test_told_kinds_win():
    column = only([1, 2], kinds={"x": "continuous"})
    assert (column.kind, column.why) == ("continuous", "declared")
