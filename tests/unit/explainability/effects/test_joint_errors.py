"""How sure the effect of two columns is: by hand, by simulation, and where nothing can be told."""

import json
from collections.abc import Callable

import numpy as np
import pytest

from assay.explainability.effects.joint_dependence import JointDependence
from assay.explainability.effects.measure import measure_dependence
from assay.explainability.effects.surface_errors import METHOD
from assay.stats.interval import two_sided_quantile

Floats = np.ndarray
GRID = [-1.0, 0.0, 1.0]


def numbers(n: int = 60, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(size=(n, 4))


def wavy(rows: Floats) -> Floats:
    return rows[:, 0] * rows[:, 1] * (1 + rows[:, 2]) + np.tanh(rows[:, 0] + rows[:, 3])


def by_hand(
    model: Callable[[Floats], Floats], x: Floats, pair: JointDependence, weights: Floats
) -> tuple[Floats, Floats]:
    """Standard errors from one surface a row, made in loops."""
    shares = [np.sum(pair.counts, axis=1 - axis) / np.sum(pair.counts) for axis in (0, 1)]
    if not np.allclose(weights, weights[0]):
        shares = [weighted_shares(x[:, place], pair.grids[place], weights) for place in (0, 1)]
    both = np.outer(*shares)
    apart, inner = [], []
    for row in x:
        surface = np.empty((len(pair.grids[0]), len(pair.grids[1])))
        for i, a in enumerate(pair.grids[0]):
            for j, b in enumerate(pair.grids[1]):
                asked = row.copy()
                asked[:2] = a, b
                surface[i, j] = model(asked[None])[0]
        surface -= np.sum(both * surface)
        apart.append(surface)
        inner.append(surface - (surface @ shares[1])[:, None] - (shares[0] @ surface)[None, :])
    return spread(np.array(apart), weights), spread(np.array(inner), weights)


def weighted_shares(column: Floats, grid: tuple[object, ...], weights: Floats) -> Floats:
    nearest = np.abs(column[:, None] - np.array(grid, dtype=float)).argmin(axis=1)
    mass = np.bincount(nearest, weights=weights, minlength=len(grid))
    return mass / mass.sum()


def spread(surfaces: Floats, weights: Floats) -> Floats:
    total = weights.sum()
    n = total**2 / (weights**2).sum()
    mean = np.tensordot(weights, surfaces, 1) / total
    squares = np.tensordot(weights**2, (surfaces - mean) ** 2, 1)
    return np.sqrt(squares / total**2 * n / (n - 1))


@pytest.mark.parametrize("weighted", [False, True])
def test_each_cell_has_the_error_of_rows_centred_values(weighted):
    x = numbers()
    weights = np.random.default_rng(1).exponential(size=len(x)) if weighted else np.ones(len(x))
    pair = measure_dependence(wavy, x, (0, 1), grid=GRID, weights=weights)
    values, inner = by_hand(wavy, x, pair, weights)
    assert pair.standard_errors is not None
    assert pair.interaction_errors is not None
    np.testing.assert_allclose(pair.standard_errors[:, :, 0], values, rtol=1e-12)
    np.testing.assert_allclose(pair.interaction_errors[:, :, 0], inner, rtol=1e-12)
    low, high = pair.interaction_interval() or (None, None)
    n = weights.sum() ** 2 / (weights**2).sum()
    half = two_sided_quantile(0.95, freedom=n - 1) * inner
    np.testing.assert_allclose((high - low) / 2, half[:, :, None], rtol=1e-12)


def test_without_weights_it_is_s_over_the_root_of_n():
    x = numbers(50)
    pair = measure_dependence(lambda r: r[:, 0] * r[:, 1] * r[:, 2], x, (0, 1), grid=GRID)
    share = [np.sum(pair.counts, axis=1 - axis) / 50 for axis in (0, 1)]
    apart = [np.array(GRID) - np.dot(each, GRID) for each in share]
    expected = np.abs(np.outer(*apart)) * x[:, 2].std(ddof=1) / np.sqrt(50)
    assert pair.interaction_errors is not None
    np.testing.assert_allclose(pair.interaction_errors[:, :, 0], expected, rtol=1e-9, atol=1e-15)


def test_an_additive_model_has_errors_of_the_surface_and_none_of_the_interaction():
    pair = measure_dependence(
        lambda r: np.exp(r[:, 0]) + r[:, 1] * r[:, 2], numbers(), (0, 1), grid=GRID
    )
    assert pair.standard_errors is not None
    assert pair.interaction_errors is not None
    assert pair.standard_errors.max() > 0
    assert not pair.interaction_errors.any()
    assert not any(cell.shown for cell in pair.cells(interaction=True))
    assert all(cell.shown for cell in pair.cells())


def test_cells_whose_interval_holds_zero_are_told_apart():
    def model(rows: Floats) -> Floats:
        return rows[:, 1] * (rows[:, 0] + rows[:, 0] ** 2 * rows[:, 2])

    x = numbers(90)
    x[:, :2] = fixed(90)
    pair = measure_dependence(model, x, (0, 1), grid=GRID)
    low, high = pair.interaction_interval() or (None, None)
    assert low is not None
    clear = ((low > 0) | (high < 0))[:, :, 0].reshape(-1)
    assert [cell.shown for cell in pair.cells(interaction=True)] == clear.tolist()
    assert set(clear.tolist()) == {True, False}
    frame = pair.to_frame()
    assert frame["interaction_low"].to_list() == pytest.approx(low[:, :, 0].reshape(-1))
    assert frame["interaction_standard_error"].null_count() == 0
    told = pair.to_dict()
    json.dumps(told, allow_nan=False)
    assert told["interaction_high"] == np.moveaxis(high, -1, 0).tolist()
    assert told["low"] != told["high"]
    assert told["n_effective"] == 90


def test_outputs_have_errors_of_their_own():
    def two(rows: Floats) -> Floats:
        return np.column_stack([wavy(rows), 3 * wavy(rows)])

    pair = measure_dependence(two, numbers(), (0, 1), grid=GRID)
    for errors in (pair.standard_errors, pair.interaction_errors):
        assert errors is not None
        np.testing.assert_allclose(errors[:, :, 1], 3 * errors[:, :, 0], rtol=1e-9)
    assert pair.h_squared[0].low == pytest.approx(pair.h_squared[1].low, rel=1e-9)


def test_one_row_or_one_weight_tells_nothing_of_others():
    for x, weights in ((numbers(1), None), (numbers(3), [1.0, 0.0, 0.0])):
        pair = measure_dependence(wavy, x, (0, 1), grid=GRID, weights=weights)
        assert pair.standard_errors is None
        assert pair.interaction_interval() is None
        assert pair.h_squared[0].low is None
        assert pair.h_squared[0].reason
        assert pair.to_frame()["low"].null_count() == 9
        assert all(cell.shown for cell in pair.cells(interaction=True))
        json.dumps(pair.to_dict(), allow_nan=False)


def test_many_rows_are_put_together_without_changing_the_errors_by_much():
    x = numbers(2500)
    pair = measure_dependence(wavy, x, (0, 1), grid=GRID, rows=None)
    values, inner = by_hand(wavy, x, pair, np.ones(len(x)))
    assert pair.n_rows == 2500
    assert pair.standard_errors is not None
    assert pair.interaction_errors is not None
    np.testing.assert_allclose(pair.standard_errors[:, :, 0], values, rtol=0.1)
    np.testing.assert_allclose(pair.interaction_errors[:, :, 0], inner, rtol=0.1)


def held(
    model: Callable[[Floats], Floats], truth: float, n: int, *, weighted: bool, n_draws: int = 250
) -> float:
    """How often the interval of H² holds what many rows give, on a grid with fixed shares."""
    found = 0
    for seed in range(n_draws):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(n, 4))
        x[:, :2] = fixed(n)
        weights = rng.exponential(size=n) if weighted else None
        share = measure_dependence(model, x, (0, 1), grid=GRID, weights=weights).h_squared[0]
        assert share.method == METHOD
        found += share.covers(truth)
    return found / n_draws


