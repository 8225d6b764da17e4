"""Logistic recalibration against statsmodels."""

import numpy as np
import pytest
import statsmodels.api as sm

from assay.stats.recalibration import fit_logistic


def data(n, seed=0):
    rng = np.random.default_rng(seed)
    x = np.sort(rng.standard_normal(n))
    y = rng.random(n) < 1 / (1 + np.exp(-0.5 - 0.7 * x))
    return x, y.astype(float)


@pytest.mark.parametrize("n", [300, 9_000])
def test_slope_and_intercept_as_statsmodels_with_sandwich_errors(n):
    x, y = data(n)
    design = np.stack([np.ones(n), x], axis=1)
    fit = fit_logistic(y, 1 - y, design, np.zeros(n))
    expected = sm.Logit(y, design).fit(disp=0, cov_type="HC0", tol=1e-12)
    assert fit.coefficients == pytest.approx(expected.params, abs=1e-7)
    variance = y @ fit.influence_positive**2 + (1 - y) @ fit.influence_negative**2
    assert np.sqrt(variance) == pytest.approx(expected.bse, rel=1e-6)


def test_intercept_with_an_offset():
    x, y = data(400)
    fit = fit_logistic(y, 1 - y, np.ones((400, 1)), x)
    model = sm.GLM(y, np.ones((400, 1)), family=sm.families.Binomial(), offset=x)
    assert fit.coefficients == pytest.approx(model.fit(tol=1e-12).params, abs=1e-7)


def test_classes_that_a_line_separates_have_no_fit():
    x = np.array([-2.0, -1.0, 1.0, 2.0])
    design = np.stack([np.ones(4), x], axis=1)
    y = (x > 0).astype(float)
    assert fit_logistic(y, 1 - y, design, np.zeros(4)) is None


def test_a_constant_has_no_slope():
    design = np.ones((3, 2))
    assert fit_logistic(np.ones(3), np.ones(3), design, np.zeros(3)) is None
