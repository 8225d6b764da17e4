"""Lift, KS, rates at a cut and AP over prevalence: by hand, by brute force, and undefined."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp
from sklearn.metrics import average_precision_score, roc_curve

from assay.metrics.scores.average_precision_lift import average_precision_lift
from assay.metrics.scores.cut import pool, split
from assay.metrics.scores.ks import ks_statistic
from assay.metrics.scores.lift import lift
from assay.metrics.scores.operating_points import fpr_at_tpr, tpr_at_fpr
from assay.tables.score_table import ScoreTable
from metric_tables import scores_of

EVERY = (lift, ks_statistic, tpr_at_fpr, fpr_at_tpr, average_precision_lift)


def sample(n=3_000, *, digits=8, share=0.2):
    rng = np.random.default_rng(5)
    y = rng.random(n) < share
    return y, (rng.standard_normal(n) + 1.5 * y).round(digits), rng.gamma(1.0, size=n)


def mean_lift_of_random_orders(y, s, share, rng, n_orders=4_000):
    """Break ties at random, many times."""
    rows = round(share * len(y))
    found = [
        y[np.lexsort((rng.random(len(y)), -s))][:rows].mean() / y.mean() for _ in range(n_orders)
    ]
    return float(np.mean(found))


def test_lift_by_hand():
    # Ten rows, four positives, three of them among the five highest scores.
    y = [1, 1, 0, 1, 0, 1, 0, 0, 0, 0]
    table = scores_of(y, range(10, 0, -1))
    assert lift(table, share=0.5).value == pytest.approx((3 / 5) / (4 / 10))
    assert lift(table, share=0.2).value == pytest.approx(1 / 0.4)
    assert lift(table, share=0.25).value == pytest.approx((2 / 2.5) / 0.4)


def test_ties_at_the_edge_count_as_in_random_orders():
    y, s, _ = sample(400, digits=0)
    expected = mean_lift_of_random_orders(y, s, 0.1, np.random.default_rng(1))
    assert lift(scores_of(y, s), share=0.1).value == pytest.approx(expected, rel=0.01)


def test_equal_scores_have_no_lift():
    found = lift(scores_of([1, 0, 0, 0] * 100, [0.3] * 400))
    assert found.value == pytest.approx(1)
    assert found.low <= 1 <= found.high


def test_a_top_of_positives_alone_reaches_one_over_prevalence():
    y = np.arange(1_000) >= 700
    found = lift(scores_of(y, np.arange(1_000)), share=0.1)
    assert found.value == pytest.approx(1 / 0.3)
    assert found.low < 3.1 < found.value < found.high


def test_a_top_that_holds_every_positive_reaches_one_over_its_share():
    y = np.arange(2_000) >= 1_900
    found = lift(scores_of(y, np.arange(2_000)), share=0.1)
    assert found.value == pytest.approx(10)
    assert found.high == pytest.approx(10)
    assert found.low < 9.9


@pytest.mark.parametrize("digits", [8, 1])
@pytest.mark.parametrize("weighted", [False, True])
def test_ks_is_the_largest_gap_of_the_roc_curve(digits, weighted):
    y, s, w = sample(digits=digits)
    w = w if weighted else None
    fpr, tpr, _ = roc_curve(y, s, sample_weight=w, drop_intermediate=False)
    found = ks_statistic(scores_of(y, s, w))
    assert found.value == pytest.approx((tpr - fpr).max(), abs=1e-12)
    assert 0 < found.low < found.value < found.high < 1


def test_ks_is_that_of_scipy():
    y, s, _ = sample()
    expected = ks_2samp(s[y], s[~y], alternative="less", method="asymp").statistic
    assert ks_statistic(scores_of(y, s)).value == pytest.approx(expected)


def test_ks_of_scores_that_know_nothing_is_not_above_zero_beyond_doubt():
    rng = np.random.default_rng(3)
    lows = [
        ks_statistic(scores_of(rng.random(300) < 0.3, rng.random(300))).low for _ in range(200)
    ]
    assert np.mean(np.array(lows) > 0) <= 0.07


def test_ks_of_classes_that_are_apart_keeps_room_below():
    found = ks_statistic(scores_of([0] * 60 + [1] * 40, range(100)))
    assert (found.value, found.high) == (1, 1)
    assert 0.8 < found.low < 0.98


@pytest.mark.parametrize("weighted", [False, True])
def test_rates_at_a_cut_are_read_off_the_roc_curve(weighted):
    y, s, w = sample(digits=1)
    w = w if weighted else None
    fpr, tpr, _ = roc_curve(y, s, sample_weight=w, drop_intermediate=False)
    table = scores_of(y, s, w)
    assert tpr_at_fpr(table).value == pytest.approx(np.interp(0.01, fpr, tpr))
    assert fpr_at_tpr(table).value == pytest.approx(np.interp(0.95, tpr, fpr))


def test_rates_at_a_cut_by_hand():
    # From the top: two positives, a negative, a positive, a negative, a positive, two negatives.
    y = [1, 1, 0, 1, 0, 1, 0, 0]
    table = scores_of(y, range(8, 0, -1))
    assert tpr_at_fpr(table, bound=0.2).value == pytest.approx(0.5)
    assert tpr_at_fpr(table, bound=0.25).value == pytest.approx(0.75)
    assert fpr_at_tpr(table, bound=0.5).value == 0
    assert fpr_at_tpr(table, bound=0.75).value == pytest.approx(0.25)
    assert fpr_at_tpr(table, bound=0.95).value == pytest.approx(0.5)


def test_few_rows_beyond_a_bound_are_said():
    y, s, _ = sample(300)
    assert tpr_at_fpr(scores_of(y, s)).too_few
    assert not tpr_at_fpr(scores_of(y, s), bound=0.3).too_few
    assert lift(scores_of(y, s), share=0.05).too_few


@pytest.mark.parametrize("weighted", [False, True])
def test_average_precision_over_prevalence(weighted):
    y, s, w = sample()
    w = w if weighted else None
    expected = average_precision_score(y, s, sample_weight=w) / np.average(y, weights=w)
    found = average_precision_lift(scores_of(y, s, w))
    assert found.value == pytest.approx(expected)
    assert found.low < found.value < found.high


@pytest.mark.parametrize("metric", EVERY)
def test_without_positives_it_is_undefined(metric):
    found = metric(scores_of([0, 0], [1, 2]))
    assert found.value is None
    assert found.reason.startswith("no row is positive")


@pytest.mark.parametrize("metric", [ks_statistic, tpr_at_fpr, fpr_at_tpr])
def test_without_negatives_it_is_undefined(metric):
    assert metric(scores_of([1, 1], [1, 2])).reason.startswith("no row is negative")


@pytest.mark.parametrize("metric", EVERY)
def test_rows_that_are_alike_in_a_group_widen_the_interval(metric):
    y, s, _ = sample(1_500)
    doubled = scores_of(np.tile(y, 2), np.tile(s, 2), unit=np.tile(np.arange(1_500), 2))
    apart, once = metric(scores_of(np.tile(y, 2), np.tile(s, 2))), metric(scores_of(y, s))
    together = metric(doubled)
    assert together.unit == "group"
    assert together.value == pytest.approx(once.value)
    # Two copies of each row tell as much as one.
    width = together.high - together.low
    assert width == pytest.approx(once.high - once.low, rel=0.06)
    assert width > 1.2 * (apart.high - apart.low)


def test_a_binned_table_has_a_wider_ks():
    y, s, _ = sample()
    coarse = scores_of(y, np.floor(s * 20))
    binned = ScoreTable(coarse.score, coarse.n_pos, coarse.n_neg, exact=False)
    exact, plain, found = (ks_statistic(each) for each in (scores_of(y, s), coarse, binned))
    assert found.high > plain.high
    assert found.value <= exact.value <= found.value + (found.high - plain.high)


rows = st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=1, max_size=50)


@settings(max_examples=40, deadline=None)
@given(rows=rows, share=st.floats(0.02, 0.98))
def test_gain_of_any_rows_lies_between_its_bounds(rows, share):
    y, s = (np.array(column) for column in zip(*rows, strict=True))
    found = lift(scores_of(y, s), share=share)
    if not y.any():
        assert found.value is None
        return
    assert -1e-12 <= found.low <= found.value <= found.high <= 1 / share + 1e-9
    other = lift(scores_of(y, -s), share=1 - share)  # the rest holds what the top does not
    assert share * found.value + (1 - share) * other.value == pytest.approx(1)


def test_tables_are_gathered_without_losing_rows():
    y, s, w = sample(200, digits=1)
    table = scores_of(y, s, w, unit=np.arange(200) // 4)
    for part, n_levels in ((pool(table), 1), (split(table, 7), 2)):
        assert len(part.score) == n_levels
        assert part.n_rows == 200
        assert sum(each.sum() for each in part.weights()) == pytest.approx(w.sum())
        assert part.rows.level.max() == n_levels - 1
    assert split(table, 7).n_pos.tolist() == [table.n_pos[:7].sum(), table.n_pos[7:].sum()]
