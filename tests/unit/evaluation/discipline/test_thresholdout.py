"""Thresholdout answers from training rows until they differ, spends a budget, and does its job."""

import json

import numpy as np
import pytest

from assay.errors import InputError
from assay.evaluation.discipline.thresholdout import Thresholdout


def test_agreement_costs_nothing():
    holdout = Thresholdout(np.random.default_rng(0), scale=1e-6)
    for _ in range(200):
        answer = holdout.ask(train=0.8, holdout=0.81)
        assert answer.value == 0.8
        assert not answer.from_holdout
    assert holdout.budget_left == 50


def test_difference_spends_the_budget_and_then_refuses():
    holdout = Thresholdout(np.random.default_rng(0), budget=3, scale=1e-6)
    left = [holdout.ask(train=0.99, holdout=0.5).budget_left for _ in range(3)]
    assert left == [2, 1, 0]
    with pytest.raises(InputError, match="budget of answers from the holdout rows is spent"):
        holdout.ask(train=0.99, holdout=0.5)


def test_noise_has_its_scale():
    holdout = Thresholdout(np.random.default_rng(1), budget=20_000)
    values = [holdout.ask(train=10.0, holdout=0.0).value for _ in range(20_000)]
    assert np.mean(np.abs(values)) == pytest.approx(0.01, rel=0.05)  # mean of |Laplace| is b


def test_chasing_noise_is_fooled_less_than_by_the_plain_holdout():
    """Choose features by their correlation with random labels on both parts, then judge."""
    rng = np.random.default_rng(2)
    n, d = 1000, 1000
    parts = {name: (rng.normal(size=(n, d)), rng.choice([-1, 1], n)) for name in ("t", "h")}
    train, held = ((x * y[:, None]).mean(axis=0) for x, y in parts.values())
    kept = (train > 1 / np.sqrt(n)) & (held > 1 / np.sqrt(n))
    accuracies = {
        name: float((np.sign(x[:, kept].sum(axis=1)) == y).mean())
        for name, (x, y) in parts.items()
    }
    assert accuracies["h"] > 0.6  # the plain holdout is fooled: the truth is one half
    guard = Thresholdout(np.random.default_rng(3), threshold=0.05, budget=d)
    guarded = [guard.ask(train=t, holdout=h).value for t, h in zip(train, held, strict=True)]
    chosen = (np.asarray(guarded) > 1 / np.sqrt(n)) & (train > 1 / np.sqrt(n))
    x, y = parts["h"]
    fooled = float((np.sign(x[:, chosen].sum(axis=1)) == y).mean())
    assert fooled - 0.5 < 0.8 * (accuracies["h"] - 0.5)


def test_to_dict_is_json():
    answer = Thresholdout(np.random.default_rng(0)).ask(train=0.5, holdout=0.5)
    json.dumps(answer.to_dict(), allow_nan=False)


@pytest.mark.parametrize("wrong", [{"threshold": 0}, {"scale": -1.0}, {"budget": 0}])
def test_settings_that_mean_nothing(wrong):
    with pytest.raises(InputError, match="above 0"):
        Thresholdout(np.random.default_rng(0), **wrong)


def test_numbers_that_are_none():
    with pytest.raises(InputError, match="two finite numbers"):
        Thresholdout(np.random.default_rng(0)).ask(train=float("nan"), holdout=0.5)
