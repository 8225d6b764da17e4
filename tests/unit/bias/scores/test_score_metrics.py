"""Metrics of scores: values by hand, other libraries, properties, and what is undefined."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

from assay.bias.catalogue import bias_metrics
from assay.bias.from_rows import tables_of_rows
from assay.bias.scores.auc_difference import auc_difference
from assay.bias.scores.brier_difference import brier_difference
from assay.bias.scores.calibration_gap import calibration_gap
from assay.bias.scores.class_balance import negative_class_balance, positive_class_balance
from assay.bias.scores.mean_score_difference import mean_score_difference
from assay.bias.split import Split

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning:fairlearn")
METRICS = [metric for metric in bias_metrics() if metric.needs == "scores"]
NAMES = {
    "auc_difference",
    "brier_difference",
    "calibration_gap",
    "calibration_within_groups",
    "mean_score_difference",
    "negative_class_balance",
    "positive_class_balance",
}
HAND = {  # a: 0.8 yes, 0.4 no, 0.6 yes; d: 0.5 yes, 0.7 no, 0.2 no, 0.6 yes
    auc_difference: 1.0 - 0.5,
    mean_score_difference: 0.6 - 0.5,
    calibration_gap: (2 / 3 - 0.6) - (0.5 - 0.5),
    brier_difference: (0.04 + 0.16 + 0.16) / 3 - (0.25 + 0.49 + 0.04 + 0.16) / 4,
    positive_class_balance: 0.7 - 0.55,
    negative_class_balance: 0.4 - 0.45,
}


def drawn(seed=0, n=500, **extra):
    rng = np.random.default_rng(seed)
    score = rng.random(n).round(3)
    rows = {
        "group": rng.choice(["a", "b", "d"], n, p=[0.5, 0.3, 0.2]),
        "score": score,
        "positive": rng.random(n) < score,
    }
    return rows | {name: make(rng, n) for name, make in extra.items()}


def tables(rows):
    return tables_of_rows(**rows)


def test_the_catalogue_has_them():
    assert {metric.name for metric in METRICS} == NAMES
    assert all(metric.stage == "post_training" for metric in METRICS)


@pytest.mark.parametrize("function", HAND, ids=lambda function: function.__name__)
def test_values_by_hand(function):
    made = tables_of_rows(
        ["a", "a", "a", "d", "d", "d", "d"],
        score=[0.8, 0.4, 0.6, 0.5, 0.7, 0.2, 0.6],
        positive=[True, False, True, True, False, False, True],
    )
    found = function(Split.of(made, "d"))
    assert found.value == pytest.approx(HAND[function])
    if function is negative_class_balance:
        assert found.reason == "one row in the rest shows no variation: no interval"
    else:
        assert found.estimate(0.95).low < found.value < found.estimate(0.95).high
    assert any(text.startswith("too few") for text in found.warnings)


@pytest.mark.parametrize("weighted", [False, True])
def test_against_scikit_learn_and_fairlearn(weighted):
    from fairlearn.metrics import MetricFrame

    extra = {"weight": lambda rng, n: rng.gamma(2.0, 1.0, n)} if weighted else {}
    rows = drawn(**extra)
    weight = rows.get("weight", np.ones(500))
    frame = MetricFrame(
        metrics={
            "auc": lambda y, s, sample_weight: roc_auc_score(y, s, sample_weight=sample_weight),
            "brier": lambda y, s, sample_weight: brier_score_loss(
                y, s, sample_weight=sample_weight
            ),
            "mean": lambda y, s, sample_weight: np.average(s, weights=sample_weight),
            "gap": lambda y, s, sample_weight: np.average(y - s, weights=sample_weight),
        },
        y_true=rows["positive"].astype(float),
        y_pred=rows["score"],
        sensitive_features=np.where(rows["group"] == "d", "d", "rest"),
        sample_params={
            name: {"sample_weight": weight} for name in ("auc", "brier", "mean", "gap")
        },
    ).by_group
    split = Split.of(tables(rows), "d")
    for name, function in (
        ("auc", auc_difference),
        ("brier", brier_difference),
        ("mean", mean_score_difference),
        ("gap", calibration_gap),
    ):
        truth = frame[name]["rest"] - frame[name]["d"]
        assert function(split).value == pytest.approx(truth), name


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_order_of_rows_and_scale_of_weights_do_not_matter(metric):
    rows = drawn(weight=lambda rng, n: rng.gamma(2.0, 1.0, n))
    order = np.random.default_rng(4).permutation(500)
    scaled = {name: values[order] for name, values in rows.items()}
    scaled["weight"] = scaled["weight"] * 7
    one, other = (metric.function(Split.of(tables(each), "d")) for each in (rows, scaled))
    assert one.value == pytest.approx(other.value)
    assert one.ends(0.95) == pytest.approx(other.ends(0.95))


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_sides_swap_the_sign(metric):
    if metric.is_distance:
        pytest.skip("never negative")
    rows = drawn()
    made = tables(rows)
    one = metric.function(Split.of(made, "d", "a"))
    other = metric.function(Split.of(made, "a", "d"))
    assert one.value == pytest.approx(-other.value)
    low, high = one.ends(0.9)
    assert other.ends(0.9) == pytest.approx((-high, -low))


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_names_of_groups_do_not_matter(metric):
    rows = drawn()
    renamed = rows | {"group": np.char.replace(np.char.replace(rows["group"], "a", "z"), "d", "1")}
    one = metric.function(Split.of(tables(rows), "d"))
    other = metric.function(Split.of(tables(renamed), "1"))
    assert one.value == pytest.approx(other.value)


@given(st.data())
def test_any_rows_give_a_value_in_its_range_or_a_reason(data):
    n = data.draw(st.integers(1, 25))

    def lists(values):
        return data.draw(st.lists(values, min_size=n, max_size=n))

    made = tables_of_rows(
        lists(st.sampled_from("ad")),
        score=lists(st.sampled_from([0.0, 0.2, 0.5, 1.0])),
        positive=lists(st.booleans()),
        weight=lists(st.sampled_from([0.0, 0.5, 2.0])) if data.draw(st.booleans()) else None,
        unit=lists(st.integers(0, 5)) if data.draw(st.booleans()) else None,
    )
    split = Split(
        tables=made,
        group=np.array(made.groups) == "d",
        rest=np.array(made.groups) == "a",
        group_name="d",
    )
    for metric in METRICS:
        found = metric.function(split)
        if found.value is None:
            assert found.reason
            continue
        lower = -1.0 if metric.lower_bound is None else metric.lower_bound
        upper = 1.0 if metric.upper_bound is None else metric.upper_bound
        assert lower - 1e-9 <= found.value <= upper + 1e-9
        for level in (0.5, 0.95, 0.99999):
            ends = found.ends(level)
            if ends is not None:
                assert lower - 1e-9 <= ends.low <= found.value + 1e-9
                assert found.value - 1e-9 <= ends.high <= upper + 1e-9


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_higher_levels_are_wider(metric):
    found = metric.function(Split.of(tables(drawn()), "d"))
    ends = [found.ends(level) for level in (0.8, 0.95, 0.999, 0.99999)]
    for narrow, wide in pairwise(ends):
        assert wide.low <= narrow.low
        assert wide.high >= narrow.high


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_units_of_copied_rows_are_as_wide_as_the_rows_that_they_copy(metric):
    rows = drawn(n=300)
    copied = {name: np.repeat(values, 4) for name, values in rows.items()}
    grouped = copied | {"unit": np.repeat(np.arange(300), 4)}
    plain, units = (metric.function(Split.of(tables(each), "d")) for each in (rows, grouped))
    assert units.value == pytest.approx(plain.value, abs=0.02 if metric.is_distance else 1e-12)
    assert units.unit == "group"
    if not metric.is_distance:
        width = np.diff(plain.ends(0.95))
        assert np.diff(units.ends(0.95)) == pytest.approx(width, rel=0.02)
        assert units.error == pytest.approx(plain.error, rel=0.02)


def test_units_in_both_groups_are_compared_within_themselves():
    """Couples whose scores go together: their difference varies less than two strangers'."""
    rng = np.random.default_rng(8)
    common = rng.normal(0.5, 0.1, 200)
    score = np.concatenate([common, common + rng.normal(0, 0.01, 200)])
    rows = {"group": np.repeat(["a", "d"], 200), "score": score}
    alone = mean_score_difference(Split.of(tables(rows), "d"))
    together = mean_score_difference(
        Split.of(tables(rows | {"unit": np.tile(np.arange(200), 2)}), "d")
    )
    pairs = score[:200] - score[200:]
    assert together.error == pytest.approx(pairs.std(ddof=1) / np.sqrt(200), rel=1e-3)
    assert together.error < alone.error / 5
    assert np.diff(together.ends(0.95)) == pytest.approx(
        2 * 1.972 * together.error, rel=0.05
    )  # Student's t of 199