def fixed(n: int) -> Floats:
    """Return the nine pairs of the grid in turn, so that the shares are a third each."""
    return np.array([(a, b) for a in GRID for b in GRID])[np.arange(n) % 9]


@pytest.mark.parametrize(("n", "weighted"), [(36, False), (198, False), (198, True)])
def test_an_interaction_that_is_noise_alone_is_within_its_interval_of_zero(n, weighted):
    def noise(rows: Floats) -> Floats:
        return rows[:, 0] + rows[:, 1] + rows[:, 0] * rows[:, 1] * rows[:, 2]

    assert held(noise, 0.0, n, weighted=weighted) >= 0.93


@pytest.mark.parametrize("size", [0.2, 0.8, 4.0])
def test_the_interval_of_h_squared_covers_what_many_rows_give(size):
    def model(rows: Floats) -> Floats:
        together = rows[:, 0] * rows[:, 1] * (size + rows[:, 2])
        return rows[:, 0] * (1 + rows[:, 3]) + rows[:, 1] + together

    # The variance of a product of two columns of -1, 0, 1 is (2/3)², of each alone 2/3.
    truth = size**2 * (4 / 9) / (size**2 * (4 / 9) + 4 / 3)
    assert 0.91 <= held(model, truth, 198, weighted=False) <= 0.99


