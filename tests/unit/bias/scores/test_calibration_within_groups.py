"""Calibration within a group: by hand, under calibration, and where it is off."""

import numpy as np
import pytest

from assay.bias.from_rows import tables_of_rows
from assay.bias.scores.calibration_within_groups import calibration_within_groups
from assay.bias.split import Split
from assay.metrics.scores.ece import calibration_error
from assay.tables.score_table import ScoreTable


def measured(score, positive, **extra):
    made = tables_of_rows(["d"] * len(score), score=score, positive=positive, **extra)
    return calibration_within_groups(Split.of(made, "d"))


def test_by_hand():
    score = np.repeat([0.2, 0.8], 50)
    positive = np.concatenate([np.arange(50) < 20, np.arange(50) < 35])
    found = measured(score, positive)
    assert found.value == pytest.approx(0.5 * abs(0.4 - 0.2) + 0.5 * abs(0.7 - 0.8))
    assert found.p_value < 0.05
    assert "2 bins of equal mass" in found.method
    assert found.n_rest == 0


def test_is_the_error_of_a_score_table():
    rng = np.random.default_rng(0)
    score = rng.random(1_000)
    positive = rng.random(1_000) < score**1.5
    order = np.argsort(score)
    table = ScoreTable(score[order], 1 * positive[order], 1 * ~positive[order])
    truth = calibration_error(table, n_bins=10)
    found = measured(score, positive)
    assert found.value == pytest.approx(truth.estimate.value)
    assert f"{truth.expected_under_calibration:.3g} expected" in found.method
    ends = found.ends(0.95)
    assert ends.low == pytest.approx(truth.estimate.low, abs=0.01)
    assert truth.estimate.high - 0.005 <= ends.high <= truth.estimate.high + 0.02


def test_the_test_holds_its_level_and_the_interval_starts_at_0_where_it_does_not_reject():
    rng = np.random.default_rng(1)
    rejected = 0
    for _ in range(300):
        score = rng.beta(2, 3, 400)
        found = measured(score, rng.random(400) < score)
        rejected += found.p_value < 0.05
        assert (found.ends(0.95).low > 0) == (found.p_value < 0.05)
    assert 4 <= rejected <= 30  # 15 expected


@pytest.mark.parametrize("unit", [False, True])
def test_intervals_cover_a_true_error(unit):
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(200):
        score = rng.choice(np.arange(0.05, 0.8, 0.1), 100 if unit else 500)
        positive = rng.random(score.size) < score + 0.1  # 0.1 off everywhere
        extra = {}
        if unit:
            score, positive = np.repeat(score, 5), np.repeat(positive, 5)
            extra = {"unit": np.repeat(np.arange(100), 5)}
        low, high = measured(score, positive, **extra).ends(0.95)
        covered += low <= 0.1 <= high
    assert covered >= 180


def test_copied_rows_in_units_are_no_more_evidence():
    rng = np.random.default_rng(3)
    score = rng.random(100)
    positive = rng.random(100) < score
    copied = np.repeat(score, 20), np.repeat(positive, 20)
    assert measured(*copied).p_value < 0.01
    units = measured(*copied, unit=np.repeat(np.arange(100), 20))
    assert units.p_value > 0.01
    assert units.unit == "group"
    assert units.ends(0.95).low == 0.0 or units.p_value < 0.05
