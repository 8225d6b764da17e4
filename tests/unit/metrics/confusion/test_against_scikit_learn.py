"""Every confusion metric equals scikit-learn's, plain and weighted."""

import numpy as np
import pytest
from sklearn import metrics as sk

from assay.metrics.confusion.accuracy import accuracy
from assay.metrics.confusion.balanced_accuracy import balanced_accuracy
from assay.metrics.confusion.cohen_kappa import cohen_kappa
from assay.metrics.confusion.f1 import f1
from assay.metrics.confusion.f_beta import f_beta
from assay.metrics.confusion.g_mean import g_mean
from assay.metrics.confusion.mcc import mcc
from assay.metrics.confusion.negative_predictive_value import negative_predictive_value
from assay.metrics.confusion.precision import precision
from assay.metrics.confusion.recall import recall
from assay.metrics.confusion.specificity import specificity
from assay.metrics.confusion.youden_j import youden_j
from metric_tables import cube_of


def rates(y, p, w):
    hit = sk.recall_score(y, p, sample_weight=w)
    clear = sk.recall_score(~y, ~p, sample_weight=w)
    return hit, clear


BINARY = {
    accuracy: lambda y, p, w: sk.accuracy_score(y, p, sample_weight=w),
    balanced_accuracy: lambda y, p, w: sk.balanced_accuracy_score(y, p, sample_weight=w),
    precision: lambda y, p, w: sk.precision_score(y, p, sample_weight=w),
    recall: lambda y, p, w: sk.recall_score(y, p, sample_weight=w),
    specificity: lambda y, p, w: sk.recall_score(~y, ~p, sample_weight=w),
    negative_predictive_value: lambda y, p, w: sk.precision_score(~y, ~p, sample_weight=w),
    f1: lambda y, p, w: sk.f1_score(y, p, sample_weight=w),
    f_beta: lambda y, p, w: sk.fbeta_score(y, p, beta=2, sample_weight=w),
    mcc: lambda y, p, w: sk.matthews_corrcoef(y, p, sample_weight=w),
    cohen_kappa: lambda y, p, w: sk.cohen_kappa_score(y, p, sample_weight=w),
    youden_j: lambda y, p, w: sum(rates(y, p, w)) - 1,
    g_mean: lambda y, p, w: np.sqrt(np.prod(rates(y, p, w))),
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("metric", BINARY)
def test_binary(metric, weighted):
    rng = np.random.default_rng(11)
    y = rng.random(400) < 0.3
    p = y ^ (rng.random(400) < 0.2)
    w = rng.gamma(1.0, size=400) if weighted else None
    found = metric(cube_of(y, p, w))
    assert found.value == pytest.approx(BINARY[metric](y, p, w), abs=1e-10)
    assert found.low < found.value < found.high
    assert not found.too_few


PER_CLASS = {
    precision: sk.precision_score,
    recall: sk.recall_score,
    f1: sk.f1_score,
    f_beta: lambda *a, **k: sk.fbeta_score(*a, beta=2, **k),
}
WHOLE = {
    accuracy: sk.accuracy_score,
    balanced_accuracy: sk.balanced_accuracy_score,
    mcc: sk.matthews_corrcoef,
    cohen_kappa: sk.cohen_kappa_score,
}
CLASSES = ("ant", "bee", "cow", "dog")


def several(weighted):
    rng = np.random.default_rng(12)
    y = rng.choice(CLASSES, p=[0.4, 0.3, 0.2, 0.1], size=600)
    p = np.where(rng.random(600) < 0.6, y, rng.choice(CLASSES, size=600))
    return y, p, rng.gamma(1.0, size=600) if weighted else None


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("metric", WHOLE)
def test_several_classes(metric, weighted):
    y, p, w = several(weighted)
    expected = WHOLE[metric](y, p, sample_weight=w)
    assert metric(cube_of(y, p, w)).value == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("metric", PER_CLASS)
def test_each_class(metric, weighted):
    y, p, w = several(weighted)
    expected = PER_CLASS[metric](y, p, average=None, labels=CLASSES, sample_weight=w)
    found = [metric(cube_of(y, p, w), of=name).value for name in CLASSES]
    assert found == pytest.approx(expected, abs=1e-10)


def test_specificity_of_a_class_is_the_others_share_left_alone():
    y, p, _ = several(False)
    expected = np.mean(p[y != "cow"] != "cow")
    assert specificity(cube_of(y, p), of="cow").value == pytest.approx(expected, abs=1e-12)
