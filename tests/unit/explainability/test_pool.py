"""Masked rows keep the names, dtypes, categories and index of the user's own tables."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.errors import InputError
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


JOINED = [
    # rows, background, the values of the joined column, its dtype
    ([1, 2], [1.5], [1, 2, 1.5], "float64"),
    ([1.0, 2.0], [1], [1, 2, 1], "int64"),
    ([1.5], [1], [1.5, 1], "float64"),
    ([True], [2], [1, 2], "int64"),
    ([1.0, None], [1], [1, None, 1], "float64"),
    (pd.Series([1, None], dtype="Int64"), [1.5], [1, None, 1.5], "float64"),
    (pd.Series(["a"], dtype=object), pd.Series(["b"], dtype="string"), ["a", "b"], "string"),
    (pd.Series(["a"], dtype="string"), pd.Series(["b"]), ["a", "b"], pd.Series(["b"]).dtype),
    (["a"], pd.Categorical(["b", "a"]), ["a", "b", "a"], pd.CategoricalDtype(["a", "b"])),
    (pd.Categorical(["a"]), ["b"], ["a", "b"], pd.Series(["b"]).dtype),
    (
        pd.Categorical(["a"], categories=["a", "b"]),
        pd.Categorical(["b"], categories=["b", "a"]),
        ["a", "b"],
        pd.CategoricalDtype(["b", "a"]),
    ),
    (pd.Series([1], dtype="int64[pyarrow]"), [2], [1, 2], "int64"),
    (
        pd.to_datetime(["2020-01-01"]).astype("datetime64[ns]"),
        pd.to_datetime(["2020-01-02"]).astype("datetime64[s]"),
        list(pd.to_datetime(["2020-01-01", "2020-01-02"])),
        "datetime64[s]",
    ),
]


@pytest.mark.parametrize(("rows", "background", "expected", "dtype"), JOINED)
def test_pandas_columns_have_the_backgrounds_dtype_where_it_holds_them(
    rows, background, expected, dtype
):
    pool = pool_rows([pd.DataFrame({"a": rows}), pd.DataFrame({"a": background})])
    n = len(pool)
    made = pool.gather(np.arange(n)[:, None])["a"]
    assert made.dtype == dtype
    if hasattr(made.dtype, "categories"):
        assert list(made.dtype.categories) == list(dtype.categories)
    assert all(same(*pair) for pair in zip(made, expected, strict=True))


@pytest.mark.parametrize(
    ("rows", "background", "message"),
    [
        (["1"], [1], "column 'a' of the rows does not go with the background's: .* and int64"),
        ([1], ["1"], "int64 and (str|text)"),
        ([1], pd.Series(["1", None], dtype=object), "int64 and text"),
        (["c"], pd.Categorical(["a"]), "no categories of the background's: 'c'"),
        (pd.to_datetime(["2020-01-01"]), ["2020-01-01"], "does not go with"),
        ([1 + 2j], [1.0], "complex"),
    ],
)
def test_pandas_columns_of_other_kinds_are_refused(rows, background, message):
    with pytest.raises(InputError, match=message):
        pool_rows([pd.DataFrame({"a": rows}), pd.DataFrame({"a": background})])


@pytest.mark.parametrize(
    ("rows", "background", "dtype"),
    [
        (pl.Series([1, 2]), pl.Series([1.5]), pl.Float64),
        (pl.Series([1.5]), pl.Series([1], dtype=pl.UInt8), pl.Float64),
        (pl.Series(["a"]), pl.Series(["b", "a"], dtype=pl.Enum(["a", "b"])), pl.Enum(["a", "b"])),
        (pl.Series(["a"]), pl.Series(["b"], dtype=pl.Categorical), pl.Categorical),
        (pl.Series([None], dtype=pl.Null), pl.Series(["b"]), pl.String),
        (pl.Series([True]), pl.Series([2]), pl.Int64),
    ],
)
def test_polars_columns_have_the_backgrounds_dtype(rows, background, dtype):
    parts = [rows.rename("a").to_frame(), background.rename("a").to_frame()]
    pool = pool_rows(parts)
    made = pool.gather(np.arange(len(pool))[:, None])["a"]
    assert made.dtype == dtype
    assert made.to_list() == [*rows.to_list(), *background.to_list()]


@pytest.mark.parametrize(
    ("rows", "background"),
    [
        (pl.Series(["c"]), pl.Series(["a"], dtype=pl.Enum(["a"]))),
        (pl.Series(["1"]), pl.Series([1])),
        (pl.Series([1]), pl.Series(["1"])),
    ],
)
def test_polars_columns_of_other_kinds_are_refused(rows, background):
    with pytest.raises(InputError, match="column 'a' of the rows does not go with"):
        pool_rows([rows.rename("a").to_frame(), background.rename("a").to_frame()])


@pytest.mark.parametrize("wrap", [pd.DataFrame, pl.DataFrame])
def test_columns_that_are_not_the_backgrounds_are_named(wrap):
    background = wrap({"a": [1], "b": [2], "c": [3]})
    with pytest.raises(InputError, match="they lack 'b' and have 'd' beside them"):
        pool_rows([wrap({"a": [1], "d": [2], "c": [3]}), background])
    with pytest.raises(InputError, match="in another order: 'b', 'a', 'c' beside 'a', 'b', 'c'"):
        pool_rows([wrap({"b": [1], "a": [2], "c": [3]}), background])


def test_twin_names_single_columns_and_mixed_containers_are_refused():
    twin = pd.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(InputError, match="more than one is called 'a'"):
        pool_rows([twin, twin])
    with pytest.raises(InputError, match=r"single Series; give one row as a frame.*iloc"):
        pool_rows([twin.iloc[0], twin])
    with pytest.raises(InputError, match="a numpy ndarray and a pandas DataFrame"):
        pool_rows([np.ones((1, 2)), twin])
    with pytest.raises(InputError, match="tables of one kind, not list"):
        pool_rows([[[1, 2]], [[1, 2]]])


@pytest.mark.parametrize(
    ("rows", "background", "message"),
    [
        (np.ones((1, 3)), np.ones((1, 2)), "rows have 3 columns, and the background has 2"),
        (np.array([["a"]]), np.array([[1.0]]), "are of <U1 and float64"),
        (np.ones(1, dtype=[("a", int)]), np.ones((1, 1)), "is no table of values"),
        (np.ones((1, 1)), np.ones((1, 1), dtype=complex), "complex128 is no table"),
        (np.ones((1, 1, 1)), np.ones((1, 1)), r"has the shape \(1, 1, 1\)"),
        (np.ma.masked_array([[1.0]], [[True]]), np.ones((1, 1)), "masked array"),
    ],
)
def test_arrays_that_are_no_tables_are_refused(rows, background, message):
    with pytest.raises(InputError, match=message):
        pool_rows([rows, background])


def test_arrays_of_one_axis_are_a_row_and_no_rows_are_fine():
    assert len(pool_rows([np.array([1.0, 2.0]), np.ones((3, 2))])) == 4
    pool = pool_rows([np.ones((0, 2), dtype=object), np.ones((3, 2))])
    assert pool.gather(np.zeros((1, 2), dtype=int)).dtype == float
    for frame in (pd.DataFrame({"a": [1], "b": ["x"]}), pl.DataFrame({"a": [1], "b": ["x"]})):
        empty = pool_rows([frame[:0], frame])
        assert len(empty) == 1
        assert empty.codes().shape == (1, 2)


def test_numbers_and_times_are_quantities_and_others_are_none():
    frame = pd.DataFrame(
        {
            "n": pd.Series([1, None], dtype="Int64"),
            "b": [True, False],
            "t": pd.to_datetime(["1970-01-01 00:00:01", None]),
            "c": pd.Categorical([True, False]),
            "o": pd.Series([1, 2.5], dtype=object),
            "s": ["a", "b"],
        }
    )
    pool = pool_rows([frame])
    told = [pool.numbers(place) for place in range(6)]
    assert [each is None for each in told] == [False, False, False, True, False, True]
    assert np.array_equal(told[0], [1.0, np.nan], equal_nan=True)
    assert told[1].tolist() == [1.0, 0.0]
    assert np.array_equal(told[2], [1e9, np.nan], equal_nan=True)
    assert told[4].tolist() == [1.0, 2.5]
    assert [pool.is_time(place) for place in range(6)] == [False, False, True, *[False] * 3]


@pytest.mark.parametrize("table", [np.ones((2, 0)), pd.DataFrame(index=[0, 1]), pl.DataFrame()])
def test_tables_without_columns_are_refused(table):
    with pytest.raises(InputError, match="without columns has nothing to explain"):
        pool_rows([table, table])
