"""Coverage, width and scores of intervals and sets, against MAPIE, brute force and by hand."""

import numpy as np
import pytest

from assay.errors import InputError
from assay.evaluation.prediction_intervals.check import (
    check_intervals,
    check_quantile,
    check_sets,
    offer_split_conformal,
)
from assay.evaluation.prediction_intervals.coverage import (
    Grouping,
    Rows,
    coverage_by_group,
    covered_share,
)
from assay.evaluation.prediction_intervals.findings import coverage_findings
from assay.evaluation.prediction_intervals.groupings import deciles_of
from assay.stats.rate import wilson
from assay.stats.special import binomial_cdf


def drawn(n=2_000, seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=n)
    centre = rng.normal(0, 0.2, size=n)
    return truth, centre - 1.5, centre + 1.5


def test_intervals_are_judged_as_mapie_judges_them():
    from mapie.metrics.regression import (
        regression_coverage_score,
        regression_mean_width_score,
        regression_mwi_score,
    )

    truth, low, high = drawn()
    found = check_intervals("m", truth, low, high, nominal=0.9, rows=Rows())
    both = np.stack([low, high], axis=1)[:, :, None]
    assert found.coverage.value == pytest.approx(regression_coverage_score(truth, both)[0])
    assert found.size.value == pytest.approx(regression_mean_width_score(both)[0])
    assert found.score == pytest.approx(regression_mwi_score(truth, both, 0.9))
    assert found.below + found.above + found.coverage.value == pytest.approx(1)
    plain = wilson(found.coverage.value, 2_000)
    assert (found.coverage.low, found.coverage.high) == pytest.approx(tuple(plain))


def test_sets_are_judged_as_mapie_judges_them():
    from mapie.metrics.classification import (
        classification_coverage_score,
        classification_mean_width_score,
    )

    rng = np.random.default_rng(1)
    members, truth = rng.random((500, 4)) < 0.6, rng.integers(0, 4, 500)
    found = check_sets("m", truth, members, nominal=0.6, rows=Rows())
    assert found.coverage.value == pytest.approx(classification_coverage_score(truth, members)[0])
    assert found.size.value == pytest.approx(float(classification_mean_width_score(members)))
    assert found.empty == pytest.approx((~members.any(axis=1)).mean())


def test_a_quantile_is_judged_by_its_share_and_as_scikit_learn_does():
    from sklearn.metrics import mean_pinball_loss

    truth, _, high = drawn(300)
    found = check_quantile("q0.9", 0.9, truth, high, Rows())
    assert found.pinball == pytest.approx(mean_pinball_loss(truth, high, alpha=0.9))
    assert found.share.value == pytest.approx((truth <= high).mean())


def test_split_conformal_has_the_width_that_mapie_gives():
    from mapie.regression import SplitConformalRegressor
    from sklearn.linear_model import LinearRegression

    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(300, 2)), rng.normal(size=300)
    model = LinearRegression().fit(X[:100], y[:100])
    mapie = SplitConformalRegressor(model, confidence_level=0.9).conformalize(
        X[100:200], y[100:200]
    )
    points, ends = mapie.predict_interval(X[200:])
    residuals = y[100:200] - model.predict(X[100:200])
    found = offer_split_conformal(y[200:], points, residuals, nominal=0.9, rows=Rows())
    assert found.half_width == pytest.approx((ends[0, 1, 0] - ends[0, 0, 0]) / 2)
    inside = (ends[:, 0, 0] <= y[200:]) & (y[200:] <= ends[:, 1, 0])
    assert found.coverage.value == pytest.approx(inside.mean())


def test_too_few_residuals_offer_nothing():
    zero = np.zeros(3)
    assert offer_split_conformal(zero, zero, np.ones(5), nominal=0.9, rows=Rows()) is None
    assert offer_split_conformal(zero, zero, np.ones(9), nominal=0.9, rows=Rows()) is not None


