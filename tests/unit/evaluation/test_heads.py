"""Which number heads the report: a table of cases."""

import re

import pytest

import assay
from assay.evaluation.facts import Facts
from assay.evaluation.goal import Costs
from assay.evaluation.heads import choose_head
from assay.evaluation.result import MetricResult
from assay.evaluation.threshold import Threshold
from assay.result import Estimate

COSTS = Costs(false_positive=1, false_negative=5)


def metric(name, value, low=None, high=None):
    low, high = (value - 0.02 if low is None else low), (value + 0.02 if high is None else high)
    return MetricResult(
        name=name, title=name, estimate=Estimate(value=value, low=low, high=high, n=1_000)
    )


CLASS_METRICS = (
    metric("accuracy", 0.9),
    metric("f1", 0.7),
    metric("f2", 0.72),
    metric("macro_f1", 0.7),
    metric("mcc", 0.6),
    metric("balanced_accuracy", 0.75),
    metric("precision", 0.7),
    metric("recall", 0.7),
    metric("roc_auc", 0.85),
    metric("average_precision", 0.7),
    metric("log_loss", 0.3),
    metric("brier", 0.1),
    metric("expected_cost", 0.4),
    metric("f_beta", 0.65),
    metric("specificity", 0.93),
)


def binary(share=0.4, n=1_000, metrics=CLASS_METRICS, goal=None):
    rows = (n - round(share * n), round(share * n))
    chosen = "given" if goal == "" else "validation"
    threshold = None if goal is None else Threshold(value=0.3, chosen_on=chosen, goal=goal)
    return Facts(
        task="binary",
        classes=("no", "yes"),
        positive="yes",
        metrics=metrics,
        n=n,
        class_rows=rows,
        class_shares=(1 - share, share),
        threshold=threshold,
    )


def several(shares, n=1_000):
    return Facts(
        task="multiclass",
        classes=tuple("abcdefgh"[: len(shares)]),
        metrics=CLASS_METRICS,
        n=n,
        class_rows=tuple(round(share * n) for share in shares),
        class_shares=tuple(shares),
    )


def numbers(*metrics, **others):
    return Facts(task="regression", metrics=metrics, n=others.pop("n", 1_000), **others)


@pytest.mark.parametrize(
    ("facts", "wishes", "rule", "first"),
    [
        (binary(), {}, "balanced", ("accuracy", "f1")),
        (binary(0.1), {}, "imbalanced", ("f1", "average_precision", "mcc")),
        (binary(0.9), {}, "imbalanced", ("f1", "average_precision", "mcc")),
        (binary(0.2), {}, "balanced", ("accuracy",)),
        (binary(0.1), {"costs": COSTS}, "costs", ("expected_cost",)),
        (
            binary(0.1),
            {"costly": "false_positive"},
            "false_positive_costly",
            ("precision", "recall"),
        ),
        (
            binary(0.1),
            {"costly": "false_negative"},
            "false_negative_costly",
            ("recall", "f2", "precision"),
        ),
        (binary(), {"use": "ranking"}, "ranking", ("roc_auc", "average_precision")),
        (binary(), {"use": "probability"}, "probability", ("log_loss", "brier", "roc_auc")),
        (
            binary(),
            {"costly": "false_positive", "use": "probability"},
            "false_positive_costly",
            ("precision", "recall", "log_loss", "brier"),
        ),
        (binary(goal="f1"), {}, "goal", ("f1", "precision", "recall", "roc_auc")),
        (binary(0.1, goal="f1"), {}, "goal", ("f1", "precision", "recall")),
        (binary(goal="f2"), {}, "goal", ("f2", "precision", "recall")),
        (binary(goal="f0.5"), {}, "goal", ("f_beta", "precision", "recall")),
        (binary(goal="mcc"), {}, "goal", ("mcc", "precision", "recall")),
        (binary(goal="balanced_accuracy"), {}, "goal", ("balanced_accuracy", "recall")),
        (binary(goal="recall>=0.9"), {}, "goal", ("precision", "recall")),
        (binary(goal="fpr<=0.05"), {}, "goal", ("recall", "specificity")),
        (binary(goal="f1"), {"use": "ranking"}, "goal", ("f1",)),
        (binary(goal="f1"), {"costs": COSTS}, "costs", ("expected_cost",)),
        (binary(goal="cost"), {"costs": COSTS}, "costs", ("expected_cost",)),
        (binary(goal=""), {}, "balanced", ("accuracy",)),
        (binary(goal="an aim of my own"), {}, "balanced", ("accuracy",)),
        (several([0.4, 0.3, 0.3]), {}, "balanced", ("macro_f1", "accuracy")),
        (several([0.7, 0.2, 0.1]), {}, "imbalanced", ("macro_f1", "balanced_accuracy")),
        (several([0.46, 0.45, 0.09]), {}, "imbalanced", ("macro_f1",)),
        (several([0.125] * 8), {}, "balanced", ("macro_f1",)),
        (
            numbers(metric("rmse", 2), metric("mae", 1), metric("r2", 0.5)),
            {},
            "regression",
            ("rmse",),
        ),
        (
            numbers(
                metric("rmse", 2),
                metric("mae", 1),
                metric("median_absolute_error", 1),
                numbers={"residual_kurtosis": 9.0, "max_error": 5.0, "median_error": 1.0},
            ),
            {},
            "heavy_tailed",
            ("mae", "median_absolute_error", "rmse"),
        ),
        (
            numbers(
                metric("rmse", 2),
                metric("mae", 1),
                numbers={"residual_kurtosis": 3.0, "max_error": 20.0, "median_error": 1.0},
            ),
            {},
            "heavy_tailed",
            ("mae", "rmse"),
        ),
    ],
)
def test_the_rules_in_their_order(facts, wishes, rule, first):
    head = choose_head(facts, **wishes)
    assert head.rule == rule
    assert head.metrics[: len(first)] == first


