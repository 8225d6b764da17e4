"""What constant answers score, against scikit-learn scoring those very answers."""

import numpy as np
import pytest
from sklearn import metrics as sk

from assay.evaluation.evaluator import evaluate
from assay.evaluation.goal import Costs
from assay.evaluation.threshold import Threshold
from assay.jobs.sections.evaluation.constant import constant_answers


def constants(**given):
    return {name: each.value for name, each in constant_answers(evaluate(**given)).items()}


def test_binary_against_scikit_learn():
    rng = np.random.default_rng(0)
    y = (rng.random(500) < 0.3).astype(int)
    p = y.mean()
    costs = Costs(false_positive=1, false_negative=5)
    found = constants(y_true=y, y_score=rng.random(500), costs=costs)
    always, never, prior = np.ones(500, int), np.zeros(500, int), np.full(500, p)
    assert found == pytest.approx(
        {
            "accuracy": sk.accuracy_score(y, never),
            "balanced_accuracy": sk.balanced_accuracy_score(y, never),
            "precision": sk.precision_score(y, always),
            "f1": sk.f1_score(y, always),
            "f2": sk.fbeta_score(y, always, beta=2),
            "mcc": sk.matthews_corrcoef(y, never),
            "cohen_kappa": sk.cohen_kappa_score(y, never),
            "youden_j": 0.0,
            "roc_auc": sk.roc_auc_score(y, prior),
            "gini": 0.0,
            "average_precision": sk.average_precision_score(y, prior),
            "average_precision_lift": 1.0,
            "ks_statistic": 0.0,
            **dict.fromkeys(("lift_at_1", "lift_at_5", "lift_at_10"), 1.0),
            "tpr_at_fpr_1": 0.01,
            "fpr_at_tpr_95": 0.95,
            "log_loss": sk.log_loss(y, prior),
            "brier": sk.brier_score_loss(y, prior),
            "log_loss_skill": 0.0,
            "brier_skill": 0.0,
            "expected_cost": min(1 - p, 5 * p),
        }
    )


def test_many_labels_against_scikit_learn():
    rng = np.random.default_rng(2)
    y = (rng.random((600, 4)) < [0.7, 0.4, 0.2, 0.1]).astype(int)
    found = constants(y_true=y, y_score=rng.random(y.shape))
    order = np.argsort(-y.mean(axis=0))
    every, most, pooled = np.ones_like(y), np.zeros_like(y), []
    for label in order:
        most[:, label] = 1
        pooled.append(sk.f1_score(y, most, average="micro"))
    top = np.zeros_like(y)
    top[:, order[0]] = 1
    usual = np.tile(y.mean(axis=0) > 0.5, (600, 1)).astype(int)
    assert found == pytest.approx(
        {
            "macro_f1": sk.f1_score(y, every, average="macro"),
            "micro_f1": max(pooled),
            "weighted_f1": sk.f1_score(y, every, average="weighted"),
            "macro_precision": sk.precision_score(y, every, average="macro"),
            "micro_precision": sk.precision_score(y, top, average="micro"),
            "hamming_loss": sk.hamming_loss(y, usual),
            "macro_roc_auc": 0.5,
            "macro_average_precision": sk.average_precision_score(y, np.zeros(y.shape)),
        }
    )


def test_multiclass_against_scikit_learn():
    rng = np.random.default_rng(1)
    y = rng.choice(["a", "b", "c"], 600, p=[0.5, 0.3, 0.2])
    scores = rng.dirichlet([1, 1, 1], 600)
    found = constants(y_true=y, y_score=scores)
    most = np.full(600, "a")
    prior = np.tile([(y == each).mean() for each in "abc"], (600, 1))
    by_hand = {
        "accuracy": sk.accuracy_score(y, most),
        "balanced_accuracy": sk.balanced_accuracy_score(y, most),
        "macro_recall": sk.recall_score(y, most, average="macro", zero_division=0),
        "macro_f1": sk.f1_score(y, most, average="macro", zero_division=0),
        "weighted_f1": sk.f1_score(y, most, average="weighted", zero_division=0),
        "weighted_recall": sk.recall_score(y, most, average="weighted", zero_division=0),
        "micro_f1": sk.f1_score(y, most, average="micro"),
        "micro_precision": sk.precision_score(y, most, average="micro"),
        "micro_recall": sk.recall_score(y, most, average="micro"),
        "log_loss": sk.log_loss(y, prior),
        "mcc": 0.0,
        "cohen_kappa": 0.0,
        "roc_auc_ovr_macro": sk.roc_auc_score(y, prior, multi_class="ovr"),
        "brier": sk.brier_score_loss(y, prior, scale_by_half=False),
    }
    assert found == pytest.approx(by_hand)


