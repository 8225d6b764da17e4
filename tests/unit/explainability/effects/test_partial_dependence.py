"""Partial dependence: closed forms, scikit-learn, types of the rows, intervals, bad input."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.inspection import partial_dependence

from assay.errors import ColumnNotFoundError, InputError, ModelError
from assay.explainability.effects.measure import measure_dependence
from assay.explainability.scores import Scores


def numbers(n: int = 300, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 3))


def additive(x: np.ndarray) -> np.ndarray:
    return np.sin(x[:, 0]) + x[:, 1] ** 2 - x[:, 2]


def mixed(n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "age": rng.integers(19, 76, n),
            "rooms": rng.integers(1, 9, n).astype(np.int8),
            "income": rng.lognormal(10, 1, n),
            "job": pd.Categorical(rng.choice(list("abc"), n, p=[0.5, 0.3, 0.2])),
            "city": rng.choice(["x", "y"], n, p=[0.7, 0.3]).astype(object),
            "flag": rng.random(n) < 0.3,
            "when": pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(n), "D"),
        },
        index=rng.permutation(n),
    )
    frame.loc[frame.index[::10], "income"] = np.nan
    return frame


def test_an_additive_model_gives_its_own_function_and_a_constant_without_doubt():
    x = numbers()
    effect = measure_dependence(additive, x, "x0")
    at = np.array(effect.grid)
    expected = np.sin(at) + (x[:, 1] ** 2 - x[:, 2]).mean()
    np.testing.assert_allclose(effect.values[:, 0], expected, atol=1e-12)
    assert effect.standard_errors is not None
    assert effect.standard_errors.max() == 0
    assert effect.heterogeneity[0].ratio == 0
    assert effect.findings == ()


def test_grid_and_values_agree_with_scikit_learn():
    x = numbers(200)
    y = x[:, 0] * x[:, 1] > 0
    model = HistGradientBoostingClassifier(max_iter=20).fit(x, y)
    theirs = partial_dependence(
        model, x, [1], method="brute", grid_resolution=15, response_method="predict_proba"
    )
    ours = measure_dependence(model, x, 1, grid="even", resolution=15, rows=None)
    np.testing.assert_allclose(ours.positions, theirs["grid_values"][0], rtol=1e-12)
    np.testing.assert_allclose(ours.values[:, 0], theirs["average"][0], rtol=1e-12)


def test_single_curves_agree_with_scikit_learn():
    x = numbers(50)
    model = HistGradientBoostingClassifier(max_iter=10).fit(x, x[:, 0] > 0)
    grid = [-1.0, 0.0, 0.5]
    theirs = partial_dependence(
        model,
        x,
        [0],
        method="brute",
        kind="individual",
        custom_values={0: grid},
        response_method="predict_proba",
    )
    ours = measure_dependence(model, x, 0, grid=grid)
    assert ours.ice is not None
    assert ours.ice_rows == tuple(range(50))
    np.testing.assert_allclose(ours.ice[:, :, 0], theirs["individual"][0], rtol=1e-12)


def test_weights_agree_with_repeated_rows_and_with_scikit_learn():
    x = numbers(60)
    times = np.random.default_rng(2).integers(0, 4, 60)
    grid = [-1.0, 0.3]

    def product(rows: np.ndarray) -> np.ndarray:
        return rows[:, 0] * rows[:, 1]

    weighted = measure_dependence(product, x, 0, grid=grid, weights=times)
    repeated = measure_dependence(product, np.repeat(x, times, axis=0), 0, grid=grid)
    np.testing.assert_allclose(weighted.values, repeated.values, rtol=1e-12)
    np.testing.assert_allclose(weighted.shares, repeated.shares, rtol=1e-12)


def test_the_standard_error_is_that_of_centred_curves():
    x = numbers(80)
    effect = measure_dependence(lambda r: r[:, 0] * r[:, 1], x, 0, grid=[-1.0, 2.0])
    curves = np.array([-1.0, 2.0]) * x[:, [1]]
    shape = curves - curves.mean(axis=1, keepdims=True)
    assert effect.standard_errors is not None
    expected = shape.std(axis=0, ddof=1) / np.sqrt(80)
    np.testing.assert_allclose(effect.standard_errors[:, 0], expected, rtol=1e-9)


def test_a_row_counts_in_the_standard_error_with_the_square_of_its_weight():
    x = numbers(80)
    weights = np.exp(x[:, 1])
    effect = measure_dependence(
        lambda r: r[:, 0] * r[:, 1], x, 0, grid=[-1.0, 2.0], weights=weights
    )
    shape = np.array([-1.5, 1.5]) * x[:, [1]]
    apart = shape - np.average(shape, axis=0, weights=weights)
    n = weights.sum() ** 2 / (weights**2).sum()
    variance = ((weights[:, None] * apart) ** 2).sum(axis=0) / weights.sum() ** 2 * n / (n - 1)
    assert effect.standard_errors is not None
    np.testing.assert_allclose(effect.standard_errors[:, 0], np.sqrt(variance), rtol=1e-12)


def test_intervals_cover_where_weights_go_with_the_curves():
    held = 0
    for seed in range(200):
        x = np.random.default_rng(seed).normal(size=(300, 2))
        effect = measure_dependence(
            lambda r: r[:, 0] * (1 + r[:, 1]),
            x,
            0,
            grid=[-1.0, 1.0],
            weights=np.exp(x[:, 1]),
            ice=False,
        )
        low, high = effect.interval() or (np.empty(0), np.empty(0))
        level = effect.values.mean()
        held += bool(low[1, 0] - level <= 2 <= high[1, 0] - level)
    assert held / 200 >= 0.89


def test_intervals_cover_the_shape_of_the_population():
    held, grid = 0, [-1.0, 0.0, 2.0]
    for seed in range(200):
        x = np.random.default_rng(seed).exponential(size=(60, 2))
        ends = measure_dependence(lambda r: r[:, 0] * r[:, 1], x, 0, grid=grid).interval()
        assert ends is not None
        level = x[:, 1].mean() * np.mean(grid)
        true = np.array(grid) - np.mean(grid)
        held += bool(ends[0][2, 0] - level <= true[2] <= ends[1][2, 0] - level)
    assert 0.89 <= held / 200 <= 0.99


def test_centred_curves_start_at_zero():
    effect = measure_dependence(lambda r: r[:, 0] * r[:, 1] + 5, numbers(), 0, centre=True)
    assert effect.ice is not None
    assert effect.standard_errors is not None
    assert not effect.values[0].any()
    assert not effect.ice[:, 0].any()
    assert effect.standard_errors[0, 0] == 0
    assert effect.standard_errors[-1, 0] > 0


@pytest.mark.parametrize("column", list(mixed().columns))
@pytest.mark.parametrize("kind", ["pdp", "ale"])
def test_the_model_is_asked_about_rows_of_the_same_types(column, kind):
    rows, seen = mixed(), []

    def model(asked: pd.DataFrame) -> np.ndarray:
        seen.append(asked.dtypes.equals(rows.dtypes))
        for name in ("job", "city", "rooms", "flag"):
            assert set(asked[name]) <= set(rows[name])
        if hasattr(asked["job"], "cat"):
            assert list(asked["job"].cat.categories) == ["a", "b", "c"]
        return asked["age"].to_numpy() / 75 + (asked["job"] == "a").to_numpy()

    effect = measure_dependence(model, rows, column, kind=kind)
    assert len(seen) > 1
    assert all(seen)
    json.dumps(effect.to_dict(), allow_nan=False)
    assert effect.to_frame().height == len(effect.grid)
    assert column in effect._repr_html_()


def test_polars_rows_stay_what_they_are():
    rows = pl.from_pandas(mixed().astype({"job": str}).reset_index(drop=True)).with_columns(
        pl.col("job").cast(pl.Enum(["a", "b", "c", "never"]))
    )
    schema = rows.schema

    def model(asked: pl.DataFrame) -> np.ndarray:
        assert asked.schema == schema
        return (asked["job"].cast(pl.String) == "b").to_numpy() * 1.0

    effect = measure_dependence(model, rows, "job")
    assert effect.categories == ("a", "b", "c")
    assert effect.values[:, 0].tolist() == [0.0, 1.0, 0.0]


def test_values_of_a_missing_column_are_one_more_grid_point():
    effect = measure_dependence(
        lambda r: np.isnan(r["income"].to_numpy()) * 1.0, mixed(), "income"
    )
    assert effect.grid[-1] is None
    assert effect.positions[-1] is None
    assert effect.counts[-1] == 40
    assert effect.values[-1, 0] == 1.0
    assert effect.values[:-1].max() == 0.0


def test_few_whole_numbers_are_all_evaluated_in_their_order():
    effect = measure_dependence(lambda r: r["rooms"].to_numpy() * 1.0, mixed(), "rooms")
    assert effect.grid == tuple(range(1, 9))
    assert effect.rule == "every value"
    assert sum(effect.counts) == 400


def test_categories_are_ordered_by_frequency_and_at_most_thirty():
    names = [f"c{place:02d}" for place in range(40) for _ in range(40 - place)]
    rows = pl.DataFrame({"c": names, "z": np.arange(len(names)) * 1.0})
    effect = measure_dependence(lambda r: r["z"].to_numpy(), rows, "c")
    assert effect.grid == tuple(f"c{place:02d}" for place in range(30))
    assert effect.n_left_out == 10
    assert [note.rule for note in effect.findings] == ["effect_levels_left_out"]


def test_times_lie_on_a_time_axis():
    effect = measure_dependence(
        lambda r: r["when"].astype("int64").to_numpy() * 1.0, mixed(), "when", resolution=5
    )
    assert effect.scale == "time"
    assert effect.grid[0] == "2020-01-20"
    assert effect.positions[0] == pd.Timestamp("2020-01-20").timestamp() * 1000
    assert (np.diff(effect.values[:, 0]) > 0).all()
    made = measure_dependence(
        lambda r: np.ones(len(r)), mixed(), "when", grid=["2020-02-01", "2020-03-01"]
    )
    assert made.grid == ("2020-02-01", "2020-03-01")


def test_grid_values_beyond_the_rows_are_marked():
    x = numbers(500)
    effect = measure_dependence(additive, x, 0, grid=[-9.0, 0.0, 9.0])
    assert effect.outside == (True, False, True)
    assert measure_dependence(additive, x, 0).outside == (False,) * 20


def test_a_fraction_in_an_integer_column_makes_it_one_of_floats_alone():
    def model(asked: pd.DataFrame) -> np.ndarray:
        assert asked["rooms"].dtype == np.int8
        return asked["age"].to_numpy() * 1.0

    effect = measure_dependence(model, mixed(), "age", grid="buckets", resolution=20)
    np.testing.assert_allclose(effect.values[:3, 0], [20.4, 23.2, 26.0])


def test_what_rows_differ_by_is_found():
    rng = np.random.default_rng(3)
    rows = pd.DataFrame(
        {
            "a": rng.normal(size=500),
            "b": rng.choice(["up", "down"], 500),
            "c": rng.normal(size=500),
        }
    )

    def model(asked: pd.DataFrame) -> np.ndarray:
        return asked["a"].to_numpy() * np.where(asked["b"] == "up", 1.0, -1.0)

    effect = measure_dependence(model, rows, "a")
    found = effect.heterogeneity[0]
    assert found.hides
    assert found.column == "b"
    assert found.share == pytest.approx(1.0, abs=1e-9)
    assert [note.rule for note in effect.findings] == ["effect_hides_differences"]


def test_a_column_that_hardly_moves_the_score_is_not_said_to_hide_anything():
    x = numbers(400)
    effect = measure_dependence(lambda r: 100 * r[:, 2] + r[:, 0] * r[:, 1], x, 0)
    assert effect.heterogeneity[0].ratio > 0.5
    assert not effect.heterogeneity[0].hides


def test_several_outputs_come_from_the_same_calls():
    calls = []

    def model(rows: np.ndarray) -> np.ndarray:
        calls.append(len(rows))
        return np.column_stack([rows[:, 0], -rows[:, 0], rows[:, 1]])

    effect = measure_dependence(model, numbers(100), 0)
    assert sum(calls) <= 2000 + 2
    assert effect.values.shape == (20, 3)
    np.testing.assert_allclose(effect.values[:, 0], -effect.values[:, 1])
    assert effect.to_frame().height == 60


def test_log_odds_are_averaged_one_by_one():
    scores = Scores(lambda r: r[:, 0] * r[:, 1], ("p",), "log_odds", "mean_then_logit")
    rows = np.array([[0.5, 0.2], [0.5, 0.8]])
    effect = measure_dependence(scores, rows, 0, grid=[0.5])
    chance = 0.5 * rows[:, 1]
    assert effect.values[0, 0] == pytest.approx(np.mean(np.log(chance / (1 - chance))))


def test_a_sample_of_rows_is_spread_over_the_column():
    x = np.column_stack([np.arange(5000.0), numbers(5000)[:, 0]])
    effect = measure_dependence(lambda r: r[:, 1], x, 0, rows=100)
    assert effect.n_rows == 100
    assert effect.n_table_rows == 5000
    assert np.all(np.array(effect.ice_rows) // 50 == np.arange(100))


def test_one_row_and_one_value_have_no_interval_or_an_entry():
    one = measure_dependence(additive, numbers(1), 0)
    assert one.standard_errors is None
    assert one.to_dict()["low"] is None
    same = measure_dependence(lambda r: r[:, 1], np.column_stack([np.ones(9), np.arange(9.0)]), 0)
    assert same.grid == (1.0,)
    assert [note.rule for note in same.findings] == ["effect_of_one_value"]


@pytest.mark.parametrize(
    ("column", "says"),
    [
        (["a text of more than five words " + str(i) for i in range(9)], "words on average"),
        ([[1, 2]] * 9, "no grid of values"),
        ([None] * 9, "every value is missing"),
        ([float("nan")] * 9, "every value is missing"),
        ([float("inf")] * 9, "no value is a finite number"),
        ([b"png"] * 9, "bytes or images"),
    ],
)
def test_what_has_no_grid_is_an_entry_with_a_reason(column, says):
    rows = pl.DataFrame({"c": column, "z": np.arange(9.0)})
    effect = measure_dependence(lambda r: r["z"].to_numpy(), rows, "c")
    assert says in (effect.reason or "")
    assert effect.to_frame().height == 0
    json.dumps(effect.to_dict(), allow_nan=False)
    with pytest.raises(InputError, match="no effect to draw"):
        effect.plot()
    pair = measure_dependence(lambda r: r["z"].to_numpy(), rows, ("z", "c"))
    assert says in (pair.reason or "")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"kind": "pd"}, "unknown kind"),
        ({"grid": "log"}, "unknown grid"),
        ({"grid": []}, "no values"),
        ({"grid": [1.0, float("nan")]}, "no finite number"),
        ({"grid": ["a"]}, "none of its kind"),
        ({"resolution": 0}, "resolution must be a whole number of 1"),
        ({"rows": 0}, "rows must be a whole number of 1"),
        ({"level": 1.0}, "no coverage"),
        ({"weights": [1.0]}, "one for each row"),
        ({"weights": [-1.0] * 30}, "not negative"),
        ({"kind": "ale", "centre": True}, "leave centre out"),
    ],
)
def test_bad_options_are_refused(options, says):
    with pytest.raises(InputError, match=says):
        measure_dependence(additive, numbers(30), 0, **options)


def test_bad_columns_tables_and_models_are_refused():
    with pytest.raises(ColumnNotFoundError, match="age"):
        measure_dependence(additive, numbers(), "age")
    with pytest.raises(InputError, match="twice"):
        measure_dependence(additive, numbers(), (0, 0))
    with pytest.raises(InputError, match="one column"):
        measure_dependence(additive, numbers(), (0, 1), kind="ale")
    with pytest.raises(InputError, match="no rows"):
        measure_dependence(additive, np.empty((0, 3)), 0)
    with pytest.raises(InputError, match="not list"):
        measure_dependence(additive, [[1.0]], 0)
    with pytest.raises(InputError, match="never is 'z'"):
        measure_dependence(lambda r: np.ones(len(r)), mixed(), "job", grid=["z"])
    with pytest.raises(ModelError, match="no finite number"):
        measure_dependence(lambda r: r[:, 0] * np.nan, numbers(), 0)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=40),
    st.sampled_from(["quantile", "even", "buckets"]),
    st.integers(1, 12),
)
def test_every_grid_has_its_rows_within_the_column(values, grid, resolution):
    x = np.array(values)[:, None]
    effect = measure_dependence(lambda r: r[:, 0], x, 0, grid=grid, resolution=resolution)
    at = np.array(effect.grid, dtype=float)
    assert (np.diff(at) > 0).all()
    assert at.min() >= x.min()
    assert at.max() <= x.max()
    assert sum(effect.counts) == len(values)
    np.testing.assert_allclose(effect.values[:, 0], at, atol=1e-9)


@pytest.mark.parametrize("kind", ["pdp", "ale"])
@pytest.mark.parametrize("grid", ["quantile", "even", "buckets"])
@pytest.mark.parametrize(
    "column",
    [
        pd.array([1, 2, None, 4, 9], dtype="Int64"),
        pd.array([True, None, False, True, True], dtype="boolean"),
        pd.array(["x", None, "y", "x", "x"], dtype="string"),
        pd.Categorical([3, 1, None, 2, 3]),
        np.array([1, 2.5, 3, 8, np.inf], dtype=np.float32),
        pd.date_range("2020", periods=5, tz="Europe/Berlin"),
        pd.to_timedelta([1, 2, 3, 5, 8], "h"),
        pl.Series([1, 2, 3, 9, 40]).cast(pl.Date),
        pl.Series(["1.50", "2.50", "3.50", "4.00", "9.10"]).cast(pl.Decimal(10, 2)),
        pl.Series(["x", None, "y", "y", "y"], dtype=pl.Categorical),
        np.array([1, 2.5, 3, None, 5], dtype=object),
    ],
    ids=lambda each: str(each.dtype),
)
def test_every_type_of_column_can_be_set(column, grid, kind):
    whole = isinstance(column, np.ndarray) and column.dtype == object
    rows = (
        column[:, None]
        if whole
        else (pl if isinstance(column, pl.Series) else pd).DataFrame({"a": column})
    )
    seen = []

    def model(asked):
        seen.append(asked.dtype if whole else asked["a"].dtype)
        return np.ones(len(asked))

    effect = measure_dependence(model, rows, 0, kind=kind, grid=grid, resolution=4)
    assert len(effect.grid) >= 2
    assert len(seen) > 1
    if grid != "buckets":
        assert {str(each) for each in seen} == {str(column.dtype)}
    json.dumps(effect.to_dict(), allow_nan=False)
    assert effect.plot().to_dict()["layer"]


def test_decimals_are_read_as_they_are():
    rows = pl.DataFrame({"a": pl.Series(["1.50", "9.10"]).cast(pl.Decimal(10, 2))})
    effect = measure_dependence(lambda r: r["a"].cast(pl.Float64).to_numpy(), rows, "a")
    assert effect.grid == (1.5, 9.1)
    assert effect.values[:, 0].tolist() == [1.5, 9.1]
