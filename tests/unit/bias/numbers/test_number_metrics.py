"""Metrics of predicted numbers: values by hand, other libraries, properties, what is undefined."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from assay.bias.catalogue import bias_metrics
from assay.bias.from_rows import tables_of_rows
from assay.bias.group_estimates import group_estimates
from assay.bias.split import Split

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning:fairlearn")
METRICS = {metric.name: metric for metric in bias_metrics() if metric.needs == "numbers"}
HAND = {  # a: labels 1, 2, 6, predictions 2, 2, 4; d: labels 3, 5, predictions 1, 6
    "mean_label_difference": 3.0 - 4.0,
    "mean_prediction_difference": 8 / 3 - 3.5,
    "mean_error_difference": -1 / 3 - -0.5,
    "mae_difference": 1.0 - 1.5,
    "rmse_difference": np.sqrt(5 / 3) - np.sqrt(2.5),
    "prediction_quantile_50_difference": 2.0 - 1.0,
    "prediction_quantile_90_difference": 4.0 - 6.0,
    "residual_median_difference": 0.0 - -2.0,
    "residual_high_difference": 1.0 - 1.0,
}


def drawn(seed=0, n=600, **extra):
    rng = np.random.default_rng(seed)
    label = rng.gamma(4.0, 1.0, n)
    rows = {
        "group": rng.choice(["a", "b", "d"], n, p=[0.5, 0.3, 0.2]),
        "label": label,
        "prediction": label + rng.normal(0, 1, n),
    }
    return rows | {name: make(rng, n) for name, make in extra.items()}


def split_of(rows, group="d", versus=None):
    return Split.of(tables_of_rows(**rows), group, versus)


def weights(rng, n):
    return rng.gamma(2.0, 1.0, n)


def test_the_catalogue_has_them():
    assert set(METRICS) == set(HAND)
    assert all(metric.tasks == ("regression",) for metric in METRICS.values())
    early = [name for name, metric in METRICS.items() if metric.stage == "pre_training"]
    assert early == ["mean_label_difference"]


@pytest.mark.parametrize("name", HAND)
def test_values_by_hand(name):
    rows = {
        "group": list("aaadd"),
        "label": [1.0, 2.0, 6.0, 3.0, 5.0],
        "prediction": [2.0, 2.0, 4.0, 1.0, 6.0],
    }
    found = METRICS[name].function(split_of(rows))
    assert found.value == pytest.approx(HAND[name])
    assert found.ends(0.95).low <= found.value <= found.ends(0.95).high
    deviation = np.std(rows["label"])
    assert found.tolerated == pytest.approx((-0.1 * deviation, 0.1 * deviation))
    assert (found.n_group, found.n_rest) == (2, 3)
    assert found.warnings[0].startswith("too few: 3 rows in the rest")


@pytest.mark.parametrize("weighted", [False, True])
def test_against_fairlearn_and_scikit_learn(weighted):
    from fairlearn.metrics import MetricFrame

    rows = drawn(weight=weights) if weighted else drawn()
    weight = rows.get("weight", np.ones(600))
    functions = {
        "mae_difference": mean_absolute_error,
        "rmse_difference": root_mean_squared_error,
        "mean_error_difference": lambda y, p, sample_weight: np.average(
            p - y, weights=sample_weight
        ),
        "mean_prediction_difference": lambda y, p, sample_weight: np.average(
            p, weights=sample_weight
        ),
    }
    frame = MetricFrame(
        metrics=functions,
        y_true=rows["label"],
        y_pred=rows["prediction"],
        sensitive_features=np.where(rows["group"] == "d", "d", "rest"),
        sample_params={name: {"sample_weight": weight} for name in functions},
    ).by_group
    for name in functions:
        truth = frame[name]["rest"] - frame[name]["d"]
        assert METRICS[name].function(split_of(rows)).value == pytest.approx(truth), name


def test_interval_of_means_is_close_to_welch():
    rows = drawn(n=4_000)
    found = METRICS["mean_error_difference"].function(split_of(rows))
    error = rows["prediction"] - rows["label"]
    inside = rows["group"] == "d"
    welch = stats.ttest_ind(error[~inside], error[inside], equal_var=False)
    assert found.ends(0.95) == pytest.approx(tuple(welch.confidence_interval()), abs=0.005)
    standard = (found.value - 0) / found.error
    assert standard == pytest.approx(welch.statistic, rel=1e-3)


@pytest.mark.parametrize("name", METRICS)
def test_order_of_rows_and_scale_of_weights_do_not_matter(name):
    rows = drawn(weight=weights)
    order = np.random.default_rng(4).permutation(600)
    other = {key: values[order] for key, values in rows.items()}
    other["weight"] = other["weight"] * 7
    one, same = (METRICS[name].function(split_of(each)) for each in (rows, other))
    assert one.value == pytest.approx(same.value)
    assert one.ends(0.95) == pytest.approx(same.ends(0.95))
    assert one.n_effective == pytest.approx(same.n_effective)


@pytest.mark.parametrize("name", METRICS)
def test_sides_swap_the_sign_and_units_of_measure_carry_over(name):
    rows = drawn()
    one = METRICS[name].function(split_of(rows, "d", "a"))
    other = METRICS[name].function(split_of(rows, "a", "d"))
    assert one.value == pytest.approx(-other.value)
    low, high = one.ends(0.9)
    assert other.ends(0.9) == pytest.approx((-high, -low))
    cents = rows | {key: rows[key] * 100 + 5 for key in ("label", "prediction")}
    scaled = METRICS[name].function(split_of(cents, "d", "a"))
    assert scaled.value == pytest.approx(100 * one.value)
    assert scaled.ends(0.9) == pytest.approx((100 * low, 100 * high))
    assert scaled.tolerated == pytest.approx([100 * end for end in one.tolerated])


@pytest.mark.parametrize("name", METRICS)
def test_higher_levels_are_wider(name):
    found = METRICS[name].function(split_of(drawn()))
    for narrow, wide in pairwise([found.ends(level) for level in (0.8, 0.95, 0.999, 0.99999)]):
        assert wide.low <= narrow.low
        assert wide.high >= narrow.high


@pytest.mark.parametrize("name", METRICS)
def test_units_of_copied_rows_are_as_wide_as_the_rows_that_they_copy(name):
    rows = drawn(n=400)
    copied = {key: np.repeat(values, 4) for key, values in rows.items()}
    copied["unit"] = np.repeat(np.arange(400), 4)
    plain, units = (METRICS[name].function(split_of(each)) for each in (rows, copied))
    assert units.value == pytest.approx(plain.value)
    assert units.unit == "group"
    rough = 0.35 if "quantile" in name or "residual" in name else 0.02
    assert np.diff(units.ends(0.95)) == pytest.approx(np.diff(plain.ends(0.95)), rel=rough)


@given(st.data())
def test_any_rows_give_a_finite_value_or_a_reason(data):
    n = data.draw(st.integers(1, 20))

    def lists(values):
        return data.draw(st.lists(values, min_size=n, max_size=n))

    numbers = st.sampled_from([-5.0, 0.0, 0.5, 1e9])
    rows = {
        "group": lists(st.sampled_from("ad")),
        "label": lists(numbers),
        "prediction": lists(numbers),
        "weight": lists(st.sampled_from([0.0, 1.0, 3.0])) if data.draw(st.booleans()) else None,
        "unit": lists(st.integers(0, 4)) if data.draw(st.booleans()) else None,
    }
    made = tables_of_rows(**rows)
    split = Split(
        tables=made,
        group=np.array(made.groups) == "d",
        rest=np.array(made.groups) == "a",
        group_name="d",
    )
    for metric in METRICS.values():
        found = metric.function(split)
        if found.value is None:
            assert found.reason.startswith(("0 rows in ", "the weights of "))
            continue
        assert np.isfinite(found.value)
        ends = found.ends(0.99999)
        if ends is not None:
            slack = 1e-6 * max(1.0, abs(found.value))
            assert ends.low <= found.value + slack
            assert ends.high >= found.value - slack


def test_what_is_missing_is_said():
    rows = drawn()
    labels_only = split_of({key: rows[key] for key in ("group", "label")})
    assert METRICS["mean_label_difference"].function(labels_only).value is not None
    found = METRICS["mae_difference"].function(labels_only)
    assert found.reason == "there is no absolute error in the data"
    found = METRICS["prediction_quantile_50_difference"].function(labels_only)
    assert found.reason == "there are no predictions"
    bare = Split.of(replace(labels_only.tables, numbers=None), "d")
    for metric in METRICS.values():
        assert metric.function(bare).reason == "there are no numbers"


def test_numbers_of_each_group():
    rows = drawn() | {"score": np.linspace(0, 1, 600), "positive": np.arange(600) % 3 == 0}
    made = tables_of_rows(**rows)
    found = group_estimates(made, level=0.9)
    assert set(found) == {0, 1, 2}
    inside = rows["group"] == "d"
    error = (rows["prediction"] - rows["label"])[inside]
    truth = {
        "mean_error": error.mean(),
        "mae": np.abs(error).mean(),
        "rmse": np.sqrt((error**2).mean()),
        "mean_label": rows["label"][inside].mean(),
        "mean_score": rows["score"][inside].mean(),
        "brier": ((rows["score"] - rows["positive"])[inside] ** 2).mean(),
    }
    for name, value in truth.items():
        assert found[2][name].value == pytest.approx(value)
        assert found[2][name].low < value < found[2][name].high
        assert found[2][name].level == 0.9
        assert found[2][name].n == inside.sum()
    assert set(found[0]) - set(truth) == {
        "auc",
        "calibration_gap",
        "mean_prediction",
        "median_prediction",
    }


@pytest.mark.parametrize(("rows", "few"), [(74, True), (75, False)])
def test_means_of_squares_need_more_rows_than_other_means(rows: int, few: bool):
    rng = np.random.default_rng(3)
    group = ["d"] * rows + ["a"] * 200
    label, error = rng.normal(size=(2, rows + 200))
    split = Split.of(tables_of_rows(group, label=label, prediction=label + error), "d")
    estimates = {
        name: METRICS[name].function(split).estimate(0.95)
        for name in ("rmse_difference", "mae_difference")
    }
    assert estimates["rmse_difference"].too_few is few
    assert not estimates["mae_difference"].too_few
