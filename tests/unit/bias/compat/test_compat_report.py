"""The shape of the original's report, its groups, and what makes it refuse."""

import json
from pathlib import Path

import narwhals as nw
import pandas as pd
import polars as pl
import pytest

from assay.bias.compat.report import POST_KEY, PRE_KEY, compat_report
from assay.bias.compat.request import CompatFacet, choose_methods
from assay.data.dataset import Dataset
from assay.errors import ColumnNotFoundError, InputError

SAMPLE = Path(__file__).parents[5] / "shared/clarify-samples/analysis.fraud_bias_1.json"
N = 120
ROWS = {
    "sex": ["f", "m", "m"] * 40,
    "age": [20 + i % 50 for i in range(N)],
    "job": [["a", "b", "c", None][i % 4] for i in range(N)],
    "team": [i % 3 for i in range(N)],
    "paid": [int(i % 5 < 2) for i in range(N)],
    "said": [int(i % 7 < 3) for i in range(N)],
}


def report(rows=ROWS, **more):
    asked = {"label": "paid", "positive": [1], "facets": {"sex": ["f"]}, "prediction": "said"}
    return compat_report(Dataset.read(rows), **{**asked, **more})


def cells(entry):
    return {each["name"]: each for each in entry["metrics"]}


def test_the_shape():
    made = report(facets={"sex": ["f"], "age": [40]}, post_training="all", group_variable="team")
    assert list(made) == [PRE_KEY, POST_KEY]
    for section, n_metrics in zip(made.values(), (8, 13), strict=True):
        assert list(section) == ["label", "label_value_or_threshold", "facets"]
        assert (section["label"], section["label_value_or_threshold"]) == ("paid", "1")
        assert list(section["facets"]) == ["sex", "age"]
        for entries in section["facets"].values():
            (entry,) = entries
            assert list(entry) == ["value_or_threshold", "metrics"]
            codes = [each["name"] for each in entry["metrics"]]
            assert len(codes) == n_metrics
            assert codes == sorted(codes)
    assert made[POST_KEY]["facets"]["age"][0]["value_or_threshold"] == "(40, 69]"
    json.dumps(made, allow_nan=False)


def test_only_what_is_asked():
    made = report(pre_training=["KL", "CI", "KL"], post_training=None)
    assert list(made) == [PRE_KEY]
    assert list(cells(made[PRE_KEY]["facets"]["sex"][0])) == ["CI", "KL"]
    assert list(report(pre_training=None, post_training=["AD"])) == [POST_KEY]


def test_each_value_and_a_missing_one():
    entries = report(facets={"job": []}, post_training="all")[PRE_KEY]["facets"]["job"]
    assert [entry["value_or_threshold"] for entry in entries] == ["a", "b", "c", "nan"]
    for entry in entries[:3]:  # the 30 rows without a value are in facet a
        assert cells(entry)["CI"]["value"] == (90 - 30) / 120
    assert all(each["value"] is None for each in entries[3]["metrics"])
    assert cells(entries[3])["CI"]["error"] == "CI: Facet set is empty"
    assert cells(entries[3])["DPL"]["error"] == "Facet set is empty"


def test_a_facet_asked_twice():
    facets = [("age", [40]), CompatFacet(column="age", values=(30,))]
    entries = report(facets=facets)[PRE_KEY]["facets"]["age"]
    assert [entry["value_or_threshold"] for entry in entries] == ["(40, 69]", "(30, 69]"]


def test_a_value_that_all_rows_have_leaves_nobody_to_compare_with():
    (entry,) = report(facets={"sex": ["f", "m"]})[PRE_KEY]["facets"]["sex"]
    assert entry["value_or_threshold"] == "f,m"
    assert cells(entry)["CI"]["error"] == "CI: Negated facet set is empty"
    assert cells(entry)["KS"]["error"] == "Negated facet set is empty"


def test_the_interval_of_labels_reaches_to_the_largest_prediction():
    rows = {**ROWS, "paid": [float(i) for i in range(N)], "said": [i * 1.5 for i in range(N)]}
    made = report(rows, positive=[60], post_training=["DPPL"])
    assert made[PRE_KEY]["label_value_or_threshold"] == "(60.0, 119.0]"
    assert made[POST_KEY]["label_value_or_threshold"] == "(60.0, 178.5]"


def test_predictions_from_an_expression():
    said = (nw.col("age") > 40).cast(nw.Int64)
    named = report({**ROWS, "said": [int(age > 40) for age in ROWS["age"]]}, post_training="all")
    assert report(prediction=said, post_training=["TE"])[POST_KEY]["facets"]["sex"][0][
        "metrics"
    ] == [cells(named[POST_KEY]["facets"]["sex"][0])["TE"]]


@pytest.mark.parametrize("labels", [[*ROWS["paid"][1:], None], pd.Categorical(ROWS["paid"])])
def test_predictions_from_an_expression_have_the_type_of_the_label(labels):
    """A column of the same values is of another type than labels with a gap, or categories."""
    rows = {**ROWS, "paid": labels}
    few = {name: values[:30] for name, values in rows.items()}
    asked = {"positive": [0.5] if isinstance(labels, list) else [1], "post_training": ["DPPL"]}
    whole = (nw.col("said") > 0).cast(nw.Int64)
    data = pd.DataFrame(rows if isinstance(labels, list) else few)
    assert report(data, prediction=whole, **asked)[POST_KEY]["facets"]["sex"][0]["metrics"]
    with pytest.raises(InputError, match="different types"):
        report(data, prediction="said", **asked)