def test_split_conformal_covers_what_it_promises_on_average():
    rng = np.random.default_rng(3)
    shares = []
    for _ in range(400):
        residuals, truth = rng.standard_t(3, 50), rng.standard_t(3, 500)
        found = offer_split_conformal(truth, np.zeros(500), residuals, nominal=0.8, rows=Rows())
        shares.append(found.coverage.value)
    assert np.mean(shares) == pytest.approx(41 / 51, abs=0.01)  # ⌈51 · 0.8⌉ / 51


def test_units_and_weights_leave_fewer_independent_rows():
    rng = np.random.default_rng(4)
    unit = np.repeat(np.arange(40), 25)
    covered = (rng.random(40) < 0.8)[unit]
    alone, grouped = covered_share(covered, Rows()), covered_share(covered, Rows(unit=unit))
    assert grouped.n_effective == pytest.approx(40, rel=0.05)
    assert grouped.high - grouped.low > 3 * (alone.high - alone.low)
    weighted = covered_share(np.array([True, False]), Rows(weight=np.array([3.0, 1.0])))
    assert weighted.value == 0.75


def test_groups_are_tested_against_all_rows_and_adjusted():
    rng = np.random.default_rng(5)
    code = rng.integers(0, 5, 3_000)
    covered = rng.random(3_000) < np.where(code == 2, 0.7, 0.92)
    grouping = Grouping("shop", tuple("abcde"), code)
    found = coverage_by_group(covered, np.ones(3_000), (grouping,), Rows(), 0.9)
    assert [each.value for each in found if each.p_adjusted < 0.05] == ["c"]
    one = found[2]
    bar = min(0.9, covered.mean())
    k, n = int(covered[code == 2].sum()), int((code == 2).sum())
    assert one.p_value == pytest.approx(binomial_cdf(k, n, bar))


def test_evenly_covered_groups_are_seldom_called_uneven():
    rng = np.random.default_rng(6)
    fired = 0
    for _ in range(300):
        covered = rng.random(1_000) < 0.9
        grouping = Grouping("g", tuple(map(str, range(8))), rng.integers(0, 8, 1_000))
        found = coverage_by_group(covered, np.ones(1_000), (grouping,), Rows(), 0.9)
        fired += any(each.p_adjusted <= 0.05 for each in found)
    assert fired <= 300 * 0.07


@pytest.mark.parametrize(
    ("half", "rules"),
    [(1.0, {"interval_undercovers"}), (1.645, set()), (3.0, {"interval_overcovers"})],
)
def test_a_finding_needs_the_whole_interval_on_one_side(half, rules):
    truth = np.random.default_rng(7).normal(size=4_000)
    ends = np.full(4_000, half)
    found = check_intervals("m", truth, -ends, ends, nominal=0.9, rows=Rows())
    assert {each.rule for each in coverage_findings((found,))} == rules


def test_a_wide_spread_in_one_group_is_found_by_its_decile():
    rng = np.random.default_rng(8)
    centre = rng.uniform(0, 10, 4_000)
    truth = centre + rng.normal(size=4_000) * np.where(centre > 8, 3, 0.5)
    tenths = deciles_of(centre)
    found = check_intervals(
        "m", truth, centre - 1.5, centre + 1.5, nominal=0.9, rows=Rows(), groupings=(tenths,)
    )
    uneven = [each for each in coverage_findings((found,)) if each.rule == "coverage_uneven"]
    assert uneven[0].severity == "warning"
    assert uneven[0].evidence["groups"] == 2


def test_ends_that_cannot_be_used_are_refused():
    one = np.ones(2)
    with pytest.raises(InputError, match="lies above the upper one in 2 rows"):
        check_intervals("m", one, one, one - 1, nominal=0.9, rows=Rows())
    with pytest.raises(InputError, match="no lower or no upper end, first in row 2"):
        check_intervals("m", one, np.array([0, np.nan]), one, nominal=0.9, rows=Rows())


def test_infinite_ends_cover_and_have_no_width():
    truth = np.array([0.0, 1.0])
    found = check_intervals(
        "m", truth, np.array([-np.inf, 0]), np.array([np.inf, 2]), nominal=0.9, rows=Rows()
    )
    assert found.coverage.value == 1
    assert (found.size.value, found.score) == (None, None)
    assert found.size.reason == "50.0% of the intervals are infinitely wide"