def test_the_interval_of_a_pure_interaction_reaches_one():
    def model(rows: Floats) -> Floats:
        return rows[:, 0] * rows[:, 3] + rows[:, 0] * rows[:, 1] * (1 + rows[:, 2])

    assert held(model, 1.0, 198, weighted=False) >= 0.93
    exact = measure_dependence(
        lambda r: r[:, 0] * r[:, 1],
        fixed(18).repeat(2, axis=1)[:, [0, 2, 1, 3]],
        (0, 1),
        grid=GRID,
    ).h_squared[0]
    assert (exact.value, exact.low, exact.high) == pytest.approx((1.0, 1.0, 1.0))


def test_an_interaction_that_may_be_noise_is_not_called_a_large_share():
    def model(rows: Floats) -> Floats:
        return 50 * rows[:, 3] + rows[:, 0] * rows[:, 1] * rows[:, 2]

    noisy = 0
    for seed in range(20):
        x = numbers(60, seed)
        x[:, :2] = fixed(60)
        pair = measure_dependence(model, x, (0, 1), grid=GRID)
        unsure = pair.h_squared[0].low == 0
        noisy += unsure
        assert bool(pair.findings) is not unsure
    assert noisy >= 15


def test_intervals_of_probabilities_stay_between_zero_and_one():
    class Steep:
        classes_ = (0, 1)

        def predict_proba(self, rows: Floats) -> Floats:
            p = 1 / (1 + np.exp(-5 * rows[:, 0] - 5 * rows[:, 2]))
            return np.column_stack([1 - p, p])

        def predict(self, rows: Floats) -> Floats:
            return self.predict_proba(rows)[:, 1] > 0.5

    x = numbers(12)
    for effect in (
        measure_dependence(Steep(), x, 0, grid=[-3.0, 0.0, 3.0]),
        measure_dependence(Steep(), x, (0, 1), grid=[-3.0, 0.0, 3.0]),
    ):
        low, high = effect.interval() or (np.empty(0), np.empty(0))
        assert effect.output == "probability"
        assert low.min() >= 0
        assert high.max() <= 1
        assert (low <= effect.values).all()
        assert (high >= effect.values).all()
    assert effect.values.min() - 2 * effect.standard_errors.max() < 0
    steps = measure_dependence(Steep(), x, 0, kind="ale").interval()
    assert steps is not None
    assert steps[0].min() < 0
