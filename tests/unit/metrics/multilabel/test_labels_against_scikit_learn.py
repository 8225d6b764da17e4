"""Metrics of rows with many labels against scikit-learn's, with weights, ties and empty rows."""

import numpy as np
import pytest
from sklearn import metrics as reference

from assay.metrics.catalogue import find_metric
from assay.metrics.measure import MetricInputs, measure
from assay.metrics.multilabel.from_rows import (
    answer_moments,
    drawn_labels,
    exact_cube,
    rank_moments,
)
from metric_tables import scores_of

CLOSE = 1e-10
AVERAGES = {
    "macro_f1": (reference.f1_score, "macro"),
    "micro_f1": (reference.f1_score, "micro"),
    "weighted_f1": (reference.f1_score, "weighted"),
    "macro_precision": (reference.precision_score, "macro"),
    "micro_precision": (reference.precision_score, "micro"),
    "macro_recall": (reference.recall_score, "macro"),
    "micro_recall": (reference.recall_score, "micro"),
}
RANKS = {
    "label_ranking_average_precision": reference.label_ranking_average_precision_score,
    "coverage_error": reference.coverage_error,
    "ranking_loss": reference.label_ranking_loss,
}


def rows(seed, *, n=300, k=6, digits=1):
    """Draw labels and scores with many ties, among them rows with none and with all labels."""
    rng = np.random.default_rng(seed)
    truth = rng.random((n, k)) < rng.uniform(0.1, 0.6, k)
    truth[:3], truth[3:6] = False, True
    scores = np.round(0.35 + 0.25 * truth + 0.2 * rng.standard_normal((n, k)), digits)
    return truth, scores, rng.uniform(0.2, 3.0, n)


def value(name, inputs):
    return measure(find_metric(name, task="multilabel"), inputs).value


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", AVERAGES)
def test_averages(name, weighted):
    truth, scores, w = rows(1)
    given, w = scores >= 0.5, w if weighted else None
    function, average = AVERAGES[name]
    found = value(name, MetricInputs(label_draws=drawn_labels(truth, given, weight=w)))
    wanted = function(truth, given, average=average, sample_weight=w, zero_division=np.nan)
    assert found == pytest.approx(wanted, abs=CLOSE)


@pytest.mark.parametrize("weighted", [False, True])
def test_means_over_rows(weighted):
    truth, scores, w = rows(2)
    given, w = scores >= 0.5, w if weighted else None
    inputs = MetricInputs(label_answers=answer_moments(truth, given, w))
    by_row = {"average": "samples", "zero_division": 1, "sample_weight": w}
    wanted = {
        "hamming_loss": reference.hamming_loss(truth, given, sample_weight=w),
        "samples_jaccard": reference.jaccard_score(truth, given, **by_row),
        "samples_f1": reference.f1_score(truth, given, **by_row),
    }
    assert {name: value(name, inputs) for name in wanted} == pytest.approx(wanted, abs=CLOSE)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("digits", [0, 1, 6])
def test_ranks(digits, weighted):
    truth, scores, w = rows(3, digits=digits)
    w = w if weighted else None
    inputs = MetricInputs(label_ranks=rank_moments(truth, scores, w))
    wanted = {name: each(truth, scores, sample_weight=w) for name, each in RANKS.items()}
    assert {name: value(name, inputs) for name in wanted} == pytest.approx(wanted, abs=CLOSE)


def test_exact_matches():
    truth, scores, _ = rows(4)
    truth[:100] = scores[:100] >= 0.5
    inputs = MetricInputs(label_matches=exact_cube(truth, scores >= 0.5))
    wanted = reference.accuracy_score(truth, scores >= 0.5)
    assert value("subset_accuracy", inputs) == pytest.approx(wanted, abs=CLOSE)


@pytest.mark.parametrize("weighted", [False, True])
def test_macro_ranking(weighted):
    truth, scores, w = rows(5)
    w = w if weighted else None
    tables = [scores_of(truth[:, at], scores[:, at], w) for at in range(truth.shape[1])]
    inputs = MetricInputs(class_scores=tables)
    wanted = {
        "macro_roc_auc": reference.roc_auc_score(truth, scores, sample_weight=w),
        "macro_average_precision": reference.average_precision_score(
            truth, scores, sample_weight=w
        ),
    }
    assert {name: value(name, inputs) for name in wanted} == pytest.approx(wanted, abs=CLOSE)
