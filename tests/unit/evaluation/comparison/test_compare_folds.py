"""Procedures over folds, models over data sets."""

import json
from dataclasses import replace

import numpy as np
import pytest

from assay.errors import InputError
from assay.evaluation.comparison.compare import compare_answers
from assay.evaluation.comparison.data_sets import compare_over_data_sets
from assay.evaluation.comparison.folds import FoldScores, compare_folds
from assay.evaluation.judged import Answers, JudgedRows
from assay.metrics.catalogue import find_metric
from assay.stats.corrected_t import corrected_t

ACCURACY = find_metric("accuracy", task="binary")
MAE = find_metric("mae", task="regression")
SIZES = {"n_train": (90,) * 10, "n_test": (10,) * 10}


def made(shift, seed=0):
    rng = np.random.default_rng(seed)
    old = rng.normal(0.8, 0.03, size=10)
    new = old + shift + rng.normal(0, 0.01, size=10)
    pair = [("new", new), ("old", old)]
    return [FoldScores(name=name, scores=tuple(each.tolist()), **SIZES) for name, each in pair]


def test_the_corrected_test_decides_and_the_other_is_beside():
    new, old = made(0.008)
    found = compare_folds(ACCURACY, new, old)
    test = corrected_t(np.subtract(new.scores, old.scores), 1 / 9)
    assert found.p_value == pytest.approx(test.p_value)
    assert (found.difference.low, found.difference.high) == pytest.approx(test.interval())
    assert found.further["uncorrected_p"] < found.p_value
    assert found.difference.unit == "fold"
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_loss_is_signed_so_that_more_is_better():
    new, old = made(-0.05)
    assert compare_folds(MAE, new, old).verdict == "better"
    assert compare_folds(ACCURACY, new, old).verdict == "worse"


def test_the_pooled_answers_can_only_weaken_the_word():
    new, old = made(0.05)
    truth = np.tile([0, 1], 50)
    rows = JudgedRows(task="binary", truth=truth, classes=(0, 1))
    same = Answers(name="same", labels=truth)
    pooled = compare_answers(rows, same, same, metric="accuracy")
    assert compare_folds(ACCURACY, new, old).verdict == "better"
    found = compare_folds(ACCURACY, new, old, pooled=pooled)
    assert found.verdict == "not shown to be better"
    assert "more cautious" in found.notes[0]
    assert found.further["pooled"]["verdict"] == pooled.verdict


def test_bad_folds_are_named():
    new, old = made(0.05)
    with pytest.raises(InputError, match="not judged on the same folds"):
        compare_folds(ACCURACY, replace(new, n_test=(11,) * 10), old)
    few = {"n_train": (3,) * 4, "n_test": (1,) * 4}
    with pytest.raises(InputError, match="4 folds are too few"):
        compare_folds(
            ACCURACY,
            FoldScores(name="a", scores=(1.0,) * 4, **few),
            FoldScores(name="b", scores=(0.0,) * 4, **few),
        )
    odd = replace(new, scores=(float("nan"), *new.scores[1:]))
    with pytest.raises(InputError, match="finite"):
        compare_folds(ACCURACY, odd, old)
    empty = {"n_train": (0,) * 10}
    with pytest.raises(InputError, match="no rows to fit"):
        compare_folds(ACCURACY, replace(new, **empty), replace(old, **empty))


def test_two_models_over_data_sets_are_wilcoxon():
    scores = np.column_stack([np.linspace(0.7, 0.9, 8), np.linspace(0.6, 0.85, 8)])
    found = compare_over_data_sets(("new", "old"), scores)
    assert found.test == "Wilcoxon signed rank"
    assert found.differ[0][:2] == ("new", "old")
    assert found.ranks == (1.0, 2.0)
    turned = compare_over_data_sets(("new", "old"), scores, greater_is_better=False)
    assert turned.differ[0][:2] == ("old", "new")
    json.dumps(found.to_dict(), allow_nan=False)


def test_several_models_are_friedman_and_pairs_need_nemenyi():
    rng = np.random.default_rng(0)
    base = rng.normal(size=(12, 1))
    scores = base + np.array([1.0, 0.95, 0.0]) + rng.normal(0, 0.1, size=(12, 3))
    found = compare_over_data_sets(("a", "b", "c"), scores)
    assert found.test == "Friedman"
    assert {pair[:2] for pair in found.differ} == {("a", "c"), ("b", "c")}
    equal = compare_over_data_sets(("a", "b", "c"), rng.normal(size=(12, 3)))
    assert equal.differ == ()


def test_bad_data_sets_are_named():
    with pytest.raises(InputError, match="5 data sets are too few"):
        compare_over_data_sets(("a", "b"), np.ones((5, 2)))
    with pytest.raises(InputError, match="one for each"):
        compare_over_data_sets(("a",), np.ones((6, 2)))
    with pytest.raises(InputError, match="no score"):
        compare_over_data_sets(("a", "b"), np.full((6, 2), np.nan))
