"""The ladder of simple forecasts, and forecasts from several places in time."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.evaluation.baselines.ladder import LadderOptions
from assay.evaluation.forecast_options import ForecastOptions
from assay.evaluation.forecasting.baselines import forecast_ladder
from assay.evaluation.forecasting.measure import measure_forecast
from assay.evaluation.forecasting.rolling import rolling_origin
from assay.evaluation.forecasting.smoothing import smoothing_installed
from assay.evaluation.plan import plan_evaluation
from assay.evaluation.task import Target

TASK = Target("forecasting", why="told")


def weekly(n_series: int, n: int, *, judged: int = 0, noise: float = 0.3) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    t = np.arange(n)
    frames = []
    for each in range(n_series):
        season = 20 + each + 5 * np.sin(2 * np.pi * t / 7)
        y = season + noise * rng.normal(size=n)
        f = np.where(t < n - judged, np.nan, season)
        days = [date(2024, 1, 1) + timedelta(days=int(day)) for day in t]
        frames.append(pl.DataFrame({"shop": f"s{each:02}", "date": days, "y": y, "f": f}))
    return pl.concat(frames)


def whole(n_series: int = 3, n: int = 120) -> Dataset:
    return Dataset.read(weekly(n_series, n).drop("f"), label="y", time="date", series="shop")


def candidate(frame: pl.DataFrame):
    data = Dataset.read(frame, label="y", prediction="f", time="date", series="shop")
    plan = plan_evaluation(data)
    return plan.data, plan


def test_without_a_candidate_it_says_what_a_model_must_beat():
    ladder = forecast_ladder(whole(), TASK)
    assert ladder.metric == "mase"
    assert ladder.mode == "split"
    assert not ladder.comparisons
    assert ladder["seasonal_naive"].metrics["mase"].value == pytest.approx(1.0, abs=0.3)
    best = ladder.best
    assert best is not None
    assert best.name != "naive"
    assert {"naive", "mean", "drift", "seasonal_naive"} <= {each.name for each in ladder.rungs}
    assert ladder.how.startswith("the last 10 stretches of 6 periods")


def test_the_naive_rungs_equal_a_loop_over_cut_offs():
    data = whole(20, 60)
    ladder = forecast_ladder(data, TASK, options=LadderOptions(budget=0))
    frame = pl.concat(list(data.batches(["shop", "y"])))
    errors = []
    for _, rows in frame.group_by("shop", maintain_order=True):
        y = rows["y"].to_numpy()
        scale = np.mean(np.abs(y[7:39] - y[:32]))
        made = [y[60 - 7 * back - 1] for back in (3, 2, 1) for _ in range(7)]
        errors.append(np.mean(np.abs(np.array(made) - y[39:])) / scale)
    assert_allclose(ladder["naive"].metrics["mase"].value, np.mean(errors))


def test_a_good_candidate_is_better_than_the_naive_forecasts():
    data, plan = candidate(weekly(20, 90, judged=14))
    ladder = forecast_ladder(data, TASK, plan=plan, name="mine")
    found = ladder.comparison("seasonal_naive")
    assert found is not None
    assert found.verdict == "better"
    assert found.p_value is not None
    assert found.p_value < 0.01
    assert found.difference.value == pytest.approx(
        (ladder["seasonal_naive"].metrics["mase"].value or 0)
        - (ladder["mine"].metrics["mase"].value or 0)
    )
    assert ladder.candidate is not None
    own = {each.name: each.estimate for each in measure_forecast(data, train=plan.train).metrics}
    assert ladder.candidate.metrics["mase"].value == pytest.approx(own["mase"].value)


def test_an_incumbent_is_a_column_and_the_default_opponent():
    frame = weekly(20, 90, judged=14).with_columns(old=pl.col("f").fill_nan(0.0) + 2)
    data, plan = candidate(frame)
    told = LadderOptions(baselines={"last year": "old"}, budget=0)
    ladder = forecast_ladder(data, TASK, plan=plan, options=told)
    assert ladder.opponent == "last year"
    assert ladder["last year"].kind == "incumbent"
    with pytest.raises(InputError, match="must be a column of its table"):
        forecast_ladder(data, TASK, plan=plan, options=LadderOptions(baselines={"x": "no"}))


def test_one_series_has_the_test_of_diebold_and_mariano_beside():
    data, plan = candidate(weekly(1, 200, judged=60))
    ladder = forecast_ladder(data, TASK, plan=plan, options=LadderOptions(budget=0))
    found = ladder.comparison("seasonal_naive")
    assert found is not None
    test = found.further["diebold_mariano"]
    assert isinstance(test, dict)
    assert float(str(test["p_value"])) < 0.05
    assert found.test == "paired bootstrap over times"


def test_what_did_not_run_is_listed():
    ladder = forecast_ladder(whole(), TASK, options=LadderOptions(budget=0))
    reasons = {each.name: each.reason for each in ladder.not_run}
    assert "--budget" in reasons["global_boosting"]
    if not smoothing_installed():
        assert "pip install 'assay[forecast]'" in reasons["auto_ets"]
    short, plan = candidate(weekly(2, 12, judged=2))
    few = forecast_ladder(short, TASK, plan=plan)
    assert any("rows to learn from" in each.reason for each in few.not_run)


def test_a_candidate_without_a_past_is_told_what_is_missing():
    frame = weekly(3, 20, judged=20)
    data, plan = candidate(frame)
    ladder = forecast_ladder(data, TASK, plan=plan, name="mine")
    assert [each.name for each in ladder.rungs] == ["mine"]
    assert ladder.rungs[0].metrics["mae"].value is not None
    assert ladder.comparisons == ()
    assert any("--train" in each.reason for each in ladder.not_run)


def test_series_shorter_than_three_stretches_are_refused():
    with pytest.raises(InputError, match="shorter horizon"):
        forecast_ladder(whole(1, 3), TASK)


def test_the_global_model_learns_the_season_of_all_series():
    ladder = forecast_ladder(whole(20, 100), TASK)
    value = ladder["global_boosting"].metrics["mase"].value
    naive = ladder["naive"].metrics["mase"].value
    assert value is not None
    assert naive is not None
    assert value < naive / 2


def test_smoothing_equals_statsforecast_series_by_series():
    models = pytest.importorskip("statsforecast.models")
    data = whole(20, 60)
    ladder = forecast_ladder(data, TASK)
    frame = pl.concat(list(data.batches(["shop", "y"])))
    errors = []
    for _, rows in frame.group_by("shop", maintain_order=True):
        y = rows["y"].to_numpy()
        made = []
        for back in (3, 2, 1):
            model = models.DynamicOptimizedTheta(season_length=7)
            made += model.forecast(y[: 60 - 7 * back], h=7)["mean"].tolist()
        errors.append(np.mean(np.abs(np.array(made) - y[39:])) / np.mean(np.abs(y[7:39] - y[:32])))
    assert_allclose(ladder["theta"].metrics["mase"].value, np.mean(errors), rtol=1e-6)
    assert {"auto_ets", "theta", "mean_of_three"} <= {each.name for each in ladder.rungs}


def test_a_rolling_origin_shows_a_forecaster_the_past_alone():
    seen: list[tuple[int, int]] = []

    def last_week(known: pl.DataFrame, wanted: pl.DataFrame) -> list[float]:
        assert "y" not in wanted.columns
        assert known["date"].max() < wanted["date"].min()  # type: ignore[operator]
        seen.append((known.height, wanted.height))
        past = {(s, d): y for s, d, y in known.select("shop", "date", "y").iter_rows()}
        return [past[s, d - timedelta(days=7)] for s, d in wanted.select("shop", "date").rows()]

    data = whole(2, 60)
    made = rolling_origin(data, last_week, horizon=7, cutoffs=4)
    assert seen == [(64, 14), (78, 14), (92, 14), (106, 14)]
    judged = Dataset.read(made, label="y", prediction="prediction", time="date", series="shop")
    start = made["date"].min()
    before = pl.concat(list(data.batches(["shop", "date", "y"]))).filter(pl.col("date") < start)
    found = measure_forecast(
        judged,
        train=judged.like(before, needs=["shop", "date", "y"]),
        options=ForecastOptions(season=7),
    )
    assert found.facts["cut_offs"] == 4
    ratio = next(each.estimate for each in found.metrics if each.name == "relative_mase")
    assert ratio.value == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("horizon", "cutoffs", "said"),
    [(0, 3, "horizon of 1 or more"), (7, 2, "3 cut-offs or more"), (60, 3, "shorter horizon")],
)
def test_a_rolling_origin_refuses_what_it_cannot_do(horizon: int, cutoffs: int, said: str):
    with pytest.raises(InputError, match=said):
        rolling_origin(whole(), lambda _, w: [0.0] * w.height, horizon=horizon, cutoffs=cutoffs)


def test_a_forecaster_has_to_answer_every_row():
    with pytest.raises(InputError, match="a finite number for each"):
        rolling_origin(whole(), lambda _, w: [0.0], horizon=2)
