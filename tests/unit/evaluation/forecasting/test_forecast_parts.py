"""Frequencies, seasons, scores and intervals of forecasts."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from assay.errors import InputError
from assay.evaluation.forecasting.columns import quantile_level
from assay.evaluation.forecasting.estimates import median_interval
from assay.evaluation.forecasting.frequency import read_frequency
from assay.evaluation.forecasting.lookup import Past
from assay.evaluation.forecasting.losses import crps_of_samples, symmetric_absolute
from assay.evaluation.forecasting.naive import (
    drift_value,
    last_value,
    mean_value,
    seasonal_value,
)
from assay.evaluation.forecasting.season import autocorrelations, choose_season

START = datetime(2020, 1, 1)  # noqa: DTZ001 - UTC without a zone
END = datetime(2024, 12, 31)  # noqa: DTZ001


def read(times: pl.Series):
    ns = times.cast(pl.Datetime("ns")).cast(pl.Int64).to_numpy()
    return read_frequency(np.zeros(len(ns), dtype=np.int64), ns, temporal=True), ns


@pytest.mark.parametrize(
    ("interval", "name", "season"),
    [
        ("30m", "every 30 minutes", 48),
        ("1h", "hourly", 24),
        ("1d", "daily", 7),
        ("1w", "weekly", 52),
        ("1mo", "monthly", 12),
        ("1q", "quarterly", 4),
        ("1y", "yearly", 1),
        ("2d", "every 2 days", 1),
    ],
)
def test_the_grid_is_read_from_the_times(interval: str, name: str, season: int):
    end = END if interval not in {"30m", "1h"} else START + timedelta(days=20)
    times = pl.datetime_range(START, end, interval, eager=True)
    found, ns = read(times)
    assert (found.name, found.season) == (name, season)
    assert np.all(np.diff(found.periods(ns)) == 1)


def test_weekends_that_are_left_out_are_no_gaps():
    times = pl.datetime_range(START, END, "1d", eager=True)
    found, ns = read(times.filter(times.dt.weekday() < 6))
    assert (found.grid, found.season) == ("business day", 5)
    assert np.all(np.diff(found.periods(ns)) == 1)


def test_times_of_events_follow_no_grid():
    rng = np.random.default_rng(0)
    ns = np.sort(rng.integers(0, 10**15, 300))
    assert read_frequency(np.zeros(300, dtype=np.int64), ns, temporal=True).grid == "order"


def test_a_season_is_taken_where_the_series_show_it():
    rng = np.random.default_rng(1)
    t = np.arange(140)
    times = pl.datetime_range(START, START + timedelta(days=139), "1d", eager=True)
    daily, ns = read(times)
    zeros, period = np.zeros(140, dtype=np.int64), daily.periods(ns)
    weekly = Past(zeros, period, 0.1 * t + np.sin(2 * np.pi * t / 7) + rng.normal(size=140) / 5)
    assert choose_season(weekly, daily).periods == 7
    walks = [Past(zeros, period, np.cumsum(rng.normal(size=140))) for _ in range(200)]
    assert np.mean([choose_season(each, daily).periods == 7 for each in walks]) < 0.12
    assert choose_season(walks[0], daily, 30).periods == 30
    assert choose_season(Past(zeros, period, np.ones(140)), daily).periods == 1
    with pytest.raises(InputError, match="1 period or more"):
        choose_season(weekly, daily, 0)


def test_autocorrelations_equal_their_definition():
    x = np.random.default_rng(2).normal(size=50)
    c = x - x.mean()
    wanted = [np.sum(c[lag:] * c[:-lag]) / np.sum(c**2) for lag in range(1, 6)]
    assert_allclose(autocorrelations(x, 5), wanted, atol=1e-10)


def test_crps_of_samples_equals_its_definition():
    rng = np.random.default_rng(3)
    y, samples = rng.normal(size=5), rng.normal(size=(5, 7))
    wanted = []
    for truth, drawn in zip(y, samples, strict=True):
        apart = np.abs(drawn[:, None] - drawn[None, :]).sum() / (2 * 7 * 6)
        wanted.append(np.mean(np.abs(drawn - truth)) - apart)
    assert_allclose(crps_of_samples(y, samples), wanted)


def test_crps_of_many_samples_is_that_of_the_normal_law():
    samples = np.random.default_rng(4).normal(size=(1, 400_000))
    y = 0.7
    closed = y * (2 * stats.norm.cdf(y) - 1) + 2 * stats.norm.pdf(y) - 1 / np.sqrt(np.pi)
    assert crps_of_samples(np.array([y]), samples)[0] == pytest.approx(closed, abs=5e-3)


def test_crps_is_fair():
    """Its mean does not depend on the number of samples."""
    rng = np.random.default_rng(5)
    y = rng.normal(size=100_000)
    two = crps_of_samples(y, rng.normal(size=(100_000, 2))).mean()
    assert two == pytest.approx(1 / np.sqrt(np.pi), abs=0.01)
    with pytest.raises(ValueError, match="two samples"):
        crps_of_samples(y[:1], y[:1, None])


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=20))
def test_smape_lies_between_0_and_200(pairs: list[tuple[float, float]]):
    y, f = np.array(pairs).T
    found = symmetric_absolute(y, f)
    assert np.all((found >= 0) & (found <= 200 + 1e-9))
    assert_allclose(found, symmetric_absolute(f, y))


def test_the_interval_of_a_median_covers_it():
    rng = np.random.default_rng(6)
    covered = 0
    for _ in range(400):
        ends = median_interval(rng.exponential(size=25), level=0.95)
        assert ends is not None
        covered += ends.low <= np.log(2) <= ends.high
    assert 0.93 <= covered / 400 <= 0.99
    assert median_interval(np.arange(5.0), level=0.95) is None


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("q0.05", 0.05),
        ("yhat_q95", 0.95),
        ("Theta-hi-90", 0.95),
        ("q100", None),
        ("q", None),
        ("faq10x", None),
        ("iq10", None),
    ],
)
def test_levels_are_read_from_names(name: str, level: float | None):
    assert quantile_level(name) == level


def test_naive_forecasts_skip_gaps_and_stay_within_their_series():
    past = Past(np.array([0, 0, 0, 1]), np.array([0, 1, 3, 2]), np.array([1.0, 2.0, 4.0, 9.0]))
    of = np.array([0, 0, 1, 1])
    period, origin = np.array([4, 5, 3, 3]), np.array([3, 3, 2, 1])
    assert last_value(past, of, origin).tolist()[:3] == [4.0, 4.0, 9.0]
    assert np.isnan(last_value(past, of, origin)[3])
    # Two periods before 4 is the gap: the value two seasons back stands in.
    assert_allclose(seasonal_value(past, of, period, origin, 2), [1.0, 4.0, np.nan, np.nan])
    assert_allclose(drift_value(past, of, period, origin), [5.0, 6.0, np.nan, np.nan])
    assert_allclose(mean_value(past, of, origin), [7 / 3, 7 / 3, 9.0, np.nan])


def test_nothing_known_gives_nothing():
    empty = Past(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
    one = np.zeros(1, dtype=np.int64)
    for found in (
        last_value(empty, one, one),
        seasonal_value(empty, one, one + 1, one, 7),
        drift_value(empty, one, one + 1, one),
        mean_value(empty, one, one),
    ):
        assert np.isnan(found).all()
