"""Two columns together: closed forms, H², hatching, top pairs."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import partial_dependence
from sklearn.tree import DecisionTreeRegressor

from assay.errors import InputError
from assay.explainability.effects.interactions import measure_interactions
from assay.explainability.effects.measure import measure_dependence


def numbers(n: int = 300) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(n, 3))


def test_values_agree_with_scikit_learn():
    x = numbers(100)
    model = DecisionTreeRegressor(random_state=0).fit(x, x[:, 0] * x[:, 1])
    grid = [-1.0, 0.0, 1.0]
    theirs = partial_dependence(model, x, [0, 1], method="brute", custom_values={0: grid, 1: grid})
    ours = measure_dependence(model, x, (0, 1), grid=grid)
    np.testing.assert_allclose(ours.values[:, :, 0], theirs["average"][0], rtol=1e-12)


def test_an_additive_model_has_no_interaction():
    pair = measure_dependence(lambda r: np.exp(r[:, 0]) + r[:, 1] * r[:, 2], numbers(), (0, 1))
    assert pair.h_squared[0].value == 0.0
    assert (pair.h_squared[0].low, pair.h_squared[0].high) == (0.0, 0.0)
    assert not pair.interaction.any()


def test_a_product_has_the_known_share():
    x = numbers() + np.array([2.0, 1.0, 0.0])
    pair = measure_dependence(lambda r: r[:, 0] * r[:, 1], x, (0, 1))
    moments = []
    for grid, counts in zip(
        pair.grids, (np.sum(pair.counts, axis=1), np.sum(pair.counts, axis=0)), strict=True
    ):
        mean = np.average(grid, weights=counts)
        moments.append((mean, np.average((np.array(grid) - mean) ** 2, weights=counts)))
    (m1, v1), (m2, v2) = moments
    expected = v1 * v2 / (v1 * v2 + m1**2 * v2 + m2**2 * v1)
    assert pair.h_squared[0].value == pytest.approx(expected, rel=1e-9)
    assert pair.interaction_sd[0] == pytest.approx(np.sqrt(v1 * v2), rel=1e-9)


def test_a_large_share_of_a_small_effect_is_cautioned():
    pair = measure_dependence(
        lambda r: 100 * r[:, 2] + np.sign(r[:, 0]) * np.sign(r[:, 1]), numbers(), (0, 1)
    )
    assert pair.h_squared[0].value > 0.9
    assert [note.rule for note in pair.findings] == ["interaction_of_small_effects"]


def test_a_flat_pair_is_undefined_with_a_reason():
    pair = measure_dependence(lambda r: r[:, 2], numbers(), (0, 1))
    assert pair.h_squared[0].value is None
    assert "neither column" in (pair.h_squared[0].reason or "")
    json.dumps(pair.to_dict(), allow_nan=False)


def test_the_interval_holds_what_other_rows_give():
    def model(rows: np.ndarray) -> np.ndarray:
        return rows[:, 0] * rows[:, 1] * (1 + rows[:, 2]) + rows[:, 0]

    grid = [-1.0, 0.0, 1.0]
    held = 0
    for seed in range(60):
        x = np.random.default_rng(seed).normal(size=(200, 3))
        h = measure_dependence(model, x, (0, 1), grid=grid, weights=None).h_squared[0]
        share = [np.mean(np.digitize(x[:, place], [-0.5, 0.5]) == 1) for place in (0, 1)]
        assert h.low is not None
        assert h.value is not None
        assert h.low < h.value < h.high
        spread = (1 - share[1]) / (2 - share[1])
        held += h.low <= spread <= h.high
    assert held >= 50


def test_pairs_of_a_number_and_a_category_count_their_rows():
    rows = pd.DataFrame({"a": np.arange(40.0), "c": ["x"] * 20 + ["y"] * 20})
    pair = measure_dependence(lambda r: r["a"].to_numpy(), rows, ("a", "c"), resolution=4)
    assert np.sum(pair.counts) == 40
    assert pair.counts[0] == (10 + 2, 0) or pair.counts[0][1] == 0
    assert pair.to_frame().height == 8
    assert {cell.n == 0 for cell in pair.cells()} == {True, False}
    assert "a × c" in pair._repr_html_()


def test_top_pairs_are_found():
    x = np.random.default_rng(0).normal(size=(300, 6))

    def model(rows: np.ndarray) -> np.ndarray:
        return 3 * rows[:, 1] * rows[:, 4] + rows[:, 0] + 0.5 * rows[:, 0] * rows[:, 2]

    found = measure_interactions(model, x, top=4)
    assert [pair.features for pair in found.pairs[:2]] == [("x1", "x4"), ("x0", "x2")]
    assert all(pair.interaction_sd[0] == 0 for pair in found.pairs[2:])
    assert found.to_frame().height == 6
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.plot().to_dict()["layer"]
    assert "H²" in found._repr_html_()
    named = measure_interactions(model, x, [("x0", "x1")])
    assert [pair.features for pair in named.pairs] == [("x0", "x1")]
    with pytest.raises(InputError, match="pairs"):
        measure_interactions(model, x, features=["x0"])


def test_a_pair_refuses_a_grid_of_no_values():
    with pytest.raises(InputError, match="resolution must be a whole number of 1"):
        measure_dependence(lambda r: r[:, 0], numbers(), (0, 1), resolution=0)


def test_numbers_grow_upwards_and_categories_are_listed_from_the_top():
    rows = pd.DataFrame({"a": np.arange(40.0), "c": ["x"] * 30 + ["y"] * 10})

    def drawn(*pair: str) -> list[str]:
        found = measure_dependence(lambda r: r["a"].to_numpy(), rows, pair, resolution=2)
        return found.plot().to_dict()["layer"][0]["encoding"]["y"]["sort"]

    assert drawn("c", "a") == ["x", "y"]
    numbers = [float(each) for each in drawn("a", "c")]
    assert numbers == sorted(numbers, reverse=True)


def test_a_list_of_columns_is_a_pair_or_a_column():
    x = numbers(60)
    pair = measure_dependence(lambda r: r[:, 0] * r[:, 1], x, ["x0", "x1"])
    assert pair.features == ("x0", "x1")
    alone = measure_dependence(lambda r: r[:, 0], x, [np.int64(0)])
    assert alone.feature == "x0"
    with pytest.raises(InputError, match="3 columns were named"):
        measure_dependence(lambda r: r[:, 0], x, ["x0", "x1", "x2"])
