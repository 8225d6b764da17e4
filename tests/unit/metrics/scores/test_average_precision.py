"""Average precision."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from assay.metrics.scores.average_precision import average_precision
from assay.tables.score_table import ScoreTable
from metric_tables import scores_of


def sample(n=600, *, digits=8):
    rng = np.random.default_rng(5)
    y = rng.random(n) < 0.2
    return y, (rng.standard_normal(n) + 1.5 * y).round(digits), rng.gamma(1.0, size=n)


@pytest.mark.parametrize("digits", [8, 1])
@pytest.mark.parametrize("weighted", [False, True])
def test_as_scikit_learn(digits, weighted):
    y, s, w = sample(digits=digits)
    w = w if weighted else None
    expected = average_precision_score(y, s, sample_weight=w)
    found = average_precision(scores_of(y, s, w))
    assert found.value == pytest.approx(expected, abs=1e-10)
    assert 0 < found.low < found.value < found.high < 1


def test_by_hand():
    # from the top: hit (1/1), miss, hit (2/3)
    assert average_precision(scores_of([1, 0, 1], [3, 2, 1])).value == pytest.approx(
        (1 + 2 / 3) / 2
    )


def test_guessing_gives_the_prevalence():
    assert average_precision(scores_of([1, 0, 0, 0], [0.5] * 4)).value == 0.25


def test_without_positives_it_is_undefined():
    found = average_precision(scores_of([0, 0], [1, 2]))
    assert found.value is None
    assert found.reason == "no row is positive"


def test_a_perfect_order_keeps_room_below():
    found = average_precision(scores_of([0] * 60 + [1] * 40, range(100)))
    assert (found.value, found.high) == (1, 1)
    assert found.low < 0.95


def test_only_positives_are_perfect():
    assert average_precision(scores_of([1, 1], [1, 2])).value == 1


def test_bins_add_how_far_hidden_ranks_can_move_it():
    y, s, _ = sample(3_000)
    exact = average_precision(scores_of(y, s))
    coarse = scores_of(y, np.floor(s * 20))
    binned = ScoreTable(coarse.score, coarse.n_pos, coarse.n_neg, exact=False)
    plain, found = average_precision(coarse), average_precision(binned)
    assert found.low < plain.low
    assert found.high > plain.high
    assert plain.value - (plain.low - found.low) <= exact.value
    assert exact.value <= plain.value + (found.high - plain.high)
