"""Top-k accuracy: by hand, against scikit-learn, with ties, weights and groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import top_k_accuracy_score

import assay
from assay.metrics.confusion.top_k import top_k_accuracy
from assay.tables.cube import Cube


def sample(n=500, k=7, *, digits=8):
    rng = np.random.default_rng(11)
    y = rng.integers(k, size=n)
    score = rng.gamma(1 + 2.0 * np.eye(k)[y]).round(digits)
    return y, score / score.sum(axis=1, keepdims=True), rng.gamma(1.0, size=n)


def test_by_hand():
    ranks = Cube.from_counts({"rank": (1, 2, 4)}, [5, 3, 2])
    assert [top_k_accuracy(ranks, k=k).value for k in (1, 2, 3, 4)] == [0.5, 0.8, 0.8, 1.0]
    assert top_k_accuracy(ranks, k=1).method == "Wilson score"


@pytest.mark.parametrize("k", [1, 2, 3, 5])
@pytest.mark.parametrize("weighted", [False, True])
def test_as_scikit_learn_where_nothing_ties(k, weighted):
    y, score, w = sample()
    w = w if weighted else None
    found = assay.evaluate(y_true=y, y_score=score, weight=w, metrics=[f"top_{k}"])[f"top_{k}"]
    expected = top_k_accuracy_score(y, score, k=k, sample_weight=w)
    assert found.value == pytest.approx(expected, abs=1e-12)
    assert found.low < found.value < found.high


def test_a_tie_at_the_edge_is_a_miss_whatever_the_order_of_the_classes():
    y = np.array(list("abcabc"))
    score = np.tile([0.5, 0.5, 0.0], (6, 1))
    result = assay.evaluate(y_true=y, y_score=score, metrics=["top_1", "top_2", "top_3"])
    assert [result[f"top_{k}"].value for k in (1, 2, 3)] == pytest.approx([0, 2 / 3, 1])
    # scikit-learn lets the class that stands last win the tie.
    assert top_k_accuracy_score(y, score, k=1) == pytest.approx(1 / 3)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_the_classes_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    y, score, _ = sample(60, digits=0)
    score = np.nan_to_num(score, nan=1 / 7)
    swap = rng.permutation(7)
    names = ["top_2", "top_4"]
    one = assay.evaluate(y_true=y, y_score=score, metrics=names, use="ranking")
    moved = np.argsort(swap)[y]
    other = assay.evaluate(y_true=moved, y_score=score[:, swap], metrics=names, use="ranking")
    assert [one[name].value for name in names] == [other[name].value for name in names]


def test_groups_widen_the_interval():
    y, score, _ = sample(400)
    twice = {"y_true": np.tile(y, 2), "y_score": np.tile(score, (2, 1)), "metrics": ["top_2"]}
    apart = assay.evaluate(**twice)["top_2"]
    together = assay.evaluate(**twice, group=np.tile(np.arange(400), 2))["top_2"]
    assert together.unit == "group"
    assert together.high - together.low > 1.3 * (apart.high - apart.low)


def test_three_and_five_are_shown_from_six_classes_on():
    y, score, _ = sample()
    assert {"top_3", "top_5"} <= {
        each.name for each in assay.evaluate(y_true=y, y_score=score).metrics
    }
    y, score, _ = sample(k=5)
    names = {each.name for each in assay.evaluate(y_true=y, y_score=score).metrics}
    assert not names & {"top_3", "top_5"}


def test_scores_below_zero_are_ranked_too():
    y, score, _ = sample()
    found = assay.evaluate(y_true=y, y_score=np.log(score), use="ranking", metrics=["top_3"])
    assert found["top_3"].value == pytest.approx(top_k_accuracy_score(y, score, k=3))


def test_no_rows_are_undefined():
    found = top_k_accuracy(Cube.from_counts({"rank": (1,)}, [0]), k=2)
    assert found.value is None
    assert found.reason == "the table has no rows"
