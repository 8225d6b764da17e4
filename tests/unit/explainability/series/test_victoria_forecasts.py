"""A real load forecast: half-hourly demand of Victoria with temperature, known ahead."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from assay.explainability.series.explain import explain_series
from assay.explainability.series.items import items_from_table

PAST, AHEAD = 48, 6


def features(target: np.ndarray, heat: np.ndarray, work: np.ndarray) -> np.ndarray:
    """Rows for each step ahead: the last value, that of a day before, heat and work day then."""
    made = [
        np.column_stack([target[:, -1], target[:, h], heat[:, PAST + h], work[:, PAST + h]])
        for h in range(AHEAD)
    ]
    return np.concatenate(made)


@pytest.fixture(scope="module")
def table(data_dir: Path) -> pl.DataFrame:
    return pl.read_parquet(data_dir / "victoria_electricity_2014.parquet").sort("timestamp")


@pytest.fixture(scope="module")
def forecast(table: pl.DataFrame):
    """A boosted lag model that was fitted on half a year."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    y, heat, work = (table[name].to_numpy() for name in ("demand", "temperature", "work_day"))
    starts = np.arange(0, 8_000, 11)
    windows = [np.array([x[s : s + PAST + AHEAD] for s in starts]) for x in (y, heat, work)]
    truth = np.concatenate([windows[0][:, PAST + h] for h in range(AHEAD)])
    model = HistGradientBoostingRegressor(max_iter=60, random_state=0)
    model.fit(features(windows[0][:, :PAST], windows[1], windows[2]), truth)

    def ask(records: list[dict]) -> np.ndarray:
        target = np.array([each["target_time_series"] for each in records])
        related = [each["related_time_series"] for each in records]
        heat, work = (np.array([r[n] for r in related]) for n in ("temperature", "work_day"))
        return model.predict(features(target, heat, work)).reshape(AHEAD, -1).T

    return ask


@pytest.fixture(scope="module")
def items(table: pl.DataFrame):
    parts = []
    for number, start in enumerate((9_000, 12_000, 15_000)):
        known = pl.int_range(pl.len()) < PAST
        part = table[start : start + PAST + AHEAD].with_columns(
            demand=pl.when(known).then(pl.col("demand")), item=pl.lit(str(number))
        )
        parts.append(part)
    return items_from_table(
        pl.concat(parts),
        target="demand",
        time="timestamp",
        item="item",
        related=["temperature", "work_day"],
    )


def test_only_what_the_model_reads_has_a_score(items, forecast) -> None:
    made = explain_series(forecast, items, granularity="fine_grained")
    assert made.exact
    frame = made.to_frame()
    moved = frame.filter(pl.col("score").abs() > 1e-12)
    assert set(moved.filter(pl.col("feature") == "demand")["lag"]) <= {0, *range(42, 48)}
    assert set(moved.filter(pl.col("feature") != "demand")["lag"]) <= set(range(-AHEAD, 0))
    # A step ahead reads the value of its own time a day before.
    read = moved.filter(pl.col("feature") == "demand", pl.col("lag") > 0)
    assert read.height
    assert (read["lag"] + read["ahead"] == PAST).all()
    by_feature = frame.group_by("feature").agg(pl.col("score").abs().sum())
    ranked = by_feature.sort("score", descending=True)["feature"]
    assert ranked[0] == "demand"


def test_steps_add_up_in_each_direction(items, forecast) -> None:
    for direction in ("chronological", "anti_chronological", "bidirectional"):
        fine = explain_series(forecast, items, granularity="fine_grained", direction=direction)
        steps = explain_series(forecast, items, direction=direction)
        for a, b in zip(fine.items, steps.items, strict=True):
            np.testing.assert_allclose(a.by_step(), b.scores, atol=1e-10)
            np.testing.assert_allclose(b.offset + b.scores.sum(axis=0), b.forecast, rtol=1e-12)


def test_windows_of_the_past_keep_the_forecasts_near_the_data(table, items, forecast) -> None:
    """With real stretches as the baseline the offset is a mean of real forecasts."""
    history = table[:2_000].with_columns(item=pl.lit("history"))
    windows = items_from_table(
        history,
        target="demand",
        time="timestamp",
        item="item",
        related=["temperature", "work_day"],
    )
    # The windows' own future is part of their past: they are cut out of one long series.
    made = explain_series(forecast, items, baseline=windows, seed=1)
    usual = table[:2_000]["demand"].to_numpy()
    for each in made.items:
        assert usual.min() < each.offset.mean() < usual.max()
        np.testing.assert_allclose(each.offset + each.scores.sum(axis=0), each.forecast)
    again = explain_series(forecast, items, baseline=windows, seed=1)
    np.testing.assert_array_equal(again.items[0].scores, made.items[0].scores)