def test_only_metrics_that_have_a_value_head_the_report():
    undefined = MetricResult(name="f1", title="F1", estimate=Estimate.undefined("no row"))
    facts = binary(metrics=(metric("accuracy", 0.9), undefined))
    assert choose_head(facts).metrics == ("accuracy",)
    assert choose_head(binary(0.1, metrics=(metric("roc_auc", 0.9),))).metrics == ("roc_auc",)


def test_accuracy_is_held_against_the_constant_answer():
    said = " ".join(choose_head(binary(0.1)).sentences)
    assert "always answering 'no' scores 0.900; the accuracy here is 0.900 (0.880" in said
    near = binary(metrics=(metric("accuracy", 0.61), metric("f1", 0.7)))
    said = choose_head(near).sentences[0]
    assert "is not shown to be above that of always answering 'no', 0.600" in said
    better = (metric("accuracy", 0.97), metric("f1", 0.7))
    assert not choose_head(binary(0.3, metrics=better)).sentences


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        ("recall>=0.9", "On these rows recall is 0.700 (0.680 to 0.720)."),
        ("fpr<=0.05", "On these rows specificity (1 - false positive rate) is 0.930"),
    ],
)
def test_a_bound_is_held_against_the_judged_rows(goal, words):
    first, second = choose_head(binary(goal=goal)).sentences
    assert first.startswith("The threshold was chosen for the ")
    assert second.startswith(words)


def test_a_stated_goal_says_nothing_of_accuracy():
    assert "ccuracy" not in " ".join(choose_head(binary(0.1, goal="f1")).sentences)


def test_a_rare_class_makes_the_roc_curve_flatter():
    assert "flatters" in choose_head(binary(0.03)).sentences[0]
    assert "flatters" not in choose_head(binary(0.1)).sentences[0]


def test_few_positives_put_the_intervals_first():
    said = " ".join(choose_head(binary(0.02, n=1_000)).sentences)
    assert "only 20 rows of 'yes'" in said


def test_many_features_are_held_against_r2():
    facts = numbers(
        metric("rmse", 2), metric("r2", 0.5), metric("adjusted_r2", 0.4), n=100, n_features=20
    )
    assert "20 features" in choose_head(facts).sentences[0]


def test_sentences_cite_numbers_of_the_result():
    y = [1] * 20 + [0] * 380
    predicted = [1, 0] * 10 + [0] * 360 + [1] * 20
    result = assay.evaluate(y_true=y, y_pred=predicted)
    stored = {round(each.estimate.value, 3) for each in result.metrics if each.estimate.value}
    for each in result.metrics:
        stored |= {round(end, 3) for end in (each.estimate.low, each.estimate.high) if end}
    stored |= {float(each["rows"]) for each in result.data["classes"]}
    for sentence in result.head.sentences:
        for cited in re.findall(r"\d+\.\d{3}", sentence):
            assert float(cited) in stored, sentence
