"""Errors by tenth of the prediction: their numbers, and when a lean becomes a finding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import assay
from assay.evaluation.deciles import leaning_tenths
from assay.evaluation.inputs import Inputs
from assay.evaluation.plan import plan_evaluation


def calibrated(rng, n, noise=1.0):
    mean = 3 * rng.standard_normal(n)
    return mean + noise * rng.standard_normal(n), mean


def leans(y, predicted, **columns):
    plan = plan_evaluation(assay.Dataset.from_arrays(y_true=y, y_pred=predicted, **columns))
    return leaning_tenths(Inputs(plan, plan.data.scan(plan.requests)))


def rules_of(result):
    return {finding.rule for finding in result.findings}


def test_each_tenth_has_the_means_of_its_rows():
    y, predicted = calibrated(np.random.default_rng(0), 2_000)
    found = assay.evaluate(y_true=y, y_pred=predicted).curves.deciles
    order = np.argsort(predicted)
    tenths = np.split(order, 10)
    assert found.n.tolist() == [200] * 10
    for name, rows in (
        ("predicted", predicted),
        ("actual", y),
        ("error", predicted - y),
        ("absolute_error", np.abs(predicted - y)),
    ):
        value = getattr(found, name)
        assert value == pytest.approx([rows[each].mean() for each in tenths])
        assert (getattr(found, f"{name}_low") < value).all()
        assert (getattr(found, f"{name}_high") > value).all()
    half = 1.9720 * np.array([y[each].std(ddof=1) for each in tenths]) / np.sqrt(200)
    assert found.actual_high - found.actual == pytest.approx(half, rel=1e-3)


@pytest.mark.parametrize("law", ["normal", "skewed", "grouped"])
def test_sound_predictions_seldom_lean(law):
    """At most 5 % of the reports; the tenths are of the prediction, so nothing falls back."""
    alarms = 0
    for seed in range(80):
        rng = np.random.default_rng([seed, 17])
        y, predicted = calibrated(rng, 600, noise=2.0)
        columns = {}
        if law == "skewed":
            predicted = np.exp(predicted / 4)
            y = predicted * rng.gamma(1.0, size=600)
        elif law == "grouped":
            group = rng.integers(0, 150, 600)
            columns = {"group": group}
            y = y + rng.standard_normal(150)[group]
        alarms += bool(leans(y, predicted, **columns))
    assert alarms <= 4


def test_overfitted_predictions_are_found_at_both_ends():
    rng = np.random.default_rng(1)
    y, predicted = calibrated(rng, 3_000)
    result = assay.evaluate(y_true=y, y_pred=1.3 * predicted)
    (finding,) = [each for each in result.findings if each.rule == "systematic_error"]
    tenths = {each["tenth"]: each for each in finding.evidence["tenths"]}
    assert {1, 2, 9, 10} <= set(tenths)
    assert tenths[1]["high"] < 0 < tenths[10]["low"]
    assert "too high or too low" in finding.message
    rmse = result["rmse"].value
    assert all(abs(each["error"]) > 0.1 * rmse for each in tenths.values())


def test_a_lean_of_no_size_is_left_alone():
    y, predicted = calibrated(np.random.default_rng(2), 200_000)
    assert "systematic_error" not in rules_of(assay.evaluate(y_true=y, y_pred=1.02 * predicted))


def test_a_shift_of_all_rows_is_said_once():
    y, predicted = calibrated(np.random.default_rng(3), 3_000)
    (finding,) = assay.evaluate(y_true=y, y_pred=predicted + 1).findings
    assert finding.rule == "biased_predictions"
    assert [each.rule for each in finding.consequences] == ["systematic_error"]
    assert "too high" in finding.consequences[0].message


def test_few_rows_are_not_looked_at():
    y, predicted = calibrated(np.random.default_rng(4), 200)
    assert leans(y, 2 * predicted) == ()


def test_constant_predictions_are_one_bin():
    y = np.random.default_rng(5).standard_normal(300)
    found = assay.evaluate(y_true=y, y_pred=np.full(300, 0.5)).curves.deciles
    assert found.n.tolist() == [300]
    assert found.predicted_low[0] == found.predicted_high[0] == 0.5


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_turning_the_sign_turns_the_tenths(seed):
    rng = np.random.default_rng(seed)
    y, predicted = calibrated(rng, 500)
    one, other = leans(y, 1.5 * predicted), leans(-y, -1.5 * predicted)
    assert {each.number for each in one} == {11 - each.number for each in other}


def test_a_quantile_is_not_blamed_for_leaving_the_mean():
    y, predicted = calibrated(np.random.default_rng(6), 3_000)
    result = assay.evaluate(y_true=y, y_pred=predicted + 1.2816, quantile=0.9)
    assert rules_of(result) == set()
    assert result.head.rule == "quantile"
    assert result.head.metrics == ("pinball_loss", "quantile_coverage", "d2_pinball")
    assert result.metric("pinball_loss").params == {"quantile": 0.9}
    assert "r2" in result.head.last


def test_a_quantile_that_does_not_cover_is_said():
    y, predicted = calibrated(np.random.default_rng(7), 3_000)
    result = assay.evaluate(y_true=y, y_pred=predicted, quantile=0.9)
    (finding,) = [each for each in result.findings if each.rule == "quantile_not_covered"]
    assert "too low" in finding.message
    assert finding.evidence["share"] == pytest.approx((y <= predicted).mean())


def test_a_quantile_no_better_than_a_constant_is_said():
    rng = np.random.default_rng(8)
    y, _ = calibrated(rng, 1_000)
    noise = np.quantile(y, 0.9) + rng.standard_normal(1_000)
    result = assay.evaluate(y_true=y, y_pred=noise, quantile=0.9)
    every = [each for finding in result.findings for each in (finding, *finding.consequences)]
    (found,) = [each for each in every if each.rule == "no_better_than_constant"]
    assert "D² of the pinball loss" in found.message


@pytest.mark.parametrize("quantile", [0.0, 1.0, 90, -0.1])
def test_a_quantile_lies_between_0_and_1(quantile):
    y, predicted = calibrated(np.random.default_rng(9), 50)
    with pytest.raises(assay.InputError, match="must lie between 0 and 1"):
        assay.evaluate(y_true=y, y_pred=predicted, quantile=quantile)


def test_a_quantile_is_of_a_number():
    with pytest.raises(assay.InputError, match="the task is binary"):
        assay.evaluate(y_true=[0, 1, 0, 1], y_pred=[0, 1, 1, 1], quantile=0.5)
