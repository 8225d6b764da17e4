"""The coverage script of bias simulates every metric that the catalogues name."""

from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def cases(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import bias_coverage_cases  # found through the path above

    return bias_coverage_cases


def test_no_metric_is_forgotten(cases):
    assert cases.forgotten() == ()


def test_a_new_metric_would_be_missed(cases, monkeypatch: pytest.MonkeyPatch):
    known = cases.DRAWN
    monkeypatch.setattr(cases, "DRAWN", {k: v for k, v in known.items() if k != "answers"})
    assert "flipped_facet_gap" in cases.forgotten()


KINDS = [("pairs", "plain"), ("answers", "plain")]
KINDS += [(k, r) for k in ("counts", "classes", "scores") for r in ("plain", "weighted", "units")]


@pytest.mark.parametrize(("kind", "rows"), KINDS)
def test_every_simulated_metric_has_a_truth_and_an_interval(cases, kind: str, rows: str):
    case = cases.Case(kind, 500, 0.5, True, rows)
    true, found = cases.truth(case), cases.simulate(case, np.random.default_rng(1))
    assert set(true) == set(found)
    assert all(
        each.low is not None and each.low <= each.value <= each.high for each in found.values()
    )
