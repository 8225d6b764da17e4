"""The Python call: the same numbers from every form of the same rows."""

import numpy as np
import polars as pl
import pytest

from assay.errors import InputError
from assay.jobs.measure_bias import measure_bias


def people(n=300):
    rng = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "man": rng.integers(0, 2, n),
            "age": rng.integers(18, 80, n),
            "paid": rng.integers(0, 2, n),
            "said": rng.integers(0, 2, n),
        }
    )


def numbers(found):
    return {
        (facet.name, each.group, each.metric): each.estimate.value
        for facet in found.facets
        for each in facet.measures
    }


@pytest.mark.parametrize("form", [pl.DataFrame.to_pandas, pl.DataFrame.to_arrow])
def test_every_form_of_a_table_gives_the_same_numbers(form):
    told = {"label": "paid", "positive": 1, "prediction": "said", "facets": ["man", "age>40"]}
    rows = people()
    assert numbers(measure_bias(form(rows), **told)) == numbers(measure_bias(rows, **told))


def test_arrays_give_the_numbers_of_the_table():
    rows = people()
    features = rows.select("man", "age").to_numpy()
    made = measure_bias(features, rows["paid"].to_numpy(), facets="x0")
    table = measure_bias(
        rows.drop("said"), label="paid", positive=1, facets="man", metrics=["DPL", "CI", "KL"]
    )
    for name in ("DPL", "CI", "KL"):
        ours, theirs = (found.facets[0].measure(name, "1").estimate for found in (made, table))
        assert ours.value == theirs.value
        assert (ours.low, ours.high) == (theirs.low, theirs.high)


def test_a_facet_that_is_not_there_is_named():
    with pytest.raises(InputError, match="columns not found: men; did you mean man"):
        measure_bias(people(), label="paid", positive=1, facets="men")


def test_a_key_without_a_second_table_is_refused():
    with pytest.raises(InputError, match="facet-data"):
        measure_bias(people(), label="paid", positive=1, facets="man", join_on="age")
