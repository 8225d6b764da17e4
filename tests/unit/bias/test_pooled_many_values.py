"""Combinations of columns with very many values are pooled towards one mean, and quickly."""

import numpy as np
import polars as pl

from assay.bias.cells import LABEL, group_cells
from assay.bias.facet_text import parse_facet
from assay.bias.outcomes import Outcomes
from assay.bias.pooled_groups import MAX_EFFECTS, main_effects, pooled_group_rates
from assay.bias.resolve import resolve_facets
from assay.data.dataset import Dataset
from assay.data.requests import CubeRequest


def pooled(n_values):
    import narwhals as nw

    rng = np.random.default_rng(n_values)
    rows = pl.DataFrame(
        {
            "shop": [f"s{at % n_values}" for at in range(4_000)],
            "sex": rng.choice(["f", "m"], 4_000),
            "y": rng.random(4_000) < 0.3,
        }
    )
    data = Dataset.read(rows, label="y")
    facet = resolve_facets([parse_facet("shop*sex", rows.columns)], data).facets[0]
    by = {f"facet:{at}": key for at, key in enumerate(facet.keys)}
    cube = data.scan({"c": CubeRequest(by=by | {LABEL: nw.col("y")})})["c"]
    outcomes = Outcomes(
        task="binary",
        positive="y",
        label=nw.col("y"),
        labels_positive=(True,),
        classes=(False, True),
    )
    return facet, pooled_group_rates(facet, group_cells(facet, cube, outcomes))


def test_few_values_have_main_effects():
    facet, found = pooled(3)
    assert main_effects(facet).shape[1] <= MAX_EFFECTS
    assert "main effects" in found[0]["pooled_base_rate"].method


def test_many_values_have_one_mean():
    facet, found = pooled(80)
    assert main_effects(facet).shape[1] > MAX_EFFECTS
    rates = [each["pooled_base_rate"] for each in found]
    assert all("the mean of all groups" in each.method for each in rates)
    assert max(abs(each.value - 0.3) for each in rates) < 0.1
