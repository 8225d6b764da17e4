"""How much the best of many flatters its model: formulas, and simulations of known truth."""

import json

import numpy as np
import pytest
from scipy import integrate, stats

from assay.errors import InputError
from assay.evaluation.discipline.optimism import (
    MAX_UNITS,
    expected_maximum,
    expected_optimism,
    expected_optimism_of,
)


def correlated(rng, n, k, correlation):
    shared = rng.normal(size=(n, 1))
    return np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * rng.normal(size=(n, k))


@pytest.mark.parametrize("k", [1, 2, 5, 30, 1000])
def test_mean_of_the_largest_of_k_normals(k):
    def density(x):
        return x * k * stats.norm.pdf(x) * stats.norm.cdf(x) ** (k - 1)

    expected, _ = integrate.quad(density, -10, 12, limit=200)
    assert expected_maximum(k) == pytest.approx(expected, abs=1e-9)
    assert expected_maximum(k) <= np.sqrt(2 * np.log(k)) + 1e-12


def test_known_values():
    assert expected_maximum(2) == pytest.approx(1 / np.sqrt(np.pi), abs=1e-12)
    assert expected_maximum(3) == pytest.approx(1.5 / np.sqrt(np.pi), abs=1e-12)


@pytest.mark.parametrize("correlation", [0.0, 0.8])
def test_expected_optimism_is_the_true_one_on_average(correlation):
    """All candidates are equal (their true mean is 0), so all of the best one's gain is luck."""
    rng = np.random.default_rng(7)
    true, found, unrelated = [], [], []
    for seed in range(120):
        losses = correlated(rng, 300, 10, correlation)
        optimism = expected_optimism(losses, draws=150, seed=seed)
        means = losses.mean(axis=0)
        true.append(means.mean() - means.min())  # what candidates share says nothing of it
        found.append(optimism.expected)
        unrelated.append(optimism.if_unrelated)
    assert np.mean(found) == pytest.approx(np.mean(true), rel=0.15)
    if correlation:
        assert np.mean(unrelated) > 1.8 * np.mean(true)
    else:
        assert np.mean(unrelated) == pytest.approx(np.mean(true), rel=0.1)


def test_the_corrected_number_covers_the_truth():
    rng = np.random.default_rng(8)
    covered = [
        expected_optimism(rng.normal(size=(150, 5)), draws=150, seed=seed).corrected.covers(0.0)
        for seed in range(100)
    ]
    assert np.mean(covered) >= 0.93


def test_a_clearly_better_candidate_is_flattered_by_nothing():
    rng = np.random.default_rng(9)
    losses = rng.normal(size=(400, 4))
    losses[:, 2] -= 3
    found = expected_optimism(losses)
    assert found.chosen == 2
    assert abs(found.expected) < 0.01


def test_signs_follow_what_is_better():
    rng = np.random.default_rng(10)
    values = rng.normal(size=(200, 6))
    losses = expected_optimism(values, seed=1)
    gains = expected_optimism(-values, greater_is_better=True, seed=1)
    assert losses.chosen == gains.chosen
    assert losses.shown == pytest.approx(-gains.shown)
    assert losses.expected == pytest.approx(gains.expected)


def test_weights_count_as_repetition_in_what_is_shown():
    rng = np.random.default_rng(11)
    losses, weight = rng.normal(size=(50, 3)), rng.integers(1, 4, 50)
    weighted = expected_optimism(losses, weight=weight.astype(float))
    repeated = expected_optimism(np.repeat(losses, weight, axis=0))
    assert weighted.shown == pytest.approx(repeated.shown)
    assert weighted.chosen == repeated.chosen


def test_groups_are_drawn_as_wholes():
    rng = np.random.default_rng(12)
    per_group = rng.normal(size=(40, 5))
    losses = np.repeat(per_group, 20, axis=0)
    unit = np.repeat(np.arange(40), 20)
    grouped = expected_optimism(losses, unit=unit, seed=2)
    alone = expected_optimism(per_group, seed=2)
    assert grouped.expected == pytest.approx(alone.expected)
    assert grouped.corrected.unit == "group"
    assert expected_optimism(losses, seed=2).expected < grouped.expected / 2


def test_many_rows_are_redrawn_by_their_means_and_agree():
    rng = np.random.default_rng(13)
    n = MAX_UNITS
    losses = correlated(rng, n, 6, 0.5)
    exact = expected_optimism(losses, draws=300)
    normal = expected_optimism(np.vstack([losses, losses.mean(axis=0)]), draws=4000)
    assert normal.expected == pytest.approx(exact.expected, rel=0.2)
    width = exact.corrected.high - exact.corrected.low
    assert normal.corrected.high - normal.corrected.low == pytest.approx(width, rel=0.2)


def test_any_metric_by_redrawing_rows_agrees_with_means():
    rng = np.random.default_rng(14)
    gains = rng.normal(size=(120, 8))
    means = expected_optimism(gains, greater_is_better=True, draws=600)
    of_any = expected_optimism_of(lambda rows: gains[rows].mean(axis=0), 120, draws=600)
    assert of_any.chosen == means.chosen
    assert of_any.shown == pytest.approx(means.shown)
    assert of_any.expected == pytest.approx(means.expected, rel=0.15)
    assert of_any.if_unrelated == pytest.approx(means.if_unrelated, rel=0.15)


def test_to_dict_is_json():
    told = expected_optimism(np.eye(5)[:, :3]).to_dict()
    json.dumps(told, allow_nan=False)
    assert told["candidates"] == 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: expected_optimism(np.zeros((5, 1))), "two candidates or more; found 1"),
        (lambda: expected_optimism(np.zeros((1, 3))), "two rows or groups or more; found 1"),
        (lambda: expected_optimism(np.zeros(5)), "a column for each candidate"),
        (lambda: expected_maximum(0), "1 or more"),
        (
            lambda: expected_optimism_of(lambda rows: np.full(2, np.nan), 9),
            "undefined on 200 of 200 redraws",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InputError, match=message):
        call()
