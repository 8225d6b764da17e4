"""Metrics of forecasts: by hand, by brute force, by utilsforecast, and what is refused."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose

from assay.data.dataset import Dataset
from assay.errors import ColumnNotFoundError, InputError
from assay.evaluation.evaluator import evaluate
from assay.evaluation.forecast_options import ForecastOptions
from assay.evaluation.forecasting.measure import measure_forecast

START = date(2024, 1, 1)


def days(n: int, *, start: int = 0) -> list[date]:
    return [START + timedelta(days=start + each) for each in range(n)]


def panel(n_series: int, n_past: int, n_judged: int, *, seed: int = 0) -> pl.DataFrame:
    """Return series with a weekly season, the last rows with a forecast."""
    rng = np.random.default_rng(seed)
    t = np.arange(n_past + n_judged)
    frames = []
    for each in range(n_series):
        season = 10 + each + 3 * np.sin(2 * np.pi * t / 7)
        y = season + rng.normal(size=len(t))
        f = [None] * n_past + (season[n_past:] + rng.normal(size=n_judged) / 2).tolist()
        frames.append(
            pl.DataFrame(
                {"shop": f"s{each:02}", "date": days(len(t)), "y": y, "f": f},
                schema_overrides={"f": pl.Float64},
            )
        )
    return pl.concat(frames)


def read(frame: pl.DataFrame, **roles: str) -> Dataset:
    told = {"label": "y", "prediction": "f", "time": "date", "series": "shop"} | roles
    return Dataset.read(frame, **{name: column for name, column in told.items() if column})


def values(frame: pl.DataFrame, **told: object) -> dict[str, float | None]:
    found = measure_forecast(read(frame), **told)
    return {each.name: each.estimate.value for each in found.metrics}


def test_values_worked_out_by_hand():
    frame = pl.DataFrame(
        {
            "shop": ["a"] * 6,
            "date": days(6),
            "y": [2.0, 4.0, 3.0, 7.0, 10.0, 0.0],
            "f": [None, None, None, None, 8.0, 0.0],
        }
    )
    found = values(frame, options=ForecastOptions(season=2))
    # |3 - 2| and |7 - 4| two periods apart: 2 on average, (1 + 9) / 2 of squares.
    assert found["mae"] == pytest.approx(1.0)
    assert found["mase"] == pytest.approx(1 / 2)
    assert found["rmsse"] == pytest.approx(np.sqrt(2 / 5))
    assert found["rmse"] == pytest.approx(np.sqrt(2))
    assert found["wape"] == pytest.approx(0.2)
    assert found["smape"] == pytest.approx(200 * (2 / 18) / 2)  # 0 for 0/0
    assert found["mean_error"] == pytest.approx(-1.0)
    # Seasonal naive forecasts are 3 and 7: off by 7 each.
    assert found["relative_mase"] == pytest.approx(1 / 7)
    # One period apart: 2, 1 and 4.
    assert found["mase_1"] == pytest.approx(1 / (7 / 3))
    assert found["mape"] is None


def test_all_series_agree_with_a_loop():
    frame = panel(6, 40, 12).sample(fraction=1.0, shuffle=True, seed=3)
    found = values(frame)
    mase, rmsse, smape, naive = [], [], [], []
    for _, rows in frame.sort("shop", "date").group_by("shop", maintain_order=True):
        y, f = rows["y"].to_numpy(), rows["f"].to_numpy()
        before, truth, made = y[:40], y[40:], f[40:]
        scale = np.mean(np.abs(before[7:] - before[:-7]))
        mase.append(np.mean(np.abs(truth - made)) / scale)
        rmsse.append(
            np.sqrt(np.mean((truth - made) ** 2) / np.mean((before[7:] - before[:-7]) ** 2))
        )
        smape.append(np.mean(200 * np.abs(truth - made) / (np.abs(truth) + np.abs(made))))
        last = np.array([before[40 - 7 + (step % 7)] for step in range(12)])
        naive.append(np.mean(np.abs(truth - last)) / scale)
    assert_allclose(found["mase"], np.mean(mase))
    assert_allclose(found["mase_median"], np.median(mase))
    assert_allclose(found["rmsse"], np.mean(rmsse))
    assert_allclose(found["smape"], np.mean(smape))
    assert_allclose(found["relative_mase"], np.mean(mase) / np.mean(naive))


def test_the_metrics_equal_those_of_utilsforecast():
    losses = pytest.importorskip("utilsforecast.losses")
    frame = panel(5, 40, 12)
    judged = frame.filter(pl.col("f").is_not_null())
    train = frame.filter(pl.col("f").is_null())
    told = {"models": ["f"], "id_col": "shop", "target_col": "y"}
    scaled = {"seasonality": 7, "train_df": train}
    found = values(frame)
    for ours, theirs in {
        "mae": losses.mae(judged, **told),
        "rmse": losses.rmse(judged, **told),
        "mase": losses.mase(judged, **told, **scaled),
        "rmsse": losses.rmsse(judged, **told, **scaled),
    }.items():
        assert_allclose(found[ours], theirs["f"].mean())
    assert_allclose(found["smape"], 200 * losses.smape(judged, **told)["f"].mean())


def test_rows_of_another_table_are_the_past_as_well():
    frame = panel(4, 30, 7)
    judged = read(frame.filter(pl.col("f").is_not_null()))
    train = judged.like(frame.filter(pl.col("f").is_null()).drop("f"), needs=["shop", "date", "y"])
    one = measure_forecast(judged, train=train)
    other = measure_forecast(read(frame))
    assert [each.estimate for each in one.metrics] == [each.estimate for each in other.metrics]


def test_the_order_of_rows_changes_nothing_but_a_finding():
    frame = panel(3, 30, 7)
    mixed = frame.sample(fraction=1.0, shuffle=True, seed=1)
    sorted_, shuffled = measure_forecast(read(frame)), measure_forecast(read(mixed))
    assert [m.estimate for m in sorted_.metrics] == [m.estimate for m in shuffled.metrics]
    assert "times_out_of_order" not in {each.rule for each in sorted_.findings}
    assert "times_out_of_order" in {each.rule for each in shuffled.findings}


def test_twenty_series_are_redrawn_and_fewer_keep_theirs():
    many = measure_forecast(read(panel(20, 30, 7))).metrics
    few = measure_forecast(read(panel(19, 30, 60))).metrics
    assert {each.estimate.unit for each in many if each.estimate.low} == {"series"}
    assert "bootstrap over 20 series, BCa" in {each.estimate.method for each in many}
    assert {each.estimate.unit for each in few if each.estimate.low} == {"block"}


def test_without_a_past_errors_have_no_scale_and_the_flag_is_told():
    found = measure_forecast(read(panel(3, 20, 7).drop_nulls()))
    metrics = {each.name: each.estimate for each in found.metrics}
    assert metrics["mase"].value is None
    assert "no rows before the first forecast" in (metrics["mase"].reason or "")
    assert metrics["mae"].value is not None
    assert found.head.metrics[0] == "wape"
    assert any("--train" in each.turn_on for each in found.not_computed)


def test_series_without_a_scale_are_left_out_and_named():
    frame = panel(4, 30, 7)
    flat = frame.with_columns(
        y=pl.when((pl.col("shop") == "s01") & pl.col("f").is_null()).then(5.0).otherwise("y")
    ).filter(~((pl.col("shop") == "s02") & (pl.col("date") < days(1, start=27)[0])))
    found = measure_forecast(read(flat))
    mase = next(each.estimate for each in found.metrics if each.name == "mase")
    assert mase.value is not None
    assert any("'s01', 's02'" in each for each in mase.warnings)
    finding = next(each for each in found.findings if each.rule == "series_without_scale")
    assert "'s01': the past repeats itself exactly" in finding.message
    assert "'s02': 3 rows before the first forecast, and a season has 7" in finding.message


def test_gaps_are_told_and_the_season_is_that_of_the_grid():
    frame = panel(3, 30, 7)
    holes = frame.filter(~((pl.col("shop") == "s00") & (pl.col("date").dt.day().is_in([5, 9]))))
    found = measure_forecast(read(holes))
    gaps = next(each for each in found.findings if each.rule == "gaps_in_series")
    assert gaps.evidence["periods"] == 3  # two days of January, one of February
    assert found.facts["season"] == 7


def test_a_bad_forecast_is_told_to_be_worse_than_the_season():
    frame = panel(20, 30, 7).with_columns(pl.col("f") + 50)
    found = measure_forecast(read(frame))
    finding = next(each for each in found.findings if each.rule == "worse_than_seasonal_naive")
    assert finding.severity == "warning"
    assert float(str(finding.evidence["low"])) > 1
    good = measure_forecast(read(panel(20, 30, 7)))
    assert "worse_than_seasonal_naive" not in {each.rule for each in good.findings}


def test_quantiles_give_losses_coverage_and_crps():
    rng = np.random.default_rng(5)
    frame = panel(3, 30, 60)
    f = frame["f"].fill_null(0.0).to_numpy()
    spread = np.sort(rng.normal(size=(frame.height, 9)), axis=1)
    named = {f"q{10 * (each + 1)}": f + spread[:, each] for each in range(9)}
    found = measure_forecast(read(frame.with_columns(**named)))
    metrics = {each.name: each.estimate.value for each in found.metrics}
    judged = frame["f"].is_not_null().to_numpy()
    y = frame["y"].to_numpy()[judged]
    losses = []
    for place in range(9):
        level, q = (place + 1) / 10, named[f"q{10 * (place + 1)}"][judged]
        losses.append(np.where(y >= q, level * (y - q), (1 - level) * (q - y)))
    loss = np.mean(losses)
    assert_allclose(metrics["quantile_loss"], loss)
    assert_allclose(metrics["crps"], 2 * loss)
    assert_allclose(metrics["weighted_quantile_loss_total"], 2 * loss / np.mean(np.abs(y)))
    inside = (named["q10"][judged] <= y) & (y <= named["q90"][judged])
    assert_allclose(metrics["coverage_80"], inside.mean())
    assert found.curves.quantile_levels is not None
    assert_allclose(
        found.curves.quantile_levels.share_below[0], np.mean(y <= named["q10"][judged])
    )


def test_narrow_intervals_and_crossing_quantiles_are_told():
    frame = panel(20, 30, 14)
    f = pl.col("f").fill_null(0.0)
    narrow = frame.with_columns(q10=f - 0.01, q90=f + 0.01, q50=f + 0.5)
    rules = {each.rule: each for each in measure_forecast(read(narrow)).findings}
    assert "too narrow" in rules["forecast_interval_miscovers"].message
    assert "quantiles_cross" in rules


def test_forecasts_from_several_places_are_told_by_their_cut_off():
    whole = panel(2, 40, 8)
    y = {(s, d): v for s, d, v in whole.select("shop", "date", "y").iter_rows()}
    rows = [
        (shop, days(1, start=30 + cut + step)[0], days(1, start=30 + cut)[0])
        for shop in ("s00", "s01")
        for cut in range(0, 12, 2)
        for step in (1, 2, 3)
    ]
    frame = pl.DataFrame(rows, schema=["shop", "date", "cutoff"], orient="row").with_columns(
        y=pl.Series([y[s, d] for s, d, _ in rows]), f=pl.Series([y[s, d] for s, d, _ in rows])
    )
    found = measure_forecast(read(frame))
    assert found.facts["cut_offs"] == 6
    assert found.facts["horizon"] == 3
    assert found.curves.horizon_errors is not None
    assert found.curves.horizon_errors.step_from == (1, 2, 3)
    steps = frame.drop("cutoff").with_columns(ahead=pl.Series([1, 2, 3] * 12))
    other = measure_forecast(read(steps), options=ForecastOptions(step="ahead"))
    assert other.facts["cut_offs"] == 6
    with pytest.raises(InputError, match=r"occur twice .* in series 's00'.*--evaluation-cutoff"):
        measure_forecast(read(frame.drop("cutoff")))


def test_a_time_twice_in_a_series_is_refused_by_name():
    frame = panel(2, 10, 3)
    with pytest.raises(InputError, match=r"first 2024-01-01 in series 's00'"):
        measure_forecast(read(pl.concat([frame, frame.head(1)])))
    last = frame.filter(pl.col("f").is_not_null()).head(1)
    with pytest.raises(InputError, match=r"first 2024-01-11 in series 's00'"):
        measure_forecast(read(pl.concat([frame, last])))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"date": pl.lit(None, pl.Date)}, "has no time in"),
        ({"y": pl.lit(float("inf"))}, "no finite numbers"),
        ({"f": pl.lit(None, pl.Float64)}, "no row has a prediction"),
    ],
)
def test_what_cannot_be_judged_is_refused(change: dict[str, pl.Expr], said: str):
    with pytest.raises(InputError, match=said):
        measure_forecast(read(panel(2, 10, 3).with_columns(**change)))


def test_unknown_metrics_and_columns_are_refused():
    data = read(panel(2, 10, 3))
    with pytest.raises(InputError, match="unknown metrics: mase_9"):
        measure_forecast(data, only=["mase_9"])
    with pytest.raises(ColumnNotFoundError):
        measure_forecast(data, options=ForecastOptions(cutoff="nowhere"))
    found = measure_forecast(data, only=["mae"])
    assert [each.name for each in found.metrics] == ["mae"]
    assert not found.findings


def test_a_missing_answer_is_history_of_forecasts_alone():
    frame = panel(2, 10, 3)
    with pytest.raises(InputError, match="only a forecast may have rows of history"):
        evaluate(None, read(frame), task="regression")
    with pytest.raises(InputError, match=r"\(the prediction\) has no value"):
        read(frame, series="")


def test_the_result_of_arrays_is_plain_and_has_the_naive_forecast_beside():
    frame = panel(3, 30, 7)
    result = evaluate(
        y_true=frame["y"], y_pred=frame["f"], time=frame["date"], series=frame["shop"]
    )
    assert result.task == "forecasting"
    assert result["relative_mase"].value is not None
    stored = result.to_dict()
    assert stored["data"]["naive"]["name"] == "seasonal_naive"  # type: ignore[index, call-overload]
    assert set(stored["curves"]) >= {"forecast_windows", "horizon_errors", "series_errors"}  # type: ignore[arg-type]


def test_weights_count_as_repeated_rows():
    frame = panel(1, 30, 6).with_columns(w=pl.lit(2.0))
    weighted = measure_forecast(read(frame, weight="w"))
    plain = measure_forecast(read(frame.drop("w")))
    of = {each.name: each.estimate.value for each in weighted.metrics}
    for each in plain.metrics:
        assert of[each.name] == pytest.approx(each.estimate.value)


def test_one_row_has_a_value_and_no_interval():
    frame = panel(1, 30, 1)
    mase = measure_forecast(read(frame)).metrics[1].estimate
    assert mase.value is not None
    assert mase.low is None
    assert mase.reason is not None
