"""Errors over time: periods, trend, findings."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from assay.evaluation.error_analysis.over_time import drift_findings, error_over_time
from assay.evaluation.slices.significance import LossRows

START = datetime(2023, 1, 1)  # noqa: DTZ001


def days(n: int) -> pl.Series:
    return pl.Series("day", [START + timedelta(hours=4 * k) for k in range(n)])


def rows(losses: np.ndarray) -> LossRows:
    n = len(losses)
    size = int(np.sqrt(n))
    return LossRows(losses, None, np.arange(n) // size, "block")


def test_a_growing_error_is_found() -> None:
    rng = np.random.default_rng(0)
    losses = (rng.random(2_000) < np.linspace(0.1, 0.4, 2_000)).astype(float)
    found = error_over_time(days(2_000), rows(losses), rng)
    assert found is not None
    assert found.rising
    assert found.slope > 0
    assert sum(each.loss.n for each in found.periods) == 2_000
    finding = drift_findings(found)[0]
    assert finding.rule == "error_drifts_over_time"
    assert finding.evidence["slope"] == found.slope


def test_one_bad_period_is_found_and_no_other() -> None:
    rng = np.random.default_rng(1)
    times = days(9_000)
    bad = (times.dt.year() == 2024) & (times.dt.month() >= 10)
    losses = (rng.random(9_000) < np.where(bad.to_numpy(), 0.4, 0.1)).astype(float)
    found = error_over_time(times, rows(losses), rng)
    assert [each.name for each in found.periods if each.worse] == ["2024-10-01"]
    assert found.width == "quarter"
    assert not found.rising


def test_nothing_there_gives_no_alarm_more_often_than_said() -> None:
    alarms = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        losses = np.abs(rng.standard_t(2, 900))
        found = error_over_time(days(900), rows(losses), rng)
        alarms += bool(drift_findings(found))
    assert alarms <= 3


@pytest.mark.parametrize("times", [
    pl.Series("t", [START] * 500),
    pl.Series("t", [None] * 500, dtype=pl.Datetime("us")),
    pl.Series("t", [1.0] * 500),
])  # fmt: skip
def test_no_periods_no_result(times: pl.Series) -> None:
    losses = np.random.default_rng(2).random(500)
    assert error_over_time(times, rows(losses), np.random.default_rng(0)) is None


def test_numbers_are_cut_into_spans_and_rows_without_a_time_left_out() -> None:
    rng = np.random.default_rng(3)
    values = rng.permutation(1_000).astype(float)
    values[:10] = np.nan
    found = error_over_time(pl.Series("t", values), rows(rng.random(1_000)), rng)
    assert found.width == "span"
    assert sum(each.loss.n for each in found.periods) == 990
    assert not found.points.calendar


def test_equal_losses_have_no_trend() -> None:
    found = error_over_time(days(1_000), rows(np.ones(1_000)), np.random.default_rng(0))
    assert (found.rising, found.trend_p) == (False, None)
    assert drift_findings(found) == ()


def test_many_units_use_the_normal_law() -> None:
    rng = np.random.default_rng(4)
    losses = (rng.random(12_000) < np.linspace(0.1, 0.3, 12_000)).astype(float)
    units = LossRows(losses, None, np.arange(12_000) // 2, "group")
    found = error_over_time(days(12_000), units, rng)
    assert found.rising


def test_times_that_fit_no_width_are_cut_into_spans() -> None:
    rng = np.random.default_rng(5)
    found = error_over_time(days(300), rows(rng.random(300)), rng)
    assert found.width == "span"
    assert found.periods[0].name == "from 2023-01-01 00:00:00"
    assert sum(each.loss.n for each in found.periods) == 300
