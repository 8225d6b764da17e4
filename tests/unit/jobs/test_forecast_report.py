"""A report about forecasts: verdict, page, results, and what a model must beat."""

import json
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from assay.errors import InputError
from assay.jobs.analyze import analyze

ROLES = {"label": "y", "time": "date", "series": "shop"}


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    rng = np.random.default_rng(3)
    t = np.arange(80)
    days = [date(2024, 1, 1) + timedelta(days=int(each)) for each in t]
    frames = []
    for each in range(22):
        season = 20 + each + 5 * np.sin(2 * np.pi * t / 7)
        y = season + rng.normal(size=80)
        frames.append(pl.DataFrame({"shop": f"<{each}>", "date": days, "y": y, "yhat": season}))
    return pl.concat(frames)


@pytest.fixture(scope="module")
def parts(table: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    cut = date(2024, 3, 6)
    return table.filter(pl.col("date") > cut), table.filter(pl.col("date") <= cut).drop("yhat")


@pytest.fixture(scope="module")
def report(parts, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    judged, history = parts
    found = analyze(
        data=judged, train=history, prediction="yhat", out=out, budget=0, cache=False, **ROLES
    )
    return found, out


def test_the_verdict_holds_the_forecast_against_the_last_season(report):
    verdict = report[0].results["verdict"]
    assert verdict["level"] == "good"
    assert verdict["headline"].startswith("Better than the naive forecast: Error relative to")
    assert "against 1 for the seasonal naive forecast (season 7)" in verdict["headline"]


def test_results_have_the_curves_and_the_naive_forecast(report):
    stored = json.loads((report[1] / "results.json").read_text())
    assert stored["task"] == "forecasting"
    evaluation = stored["sections"]["evaluation"]
    assert evaluation["data"]["season"] == 7
    assert evaluation["constant_answers"]["relative_mase"]["value"] == 1.0
    assert evaluation["constant_answers"]["mase"]["value"] > 0
    assert evaluation["train"] is None
    curves = evaluation["curves"]
    assert len(curves["series_errors"]["series"]) == 22
    assert curves["horizon_errors"]["step_to"][-1] == 14
    ladder = stored["sections"]["baselines"]
    assert ladder["metric"] == "mase"
    assert {"naive", "seasonal_naive"} <= {each["name"] for each in ladder["rungs"]}


def test_the_page_shows_windows_horizon_and_series(report):
    page = (report[1] / "report.html").read_text()
    for title in (
        "The worst of the series by error",
        "How the error grows with the horizon",
        "Which series are forecast badly",
        "naive forecast",
        "&lt;",
    ):
        assert title in page
    assert "<0>" not in page


def test_rows_without_a_prediction_are_the_past(table, report):
    cut = date(2024, 3, 6)
    one = table.with_columns(yhat=pl.when(pl.col("date") > cut).then("yhat"))
    found = analyze(data=one, prediction="yhat", budget=0, cache=False, **ROLES)
    mine = found.results["sections"]["evaluation"]["metrics"]
    theirs = report[0].results["sections"]["evaluation"]["metrics"]
    assert mine == theirs
    assert found.results["data"]["test"]["rows"] in {len(table), 22 * 14}


def test_without_a_model_it_says_what_one_must_beat(parts):
    found = analyze(data=parts[1], budget=0, cache=False, **ROLES)
    verdict = found.results["verdict"]
    assert verdict["headline"].startswith("A model must beat Seasonal naive (season 7)")


def test_a_told_cut_off_reaches_every_part(parts):
    judged, history = parts
    twice = pl.concat(
        [
            judged.with_columns(made=pl.lit(date(2024, 3, 6))),
            judged.filter(pl.col("date") > date(2024, 3, 13)).with_columns(
                made=pl.lit(date(2024, 3, 13))
            ),
        ]
    )
    told = {"prediction": "yhat", "train": history, "budget": 0, "cache": False, **ROLES}
    with pytest.raises(InputError, match="--evaluation-cutoff"):
        analyze(data=twice, **told)
    renamed = twice.rename({"made": "cutoff"})
    found = analyze(data=renamed, **told)
    assert found.results["sections"]["evaluation"]["data"]["cut_offs"] == 2
    assert not [each for each in found.results["findings"] if each["severity"] == "error"]
