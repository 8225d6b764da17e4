"""Confusion metrics on four numbers, and where they are undefined."""

import numpy as np
import pytest

from assay.errors import InputError
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
from assay.stats.rate import wilson
from assay.tables.cube import Cube
from metric_tables import cube_of

BOTH = (False, True)
ALL = (
    accuracy,
    balanced_accuracy,
    precision,
    recall,
    specificity,
    negative_predictive_value,
    f1,
    f_beta,
    mcc,
    cohen_kappa,
    youden_j,
    g_mean,
)


def square(tn, fp, fn, tp):
    return Cube.from_counts({"label": BOTH, "prediction": BOTH}, [[tn, fp], [fn, tp]])


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (accuracy, 70 / 100),
        (balanced_accuracy, (30 / 40 + 40 / 60) / 2),
        (precision, 30 / 50),
        (recall, 30 / 40),
        (specificity, 40 / 60),
        (negative_predictive_value, 40 / 50),
        (f1, 60 / 90),
        (f_beta, 5 * 30 / (5 * 30 + 4 * 10 + 20)),
        (mcc, (30 * 40 - 20 * 10) / (50 * 40 * 60 * 50) ** 0.5),
        (cohen_kappa, (0.7 - 0.5) / (1 - 0.5)),
        (youden_j, 30 / 40 + 40 / 60 - 1),
        (g_mean, (30 / 40 * 40 / 60) ** 0.5),
    ],
)
def test_values(metric, expected):
    assert metric(square(40, 20, 10, 30)).value == pytest.approx(expected, abs=1e-12)


def test_a_rate_has_wilsons_interval_with_its_own_denominator():
    found = recall(square(40, 20, 10, 30))
    assert (found.low, found.high) == pytest.approx(wilson(0.75, 40))
    assert (found.n, found.method) == (40, "Wilson score")


def test_f1_has_the_interval_of_the_jaccard_index():
    found, (low, high) = f1(square(40, 20, 10, 30)), wilson(0.5, 60)
    assert (found.low, found.high) == pytest.approx((2 * low / (1 + low), 2 * high / (1 + high)))


def test_weights_as_repetition_give_the_value_of_repeated_rows():
    y, p = np.array([True, True, False, False]), np.array([True, False, True, False])
    times = np.array([5, 2, 3, 7])
    for metric in ALL:
        weighted = metric(cube_of(y, p, times)).value
        repeated = metric(cube_of(np.repeat(y, times), np.repeat(p, times))).value
        assert weighted == pytest.approx(repeated, abs=1e-12), metric.__name__


@pytest.mark.parametrize(
    ("metric", "cells", "reason"),
    [
        (precision, (5, 0, 3, 0), "no row is predicted True; scikit-learn would print 0"),
        (recall, (5, 3, 0, 0), "no row is of class True"),
        (specificity, (0, 0, 3, 4), "every row is of class True"),
        (negative_predictive_value, (0, 3, 0, 4), "every row is predicted True"),
        (f1, (7, 0, 0, 0), "no row is True and none is predicted True"),
        (f_beta, (7, 0, 0, 0), "no row is True and none is predicted True"),
        (mcc, (5, 3, 0, 0), "all labels or all predictions are of one class"),
        (mcc, (5, 0, 3, 0), "all labels or all predictions are of one class"),
        (cohen_kappa, (7, 0, 0, 0), "agree by chance alone"),
        (balanced_accuracy, (5, 3, 0, 0), "no row is of class True"),
        (youden_j, (5, 3, 0, 0), "no row is of class True"),
        (g_mean, (0, 0, 3, 4), "no row is of class False"),
    ],
)
def test_undefined_with_a_reason(metric, cells, reason):
    found = metric(square(*cells))
    assert found.value is None
    assert reason in found.reason


@pytest.mark.parametrize("metric", ALL)
def test_an_empty_table_is_undefined(metric):
    found = metric(square(0, 0, 0, 0))
    assert found.value is None
    assert found.n == 0


@pytest.mark.parametrize("metric", ALL)
def test_a_single_row_has_a_value_or_a_reason(metric):
    found = metric(square(0, 0, 0, 1))
    assert found.value is not None or found.reason
    assert found.too_few or found.value is None


@pytest.mark.parametrize("metric", ALL)
def test_no_mistake_is_the_best_value_with_room_below(metric):
    found = metric(square(60, 0, 0, 40))
    assert found.value == pytest.approx(1)
    assert found.high == pytest.approx(1)
    assert found.low < 0.99  # though a redraw of cells without mistakes makes none


def test_levels_that_do_not_occur_are_still_false_and_true():
    cube = cube_of([True, True, False], [True, True, True])
    assert recall(cube).value == 1
    assert specificity(cube).value == 0


def test_an_unknown_class_is_named():
    with pytest.raises(InputError, match="'c' is not in the table; it has: 'a', 'b'"):
        precision(cube_of(["a", "b"], ["b", "b"]), of="c")


def test_other_keys_are_refused():
    cube = Cube.from_counts({"label": BOTH, "group": BOTH}, [[1, 2], [3, 4]])
    with pytest.raises(InputError, match="needs the keys label and prediction"):
        accuracy(cube)


def test_beta_must_be_above_zero():
    with pytest.raises(InputError, match="above 0"):
        f_beta(square(1, 1, 1, 1), beta=0)


def test_few_rows_are_marked():
    assert recall(square(500, 10, 3, 12)).too_few
    assert balanced_accuracy(square(500, 10, 10, 15)).too_few
    assert not accuracy(square(500, 10, 3, 12)).too_few
    assert not recall(square(500, 10, 5, 35)).too_few


def test_few_groups_are_marked():
    rng = np.random.default_rng(0)
    y = rng.random(600) < 0.5
    p = y ^ (rng.random(600) < 0.2)
    for metric in (accuracy, balanced_accuracy, f1, mcc, g_mean):
        few = metric(cube_of(y, p, unit=np.arange(600) % 12))
        assert few.warnings == ("too few: 12 groups, an interval needs 20 to be believed",)
        assert not metric(cube_of(y, p, unit=np.arange(600) % 40)).too_few
