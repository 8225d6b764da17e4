"""The difference of two means against scipy and statsmodels."""

import numpy as np
import pytest

from assay.stats.mean_difference import mean_difference


def test_welch_equals_scipy() -> None:
    from scipy.stats import ttest_ind

    rng = np.random.default_rng(0)
    inside = rng.random(80) < 0.3
    values = rng.exponential(size=80) + inside
    found = mean_difference(values, inside)
    expected = ttest_ind(values[inside], values[~inside], equal_var=False)
    assert found.value / found.error == pytest.approx(expected.statistic)
    assert found.freedom == pytest.approx(expected.df)
    one_sided = ttest_ind(values[inside], values[~inside], equal_var=False, alternative="greater")
    assert found.chance_above == pytest.approx(one_sided.pvalue)


def test_units_equal_a_cluster_robust_regression() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(1)
    unit = np.repeat(np.arange(40), 5)
    inside = rng.random(200) < 0.4
    values = rng.normal(size=200) + rng.normal(size=40)[unit]
    weight = rng.uniform(0.5, 2, 200)
    found = mean_difference(values, inside, weight=weight, unit=unit)
    design = sm.add_constant(inside.astype(float))
    fitted = sm.WLS(values, design, weights=weight).fit(
        cov_type="cluster", cov_kwds={"groups": unit, "use_correction": False}
    )
    assert found.value == pytest.approx(fitted.params[1])
    assert found.error == pytest.approx(fitted.bse[1] * np.sqrt(40 / 39))


def test_whole_weights_give_the_mean_of_repeated_rows() -> None:
    values = np.array([1.0, 2.0, 3.0, 5.0, 8.0])
    inside = np.array([True, True, False, False, False])
    weight = np.array([1, 2, 1, 3, 1])
    found = mean_difference(values, inside, weight=weight.astype(float))
    repeated = mean_difference(np.repeat(values, weight), np.repeat(inside, weight))
    assert found.value == pytest.approx(repeated.value)


def test_equal_values_have_no_error() -> None:
    found = mean_difference(np.ones(6), np.arange(6) < 3)
    assert (found.value, found.error, found.chance_above) == (0.0, 0.0, 1.0)
