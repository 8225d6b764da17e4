"""smclarify 0.5 on the file's own values: its rules decide, and what it refuses is an entry."""

import json
from pathlib import Path

import polars as pl
import pytest

from clarify_configs import entries, run_config, stored_results, values

N = 4_000
ROWS = pl.DataFrame(
    {
        "paid": [float(i % 3 == 0) for i in range(N)],
        "age": [20 + i % 60 for i in range(N)],
        "hours": [float(i % 50) for i in range(N)],
        "sex": ["fm"[i % 2] for i in range(N)],
        "said": [float(i % 5 == 0) for i in range(N)],
    }
)
CONFIG = {
    "dataset_type": "text/csv",
    "label": "paid",
    "predicted_label": "said",
    "label_values_or_threshold": [0.5],
    "facet": [{"name_or_index": "sex", "value_or_threshold": ["f"]}],
    "methods": {
        "pre_training_bias": {"methods": ["CI", "DPL"]},
        "post_training_bias": {"methods": ["DPPL", "AD"]},
    },
    "assay": {"compat": "smclarify-0.5"},
}
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:narwhals")


def gap(name, group, rows=ROWS):
    """Share of positives in the rest, less that in the group."""
    high = pl.col(name) > 0.5
    return (
        rows.filter(~group).select(high.mean()).item()
        - rows.filter(group).select(high.mean()).item()
    )


@pytest.mark.parametrize("compat", [True, False])
def test_half_is_the_threshold_of_a_label_of_floats(assay, compat):
    changes = {} if compat else {"assay": None}
    ended, analysis = run_config(assay, {**CONFIG, **changes}, ROWS)
    assert ended.status == 0, ended.err
    text = "(0.5, 1.0]" if compat else "(0.5, 1]"
    assert analysis["pre_training_bias_metrics"]["label_value_or_threshold"] == text
    group = pl.col("sex") == "f"
    assert values(analysis, "pre", "sex") == pytest.approx({"CI": 0, "DPL": gap("paid", group)})
    assert values(analysis, "post", "sex")["DPPL"] == pytest.approx(gap("said", group))


def test_a_label_of_floats_has_no_value_1_to_the_original(assay):
    """Above 1.0 lies nothing: labels fail in every metric, and of predictions it refuses all."""
    ended, analysis = run_config(assay, {**CONFIG, "label_values_or_threshold": [1.0]}, ROWS)
    assert ended.status == 0, ended.err
    assert analysis["pre_training_bias_metrics"]["label_value_or_threshold"] == ""
    found = entries(analysis, "pre", "sex")["f"]
    assert {each["value"] for each in found.values()} == {None}
    (told,) = {each["error"] for each in entries(analysis, "post", "sex")["f"].values()}
    assert told.startswith("No Label values are present in the predicted Label Column")


@pytest.mark.parametrize(
    ("column", "listed", "text", "group"),
    [
        ("age", [40], "40", pl.col("age") == 40),
        ("age", ["40"], "40", pl.col("age") == 40),
        ("hours", [40], "(40.0, 49.0]", pl.col("hours") > 40),
        ("hours", [40.0, 41.0], "40.0,41.0", pl.col("hours").is_in([40.0, 41.0])),
    ],
)
def test_a_facet_is_what_the_original_takes_it_for(assay, column, listed, text, group):
    facet = [{"name_or_index": column, "value_or_threshold": listed}]
    ended, analysis = run_config(assay, {**CONFIG, "facet": facet}, ROWS)
    assert ended.status == 0, ended.err
    assert list(entries(analysis, "pre", column)) == [text]
    rows = ROWS.select(group.sum()).item()
    wanted = {"CI": 1 - 2 * rows / N, "DPL": gap("paid", group)}
    assert values(analysis, "pre", column) == pytest.approx(wanted)
    assert values(analysis, "post", column)["DPPL"] == pytest.approx(gap("said", group))


def test_the_repeated_run_knows_the_files_values(assay):
    facet = [{"name_or_index": "age", "value_or_threshold": ["40"]}]
    _, first = run_config(assay, {**CONFIG, "facet": facet}, ROWS)
    again = assay("analyze", "assay-out/assay.yaml", "--out", "again", "--quiet")
    assert again.status == 0, again.err
    assert json.loads(Path("again/analysis.json").read_text("utf-8")) == first


def test_a_report_that_it_refuses_is_an_entry_and_labels_stand(assay):
    ended, analysis = run_config(assay, CONFIG, ROWS.with_columns(said=pl.lit(0.0)))
    assert ended.status == 0, ended.err
    assert values(analysis, "pre", "sex")["CI"] == pytest.approx(0)
    found = entries(analysis, "post", "sex")["f"]
    assert list(found) == ["AD", "DPPL"]
    for each in found.values():
        assert each["value"] is None
        assert each["error"].startswith("No Label values are present in the predicted Label")
    results = stored_results()
    (told,) = [f for f in results["findings"] if f["rule"] == "compat_refused"]
    assert told["where"] == {"columns": ["sex"], "section": "post_training_bias_metrics"}
    measures = results["sections"]["bias"]["facets"][0]["measures"]
    dppl = next(each for each in measures if each["acronym"] == "DPPL")
    assert dppl["value"] == 0


def test_a_facet_that_it_refuses_leaves_the_others(assay):
    facet = [{"name_or_index": "hours"}, *CONFIG["facet"]]
    ended, analysis = run_config(assay, {**CONFIG, "facet": facet}, ROWS)
    assert ended.status == 0, ended.err
    for stage in ("pre", "post"):
        found = entries(analysis, stage, "hours")[""]
        assert all("Threshold values must be provided" in each["error"] for each in found.values())
    assert values(analysis, "pre", "sex")["DPL"] == pytest.approx(
        gap("paid", pl.col("sex") == "f")
    )


def test_flags_without_a_config_get_entries_too(assay):
    ROWS.with_columns(said=pl.lit(0.0)).write_csv("rows.csv")
    flags = ("--label", "paid", "--positive", "1", "--prediction", "said", "--facet", "sex=f")
    told = assay(
        "bias", "rows.csv", *flags, "--compat", "smclarify-0.5", "--out", "assay-out", "--quiet"
    )
    assert told.status == 0, told.err
    rules = {each["rule"] for each in stored_results()["findings"]}
    assert "compat_refused" in rules