def test_regression_against_scikit_learn():
    rng = np.random.default_rng(2)
    y = rng.normal(5, 2, 300)
    found = constants(y_true=y, y_pred=y + rng.normal(0, 1, 300))
    mean, median = np.full(300, y.mean()), np.full(300, np.median(y))
    assert found == pytest.approx(
        {
            "r2": 0.0,
            "mse": sk.mean_squared_error(y, mean),
            "rmse": sk.root_mean_squared_error(y, mean),
            "mae": sk.mean_absolute_error(y, median),
            "median_absolute_error": sk.median_absolute_error(y, median),
            "wape": np.abs(y - median).sum() / np.abs(y).sum(),
            "d2_absolute_error": sk.d2_absolute_error_score(y, median),
        }
    )


def test_a_quantile_against_scikit_learn():
    rng = np.random.default_rng(5)
    y = rng.gamma(2.0, size=301)
    predicted = y + rng.normal(0, 1, 301)
    found = constant_answers(evaluate(y_true=y, y_pred=predicted, quantile=0.8))
    constant = np.full(301, np.quantile(y, 0.8))
    expected = sk.mean_pinball_loss(y, constant, alpha=0.8)
    assert found["pinball_loss"].value == pytest.approx(expected)
    assert found["d2_pinball"].value == 0


def test_top_k_is_held_against_the_most_frequent_classes():
    rng = np.random.default_rng(6)
    y = rng.choice(8, 400, p=[0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05])
    found = constants(y_true=y, y_score=rng.dirichlet(np.ones(8), 400))
    shares = np.sort(np.bincount(y) / 400)[::-1]
    assert found["top_3"] == pytest.approx(shares[:3].sum())
    assert found["top_5"] == pytest.approx(shares[:5].sum())


def test_the_median_counts_weights():
    y, weight = np.array([1.0, 2.0, 10.0]), np.array([1.0, 1.0, 4.0])
    result = evaluate(y_true=y, y_pred=y + 1, weight=weight, task="regression")
    found = constant_answers(result)
    assert result.data["target"]["median"] == 10
    assert found["mae"].value == pytest.approx((9 + 8) / 6)
    assert found["mae"].answer == "Always answering the median"


@pytest.mark.parametrize("beta", [0.5, 3.0])
def test_a_goal_with_another_beta_has_its_metric_and_constant(beta):
    rng = np.random.default_rng(4)
    y = (rng.random(400) < 0.3).astype(int)
    score = np.clip(0.4 * y + rng.random(400) * 0.6, 0, 1)
    wished = Threshold(value=0.4, chosen_on="validation", goal=f"f{beta:g}")
    result = evaluate(y_true=y, y_score=score, threshold=wished)
    assert result.head.metrics[0] == "f_beta"
    assert result.metric("f_beta").title == f"F{beta:g}"
    assert result["f_beta"].value == pytest.approx(sk.fbeta_score(y, score >= 0.4, beta=beta))
    always = sk.fbeta_score(y, np.ones(400, int), beta=beta)
    assert constant_answers(result)["f_beta"].value == pytest.approx(always)


def test_a_bound_on_false_alarms_is_held_against_answering_at_random():
    rng = np.random.default_rng(5)
    y = (rng.random(400) < 0.3).astype(int)
    score = np.clip(0.4 * y + rng.random(400) * 0.6, 0, 1)
    wished = Threshold(value=0.5, chosen_on="validation", goal="fpr<=0.2")
    result = evaluate(y_true=y, y_score=score, threshold=wished)
    found = constant_answers(result)["recall"]
    assert found.value == pytest.approx((score >= 0.5)[y == 0].mean())
    assert "as many false alarms" in found.answer
    plain = evaluate(y_true=y, y_score=score, threshold=0.5)
    assert "recall" not in constant_answers(plain)


@pytest.mark.parametrize(
    ("miss", "answer"), [(5, "Always answering 1"), (1, "Always answering 0")]
)
def test_the_cheaper_constant_answer_is_named(miss, answer):
    costs = Costs(false_positive=1, false_negative=miss)
    result = evaluate(y_true=[0, 0, 1, 0, 1], y_pred=[0, 1, 1, 0, 1], costs=costs)
    assert constant_answers(result)["expected_cost"].answer == answer


def test_weights_count():
    y, weight = np.array([0, 0, 1, 1]), np.array([1.0, 1.0, 1.0, 5.0])
    found = constant_answers(evaluate(y_true=y, y_pred=y, weight=weight))
    assert found["accuracy"].value == pytest.approx(6 / 8)
    assert found["accuracy"].answer == "Always answering 1"


def test_names_of_answers():
    found = constant_answers(evaluate(y_true=[0, 0, 0, 1], y_score=[0.1, 0.2, 0.4, 0.3]))
    assert found["accuracy"].to_dict() == {"value": 0.75, "answer": "Always answering 0"}
    assert found["roc_auc"].answer == "Scores without any order"
