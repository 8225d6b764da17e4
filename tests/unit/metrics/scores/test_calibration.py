"""Calibration: error against chance, slope and intercept, Spiegelhalter's z."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import norm

from assay.metrics.scores.calibration_line import (
    calibration_in_the_large,
    calibration_intercept,
    calibration_slope,
)
from assay.metrics.scores.ece import calibration_error, ece
from assay.metrics.scores.mce import mce
from assay.metrics.scores.spiegelhalter_z import spiegelhalter_test, spiegelhalter_z
from metric_tables import scores_of


def calibrated(n, seed, power=1.0):
    """Rows whose probabilities are right, raised to a power where they are not to be."""
    rng = np.random.default_rng(seed)
    p = rng.beta(2, 2, size=n)
    y = rng.random(n) < p
    odds = (p / (1 - p)) ** power
    return y, odds / (1 + odds)


def slow_ece(y, p, n_bins, binning):
    order = np.argsort(p)
    y, p = y[order], p[order]
    place = np.arange(len(p)) * n_bins // len(p)
    if binning == "width":
        place = np.minimum((p * n_bins).astype(int), n_bins - 1)
    gaps = [
        abs(y[place == b].mean() - p[place == b].mean()) * np.mean(place == b)
        for b in np.unique(place)
    ]
    return sum(gaps)


@pytest.mark.parametrize(("n_bins", "binning"), [(15, "mass"), (10, "width")])
def test_ece_as_bin_by_bin(n_bins, binning):
    y, p = calibrated(600, 0, power=1.5)
    found = ece(scores_of(y, p), n_bins=n_bins, binning=binning)
    assert found.value == pytest.approx(slow_ece(y, p, n_bins, binning), abs=1e-12)


@pytest.mark.parametrize(("p", "error"), [(0.0, 0.5), (0.5, 0.0), (1.0, 0.5)])
def test_ece_at_the_ends_and_in_the_middle(p, error):
    found = ece(scores_of([1, 0] * 50, [p] * 100), binning="width", n_bins=10)
    assert found.value == pytest.approx(error)


def test_mce_is_the_widest_gap():
    # bins at 0.15 and 0.75: shares 0.5 and 1.0
    table = scores_of([0, 1, 1, 1, 1], [0.15, 0.15, 0.75, 0.75, 0.75])
    found = mce(table, n_bins=10, binning="width")
    assert found.value == pytest.approx(0.35)
    assert found.low is None
    assert "by chance alone" in found.reason
    y, p = calibrated(600, 0, power=1.5)
    assert mce(scores_of(y, p)).value > ece(scores_of(y, p)).value


def test_calibrated_probabilities_are_rarely_rejected():
    found = [calibration_error(scores_of(*calibrated(400, k))) for k in range(200)]
    assert np.mean([f.p_value < 0.05 for f in found]) <= 0.10
    expected = np.mean([f.expected_under_calibration for f in found])
    assert np.mean([f.estimate.value for f in found]) == pytest.approx(expected, rel=0.05)
    assert np.mean([f.estimate.low == 0 for f in found]) >= 0.9


def test_wrong_probabilities_are_rejected_and_the_lower_end_leaves_zero():
    found = calibration_error(scores_of(*calibrated(3_000, 1, power=2.0)))
    assert found.p_value < 0.01
    assert 0 < found.estimate.low < found.estimate.value <= found.estimate.high
    assert found.estimate.value > 3 * found.expected_under_calibration
    assert found.n_bins == 15


def test_one_seed_one_interval():
    table = scores_of(*calibrated(300, 2))
    assert ece(table, seed=5) == ece(table, seed=5)
    assert ece(table, seed=5).seed == 5


def test_groups_raise_what_chance_gives():
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(100), 20)
    p = rng.beta(2, 2, size=100)[group]
    y = rng.random(100)[group] < p
    plain = calibration_error(scores_of(y, p))
    grouped = calibration_error(scores_of(y, p, unit=group))
    assert grouped.expected_under_calibration > 3 * plain.expected_under_calibration
    assert plain.p_value < 0.01 < grouped.p_value
    assert grouped.estimate.unit == "group"


def test_slope_and_intercept_as_statsmodels():
    y, p = calibrated(800, 4, power=1.4)
    logit = np.log(p / (1 - p))
    model = sm.Logit(y.astype(float), sm.add_constant(logit)).fit(disp=0, tol=1e-12)
    table = scores_of(y, p)
    assert calibration_intercept(table).value == pytest.approx(model.params[0], abs=1e-8)
    slope = calibration_slope(table)
    assert slope.value == pytest.approx(model.params[1], abs=1e-8)
    assert (slope.low, slope.high) == pytest.approx(tuple(model.conf_int()[1]), rel=0.05)
    large = sm.GLM(
        y.astype(float), np.ones(len(y)), family=sm.families.Binomial(), offset=logit
    ).fit(tol=1e-12)
    assert calibration_in_the_large(table).value == pytest.approx(large.params[0], abs=1e-8)


def test_over_confidence_has_a_slope_below_one():
    assert calibration_slope(scores_of(*calibrated(3_000, 5, power=2.0))).high < 0.6


@pytest.mark.parametrize(
    ("y", "p", "reason"),
    [
        ([1, 1], [0.2, 0.3], "no row is negative"),
        ([1, 0], [0.5, 0.5], "all equal or separate"),
        ([0, 0, 1, 1], [0.1, 0.2, 0.7, 0.8], "all equal or separate"),
    ],
)
def test_no_slope_with_a_reason(y, p, reason):
    found = calibration_slope(scores_of(y, p))
    assert found.value is None
    assert reason in found.reason


def test_spiegelhalter_by_hand():
    # Σ (y - p)(1 - 2p) = 0.8 * 0.6 - 0.4 * 0.2; Σ (1 - 2p)² p (1 - p)
    table = scores_of([1, 0], [0.2, 0.4])
    z = (0.48 - 0.08) / np.sqrt(0.36 * 0.16 + 0.04 * 0.24)
    assert spiegelhalter_z(table).value == pytest.approx(z)
    assert spiegelhalter_test(table).p_value == pytest.approx(2 * norm.sf(z))
    assert spiegelhalter_z(table).low is None


def test_spiegelhalter_is_standard_normal_when_calibrated():
    z = [spiegelhalter_z(scores_of(*calibrated(300, k))).value for k in range(400)]
    assert np.mean(z) == pytest.approx(0, abs=0.15)
    assert np.std(z) == pytest.approx(1, abs=0.1)


def test_spiegelhalter_is_undefined_where_nothing_varies_or_rows_depend():
    assert "nothing varies" in spiegelhalter_z(scores_of([1, 0], [0.5, 1.0])).reason
    found = spiegelhalter_z(scores_of([1, 0], [0.2, 0.4], unit=[0, 1]))
    assert "not independent" in found.reason
