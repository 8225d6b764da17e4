import json
import time

import pytest

from assay.models.timing import PredictionTiming, Stopwatch


def watched(batches, **facts) -> PredictionTiming:
    watch = Stopwatch()
    watch._batches = batches
    return watch.timing(**{"rows": 100, "from_cache": 0, "calls": len(batches), **facts})


def test_median_and_quartiles_are_over_batches():
    timing = watched([(1_000, seconds) for seconds in (0.001, 0.002, 0.003, 0.004, 0.100)])
    assert timing.ms_per_1000_rows == pytest.approx(3.0)
    assert timing.ms_per_1000_rows_low == pytest.approx(2.0)
    assert timing.ms_per_1000_rows_high == pytest.approx(4.0)
    assert timing.seconds == pytest.approx(0.11)


def test_short_last_batch_says_nothing_of_rows():
    timing = watched([(1_000, 0.001), (1_000, 0.001), (3, 0.001)])
    assert timing.batches == 2
    assert timing.ms_per_1000_rows == pytest.approx(1.0)
    assert timing.ms_per_1000_rows_low is None


def test_nothing_timed_has_a_reason():
    assert "kept" in (watched([], from_cache=100).reason or "")
    assert "first calls" in (watched([]).reason or "")


def test_cold_call_is_apart():
    watch = Stopwatch()
    watch.time(lambda: time.sleep(0.02), 7, cold=True)
    watch.time(lambda: None, 5)
    timing = watch.timing(rows=12, from_cache=0, calls=1)
    assert timing.cold_start_rows == 7
    assert timing.cold_start_seconds >= 0.02
    assert timing.seconds < 0.02


def test_builtins_only_and_back():
    told = watched([(10, 0.001)]).to_dict()
    json.dumps(told, allow_nan=False)
    kept = PredictionTiming.of_kept(told, rows=100)
    assert kept.from_cache == kept.rows == 100
    assert kept.ms_per_1000_rows == told["ms_per_1000_rows"]
    assert (kept.calls, kept.seconds, kept.cold_start_seconds) == (0, 0.0, None)


@pytest.mark.parametrize("told", [{}, {"something": "else"}])
def test_timing_that_was_not_kept_has_a_reason(told):
    assert PredictionTiming.of_kept(told, rows=3).reason
