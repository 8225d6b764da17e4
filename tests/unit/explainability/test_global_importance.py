"""Aggregation over rows: values by hand, noise taken off, intervals that cover, honest ranks."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import ndcg_score

from assay.errors import InputError
from assay.explainability.aggregation import AGGREGATIONS, aggregate, aggregate_with_errors
from assay.explainability.importance import global_importance
from assay.explainability.ranks import (
    attribution_ndcg,
    kendall_tau,
    ndcg_rows,
    rank_of,
    ranks_by_intervals,
    ranks_by_rows,
    top_overlap,
)
from assay.result import Result
from explained_samples import explained, rows_of

PHI = np.array([[1.0, -2.0, 0.0], [-3.0, -4.0, 0.0], [2.0, 6.0, 0.0]])
gains = st.lists(st.floats(0, 10), min_size=2, max_size=8)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("mean_abs", [2.0, 4.0, 0.0]),
        ("median", [1.0, -2.0, 0.0]),
        ("mean_sq", [14 / 3, 56 / 3, 0.0]),
        ("mean", [0.0, 0.0, 0.0]),
        ("median_abs", [2.0, 4.0, 0.0]),
    ],
)
def test_each_aggregation_by_hand(how, expected):
    assert aggregate(PHI, how).tolist() == pytest.approx(expected)


def test_a_weight_of_two_is_the_row_twice():
    for how in AGGREGATIONS:
        weighted = aggregate(PHI, how, np.array([1.0, 2.0, 1.0]))
        assert weighted == pytest.approx(aggregate(PHI[[0, 1, 1, 2]], how))


def test_the_interval_of_an_exact_mean_is_students_without_skew():
    terms = np.array([1.0, 2.0, 3.0, 4.0, 5.0])[:, None]
    found = aggregate_with_errors(terms, None, "mean", np.ones(5))
    low, high = stats.t.interval(0.95, 4, loc=3.0, scale=stats.sem(terms[:, 0]))
    assert (found.lows[0], found.highs[0]) == pytest.approx((low, high))


def test_shared_noise_is_added_to_the_error_over_rows():
    values = np.arange(10.0)[:, None] + 100
    errors = np.full_like(values, 0.5)
    alone = aggregate_with_errors(values, None, "mean_abs", np.ones(10)).errors[0]
    both = aggregate_with_errors(values, errors, "mean_abs", np.ones(10)).errors[0]
    assert both == pytest.approx(np.hypot(alone, 0.5))


@pytest.mark.parametrize(("how", "share"), [("mean_abs", 0.45), ("mean_sq", 0.05)])
def test_noise_makes_importance_larger_and_is_taken_off(how, share):
    rng = np.random.default_rng(1)
    truth = rng.normal(size=(4000, 1)) * 0.5
    errors = np.full_like(truth, 0.5)
    seen = truth + rng.normal(size=truth.shape) * 0.5
    found = aggregate_with_errors(seen, errors, how, np.ones(4000))
    real, raw = aggregate(truth, how)[0], aggregate(seen, how)[0]
    assert abs(found.values[0] - real) < share * abs(raw - real) + 0.01
    assert found.corrected[0] == pytest.approx(raw - found.values[0])


def test_small_noise_takes_nothing_off():
    found = aggregate_with_errors(PHI[:, :2], np.full((3, 2), 0.01), "mean_abs", np.ones(3))
    assert found.corrected.tolist() == [0.0, 0.0]


def test_importance_is_never_below_zero_after_the_correction():
    rng = np.random.default_rng(2)
    seen = rng.normal(size=(30, 4)) * 0.01
    found = aggregate_with_errors(seen, np.full((30, 4), 1.0), "mean_sq", np.ones(30))
    assert (found.values == 0).all()
    assert (found.lows >= 0).all()


@pytest.mark.parametrize("how", ["mean_abs", "mean", "median"])
def test_intervals_cover_the_value_of_all_rows(how):
    rng = np.random.default_rng(3)
    everything = rng.gamma(2.0, size=200_001) * rng.choice([-1.0, 1.5], size=200_001)
    truth = aggregate(everything[:, None], how)[0]
    held = 0
    for _ in range(40):
        values = rng.choice(everything, size=(80, 25))
        found = aggregate_with_errors(values, None, how, np.ones(80))
        held += int(((found.lows <= truth) & (truth <= found.highs)).sum())
    assert 0.925 <= held / 1000 <= 0.99


def test_a_result_is_a_result_and_its_ranks_are_those_of_its_values():
    found = explained(80, error=0.01).global_importance()
    assert isinstance(found, Result)
    assert [each.player for each in found.importances] == ["age", "income", "city", "tenure"]
    assert [each.rank for each in found.importances] == [1, 2, 3, 4]
    assert all(each.rank_low <= each.rank <= each.rank_high for each in found.importances)
    assert sum(each.share for each in found.importances) == pytest.approx(1)
    assert [each.direction for each in found.importances][:2] == ["raises", "lowers"]
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.to_frame().columns[:5] == ["output", "player", "importance", "low", "high"]
    assert "0.7" in found._repr_html_() or "0.8" in found._repr_html_()


def test_each_output_is_ranked_by_itself_and_one_can_be_asked_for():
    explanation = explained(40, outputs=("a", "b", "c"))
    assert explanation.global_importance().outputs == ("a", "b", "c")
    only = explanation.global_importance(output="c")
    assert only.outputs == ("c",)
    assert only.importances == explanation.global_importance().of("c")
    with pytest.raises(InputError, match="no output 'z'; the explanation has: a, b, c"):
        explanation.global_importance(output="z")


def test_one_row_has_a_value_and_no_interval():
    found = explained(1).global_importance()
    first = found.importances[0]
    assert first.estimate.low is None
    assert first.estimate.reason == "one row says nothing of others"
    assert (first.rank_low, first.rank_high) == (1, 4)
    assert found.to_frame()["low"].to_list() == [None] * 4


def test_no_rows_unknown_aggregations_and_odd_weights_are_refused():
    explanation = explained(5)
    with pytest.raises(InputError, match="no row is explained"):
        global_importance(rows_of(explanation, []))
    with pytest.raises(InputError, match="unknown aggregation 'max'"):
        global_importance(explanation, "max")
    for weights in ([1.0] * 4, [1, 1, 1, 1, -1], [float("nan")] * 5):
        with pytest.raises(InputError, match="5 finite numbers"):
            global_importance(explanation, weights=weights)
    with pytest.raises(InputError, match="all row weights are 0"):
        global_importance(explanation, weights=[0.0] * 5)


def test_weights_count_effective_rows_and_leave_rows_out():
    explanation = explained(20)
    weights = [1.0] * 10 + [0.0] * 10
    found = global_importance(explanation, weights=weights).importances[0]
    alone = global_importance(rows_of(explanation, range(10))).importances[0]
    assert found.estimate.n == 10
    assert found.estimate.value == pytest.approx(alone.estimate.value)
    assert found.standard_error == pytest.approx(alone.standard_error)
    uneven = global_importance(explanation, weights=np.arange(1.0, 21.0)).importances[0]
    assert uneven.estimate.n_effective == pytest.approx(210**2 / 2870)


def test_constant_attributions_have_no_share_and_no_width():
    flat = explained(30)
    flat = replace(flat, values=np.zeros_like(flat.values))
    found = flat.global_importance().importances
    assert all(each.share is None and each.rank == 1 for each in found)
    assert all(each.estimate.low == each.estimate.high == 0 for each in found)
    assert all((each.rank_low, each.rank_high) == (1, 4) for each in found)


def test_twins_share_their_ranks_and_a_clear_leader_has_one():
    rng = np.random.default_rng(4)
    x = np.abs(rng.normal(size=(300, 1)))
    terms = np.hstack([x, x, 10 + x])
    found = ranks_by_rows(terms.mean(axis=0), terms, np.ones(300), np.zeros(3))
    assert found.rank.tolist() == [2, 2, 1]
    assert found.low.tolist() == [2, 2, 1]
    assert found.high.tolist() == [3, 3, 1]


def test_true_ranks_lie_within_their_ranges():
    rng = np.random.default_rng(5)
    truth = np.array([1.0, 0.9, 0.85, 0.5, 0.45])
    held = 0
    for _ in range(200):
        terms = truth + rng.normal(size=(60, 5)) * 0.4 + rng.normal(size=(60, 1))
        found = ranks_by_rows(terms.mean(axis=0), terms, np.ones(60), np.zeros(5))
        held += int(((found.low <= rank_of(truth)) & (rank_of(truth) <= found.high)).sum())
    assert held / 1000 >= 0.94


def test_ranks_of_medians_are_open_where_intervals_overlap():
    sizes, lows, highs = (
        np.array([3.0, 2.0, 1.0]),
        np.array([2.5, 1.5, 0]),
        np.array([4, 2.6, 1.4]),
    )
    found = ranks_by_intervals(sizes, lows, highs)
    assert (found.low.tolist(), found.high.tolist()) == ([1, 1, 3], [2, 2, 3])


def test_signed_importance_that_holds_zero_may_have_any_lower_rank():
    rng = np.random.default_rng(6)
    values = np.hstack([rng.normal(size=(50, 3)) * 0.1, np.full((50, 1), -5.0)])[:, :, None]
    explanation = replace(explained(50), values=values)
    found = {each.player: each for each in explanation.global_importance("mean").importances}
    assert (found["tenure"].rank, found["tenure"].rank_high) == (1, 1)
    assert found["age"].rank_high == 4


@given(gains, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_ndcg_is_scikit_learns(reference, random):
    live = [random.choice([0.0, 0.1, 0.5, 2.0]) for _ in reference]
    found = attribution_ndcg(np.array(reference), np.array(live))
    if found is None:
        assert sum(reference) == 0
        return
    expected = ndcg_score([reference], [live]) if max(reference) > 1e-200 else found
    assert found == pytest.approx(expected, abs=1e-9)


def test_ndcg_of_many_rows_is_that_of_each():
    rng = np.random.default_rng(8)
    a, b = rng.integers(0, 3, size=(2, 50, 4)).astype(float)
    each = [attribution_ndcg(x, y) for x, y in zip(a, b, strict=True)]
    assert ndcg_rows(a, b) == pytest.approx(
        np.array([np.nan if e is None else e for e in each]), nan_ok=True
    )


def test_agreement_of_orders_against_scipy():
    rng = np.random.default_rng(7)
    for _ in range(20):
        a, b = rng.integers(0, 4, size=(2, 9)).astype(float)
        expected = stats.kendalltau(a, b).statistic
        assert kendall_tau(a, b) == pytest.approx(expected)
    assert kendall_tau(np.ones(3), np.arange(3.0)) is None
    assert top_overlap(np.array([5.0, 4, 3, 2]), np.array([2.0, 3, 4, 5]), 2) == 0.0
