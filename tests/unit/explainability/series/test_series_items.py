"""Series in all their forms, and what is refused."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.errors import ColumnNotFoundError, InputError, ModelError
from assay.explainability.maskers.series import SeriesItem, lay_out
from assay.explainability.series.explain import explain_series
from assay.explainability.series.items import as_items, items_from_table


def last(records: list[dict]) -> list[list[float]]:
    return [[float(np.nan_to_num(record["target_time_series"])[-1])] for record in records]


def mean(records: list[dict]) -> list[list[float]]:
    return [[float(np.nanmean(r["target_time_series"]))] * 3 for r in records]


def hours(n: int) -> list[datetime]:
    return [datetime(2026, 1, 1) + timedelta(hours=i) for i in range(n)]  # noqa: DTZ001


TABLE = pl.DataFrame(
    {
        "at": [*hours(5), *hours(4)],
        "shop": ["a"] * 5 + ["b"] * 4,
        "sales": [1.0, None, 3.0, None, None, 2.0, 4.0, 6.0, 8.0],
        "promo": [0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0],
        "seen": [5.0, 5.0, 5.0, None, None, 1.0, 2.0, 3.0, 4.0],
        "size": [10] * 5 + [20] * 4,
    }
)
COLUMNS = {"target": "sales", "time": "at", "item": "shop", "related": ["promo", "seen"]}


def test_missing_targets_at_the_end_are_the_steps_to_be_forecast() -> None:
    a, b = items_from_table(TABLE, static=["size"], **COLUMNS)
    assert (a.n_past, a.n_steps, b.n_past, b.n_steps) == (3, 5, 4, 4)
    assert len(a.related["promo"]) == 5
    assert len(a.related["seen"]) == 3  # nothing is known of it ahead
    assert a.static == {"size": 10}
    assert a.timestamps[0] == "2026-01-01 00:00:00"
    assert np.isnan(a.target[1])  # a gap in the middle stays one


def test_the_order_of_rows_and_the_kind_of_frame_mean_nothing() -> None:
    mixed = TABLE.sample(fraction=1.0, shuffle=True, seed=3)
    told = {item.item_id: item for item in items_from_table(mixed.to_pandas(), **COLUMNS)}
    for item in items_from_table(TABLE, **COLUMNS):
        np.testing.assert_array_equal(told[item.item_id].target, item.target)
        assert list(told[item.item_id].timestamps) == list(item.timestamps)
    assert isinstance(mixed.to_pandas(), pd.DataFrame)


@pytest.mark.parametrize(
    ("table", "told", "words"),
    [
        (TABLE.with_columns(size=pl.int_range(9)), {"static": ["size"]}, "changes within"),
        (pl.concat([TABLE, TABLE]), {}, "twice"),
        (TABLE.with_columns(sales=None), {}, "no value of 'sales'"),
        (TABLE.with_columns(promo=pl.lit("x")), {}, "not made of numbers"),
        (TABLE.with_columns(at=pl.lit(None)), {}, "without a timestamp"),
    ],
)
def test_tables_that_are_no_series_are_refused(
    table: pl.DataFrame, told: dict, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        items_from_table(table, **COLUMNS, **told)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ColumnNotFoundError, match="sale"):
        items_from_table(TABLE, target="sale", time="at")


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: SeriesItem(target=np.array([])), "no past step"),
        (lambda: SeriesItem(target=np.array([np.nan])), "missing"),
        (lambda: SeriesItem(target=np.array([1.0, np.inf])), "infinite at step 1"),
        (lambda: SeriesItem(target=np.ones((2, 2))), "shape"),
        (lambda: SeriesItem(target=np.array(["x"])), "not made of numbers"),
        (
            lambda: SeriesItem(target=np.ones(3), related={"r": np.ones(2), "s": np.ones(5)}),
            "2 steps",
        ),
        (lambda: SeriesItem(target=np.ones(3), timestamps=("a",)), "1 timestamps for 3"),
        (lambda: as_items([]), "no items"),
        (lambda: as_items("series"), "must be series"),
        (lambda: as_items([["x"]]), "not made of numbers"),
        (lambda: SeriesItem(target=np.ones(2), related={"r": np.ones(1)}), "1 steps; give 2$"),
        (
            lambda: SeriesItem(target=np.ones(2), timestamps=("2026-01-02", "2026-01-01")),
            "2026-01-01 after 2026-01-02",
        ),
        (lambda: SeriesItem(target=np.ones(2), timestamps=(3, 3)), "3 after 3"),
        (lambda: SeriesItem(target=np.ones(2), timestamps=(3, "b")), "several types"),
        (lambda: as_items([{"target": [1.0]}]), "target_time_series"),
        (
            lambda: as_items([{"target_time_series": [1.0], "item_id": "a"}] * 2),
            "two items are called 'a'",
        ),
    ],
)
def test_items_that_cannot_be_are_refused(made, words: str) -> None:
    with pytest.raises(InputError, match=words):
        made()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"direction": "forwards"}, "direction must be"),
        ({"granularity": "step"}, "granularity must be"),
        ({"baseline": "median"}, "baseline must be"),
        ({"related_baseline": "median"}, "related_baseline must be"),
        ({"calls": 0}, "calls must be a whole number of 2 or more"),
        ({"calls": "many"}, "calls must be a whole number"),
        ({"segments": 0}, "segments must be"),
        ({"tolerance": float("nan")}, "tolerance must be a number above 0"),
        ({"seed": -1}, "seed must be"),
        ({"batch_records": 0}, "batch_records must be"),
        ({"baseline": []}, "the series of the baseline: no items"),
        ({"orders": 3}, "orders are drawn within"),
        ({"baseline": [[1.0]]}, "no series of the baseline is as long"),
        ({"baseline": [[1.0, 2.0]], "related_baseline": "zero"}, "related_baseline goes with"),
    ],
)
def test_options_that_cannot_be_are_refused(told: dict, words: str) -> None:
    with pytest.raises(InputError, match=words):
        explain_series(last, [[1.0, 2.0]], **told)


def test_what_is_no_forecaster_is_refused_before_it_is_asked() -> None:
    with pytest.raises(InputError, match=r"as model\.predict"):
        explain_series(3, [[1.0, 2.0]])


def test_times_may_be_an_array_and_text_of_any_form() -> None:
    record = {"target_time_series": [1.0, 2.0], "timestamps": np.array([4, 7])}
    assert as_items(record)[0].timestamps == (4, 7)
    weeks = SeriesItem(target=np.ones(2), timestamps=("week 9", "week 10"))
    assert weeks.timestamps == ("week 9", "week 10")


@pytest.mark.parametrize("told", ["blue", 5])
def test_a_static_baseline_is_a_list(told) -> None:
    record = {"target_time_series": [1.0, 2.0], "static_covariates": {"color": "red"}}
    with pytest.raises(InputError, match="give a list with a value for each static column"):
        explain_series(last, record, static_baseline=told)


def test_items_of_any_length_and_horizon_go_together() -> None:
    def ahead(records: list[dict]) -> list[np.ndarray]:
        return [
            np.full(len(r["target_time_series"]), r["target_time_series"].sum()) for r in records
        ]

    made = explain_series(ahead, [[2.0], [1.0, 5.0, 3.0]], baseline="zero")
    assert [each.scores.shape for each in made.items] == [(1, 1), (3, 3)]
    assert made.to_frame().height == 1 + 9


def test_equal_series_score_zero_and_say_so() -> None:
    made = explain_series(mean, [[4.0, 4.0, 4.0]])
    assert not made.items[0].scores.any()
    assert [f.rule for f in made.findings] == ["series_equal_to_baseline"]


def test_gaps_reach_the_model_as_missing_and_are_told() -> None:
    made = explain_series(mean, [[1.0, np.nan, 3.0]], baseline="zero")
    np.testing.assert_allclose(made.items[0].forecast, 2.0)
    assert "series_has_gaps" in {f.rule for f in made.findings}
    np.testing.assert_allclose(made.items[0].scores.sum(axis=0), 2.0)


def test_a_far_baseline_a_constant_and_a_random_model_are_told() -> None:
    rules = {f.rule for f in explain_series(last, [[1000.0, 1001.0]], baseline="zero").findings}
    assert rules == {"baseline_outside_series"}
    same = explain_series(lambda records: [[1.0]] * len(records), [[1.0, 2.0]])
    assert [f.rule for f in same.findings] == ["forecast_constant"]
    rng = np.random.default_rng(0)
    noisy = explain_series(lambda records: rng.normal(size=(len(records), 2)), [[1.0, 2.0]])
    assert "forecast_not_repeatable" in {f.rule for f in noisy.findings}


def test_a_sound_model_on_sound_series_gives_silence() -> None:
    rng = np.random.default_rng(0)
    for seed in range(20):
        series = rng.normal(100 * (seed % 3), 5, size=24)
        assert explain_series(mean, [series]).findings == ()


@pytest.mark.parametrize(
    ("forecast", "words"),
    [
        (lambda records: [[np.nan]] * len(records), "no finite number for step 1"),
        (lambda records: [[1.0]], "1 forecasts for"),
        (lambda records: None, "one list of numbers"),
        (lambda records: [["x"]] * len(records), "one list of numbers"),
        (lambda records: [[]] * len(records), "shape"),
        (
            lambda records: [[1.0] * (1 + int(r["target_time_series"][-1] > 0)) for r in records],
            "horizon must not depend",
        ),
        (lambda records: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_forecasts_that_cannot_be_used_are_refused(forecast, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        explain_series(forecast, [[1.0, 2.0, 3.0]], baseline="zero")


def test_segments_are_equal_and_do_not_cross_the_origin() -> None:
    item = SeriesItem(target=np.arange(10.0), related={"r": np.arange(15.0)})
    blocks = lay_out(item, fine=False, segments=4, static=False)
    spans = [(block[0].first, block[0].last) for block in blocks]
    assert spans == [(0, 2), (3, 5), (6, 7), (8, 9), (10, 12), (13, 14)]
    whole = explain_series(
        lambda records: [[r["target_time_series"] @ np.arange(10)] for r in records],
        [np.arange(10.0)],
        baseline="zero",
        segments=4,
    ).items[0]
    squares = np.arange(10.0) ** 2
    np.testing.assert_allclose(
        whole.scores[:, 0], [squares[a : b + 1].sum() for a, b in spans[:4]]
    )


def test_statics_without_a_filling_are_left_on() -> None:
    def scaled(records: list[dict]) -> list[list[float]]:
        return [[r["target_time_series"][-1] * r["static_covariates"]["size"]] for r in records]

    item = SeriesItem(target=np.array([1.0, 3.0]), static={"size": 2.0})
    kept = explain_series(scaled, item, baseline="zero").items[0]
    assert {player.kind for player in kept.players} == {"step"}
    assert kept.forecast.tolist() == [6.0]
    filled = explain_series(scaled, item, baseline="zero", static_baseline={"0": [1.0]}).items[0]
    assert [player.kind for player in filled.players] == ["static", "step", "step"]
    with pytest.raises(InputError, match="2 values for 1 static"):
        explain_series(scaled, item, static_baseline=[1.0, 2.0])
    with pytest.raises(InputError, match="no values for the item '0'"):
        explain_series(scaled, item, static_baseline={"1": [1.0]})
    with pytest.raises(InputError, match="no item has static columns"):
        explain_series(last, [[1.0, 2.0]], static_baseline=[1.0])


def test_the_frame_and_the_drawing_hold_every_score() -> None:
    item = SeriesItem(
        target=np.arange(100.0), related={"r": np.arange(110.0)}, item_id="shop", target_name="y"
    )

    def forecast(records: list[dict]) -> list[np.ndarray]:
        return [r["target_time_series"][-3:] * r["related_time_series"]["r"][-3:] for r in records]

    made = explain_series(forecast, item, granularity="fine_grained", baseline="zero")
    frame = made.to_frame()
    assert frame.columns == [
        "item", "kind", "feature", "timestamp", "until", "lag", "ahead", "score", "standard_error",
    ]  # fmt: skip
    assert frame.height == (100 + 110) * 3
    known = frame.filter(pl.col("lag") == 0, pl.col("feature") == "y")["timestamp"].unique()
    assert known.to_list() == ["0"]
    drawn = made.plot("shop", ahead=2).to_dict()
    cells = drawn["layer"][0]["data"]["values"] if "data" in drawn["layer"][0] else None
    values = cells or next(iter(drawn["datasets"].values()))
    total = sum(cell["score"] for cell in values)
    np.testing.assert_allclose(total, (made.items[0].forecast - made.items[0].offset)[1])
    assert len({cell["column"] for cell in values}) <= 60
    assert "<table" in made._repr_html_()
    for wrong in ("shap", 7):
        with pytest.raises(InputError, match="there is no item"):
            made.plot(wrong)
    with pytest.raises(InputError, match="steps 1 to 3"):
        made.plot(ahead=4)