def test_disparity_needs_a_group_variable():
    (entry,) = report(post_training="all")[POST_KEY]["facets"]["sex"]
    assert cells(entry)["CDDPL"]["error"] == "Group variable is empty or not provided"
    (entry,) = report(post_training="all", group_variable="team")[POST_KEY]["facets"]["sex"]
    assert "error" not in cells(entry)["CDDPL"]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"positive": []}, "Positive label values or threshold are empty"),
        ({"facets": {}}, "no facet is given"),
        ({"facets": {"sexx": ["f"]}}, "columns not found: sexx"),
        ({"facets": {"age": []}}, "Threshold values must be provided"),
        ({"group_variable": "clan"}, "columns not found: clan"),
        ({"pre_training": ["CI", "XX"]}, "unknown metrics: XX"),
        ({"pre_training": ["DPPL"]}, "unknown metrics: DPPL"),
        ({"post_training": ["CI"]}, "unknown metrics: CI"),
        ({"post_training": "all", "prediction": None}, "need predicted labels"),
        ({"post_training": "all", "predicted_positive": [0]}, "0 differ from those of the label"),
        ({"post_training": "all", "prediction": nw.col("age") / 2}, "different types"),
        (
            {"post_training": "all", "prediction": nw.col("paid") * 0},
            "No Label values are present in the predicted Label Column",
        ),
    ],
)
def test_what_it_refuses(more, error):
    with pytest.raises(InputError, match=error):
        report(**more)


def test_what_is_wrong_with_predictions_is_nothing_to_labels():
    more = {"prediction": nw.col("age") / 2, "predicted_positive": [0]}
    assert list(report(**more)) == [PRE_KEY]


def test_a_missing_column_is_named():
    with pytest.raises(ColumnNotFoundError) as caught:
        report(label="payd")
    assert caught.value.missing == ("payd",)


def test_nobody_positive_among_labels_is_no_error():
    (entry,) = report({**ROWS, "paid": [0] * N})[PRE_KEY]["facets"]["sex"]
    assert cells(entry)["DPL"]["value"] == 0.0


def test_an_empty_text_may_be_a_positive_value():
    rows = {**ROWS, "paid": ["", "no", "yes"] * 40}
    made = report(rows, positive=[""], facets={"team": [1]})[PRE_KEY]
    assert made["label_value_or_threshold"] == ""
    assert cells(made["facets"]["team"][0])["DPL"]["value"] == 0.5


def test_many_values_with_few_rows_each_are_all_reported():
    rows = {"y": ["y", "n"] * 1500, "name": [f"n{i // 2}" for i in range(3000)]}
    made = report(rows, label="y", positive=["y"], facets={"name": []}, pre_training=["CI"])
    assert len(made[PRE_KEY]["facets"]["name"]) == 1500


def test_codes_are_sorted_and_unique():
    assert choose_methods("all", ["B", "A"]) == ("A", "B")
    assert choose_methods("B", ["B", "A"]) == ("B",)
    assert choose_methods(None, ["B", "A"]) == ()


def test_printed_results_of_the_original_from_rows():
    """A table with the sample's counts gives the sample, but for JS; see test_compat_metrics."""
    if not SAMPLE.is_file():
        pytest.skip(f"no sample in {SAMPLE.parent}")
    printed = json.loads(SAMPLE.read_text())
    counts = [(0, 0, 2707), (0, 1, 89), (1, 0, 1187), (1, 1, 17)]  # woman, fraud, rows
    woman = [sex for sex, _, n in counts for _ in range(n)]
    rows = {
        "fraud": [fraud for _, fraud, n in counts for _ in range(n)],
        "customer_gender_female": woman,
        "said": [0] * 4000,
        "amount": [float(i % 97) for i in range(4000)],
    }
    asked = {
        key: [each["name"] for each in section["facets"]["customer_gender_female"][0]["metrics"]]
        for key, section in ((key, printed[key]) for key in (PRE_KEY, POST_KEY))
    }
    made = report(
        rows,
        label="fraud",
        positive=[0],
        facets={"customer_gender_female": [1]},
        pre_training=asked[PRE_KEY],
        post_training=asked[POST_KEY],
    )
    for section in (PRE_KEY, POST_KEY):
        for told in printed[section]["facets"]["customer_gender_female"]:
            for each in told["metrics"]:
                if each["name"] == "JS":
                    each["value"] = pytest.approx(0.0017918468241483521)
                elif each["value"] is not None:
                    each["value"] = pytest.approx(each["value"], abs=1e-15)
        assert made[section] == printed[section]


def test_census_rows(data_dir):
    """An age of 40 is equality in 16,281 rows, and a float's threshold is an interval."""
    table = pl.read_parquet(data_dir / "adult_test.parquet")
    table = table.with_columns(hours=pl.col("hours_per_week").cast(pl.Float64))
    facets = {"age": [40], "sex": ["Female"], "hours": [60]}
    made = report(table, label="income", positive=[">50K"], facets=facets)[PRE_KEY]["facets"]
    rich = table["income"] == ">50K"
    for column, text, inside in (
        ("age", "40", table["age"] == 40),
        ("sex", "Female", table["sex"] == "Female"),
        ("hours", "(60.0, 99.0]", table["hours"] > 60),
    ):
        (entry,) = made[column]
        assert entry["value_or_threshold"] == text
        assert cells(entry)["CI"]["value"] == pytest.approx(1 - 2 * inside.mean())
        gap = rich.filter(~inside).mean() - rich.filter(inside).mean()
        assert cells(entry)["DPL"]["value"] == pytest.approx(gap)
        assert cells(entry)["LP"]["value"] == pytest.approx(2**0.5 * abs(gap))