def test_scores_that_are_no_probabilities():
    rows = drawn()
    made = tables_of_rows(
        rows["group"],
        score=10 * rows["score"] - 3,
        positive=rows["positive"],
        as_probabilities=False,
    )
    split = Split.of(made, "d")
    found = mean_score_difference(split)
    assert found.value == pytest.approx(
        10 * mean_score_difference(Split.of(tables(rows), "d")).value
    )
    assert found.tolerated == pytest.approx((-np.std(rows["score"]), np.std(rows["score"])))
    assert calibration_gap(split).reason == "the scores are not probabilities"
    assert brier_difference(split).value is None
    assert auc_difference(split).value == pytest.approx(
        auc_difference(Split.of(tables(rows), "d")).value
    )


def test_what_is_missing_is_said():
    rows = drawn()
    unlabelled = Split.of(tables_of_rows(rows["group"], score=rows["score"]), "d")
    assert mean_score_difference(unlabelled).value is not None
    for function in (auc_difference, calibration_gap, positive_class_balance):
        assert function(unlabelled).reason == "there are no labels"
    bare = Split.of(replace(tables(rows), scores=None), "d")
    for metric in METRICS:
        assert metric.function(bare).reason == "there are no scores"
    empty = Split.of(tables(rows), "nobody")
    for metric in METRICS:
        assert metric.function(empty).value is None
        assert "nobody" in metric.function(empty).reason
