"""Weights of a table's rows say the same as rows that stand there several times."""

import numpy as np
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.explainability.effects.measure import measure_dependence
from assay.explainability.effects.permutation import permutation_importance
from assay.explainability.explain import explain, prepare_explainer
from assay.explainability.stored import load_explanation, merge

RNG = np.random.default_rng(1)
FRAME = pl.DataFrame(
    {
        "a": RNG.normal(size=40),
        "b": RNG.normal(size=40),
        "c": RNG.integers(0, 4, 40),
        "w": RNG.integers(0, 4, 40),
        "y": RNG.integers(0, 2, 40),
    }
)
REPEATED = FRAME[[at for at, times in enumerate(FRAME["w"]) for _ in range(times)]]
WEIGHTED = Dataset.read(FRAME, label="y", weight="w")
SEVERAL = Dataset.read(REPEATED.drop("w"), label="y")


def product(rows):
    return np.asarray(rows["a"]) * 2 + np.asarray(rows["b"]) * np.asarray(rows["c"])


@pytest.mark.parametrize("agg", ["mean_abs", "median", "mean_sq", "mean", "median_abs"])
def test_integer_weights_are_repeated_rows(agg):
    weighted = explain(product, WEIGHTED, background=WEIGHTED)
    several = explain(product, SEVERAL, background=SEVERAL)
    np.testing.assert_allclose(weighted.base_values[0], several.base_values[0], rtol=1e-12)
    assert len(weighted.background.weights) == FRAME.filter(pl.col("w") > 0).height
    one, other = (
        {each.player: each.estimate.value for each in made.global_importance(agg).importances}
        for made in (weighted, several)
    )
    assert one == pytest.approx(other, rel=1e-10)


@pytest.mark.parametrize("kind", ["pdp", "ale"])
def test_effects_weigh_rows_as_the_table_does(kind):
    one, other = (
        measure_dependence(product, data, "a", kind=kind, grid=[-1.0, 0.0, 1.0])
        for data in (WEIGHTED, SEVERAL)
    )
    np.testing.assert_allclose(one.values, other.values, atol=1e-12)


def test_the_quality_that_is_lost_is_weighed_too():
    def chance(rows):
        return 1 / (1 + np.exp(-product(rows)))

    def found(data):
        made = permutation_importance(chance, data, repeats=1500, output="probability")
        return [made.base, *(each.value for each in made.importances)]

    assert found(WEIGHTED)[0] == pytest.approx(found(SEVERAL)[0])
    assert found(WEIGHTED)[1:] == pytest.approx(found(SEVERAL)[1:], abs=0.03)


def test_one_row_with_all_the_weight_is_the_background():
    alone = FRAME.with_columns(w=(pl.int_range(40) == 7).cast(pl.Int64))
    data = Dataset.read(alone, label="y", weight="w")
    assert prepare_explainer(product, data).background.rows.rows() == [
        FRAME.select("a", "b", "c").row(7)
    ]


def test_weights_are_kept_with_the_rows(tmp_path):
    made = explain(product, WEIGHTED, background=SEVERAL)
    back = load_explanation(made.save(tmp_path / "why"))
    np.testing.assert_array_equal(back.row_weights, FRAME["w"].to_numpy())
    np.testing.assert_array_equal(merge([made]).row_weights, FRAME["w"].to_numpy())
    assert made.to_dict()["row_weights"] == FRAME["w"].cast(pl.Float64).to_list()
    plain = explain(product, SEVERAL, background=SEVERAL)
    assert load_explanation(plain.save(tmp_path / "plain")).row_weights is None
