"""Associations of a facet as a whole, asked of a data set and measured from its tables."""

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from assay.bias.associations import (
    association_requests,
    association_rows,
    measure_associations,
    measure_whole,
)
from assay.bias.associations_catalogue import ASSOCIATIONS, WHOLE
from assay.bias.cells import KEY, LABEL, group_cells
from assay.bias.facet import Facet
from assay.bias.outcomes import Outcomes
from assay.bias.split import FacetTables
from assay.data.dataset import Dataset
from assay.data.requests import CubeRequest


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(5)
    n = 1_200
    age = rng.normal(45, 12, n).round(1)
    unit = rng.integers(0, 300, n)
    pay = 20 + 0.5 * age + rng.exponential(8, n)
    return pl.DataFrame(
        {
            "age": age,
            "pay": pay,
            "guess": pay + rng.normal(0, 5, n),
            "grade": np.where(pay > 55, "high", np.where(pay > 45, "middle", "low")),
            "unit": unit,
            "w": rng.choice([1.0, 2.0], n),
        }
    )


def age_facet():
    return Facet(
        name="age > 40",
        columns=("age",),
        how="condition",
        keys=(nw.col("age") > 40,),
        key_groups=({True: "age > 40", False: "age <= 40"},),
        groups=("age <= 40", "age > 40"),
        places={("age <= 40",): 0, ("age > 40",): 1},
        reported=(1,),
    )


REGRESSION = Outcomes(
    task="regression",
    positive="",
    label=nw.col("grade"),
    classes=("high", "low", "middle"),
    actual_number=nw.col("pay"),
    predicted_number=nw.col("guess"),
)


def measured(people, *, outcomes=REGRESSION, **shared):
    data = Dataset.read(people, label="pay")
    facet = age_facet()
    asked = association_requests(facet, outcomes, **shared)
    by = {KEY(0): facet.keys[0], LABEL: outcomes.label}
    made = data.scan({**asked, "cells": CubeRequest(by=by, **shared)})
    cells = group_cells(facet, made["cells"], outcomes)
    tables = FacetTables(groups=cells.groups, cells=cells)
    rows = association_rows(data, facet, outcomes, **shared)
    found = measure_associations(facet, tables, outcomes, made, rows=rows)
    return {(one.metric.name, one.metric.title): one for one in found}


def by_name(found, name):
    return next(one.found for (key, _), one in found.items() if key == name)


def test_each_agrees_with_scipy(people):
    from scipy.stats import f_oneway, pearsonr, pointbiserialr, spearmanr

    found = measured(people)
    old, age, pay = people["age"] > 40, people["age"].to_numpy(), people["pay"].to_numpy()
    assert by_name(found, "pearson_label").value == pytest.approx(pearsonr(age, pay).statistic)
    assert by_name(found, "pearson_prediction").value == pytest.approx(
        pearsonr(age, people["guess"].to_numpy()).statistic
    )
    assert by_name(found, "spearman_label").value == pytest.approx(spearmanr(age, pay).statistic)
    assert by_name(found, "correlation_ratio_label").value == pytest.approx(
        abs(pointbiserialr(old.to_numpy(), pay).statistic)
    )
    of_grade = [age[(people["grade"] == one).to_numpy()] for one in ("low", "middle", "high")]
    f = f_oneway(*of_grade).statistic
    expected = np.sqrt(2 * f / (2 * f + len(age) - 3))  # η² from the F of an analysis of variance
    assert by_name(found, "correlation_ratio_facet").value == pytest.approx(expected)


def test_the_sizes_of_groups_are_told_for_each_class(people):
    found = measured(people)
    for grade in ("low", "middle", "high"):
        title = f"Facet imbalance among the rows labelled {grade}"
        one = found["facet_imbalance_in_class", title]
        held = people.filter(pl.col("grade") == grade)
        old = int((held["age"] > 40).sum())
        assert one.group == "age > 40"
        assert one.found.value == pytest.approx((held.height - 2 * old) / held.height)


