"""ROC AUC, Gini and the macro average over classes."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from assay.metrics.scores.gini import gini
from assay.metrics.scores.roc_auc import roc_auc
from assay.metrics.scores.roc_auc_ovr_macro import roc_auc_ovr_macro
from assay.tables.score_table import ScoreTable
from metric_tables import scores_of


def sample(n=500, seed=0, *, digits=8):
    rng = np.random.default_rng(seed)
    y = rng.random(n) < 0.3
    return y, (rng.standard_normal(n) + y).round(digits), rng.gamma(1.0, size=n)


@pytest.mark.parametrize("digits", [8, 1])
@pytest.mark.parametrize("weighted", [False, True])
def test_as_scikit_learn(digits, weighted):
    y, s, w = sample(digits=digits)
    w = w if weighted else None
    expected = roc_auc_score(y, s, sample_weight=w)
    assert roc_auc(scores_of(y, s, w)).value == pytest.approx(expected, abs=1e-10)


def test_by_hand_with_delong_on_the_logit_scale():
    # positives 2, 4; negatives 1, 3: three of four pairs are in order
    found = roc_auc(scores_of([0, 1, 0, 1], [1, 2, 3, 4]))
    assert found.value == 0.75
    # placements 1/2, 1 and 1, 1/2: variance 0.125 / 2 + 0.125 / 2
    half = 1.959963984540054 * np.sqrt(0.125) / (0.75 * 0.25)
    assert found.low == pytest.approx(1 / (1 + np.exp(-np.log(3) + half)))
    assert found.too_few


def test_gini_is_the_area_on_another_scale():
    y, s, _ = sample()
    area, other = roc_auc(scores_of(y, s)), gini(scores_of(y, s))
    for name in ("value", "low", "high"):
        assert getattr(other, name) == pytest.approx(2 * getattr(area, name) - 1)


@pytest.mark.parametrize("side", [True, False])
def test_one_class_is_undefined(side):
    found = roc_auc(scores_of([side] * 3, [1, 2, 3]))
    assert found.value is None
    assert ("no row is negative" if side else "no row is positive") in found.reason
    assert gini(scores_of([side] * 3, [1, 2, 3])).value is None


def test_all_ties_are_one_half_without_a_false_certainty():
    found = roc_auc(scores_of([0, 1] * 50, [0.3] * 100))
    assert found.value == 0.5
    assert found.low < 0.45
    assert found.high > 0.55


def test_classes_fully_apart_keep_room_below():
    found = roc_auc(scores_of([0] * 50 + [1] * 40, range(90)))
    assert (found.value, found.high) == (1, 1)
    assert 0.85 < found.low < 0.95


def test_bins_add_how_far_hidden_ranks_can_move_it():
    y, s, _ = sample(n=2_000)
    exact = roc_auc(scores_of(y, s))
    coarse = scores_of(y, np.floor(s * 20))
    tables = (coarse, ScoreTable(coarse.score, coarse.n_pos, coarse.n_neg, exact=False))
    as_ties, binned = (roc_auc(table) for table in tables)
    bound = as_ties.low - binned.low
    assert bound == pytest.approx(binned.high - as_ties.high)
    assert abs(binned.value - exact.value) <= bound
    assert "bins move it by at most" in binned.method


def class_tables(unit=None, seed=2):
    rng = np.random.default_rng(seed)
    kind = rng.integers(3, size=600)
    score = rng.standard_normal((600, 3)) + np.eye(3)[kind]
    return kind, score, [scores_of(kind == k, score[:, k], unit=unit) for k in range(3)]


def test_macro_as_scikit_learn():
    kind, score, tables = class_tables()
    share = np.exp(score)
    expected = np.mean([roc_auc_score(kind == k, score[:, k]) for k in range(3)])
    found = roc_auc_ovr_macro(tables)
    assert found.value == pytest.approx(expected, abs=1e-10)
    assert share.shape == (600, 3)
    assert "upper bound" in found.method


def test_macro_with_each_row_its_own_unit_is_narrower_and_counts_rows():
    _, _, tables = class_tables()
    _, _, kept = class_tables(unit=np.arange(600))
    wide, narrow = roc_auc_ovr_macro(tables), roc_auc_ovr_macro(kept)
    assert narrow.value == pytest.approx(wide.value)
    assert narrow.high - narrow.low < wide.high - wide.low
    assert "joint influence" in narrow.method


def test_macro_leaves_out_classes_without_rows():
    _, _, tables = class_tables()
    empty = scores_of([False] * 600, np.arange(600))
    found = roc_auc_ovr_macro([*tables, empty])
    assert found.value == pytest.approx(roc_auc_ovr_macro(tables).value)
    assert "1 class without rows, left out of the mean" in found.warnings
    assert roc_auc_ovr_macro([empty, empty]).value is None
