"""Deviances, RMSLE, sMAPE, D², correlation and quantiles: by hand, against peers, undefined."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr
from sklearn import metrics as sk

import assay
from assay.metrics.regression.d2 import constant_pinball, d2_absolute_error, d2_pinball
from assay.metrics.regression.from_rows import distribution_of_rows, error_moments, moments_of_rows
from assay.metrics.regression.pearson import pearson
from assay.metrics.regression.quantities import quantile_quantities
from assay.metrics.regression.smape import smape
from metric_tables import moments_of

TAU = 0.8


def amounts(n=600):
    rng = np.random.default_rng(12)
    mean = np.exp(1 + 0.5 * rng.standard_normal(n))
    y = rng.poisson(mean * rng.gamma(2, 0.5, n)).astype(float)
    return y, mean, rng.gamma(1.0, size=n)


PEERS = {
    "poisson_deviance": sk.mean_poisson_deviance,
    "tweedie_deviance": lambda y, p, **w: sk.mean_tweedie_deviance(y, p, power=1.5, **w),
    "rmsle": sk.root_mean_squared_log_error,
    "d2_absolute_error": sk.d2_absolute_error_score,
    "pinball_loss": lambda y, p, **w: sk.mean_pinball_loss(y, p, alpha=TAU, **w),
    "pearson": lambda y, p, sample_weight: (
        np.cov(y, p, aweights=sample_weight)[0, 1]
        / np.sqrt(np.cov(y, aweights=sample_weight) * np.cov(p, aweights=sample_weight))
    ),
    "quantile_coverage": lambda y, p, sample_weight: np.average(y <= p, weights=sample_weight),
    "smape": lambda y, p, sample_weight: np.average(
        2 * np.abs(p - y) / (np.abs(y) + np.abs(p)), weights=sample_weight
    ),
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", PEERS)
def test_as_its_peer(name, weighted):
    y, p, w = amounts()
    w = w if weighted else None
    result = assay.evaluate(
        y_true=y, y_pred=p, weight=w, metrics=[name], quantile=TAU, task="regression"
    )
    expected = PEERS[name](y, p, sample_weight=w)
    assert result[name].value == pytest.approx(expected, rel=1e-10)
    assert result[name].low < result[name].value < result[name].high


def test_gamma_deviance_as_scikit_learn():
    y, p, w = amounts()
    y = y + 0.5
    found = assay.evaluate(y_true=y, y_pred=p, weight=w, task="regression")["gamma_deviance"]
    expected = sk.mean_gamma_deviance(y, p, sample_weight=w)
    assert found.value == pytest.approx(expected, rel=1e-10)


def test_d2_pinball_is_against_the_best_constant():
    y, p, w = amounts(301)
    weighed = assay.evaluate(y_true=y, y_pred=p, weight=w, quantile=TAU, task="regression")
    best = min(sk.mean_pinball_loss(y, np.full(301, c), alpha=TAU, sample_weight=w) for c in y)
    loss = sk.mean_pinball_loss(y, p, alpha=TAU, sample_weight=w)
    assert weighed["d2_pinball"].value == pytest.approx(1 - loss / best)
    plain = assay.evaluate(y_true=y, y_pred=p, quantile=TAU, task="regression")["d2_pinball"]
    assert plain.value == pytest.approx(sk.d2_pinball_score(y, p, alpha=TAU))


def test_by_hand():
    y, p = np.array([1.0, 2.0, 6.0]), np.array([2.0, 2.0, 3.0])
    assert smape(error_moments(y, p)).value == pytest.approx((2 / 3 + 0 + 6 / 9) / 3)
    found = d2_absolute_error(error_moments(y, p, median=2), targets=distribution_of_rows(y))
    assert found.value == pytest.approx(1 - (1 + 0 + 3) / (1 + 0 + 4))
    rows = moments_of_rows(quantile_quantities(y, p, 0.75, constant=6.0))
    assert rows.mean[0] == pytest.approx((0.25 + 0 + 0.75 * 3) / 3)
    assert constant_pinball(distribution_of_rows(y), 0.75) == pytest.approx((5 + 4) / 4 / 3)


def test_correlation_is_that_of_scipy_and_covers_as_wide_for_normal_rows():
    rng = np.random.default_rng(2)
    y = rng.standard_normal(5_000)
    p = 0.6 * y + 0.8 * rng.standard_normal(5_000)
    found, peer = pearson(error_moments(y, p)), pearsonr(y, p)
    ends = peer.confidence_interval(0.95)
    assert found.value == pytest.approx(peer.statistic)
    assert found.low == pytest.approx(ends.low, abs=1e-3)
    assert found.high == pytest.approx(ends.high, abs=1e-3)


@settings(max_examples=30, deadline=None)
@given(st.floats(-20, 20), st.floats(0.5, 50), st.booleans())
def test_moving_and_scaling_predictions_keeps_their_correlation(shift, scale, turned):
    y, p, _ = amounts(80)
    moved = pearson(error_moments(y, (-scale if turned else scale) * p + shift))
    plain = pearson(error_moments(y, p))
    assert moved.value == pytest.approx(-plain.value if turned else plain.value, rel=1e-6)
    assert moved.low == pytest.approx(-plain.high if turned else plain.low, rel=1e-5)


def test_points_on_a_line_have_a_correlation_without_interval():
    y = np.arange(50.0)
    found = pearson(error_moments(y, 3 - 2 * y))
    assert found.value == pytest.approx(-1)
    assert found.low is None
    assert "one line" in found.reason


@pytest.mark.parametrize(
    ("y", "p", "said"),
    [
        ([2.0, 2.0, 2.0], [1.0, 2.0, 3.0], "the target is constant"),
        ([1.0, 2.0, 3.0], [2.0, 2.0, 2.0], "the predictions are constant"),
        ([1.0], [1.0], "needs two rows"),
    ],
)
def test_a_correlation_needs_numbers_that_vary(y, p, said):
    assert said in pearson(error_moments(np.array(y), np.array(p))).reason


UNDEFINED = {
    "a target below 0": ([-0.5, 1, 2], [1, 1, 2], "poisson tweedie gamma rmsle"),
    "a target of 0": ([0, 1, 2], [1, 1, 2], "gamma"),
    "a prediction of 0": ([1, 1, 2], [0, 1, 2], "poisson tweedie gamma"),
    "a prediction below -1": ([1, 1, 2], [-1.5, 1, 2], "poisson tweedie gamma rmsle"),
}


@pytest.mark.parametrize("what", UNDEFINED)
def test_losses_are_undefined_with_a_reason(what):
    y, p, names = UNDEFINED[what]
    result = assay.evaluate(y_true=np.array(y) * 1.0, y_pred=np.array(p) * 1.0, task="regression")
    for name in ("poisson_deviance", "tweedie_deviance", "gamma_deviance", "rmsle"):
        found = result[name]
        if name.split("_")[0] in names.split():
            assert found.value is None
            assert "1 rows have no" in found.reason
        else:
            assert found.value is not None


def test_d2_says_when_the_median_does_better():
    y = np.arange(40.0)
    found = d2_absolute_error(
        error_moments(y, y[::-1].copy(), median=20), targets=distribution_of_rows(y)
    )
    assert found.value == pytest.approx(-1)
    assert "worse than always answering the median" in found.warnings


def test_d2_is_undefined_where_a_constant_makes_no_error():
    y = np.full(5, 3.0)
    targets = distribution_of_rows(y)
    found = d2_absolute_error(error_moments(y, y + 1, median=3), targets=targets)
    assert found.reason == "every target equals the median"
    rows = moments_of_rows(quantile_quantities(y, y + 1, 0.9, constant=3.0))
    assert "quantile" in d2_pinball(rows, targets=targets, quantile=0.9).reason


@pytest.mark.parametrize("name", ["poisson_deviance", "rmsle", "quantile_coverage", "d2_pinball"])
def test_rows_that_are_alike_in_a_group_widen_the_interval(name):
    y, p, _ = amounts(400)
    twice = {
        "y_true": np.tile(y, 2),
        "y_pred": np.tile(p, 2),
        "quantile": TAU,
        "task": "regression",
    }
    apart = assay.evaluate(**twice)[name]
    together = assay.evaluate(**twice, group=np.tile(np.arange(400), 2))[name]
    assert together.unit == "group"
    assert together.value == pytest.approx(apart.value)
    assert together.high - together.low > 1.3 * (apart.high - apart.low)


def test_the_two_ways_to_make_quantile_moments_agree():
    y, p, w = amounts()
    terms = quantile_quantities(y, p, TAU, constant=4.0)
    one, other = moments_of_rows(terms, w), moments_of(terms, w)
    assert one.s1 == pytest.approx(other.s1)
    assert one.s3 == pytest.approx(other.s3)
