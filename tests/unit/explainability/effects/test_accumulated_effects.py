"""Accumulated local effects: brute force, closed forms, intervals, order of categories."""

import numpy as np
import pandas as pd
import pytest

from assay.explainability.effects.measure import measure_dependence


def correlated(n: int = 400, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    first = rng.normal(size=n)
    return np.column_stack([first, first + 0.3 * rng.normal(size=n), rng.normal(size=n)])


def bent(x: np.ndarray) -> np.ndarray:
    return np.exp(x[:, 0]) * x[:, 1] + x[:, 2]


def by_hand(model, x: np.ndarray, column: int, bins: int) -> tuple[list[float], list[float]]:
    """Row by row, as the definition says."""
    ordered = sorted(x[:, column])
    edges = [ordered[0]]
    for share in range(1, bins + 1):
        edge = ordered[int(np.ceil(share / bins * len(ordered) - 1e-9)) - 1]
        if edge > edges[-1]:
            edges.append(edge)
    rise: dict[int, list[float]] = {k: [] for k in range(1, len(edges))}
    for row in x:
        step = next(k for k in range(1, len(edges)) if row[column] <= edges[k])
        low, high = row.copy(), row.copy()
        low[column], high[column] = edges[step - 1], edges[step]
        rise[step].append(float(model(high[None])[0] - model(low[None])[0]))
    g = [0.0]
    for step in rise:
        g.append(g[-1] + (sum(rise[step]) / len(rise[step]) if rise[step] else 0.0))
    centre = sum(len(rise[k]) * (g[k - 1] + g[k]) / 2 for k in rise) / len(x)
    return edges, [value - centre for value in g]


@pytest.mark.parametrize("bins", [1, 5, 20])
def test_numbers_agree_with_brute_force(bins):
    x = np.round(correlated(150), 1)
    effect = measure_dependence(bent, x, 0, kind="ale", resolution=bins)
    if effect.rule == "given":
        edges, expected = by_hand(bent, x, 0, bins)
        np.testing.assert_allclose(effect.positions, edges)
        np.testing.assert_allclose(effect.values[:, 0], expected, atol=1e-12)
    assert sum(effect.counts) == 150


@pytest.mark.parametrize("weighted", [False, True])
def test_standard_errors_agree_with_brute_force(weighted):
    """Each step's mean has its own s²/n; the sum moves by them as far as it holds them."""
    x, edges = correlated(120), [-1.0, 0.0, 0.5]
    weights = np.random.default_rng(4).exponential(size=120) if weighted else np.ones(120)
    effect = measure_dependence(bent, x, 0, kind="ale", grid=edges, weights=weights)
    ends = [float(each) for each in effect.positions if each is not None]
    mean, variance, share = [], [], []
    for k in range(1, len(ends)):
        low, high = ends[k - 1], ends[k]
        here = [i for i, z in enumerate(x[:, 0]) if low < z <= high or (k == 1 and z == low)]
        rise = [np.exp(high) * x[i, 1] - np.exp(low) * x[i, 1] for i in here]
        w = weights[here]
        mean.append(np.average(rise, weights=w))
        n = w.sum() ** 2 / (w**2).sum()
        squares = sum((a * (r - mean[-1])) ** 2 for a, r in zip(w, rise, strict=True))
        variance.append(squares / w.sum() ** 2 * n / (n - 1))
        share.append(w.sum() / weights.sum())
    values, errors = [], []
    for place in range(len(ends)):
        held = [
            (1.0 if k < place else 0.0) - share[k] / 2 - sum(share[k + 1 :])
            for k in range(len(mean))
        ]
        values.append(np.dot(held, mean))
        errors.append(np.sqrt(np.dot(np.square(held), variance)))
    assert effect.standard_errors is not None
    np.testing.assert_allclose(effect.values[:, 0], values, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(effect.standard_errors[:, 0], errors, rtol=1e-12)


def test_an_additive_model_gives_its_own_function_however_columns_correlate():
    x = correlated()
    effect = measure_dependence(lambda r: 3 * r[:, 0] - 2 * r[:, 1], x, 0, kind="ale")
    np.testing.assert_allclose(np.diff(effect.values[:, 0]), 3 * np.diff(effect.positions))
    assert effect.standard_errors is not None
    assert effect.standard_errors.max() < 1e-12


def test_a_product_of_correlated_columns_has_another_effect_than_partial_dependence():
    first = np.linspace(-1, 1, 2001)
    x = np.column_stack([first, first])
    ale = measure_dependence(lambda r: r[:, 0] * r[:, 1], x, 0, kind="ale", resolution=40)
    at = np.array(ale.positions)
    expected = at**2 / 2 - np.mean(first**2) / 2
    np.testing.assert_allclose(ale.values[:, 0], expected, atol=2e-3)
    pdp = measure_dependence(lambda r: r[:, 0] * r[:, 1], x, 0)
    assert np.abs(pdp.values).max() < 1e-2


def test_weights_agree_with_repeated_rows():
    x, times = np.round(correlated(80), 1), np.random.default_rng(3).integers(0, 4, 80)
    weighted = measure_dependence(bent, x, 0, kind="ale", weights=times, resolution=6)
    repeated = measure_dependence(bent, np.repeat(x, times, axis=0), 0, kind="ale", resolution=6)
    assert weighted.grid == repeated.grid
    np.testing.assert_allclose(weighted.values, repeated.values, atol=1e-12)


def test_intervals_cover():
    held, grid = 0, [-1.0, 0.0, 1.0]
    for seed in range(200):
        rng = np.random.default_rng(seed)
        x = np.column_stack([rng.choice([-1.0, 0.0, 1.0], 200), rng.exponential(size=200)])
        effect = measure_dependence(lambda r: r[:, 0] ** 2 * r[:, 1], x, 0, kind="ale")
        assert list(effect.grid) == grid
        ends = effect.interval()
        assert ends is not None
        share = np.bincount(x[:, 0].astype(int) + 1) / 200
        steps = np.array([-1.0, 1.0])
        level = (share[0] + share[1]) * steps[0] / 2 + share[2] * (2 * steps[0] + steps[1]) / 2
        held += bool(ends[0][0, 0] <= -level <= ends[1][0, 0])
    assert 0.88 <= held / 200 <= 0.99


def test_an_interval_without_rows_counts_nothing_and_one_row_borrows_its_spread():
    x = np.array([[0.0, 1.0], [1.0, 2.0], [1.5, 4.0], [9.0, 3.0]])
    effect = measure_dependence(
        lambda r: r[:, 0] * r[:, 1], x, 0, kind="ale", grid=[2.0, 5.0, 8.0]
    )
    assert effect.grid == (0.0, 2.0, 5.0, 8.0, 9.0)
    assert effect.counts == (0, 3, 0, 0, 1)
    gained = np.diff(effect.values[:, 0])
    np.testing.assert_allclose(gained, [2 * 7 / 3, 0, 0, 3])
    assert effect.standard_errors is not None
    assert (effect.standard_errors > 0).all()


def test_categories_are_ordered_by_likeness_and_stepped_from_both_sides():
    rng = np.random.default_rng(5)
    level = rng.choice(4, 600, p=[0.4, 0.3, 0.2, 0.1])
    along = np.array([0.0, 30.0, 10.0, 20.0])[level] + 15 * rng.normal(size=600)
    rows = pd.DataFrame({"c": np.array(list("abcd"))[level], "z": along})

    def model(asked: pd.DataFrame) -> np.ndarray:
        own = asked["c"].map({"a": 0.0, "c": 1.0, "d": 3.0, "b": 7.0}).to_numpy()
        return own * (1 + asked["z"].to_numpy() / 100)

    effect = measure_dependence(model, rows, "c", kind="ale")
    assert effect.grid == ("a", "c", "d", "b")
    mean = [
        np.mean(gain * (1 + rows["z"][rows["c"].isin(list(pair))] / 100))
        for gain, pair in ((1, "ac"), (2, "cd"), (4, "db"))
    ]
    g = np.concatenate([[0.0], np.cumsum(mean)])
    share = [(rows["c"] == name).mean() for name in "acdb"]
    np.testing.assert_allclose(effect.values[:, 0], g - np.dot(share, g))
    assert effect.standard_errors is not None
    assert (effect.standard_errors > 0).all()


def test_standard_errors_of_categories_agree_with_the_bootstrap():
    rng = np.random.default_rng(6)
    rows = pd.DataFrame(
        {"c": rng.choice(["a", "b"], 300, p=[0.6, 0.4]), "z": rng.normal(size=300)}
    )

    def model(asked: pd.DataFrame) -> np.ndarray:
        return (asked["c"] == "b").to_numpy() * asked["z"].to_numpy()

    def gap(some: pd.DataFrame) -> float:
        values = measure_dependence(model, some, "c", kind="ale", grid=["a", "b"]).values[:, 0]
        return float(values[1] - values[0])

    effect = measure_dependence(model, rows, "c", kind="ale")
    assert effect.standard_errors is not None
    ours = effect.standard_errors[:, 0].sum()
    draws = [gap(rows.iloc[rng.integers(0, 300, 300)]) for _ in range(150)]
    assert ours == pytest.approx(np.std(draws), rel=0.2)


def test_auto_chooses_by_correlation_and_partial_dependence_says_so():
    x = correlated()
    assert measure_dependence(bent, x, 0, kind="auto").kind == "ale"
    assert measure_dependence(bent, x, 2, kind="auto").kind == "pdp"
    rules = [note.rule for note in measure_dependence(bent, x, 0).findings]
    assert "effect_of_correlated_column" in rules
    levels = np.random.default_rng(0).choice(["a", "b", "c"], 200)
    rows = pd.DataFrame({"c": levels, "d": levels, "z": np.arange(200.0)})
    model = lambda asked: asked["z"].to_numpy()  # noqa: E731
    assert measure_dependence(model, rows, "c", kind="auto").kind == "ale"


def test_constant_missing_and_single_values():
    x = np.column_stack([np.ones(20), np.arange(20.0)])
    assert measure_dependence(lambda r: r[:, 1], x, 0, kind="ale").values.tolist() == [[0.0]]
    x[::2, 0] = np.nan
    x[1, 0] = 5.0
    effect = measure_dependence(lambda r: np.nan_to_num(r[:, 0]), x, 0, kind="ale")
    assert effect.grid == (1.0, 5.0)
    assert effect.n_rows == 10
