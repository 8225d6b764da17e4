"""What the original takes for categories, and what a listed value then selects."""

import pandas as pd
import pytest

from assay.bias.compat.kinds import ColumnFacts, settle_kind
from assay.bias.compat.matching import as_they_are, as_threshold, converted
from assay.bias.compat.report import compat_report
from assay.data.dataset import Dataset
from assay.errors import InputError

PRE = "pre_training_bias_metrics"


def facts(dtype, n_distinct, n_values=100, **more):
    storage = {"int": "int64", "float": "float64", "bool": "bool"}.get(dtype, "utf8")
    return ColumnFacts(
        name="x", dtype=dtype, storage=storage, n_values=n_values, n_distinct=n_distinct, **more
    )


@pytest.mark.parametrize(
    ("column", "values", "kind"),
    [
        (facts("category", 90), (1,), "categorical"),
        (facts("int", 90), (1, 2), "categorical"),
        (facts("float", 90), (1, 2), "categorical"),
        (facts("float", 2), (1,), "continuous"),
        (facts("float", 2), (), "continuous"),
        (facts("int", 5), (1,), "continuous"),
        (facts("int", 4), (1,), "categorical"),
        (facts("text", 5, whole_texts=True), (1,), "continuous"),
        (facts("text", 4, whole_texts=True), (1,), "categorical"),
        (facts("text", 90), (1,), "categorical"),
        (facts("bool", 2, n_values=4), (1,), "categorical"),
        (facts("object", 2, n_values=4), (1,), "categorical"),
    ],
)
def test_the_rule(column, values, kind):
    assert settle_kind(column, values) == kind


def section(columns, *, label="y", positive=(1,), facets=None, **more):
    data = Dataset.read(columns)
    return compat_report(data, label=label, positive=positive, facets=facets or {"f": [1]}, **more)


def entries(columns, **more):
    made = section(columns, **more)[PRE]
    return made["label_value_or_threshold"], made["facets"]


def cells(entry):
    return {each["name"]: each for each in entry["metrics"]}


def rows_of(entry):
    """Return n_d as a share of all rows, from CI."""
    return (1 - cells(entry)["CI"]["value"]) / 2


def test_few_rows_make_zero_and_one_a_measure_and_every_metric_fails():
    """Under about 40 rows; nothing lies above the threshold 1."""
    columns = {"y": [0, 1] * 15, "f": [0, 0, 1] * 10}
    text, facets = entries(columns)
    (entry,) = facets["f"]
    assert text == entry["value_or_threshold"] == ""
    assert all(each["value"] is None for each in entry["metrics"])
    assert cells(entry)["DPL"]["error"] == "Facet set is empty"


def test_an_empty_interval_of_labels_alone_fails_every_metric():
    columns = {"y": [0, 1] * 15, "f": ["m", "f"] * 15}
    text, facets = entries(columns, facets={"f": ["f"]})
    (entry,) = facets["f"]
    assert (text, entry["value_or_threshold"]) == ("", "f")
    assert all(each["value"] is None for each in entry["metrics"])
    assert all("no label is above 1" in each["error"] for each in entry["metrics"])


def test_more_rows_make_the_same_values_categories():
    columns = {"y": [0, 1] * 30, "f": [0, 0, 1] * 20}
    text, facets = entries(columns)
    assert text == facets["f"][0]["value_or_threshold"] == "1"
    assert rows_of(facets["f"][0]) == pytest.approx(1 / 3)


def test_an_age_of_seventy_values_in_four_thousand_rows_is_a_category():
    ages = [18 + i % 70 for i in range(4000)]
    _, facets = entries(
        {"y": ["n", "y"] * 2000, "age": ages}, positive=["y"], facets={"age": [40]}
    )
    (entry,) = facets["age"]
    assert entry["value_or_threshold"] == "40"
    assert rows_of(entry) == pytest.approx(sum(age == 40 for age in ages) / 4000)


def test_an_age_of_seventy_values_in_four_hundred_rows_is_a_measure():
    ages = [18 + i % 70 for i in range(400)]
    _, facets = entries({"y": ["n", "y"] * 200, "age": ages}, positive=["y"], facets={"age": [40]})
    (entry,) = facets["age"]
    assert entry["value_or_threshold"] == "(40, 87]"
    assert rows_of(entry) == pytest.approx(sum(age > 40 for age in ages) / 400)


def test_two_thresholds_on_a_float_are_categories():
    columns = {"y": ["n", "y"] * 4, "f": [0.5, 1.0, 1.5, 2.0] * 2}
    _, facets = entries(columns, positive=["y"], facets={"f": [1, 2]})
    assert facets["f"][0]["value_or_threshold"] == "1,2"
    assert rows_of(facets["f"][0]) == pytest.approx(0.5)


