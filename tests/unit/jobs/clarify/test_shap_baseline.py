"""Baselines in every form that a config can give them in."""

import json

import polars as pl
import pytest

from assay.errors import InputError
from assay.jobs.clarify.baseline import read_baseline
from assay.jobs.clarify.schema import ClarifyConfig

FEATURES = ("age", "city")
ROWS = [[38, "Oslo"], [40.5, None]]


def read(folder, baseline, form="text/csv", features=None):
    told = {"dataset_type": form, "methods": {"shap": {"baseline": baseline}}}
    if features is not None:
        told["features"] = features
    config = ClarifyConfig.model_validate(told)
    return read_baseline(config, FEATURES, folder / "analysis_config.json")


def test_rows_in_the_config(tmp_path):
    assert read(tmp_path, ROWS) == ROWS
    assert read(tmp_path, ROWS, "application/x-parquet") == ROWS
    lines = [{"x": row} for row in ROWS]
    assert read(tmp_path, lines, "application/jsonlines", "x") == ROWS
    document = {"instances": [{"x": row} for row in ROWS]}
    assert read(tmp_path, document, "application/json", "instances[*].x") == ROWS
    assert read(tmp_path, None) is None


@pytest.mark.parametrize("header", [True, False])
def test_a_csv_with_or_without_its_header(tmp_path, header):
    frame = pl.DataFrame({"age": [38.0, 40.5], "city": ["Oslo", "Rome"]})
    frame.write_csv(tmp_path / "baseline.csv", include_header=header)
    assert read(tmp_path, "baseline.csv") == [[38.0, "Oslo"], [40.5, "Rome"]]


def test_files_of_the_other_forms(tmp_path):
    frame = pl.DataFrame({"city": ["Oslo"], "age": [38]})
    frame.write_parquet(tmp_path / "baseline.parquet")
    assert read(tmp_path, "baseline.parquet", "application/x-parquet") == [[38, "Oslo"]]
    (tmp_path / "lines.jsonl").write_text('{"x": [38, "Oslo"]}\n\n{"x": [40.5, null]}\n')
    assert read(tmp_path, "lines.jsonl", "application/jsonlines", "x") == ROWS
    (tmp_path / "one.json").write_text(json.dumps([{"x": row} for row in ROWS]))
    assert read(tmp_path, "one.json", "application/json", "[*].x") == ROWS


@pytest.mark.parametrize(
    ("baseline", "form", "features", "what"),
    [
        (
            [[1]],
            "text/csv",
            None,
            r"\[0\] has 1 values, and the data have 2 features .*: age, city",
        ),
        ([], "text/csv", None, "has 0 rows"),
        ([[1, 2]] * 1001, "text/csv", None, "has 1,001 rows; a baseline needs 1 to 1,000"),
        ([[1, {"a": 2}]], "text/csv", None, "values are numbers, texts or null"),
        ([{"y": [1, 2]}], "application/jsonlines", "x", "must give a list of values"),
        ({"rows": []}, "application/json", "instances[*].x", "an object of the same structure"),
        ("gone.csv", "text/csv", None, "there is no such file"),
        ("s3://a/b.json", "application/json", "[*].x", "write a JSON baseline into the config"),
    ],
)
def test_what_is_no_baseline_is_told(tmp_path, baseline, form, features, what):
    with pytest.raises(InputError, match=what):
        read(tmp_path, baseline, form, features)


def test_a_file_that_is_no_json(tmp_path):
    (tmp_path / "one.json").write_text("age,city\n")
    with pytest.raises(InputError, match="cannot be read as JSON"):
        read(tmp_path, "one.json", "application/json", "[*].x")
