"""Log loss, Brier score and their skills."""

import numpy as np
import pytest
from sklearn import metrics as sk

from assay.metrics.scores.brier import brier
from assay.metrics.scores.log_loss import log_loss
from assay.metrics.scores.loss_terms import (
    binary_loss_terms,
    loss_moments,
    multiclass_loss_terms,
)
from assay.metrics.scores.skill import brier_skill, log_loss_skill
from metric_tables import moments_of, scores_of


def sample(n=800):
    rng = np.random.default_rng(6)
    p = rng.beta(2, 3, size=n).round(2).clip(0.01, 0.99)
    return rng.random(n) < p, p, rng.gamma(1.0, size=n), rng.integers(80, size=n)


@pytest.mark.parametrize("weighted", [False, True])
def test_as_scikit_learn(weighted):
    y, p, w, _ = sample()
    w = w if weighted else None
    table = scores_of(y, p, w)
    assert log_loss(table).value == pytest.approx(sk.log_loss(y, p, sample_weight=w), abs=1e-10)
    expected = sk.brier_score_loss(y, p, sample_weight=w)
    assert brier(table).value == pytest.approx(expected, abs=1e-10)
    skill = sk.d2_log_loss_score(y, p, sample_weight=w)
    assert log_loss_skill(table).value == pytest.approx(skill, abs=1e-10)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("grouped", [False, True])
def test_levels_and_rows_give_the_same_moments(weighted, grouped):
    y, p, w, unit = sample()
    how = {"weight": w if weighted else None, "unit": unit if grouped else None}
    found = loss_moments(scores_of(y, p, **how))
    expected = moments_of(binary_loss_terms(y, p), **how)
    assert found.names == expected.names
    assert found.n == expected.n
    for name in ("s1", "s2", "minimum", "maximum"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), abs=1e-9)
    if not weighted or grouped:
        assert found.s3 == pytest.approx(expected.s3, abs=1e-9)
    if grouped:
        assert found.by_unit == pytest.approx(expected.by_unit, abs=1e-9)
    one, other = log_loss(scores_of(y, p, **how)), log_loss(expected)
    assert (one.low, one.high) == pytest.approx((other.low, other.high), rel=0.01)


def test_several_classes_as_scikit_learn():
    rng = np.random.default_rng(9)
    score = rng.dirichlet([1, 1, 1], size=300)
    y = rng.integers(3, size=300)
    table = moments_of(multiclass_loss_terms(y, score))
    assert log_loss(table).value == pytest.approx(sk.log_loss(y, score), abs=1e-10)
    expected = np.mean(np.sum((score - np.eye(3)[y]) ** 2, axis=1))
    assert brier(table).value == pytest.approx(expected, abs=1e-12)


def test_by_hand():
    table = scores_of([1, 0], [0.8, 0.4])
    assert log_loss(table).value == pytest.approx(-(np.log(0.8) + np.log(0.6)) / 2)
    assert brier(table).value == pytest.approx((0.04 + 0.16) / 2)
    assert brier_skill(table).value == pytest.approx(1 - 0.1 / 0.25)


def test_certain_and_wrong_is_dear_but_finite():
    assert log_loss(scores_of([1], [0.0])).value == pytest.approx(-np.log(1e-15))
    assert log_loss(scores_of([0], [1.0])).value == pytest.approx(-np.log(1e-15))


def test_the_prior_has_no_skill():
    table = scores_of([1, 0, 0, 0] * 20, [0.25] * 80)
    assert brier_skill(table).value == pytest.approx(0)
    assert log_loss_skill(table).value == pytest.approx(0)


@pytest.mark.parametrize("skill", [brier_skill, log_loss_skill])
def test_one_class_has_no_skill_to_speak_of(skill):
    found = skill(scores_of([1, 1], [0.5, 0.6]))
    assert found.value is None
    assert "no row is negative" in found.reason


def test_one_row_has_a_value_and_no_interval():
    found = log_loss(scores_of([1], [0.5]))
    assert found.value == pytest.approx(np.log(2))
    assert found.low is None
    assert "one row" in found.reason


def test_few_positives_are_marked():
    assert log_loss(scores_of([1] * 10 + [0] * 500, np.linspace(0.1, 0.9, 510))).too_few
    assert not log_loss(scores_of([1] * 40 + [0] * 500, np.linspace(0.1, 0.9, 540))).too_few
