"""Two forecasts of one series."""

import json

import numpy as np
import pytest

from assay.errors import InputError
from assay.evaluation.comparison.over_time import compare_over_time
from assay.metrics.catalogue import find_metric
from assay.stats.diebold_mariano import diebold_mariano

MAE = find_metric("mae", task="regression")


def made(n=80, gain=0.3, seed=0):
    rng = np.random.default_rng(seed)
    shared = np.abs(np.convolve(rng.normal(size=n + 3), np.ones(4) / 2, mode="valid"))
    return shared + rng.random(n) * 0.4, shared + gain + rng.random(n) * 0.4


def test_it_is_diebold_and_mariano_signed_so_that_more_is_better():
    losses = made()
    found = compare_over_time(MAE, ("new", "old"), losses, horizon=4)
    test = diebold_mariano(losses[1] - losses[0], horizon=4)
    assert found.p_value == test.p_value
    assert (found.difference.low, found.difference.high) == test.interval()
    assert found.difference.value == pytest.approx(0.3, abs=0.1)
    assert found.verdict == "better"
    assert compare_over_time(MAE, ("old", "new"), losses[::-1], horizon=4).verdict == "worse"
    json.dumps(found.to_dict(), allow_nan=False)


def test_blocks_agree_where_there_are_many_times():
    found = compare_over_time(MAE, ("new", "old"), made(n=2_000, gain=0.02))
    low, high = found.further["block_bootstrap_interval"]
    assert low == pytest.approx(found.difference.low, abs=0.003)
    assert high == pytest.approx(found.difference.high, abs=0.003)
    assert found.further["block_length"] == 13


def test_equal_forecasts_do_not_differ():
    one = made()[0]
    found = compare_over_time(MAE, ("a", "b"), (one, one), margin=0.1)
    assert (found.p_value, found.verdict) == (1.0, "equivalent within the margin")
    assert compare_over_time(MAE, ("a", "b"), (one, one)).verdict == "not shown to be better"


def test_bad_input_is_named():
    one, other = made()
    with pytest.raises(InputError, match="the same times"):
        compare_over_time(MAE, ("a", "b"), (one, other[:-1]))
    with pytest.raises(InputError, match="too few"):
        compare_over_time(MAE, ("a", "b"), (one[:30], other[:30]), horizon=20)
    with pytest.raises(InputError, match="finite"):
        compare_over_time(MAE, ("a", "b"), (one, np.where(one > 1, np.nan, other)))
