"""Learning curves are continued with a band that holds what came later."""

import numpy as np
import pytest

from assay.stats.extrapolation import FARTHEST, N_DRAWS, extrapolate

SIZES = np.array([100, 200, 400, 800, 1600, 3200])


@pytest.mark.parametrize("exponent", [0.2, 0.6, 1.3])
def test_a_power_law_without_noise_is_found(exponent):
    errors = 0.08 + 1.5 * SIZES[:, None] ** -exponent + np.zeros((1, 3))
    found = extrapolate(SIZES, errors)
    assert found.at(25_600)[0] == pytest.approx(0.08 + 1.5 * 25_600**-exponent, abs=2e-4)
    assert found.floor == pytest.approx(0.08, abs=2e-3)
    assert found.weights["power law"] > 0.99


def test_the_band_of_80_percent_holds_the_truth_about_that_often():
    rng = np.random.default_rng(1)
    held = 0
    for seed in range(100):
        low, drop, exponent = rng.uniform(0, 0.2), rng.uniform(0.5, 3), rng.uniform(0.3, 0.9)
        truth = low + drop * SIZES[:5] ** -exponent
        noise = 0.06 * truth * np.sqrt(100 / SIZES[:5])
        errors = truth[:, None] + rng.normal(size=(5, 3)) * noise[:, None]
        _, band = extrapolate(SIZES[:5], errors, seed=seed).at(3200)
        held += band.low <= low + drop * 3200**-exponent <= band.high
    assert 70 <= held <= 95


def test_a_flat_curve_promises_nothing():
    rng = np.random.default_rng(2)
    errors = 0.2 + rng.normal(0, 0.004, size=(5, 3))
    value, band = extrapolate(SIZES[:5], errors).at(3200)
    assert value == pytest.approx(0.2, abs=0.01)
    assert band.low <= 0.2 <= band.high


def test_no_error_falls_below_the_lowest():
    errors = np.maximum(0.5 - 0.12 * np.log2(SIZES / 100), 0)[:, None] + np.zeros((1, 3))
    value, band = extrapolate(SIZES, errors).at(FARTHEST * 3200)
    assert value >= 0
    assert band.low >= 0


def test_one_repetition_gives_a_band_from_the_residuals_alone():
    errors = (0.1 + 2 * SIZES**-0.5 + np.array([0.01, -0.01, 0.01, -0.01, 0.01, -0.01]))[:, None]
    _, band = extrapolate(SIZES, errors).at(6400)
    assert band.high > band.low


def test_equal_seeds_give_equal_bands():
    errors = np.random.default_rng(5).uniform(0.1, 0.4, size=(6, 3))
    assert extrapolate(SIZES, errors, seed=7).at(6400) == extrapolate(SIZES, errors, seed=7).at(
        6400
    )
    assert N_DRAWS == 300


def test_too_far_and_too_few_are_refused():
    errors = np.full((6, 2), 0.3)
    with pytest.raises(ValueError, match="more than 8 times"):
        extrapolate(SIZES, errors).at(30_000)
    with pytest.raises(ValueError, match="at least 4 ascending sizes"):
        extrapolate(SIZES[:3], errors[:3])
    with pytest.raises(ValueError, match="ascending"):
        extrapolate(SIZES[::-1], errors)
