"""Clarify's pdp entries: the published grid, categories, errors."""

import numpy as np
import pandas as pd
import pytest

from assay.errors import InputError
from assay.explainability.effects.clarify import measure_pdp, pdp_entry
from assay.explainability.effects.measure import measure_dependence


def people() -> pd.DataFrame:
    ages = np.arange(19, 76)
    return pd.DataFrame(
        {"Age": ages, "Animal": ["Cat", "Dog", "Dog"] * 19, "flag": [0, 1, 1] * 19}
    )


def model(rows: pd.DataFrame) -> np.ndarray:
    return rows["Age"].to_numpy() / 100


def test_the_published_bucket_centres():
    twenty = pdp_entry(measure_pdp(model, people(), "Age", grid_resolution=20))
    values = twenty["feature_values"]
    np.testing.assert_allclose([values[0], values[1], values[-1]], [20.4, 23.2, 73.6])
    fifteen = pdp_entry(measure_pdp(model, people(), "Age"))
    np.testing.assert_allclose(
        fifteen["feature_values"][:4], [20.8667, 24.6, 28.3333, 32.0667], atol=1e-4
    )
    assert len(fifteen["feature_values"]) == 15


def test_the_keys_and_shares_of_an_entry():
    entry = pdp_entry(measure_pdp(model, people(), "Age", grid_resolution=2))
    assert list(entry) == [
        "feature_name",
        "data_type",
        "feature_values",
        "model_predictions",
        "data_distribution",
        "label_headers",
    ]
    assert entry["data_type"] == "numerical"
    assert entry["label_headers"] == ["label0"]
    np.testing.assert_allclose(entry["model_predictions"], [[0.33, 0.61]])
    np.testing.assert_allclose(entry["data_distribution"], [28 / 57, 29 / 57])


def test_categories_are_all_there_as_first_seen():
    rows = pd.DataFrame({"c": [f"c{place}" for place in range(40, 0, -1)], "z": np.ones(40)})
    entry = pdp_entry(measure_pdp(lambda r: r["z"].to_numpy(), rows, "c"))
    assert entry["data_type"] == "categorical"
    assert entry["feature_values"] == [f"c{place}" for place in range(40, 0, -1)]
    np.testing.assert_allclose(entry["data_distribution"], [1 / 40] * 40)
    animals = pdp_entry(measure_pdp(model, people(), "Animal"))
    assert animals["feature_values"] == ["Cat", "Dog"]


def test_two_valued_columns_are_categories_unless_told():
    assert pdp_entry(measure_pdp(model, people(), "flag"))["feature_values"] == [0, 1]
    told = pdp_entry(measure_pdp(model, people(), "flag", category=False, grid_resolution=2))
    assert told["feature_values"] == [0.25, 0.75]


def test_a_constant_is_one_bucket_and_missing_values_are_no_point():
    rows = pd.DataFrame({"a": np.ones(5), "b": [1.0, np.nan, 3.0, 4.0, 9.5]})
    one = pdp_entry(measure_pdp(lambda r: r["a"].to_numpy(), rows, "a"))
    assert (one["feature_values"], one["data_distribution"]) == ([1.0], [1.0])
    some = pdp_entry(measure_pdp(lambda r: r["a"].to_numpy(), rows, "b"))
    assert None not in some["feature_values"]
    assert sum(some["data_distribution"]) == pytest.approx(1.0)


def test_text_is_an_entry_with_an_error():
    rows = pd.DataFrame({"memo": [f"one two three four five six {i}" for i in range(9)]})
    entry = pdp_entry(measure_pdp(lambda r: np.ones(len(r)), rows, "memo"))
    assert (entry["feature_name"], entry["data_type"]) == ("memo", "free_text")
    assert entry["error"]


def test_each_class_has_its_list_and_name():
    two = measure_pdp(lambda r: np.column_stack([model(r), 1 - model(r)]), people(), "Age")
    entry = pdp_entry(two, label_headers=["no", "yes"])
    assert entry["label_headers"] == ["no", "yes"]
    np.testing.assert_allclose(np.sum(entry["model_predictions"], axis=0), 1.0)
    with pytest.raises(InputError, match="2 scores"):
        pdp_entry(two, label_headers=["no"])
    with pytest.raises(InputError, match="pdp alone"):
        pdp_entry(measure_dependence(model, people(), "Age", kind="ale"))