def test_a_float_label_of_zero_and_one_needs_a_threshold_between():
    columns = {"y": [0.0, 1.0] * 500, "f": ["m", "f", "m", "m"] * 250}
    text, facets = entries(columns, positive=[0.5], facets={"f": ["f"]})
    assert text == "(0.5, 1.0]"
    assert cells(facets["f"][0])["DPL"]["value"] == pytest.approx(1 / 3 - 1)
    text, facets = entries(columns, positive=[1.0], facets={"f": ["f"]})
    assert text == ""
    assert all(each["value"] is None for each in facets["f"][0]["metrics"])


def test_whole_numbers_with_a_gap_are_floats():
    ages = [*range(20, 80), None] * 50
    _, facets = entries(
        {"y": ["n", "y"] * 1525, "age": ages}, positive=["y"], facets={"age": [40]}
    )
    assert facets["age"][0]["value_or_threshold"] == "(40.0, 79.0]"
    assert rows_of(facets["age"][0]) == pytest.approx(39 / 61)


@pytest.mark.parametrize("texts", [["1", " 2", "+3", "4 "], ["10", "2", "3", "4"]])
def test_texts_of_whole_numbers_are_numbers(texts):
    columns = {"y": ["n", "y", "n", "y"], "f": texts}
    _, facets = entries(columns, positive=["y"], facets={"f": ["2"]})
    top = max(int(text) for text in texts)
    assert facets["f"][0]["value_or_threshold"] == f"(2, {top}]"
    assert rows_of(facets["f"][0]) == pytest.approx(sum(int(text) > 2 for text in texts) / 4)


def test_texts_of_which_one_is_no_number_are_categories():
    columns = {"y": ["n", "y", "n", "y"], "f": ["1", "2", "2.0", "4"]}
    _, facets = entries(columns, positive=["y"], facets={"f": ["2"]})
    assert facets["f"][0]["value_or_threshold"] == "2"
    assert rows_of(facets["f"][0]) == pytest.approx(0.25)


@pytest.mark.parametrize("values", [list("12345678"), list(range(1, 9))])
def test_a_category_type_is_never_a_measure(values):
    frame = pd.DataFrame({"y": ["n", "y"] * 4, "f": pd.Categorical(values)})
    _, facets = entries(frame, positive=["y"], facets={"f": ["2"]})
    assert facets["f"][0]["value_or_threshold"] == "2"
    assert rows_of(facets["f"][0]) == pytest.approx(1 / 8)
    _, facets = entries(frame, positive=["y"], facets={"f": []})
    assert [each["value_or_threshold"] for each in facets["f"]] == list("12345678")


def test_a_measure_without_a_threshold_is_refused():
    with pytest.raises(InputError, match="Threshold values must be provided"):
        section({"y": ["n", "y"], "f": [1.0, 2.0]}, positive=["y"], facets={"f": []})


def test_a_threshold_must_be_a_number():
    with pytest.raises(InputError, match="'old' is no number"):
        section({"y": ["n", "y"], "f": [1.0, 2.0]}, positive=["y"], facets={"f": ["old"]})


@pytest.mark.parametrize(
    ("values", "storage", "expected"),
    [
        ([1, "1", 2.0, 2.5, True, float("inf"), 2**70], "int64", [1, 2, 1]),
        ([1, "1", 2.5, False], "float64", [1.0, 2.5, 0.0]),
        ([1, "True", 0.0, 2], "bool", [True, False]),
        ([1, "1", None], "utf8", ["1"]),
    ],
)
def test_values_as_they_are(values, storage, expected):
    found = as_they_are(values, storage)
    assert found == expected
    assert [type(each) for each in found] == [type(each) for each in expected]


@pytest.mark.parametrize(
    ("values", "first", "expected"),
    [
        (["1", "1.0", "x"], 7, [1, 1.0]),
        (["1", 2], 0.5, [1.0, 2.0]),
        ([1, True, 2.5], "a", ["1", "True", "2.5"]),
        (["True", "false", "x"], True, [True, False]),
        (["1", "x", None], None, [1.0]),
    ],
)
def test_values_in_the_type_of_the_first_element(values, first, expected):
    assert converted(values, first) == expected


def test_a_text_is_converted_only_where_nothing_matches():
    columns = {"y": ["n", "y"] * 50, "f": [0, 0, 1, 2] * 25}
    for listed, share in ((["1"], 0.25), (["1.0"], 0.25), ([1, "2"], 0.25), (["1", "2"], 0.5)):
        _, facets = entries(columns, positive=["y"], facets={"f": listed})
        assert rows_of(facets["f"][0]) == pytest.approx(share), listed
        assert facets["f"][0]["value_or_threshold"] == ",".join(map(str, listed))


def test_text_for_a_truth_value():
    columns = {"y": ["n", "y"] * 4, "f": [True, False, False, False] * 2}
    _, facets = entries(columns, positive=["y"], facets={"f": ["True"]})
    assert rows_of(facets["f"][0]) == pytest.approx(0.25)


def test_thresholds_are_read():
    assert [as_threshold(value, "age") for value in (40, 0.5, "40", "0.5")] == [40, 0.5, 40, 0.5]
