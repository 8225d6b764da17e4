"""The tests of slices against scipy, and their size."""

import numpy as np
import pytest

from assay.evaluation.slices.estimates import loss_difference, mean_loss
from assay.evaluation.slices.significance import LossRows, slice_chances


def one(rows: LossRows, inside: np.ndarray, seed: int = 0):
    return slice_chances(rows, [inside], np.random.default_rng(seed))[0]


def test_wrong_answers_are_tested_as_scipy_does() -> None:
    from scipy.stats import fisher_exact

    losses = np.repeat([0.0, 1.0, 0.0, 1.0], [20, 15, 60, 20])
    inside = np.arange(115) < 35
    found = one(LossRows(losses), inside)
    table = [[15, 20], [20, 60]]
    assert found.worse == pytest.approx(fisher_exact(table, alternative="greater").pvalue)
    assert found.better == pytest.approx(fisher_exact(table, alternative="less").pvalue)


def test_a_permutation_agrees_with_scipy() -> None:
    from scipy.stats import permutation_test

    rng = np.random.default_rng(0)
    losses, inside = rng.exponential(size=90), np.arange(90) < 30
    losses[inside] += 0.3

    def welch(a: np.ndarray, b: np.ndarray, axis: int = -1) -> np.ndarray:
        spread = (
            a.var(axis=axis, ddof=1) / a.shape[axis] + b.var(axis=axis, ddof=1) / b.shape[axis]
        )
        return (a.mean(axis=axis) - b.mean(axis=axis)) / np.sqrt(spread)

    expected = permutation_test(
        (losses[inside], losses[~inside]),
        welch,
        alternative="greater",
        n_resamples=4_999,
        vectorized=True,
        rng=np.random.default_rng(1),
    ).pvalue
    assert one(LossRows(losses), inside).worse == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("kind", ["heavy", "weights", "groups"])
def test_the_size_holds_where_nothing_is_there(kind: str) -> None:
    rng = np.random.default_rng(7)
    rejected = 0
    runs = 150
    for _ in range(runs):
        n = 120
        inside = rng.random(n) < 0.2
        losses = np.abs(rng.standard_t(2, n))
        weight = rng.lognormal(size=n) if kind == "weights" else None
        unit = None
        if kind == "groups":
            unit = rng.integers(0, 30, n)
            losses = losses + 2 * rng.exponential(size=30)[unit]
            unit = np.unique(unit, return_inverse=True)[1]
        found = slice_chances(LossRows(losses, weight, unit, "group"), [inside], rng)[0]
        rejected += found is not None and found.worse <= 0.05
    assert rejected / runs <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)


def test_groups_are_believed_less_than_rows() -> None:
    rng = np.random.default_rng(8)
    unit = np.repeat(np.arange(12), 20)
    inside = unit < 6
    losses = (rng.random(240) < np.where(np.isin(unit, [0, 1]), 0.95, 0.1)).astype(float)
    by_row, by_group = (
        one(LossRows(losses), inside),
        one(LossRows(losses, None, unit, "group"), inside),
    )
    assert by_row.worse < 0.001
    assert by_group.worse > 0.02


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        (np.zeros(50, dtype=bool), "0 rows in the slice"),
        (np.ones(50, dtype=bool), "0 rows outside"),
        (np.arange(50) < 3, "3 rows in the slice"),
    ],
)
def test_too_few_rows_are_not_compared(inside: np.ndarray, reason: str) -> None:
    rows = LossRows(np.linspace(0, 1, 50))
    assert one(rows, inside) is None
    assert reason in (loss_difference(rows, inside).reason or "")


def test_equal_losses_are_no_reason_to_reject() -> None:
    found = one(LossRows(np.ones(60)), np.arange(60) < 30)
    assert (found.worse, found.two_sided) == (1.0, 1.0)


def test_means_of_nothing_and_of_one_row() -> None:
    rows = LossRows(np.array([0.5, 2.0, 3.0]))
    assert mean_loss(rows, np.zeros(3, dtype=bool)).value is None
    alone = mean_loss(rows, np.array([True, False, False]))
    assert (alone.value, alone.low) == (0.5, None)
    assert "one row" in (alone.reason or "")


def test_weights_of_nothing_are_undefined() -> None:
    rows = LossRows(np.array([0.5, 2.0]), weight=np.array([0.0, 1.0]))
    assert mean_loss(rows, np.array([True, False])).value is None


def test_weighted_wrong_answers_use_the_effective_rows() -> None:
    rng = np.random.default_rng(9)
    losses = (rng.random(100) < 0.3).astype(float)
    weight = rng.lognormal(size=100)
    found = mean_loss(LossRows(losses, weight), np.ones(100, dtype=bool))
    assert found.n_effective == pytest.approx(weight.sum() ** 2 / (weight**2).sum())
    assert found.value == pytest.approx(np.average(losses, weights=weight))
