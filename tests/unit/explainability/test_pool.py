"""Masked rows keep the names, dtypes, categories and index of the user's own tables."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.explainability.pool import pool_rows

ON = np.array([[True, False, True], [False, False, True], [True, True, False]])


def polars_frame(**told):
    values = {
        "a": [1.5, 2.5, None, 4.0],
        "b": ["x", "y", "x", None],
        "c": [True, False, None, True],
    }
    return pl.DataFrame({**values, **told})


def all_kinds():
    """Return tables of three columns, four rows, in many dtypes."""
    texts, whole = ["x", "y", "x", "z"], [1, 2, 3, 4]
    times = pd.to_datetime(["2020-01-01", "2021-01-01", None, "2020-01-01"])
    text_category = pd.Categorical(texts, categories=["z", "y", "x"], ordered=True)
    return {
        "floats": np.arange(12.0).reshape(4, 3),
        "whole": np.arange(12).reshape(4, 3),
        "objects": np.array(
            [["a", 1, None], ["b", 2.5, [1]], ["a", np.nan, [1]], ["c", 1, {"k": 1}]], dtype=object
        ),
        "texts": np.array([["a", "b", "c"], ["d", "b", "c"], ["a", "x", ""], ["a", "b", "c"]]),
        "pandas floats": pd.DataFrame(np.arange(12.0).reshape(4, 3), columns=["p", "q", "r"]),
        "pandas mixed": pd.DataFrame(
            {"a": [1.5, np.nan, 2.5, 1.5], "b": pd.Categorical(texts), "c": whole}
        ),
        "pandas text": pd.DataFrame(
            {"a": texts, "b": text_category, "c": pd.Series(texts, dtype=object)}
        ),
        "pandas nullable": pd.DataFrame(
            {
                "a": pd.Series([1, None, 3, 1], dtype="Int64"),
                "b": pd.Series(texts, dtype="string"),
                "c": pd.Series([True, None, False, True], dtype="boolean"),
            }
        ),
        "pandas arrow": pd.DataFrame(
            {
                "a": pd.Series([1, None, 3, 1], dtype="int64[pyarrow]"),
                "b": pd.Series(texts, dtype="string[pyarrow]"),
                "c": pd.Series([1.5, None, 2.5, 1.5], dtype="double[pyarrow]"),
            }
        ),
        "pandas times": pd.DataFrame(
            {"a": times, "b": times.tz_localize("UTC"), "c": times - times[0]}
        ),
        "pandas small": pd.DataFrame(
            {
                "a": np.array(whole, dtype=np.int8),
                "b": np.array([1, 0, 1, 1], dtype=bool),
                "c": np.array([1.5, np.nan, 1.5, 2], dtype=np.float32),
            }
        ),
        "pandas blocks": pd.DataFrame(
            {"a": [1.5, 2.5, 3.5, 4.5], "b": texts, "c": [0.5, 1, 2, 3]}
        ),
        "pandas text index": pd.DataFrame(
            {"a": whole, "b": texts, "c": whole}, index=["k", "l", "m", "n"]
        ),
        "polars": polars_frame(),
        "polars enum": polars_frame(
            a=pl.Series(texts, dtype=pl.Enum(["z", "y", "x"])),
            c=pl.Series(texts, dtype=pl.Categorical),
        ),
        "polars times": polars_frame(
            a=[dt.date(2020, 1, 1), None, dt.date(2021, 1, 1), dt.date(2020, 1, 1)],
            b=pl.Series([dt.datetime(2020, 1, i + 1) for i in range(4)]),  # noqa: DTZ001
            c=pl.Series([1, 2, 3, 1], dtype=pl.UInt8),
        ),
        "polars lists": polars_frame(c=[[1], [2], [1], None]),
    }


KINDS = all_kinds()


def take(table, rows):
    return table.iloc[list(rows)] if isinstance(table, pd.DataFrame) else table[list(rows)]


def cells(table):
    if isinstance(table, np.ndarray):
        return table.tolist()
    if isinstance(table, pl.DataFrame):
        return [list(row) for row in table.rows()]
    return [[table.iloc[i, j] for j in range(table.shape[1])] for i in range(len(table))]


def same(one, other):
    missing = [pd.api.types.is_scalar(each) and pd.isna(each) for each in (one, other)]
    return all(missing) if any(missing) else one == other


def all_same(one, other):
    return all(
        same(*pair) for rows in zip(one, other, strict=True) for pair in zip(*rows, strict=True)
    )


def dtypes(table):
    return table.dtype if isinstance(table, np.ndarray) else list(table.dtypes)


@pytest.mark.parametrize("kind", KINDS)
def test_masked_rows_are_cells_of_the_two_rows_in_their_types(kind):
    table = KINDS[kind]
    pool = pool_rows([take(table, [0, 1]), take(table, [2, 3])])
    here, there = np.array([0, 1, 1]), np.array([2, 3, 2])
    made = pool.mix(ON, here, there)
    before = cells(table)
    expected = [[before[here[i] if ON[i, j] else there[i]][j] for j in range(3)] for i in range(3)]
    assert type(made) is type(table)
    assert dtypes(made) == dtypes(table)
    assert all_same(cells(made), expected)
    if isinstance(table, pd.DataFrame):
        assert list(made.columns) == list(table.columns)
        kept = table.index.dtype.kind == "i"
        assert (
            isinstance(made.index, pd.RangeIndex) if kept else list(made.index) == ["m", "n", "m"]
        )


@pytest.mark.parametrize("kind", KINDS)
def test_crossing_is_mixing_of_all(kind):
    table = KINDS[kind]
    pool = pool_rows([take(table, [0, 1]), take(table, [2, 3])])
    rows, background = np.array([1, 0]), np.array([2, 3])
    crossed = pool.cross(ON, rows, background)
    all_of = np.meshgrid(rows, range(3), background, indexing="ij")
    here, mask, there = (part.reshape(-1) for part in all_of)
    mixed = pool.mix(ON[mask], here, there)
    assert dtypes(crossed) == dtypes(mixed)
    assert all_same(cells(crossed), cells(mixed))


@pytest.mark.parametrize("kind", KINDS)
def test_gathering_takes_each_cell_from_a_row_of_its_own(kind):
    table = KINDS[kind]
    pool = pool_rows([table])
    places = np.array([[3, 0, 1], [2, 2, 0]])
    made, before = cells(pool.gather(places)), cells(table)
    for i, row in enumerate(places):
        assert all(same(made[i][j], before[place][j]) for j, place in enumerate(row))
    assert dtypes(pool.gather(places)) == dtypes(table)


@pytest.mark.parametrize("kind", KINDS)
def test_codes_are_equal_where_values_are(kind):
    table = KINDS[kind]
    codes, before = pool_rows([table]).codes(), cells(table)
    for j in range(3):
        for one in range(4):
            for other in range(4):
                equal = same(before[one][j], before[other][j])
                assert (codes[one, j] == codes[other, j]) == equal