@pytest.mark.parametrize("shared", [{"weight": "w"}, {"weight": "w", "unit": "unit"}])
def test_weights_and_units_are_taken_into_all_of_them(people, shared):
    plain, found = measured(people), measured(people, **shared)
    assert set(found) == set(plain)
    for key, one in found.items():
        other = plain[key].found
        assert one.found.value != other.value
        assert one.found.unit == ("group" if "unit" in shared else "row")
        low, high = one.found.ends(0.95)
        assert low <= one.found.value <= high
        assert one.found.error == pytest.approx(other.error, rel=0.4)


def test_a_facet_of_texts_and_classes_asks_for_no_more_tables():
    from dataclasses import replace

    outcomes = replace(REGRESSION, actual_number=None, predicted_number=None)
    facet = replace(age_facet(), how="values")
    assert association_requests(facet, outcomes) == {}
    assert association_rows(Dataset.read(pl.DataFrame({"age": [1]})), facet, outcomes) is None


def test_a_number_and_classes_have_a_correlation_ratio_alone(people):
    from dataclasses import replace

    outcomes = replace(REGRESSION, actual_number=None, predicted_number=None)
    asked = association_requests(age_facet(), outcomes, weight="w")
    assert [request.weight for request in asked.values()] == ["w"]
    names = [name for name, _ in measured(people, outcomes=outcomes)]
    assert names == ["cramers_v_label", "correlation_ratio_facet"] + 3 * [
        "facet_imbalance_in_class"
    ]


def test_many_rows_are_sampled_and_said(people):
    data = Dataset.read(people, label="pay")
    from assay.bias.associations_ranks import ranked_rows, spearman

    rows = ranked_rows(data, nw.col("age"), nw.col("pay"), unit="unit", most=500, seed=3)
    found = spearman(rows)
    assert (len(rows.x), rows.n_data, found.n, found.seed) == (500, 1_200, 500, 3)
    assert found.unit == "group"
    again = ranked_rows(data, nw.col("age"), nw.col("pay"), most=500, seed=3)
    assert np.array_equal(again.x, rows.x)


def test_rows_without_a_number_are_left_out(people):
    from assay.bias.associations_ranks import ranked_rows

    holes = people.with_columns(
        age=pl.when(pl.col("unit") < 10).then(None).otherwise(pl.col("age"))
    )
    rows = ranked_rows(Dataset.read(holes, label="pay"), nw.col("age"), nw.col("pay"), weight="w")
    kept = holes.drop_nulls("age")
    assert np.array_equal(rows.y, kept["pay"].to_numpy())
    assert np.array_equal(rows.weight, kept["w"].to_numpy())


def test_all_rows_have_a_label_imbalance(people):
    data, facet = Dataset.read(people, label="pay"), age_facet()
    by = {KEY(0): facet.keys[0], LABEL: nw.col("grade")}
    cells = group_cells(facet, data.scan({"cells": CubeRequest(by=by)})["cells"], REGRESSION)
    found = {metric.name: one for metric, one in measure_whole(cells)}
    assert set(found) == {"label_imbalance", "majority_share"}
    shares = people["grade"].value_counts(normalize=True)["proportion"].to_numpy()
    assert found["majority_share"].value == pytest.approx(shares.max())
    assert found["label_imbalance"].value == pytest.approx(
        1 + np.sum(shares * np.log(shares)) / np.log(3)
    )


def test_the_entries_explain_themselves_and_make_no_findings():
    names = [metric.name for metric in (*ASSOCIATIONS, *WHOLE)]
    assert len(set(names)) == len(names)
    for metric in (*ASSOCIATIONS, *WHOLE):
        assert metric.tolerated is None
        assert len(metric.help) == 3
        assert all(text.endswith(".") for text in metric.help)
