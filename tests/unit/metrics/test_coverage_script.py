"""The coverage script looks at every metric with an interval, and finds what it promises."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from assay.metrics.catalogue import METRICS

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
WITHOUT_INTERVAL = {"mce", "spiegelhalter_z", "max_error"}


@pytest.fixture
def script(monkeypatch):
    """The script, under a name of its own: `coverage` is also a well-known package."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    name = "coverage_of_intervals"
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / "coverage.py")
    found = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, found)
    spec.loader.exec_module(found)
    return found


def test_every_metric_with_an_interval_is_looked_at(script, monkeypatch):
    monkeypatch.setattr(sys.modules["coverage_cases"], "POPULATION", 200_000)
    seen = set()
    for case in script.all_cases():
        if case.n == 200:
            for name, found in script.simulate(case, np.random.default_rng(0)).items():
                plain = name.split(" (")[0]
                if found.low is not None:
                    assert name in script.truth(case), name
                    seen.add(plain)
    assert seen == {metric.name for metric in METRICS} - WITHOUT_INTERVAL


def test_a_set_is_the_same_every_time(script):
    case = script.all_cases()[0]
    one, other = (script.simulate(case, np.random.default_rng(case.seed(3))) for _ in range(2))
    assert one == other


def test_marked_cells_are_left_out_of_the_pool(script):
    good = script.Tally(covered=95, given=100, sets=100)
    marked = script.Tally(covered=10, given=100, sets=100, marked=80)
    assert script.pooled([good, marked]) == 0.95
    assert script.worst({script.all_cases()[0]: marked}) is None


@pytest.mark.slow
def test_intervals_cover_what_they_promise(script):
    table = script.run(150, 2, ("binary", "multiclass", "multilabel", "regression"))
    every = [tally for cells in table.values() for tally in cells.values()]
    assert 0.935 <= script.pooled(every) <= 0.965
    kept = [tally.coverage for tally in every if tally.given and not tally.too_few]
    assert min(kept) >= 0.86  # 150 sets: four standard errors below 94 %
    assert len(kept) > 0.9 * len(every)
