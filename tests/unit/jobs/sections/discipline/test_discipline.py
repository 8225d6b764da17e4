"""Looks of whole runs: the report counts its own, and the same model is one look."""

import json

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

import assay
from assay.data.dataset import Dataset
from assay.jobs.ledger import look_at, record_look
from assay.jobs.ledger.file import LedgerFile
from assay.jobs.store import store_folder


def rows(n=300, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = (x + rng.normal(size=n) > 0).astype(int)
    return pl.DataFrame({"x": x, "z": rng.normal(size=n), "y": y})


def scored(noise, seed=1):
    frame = rows()
    rng = np.random.default_rng(seed)
    p = 1 / (1 + np.exp(-frame["x"].to_numpy() - noise * rng.normal(size=300)))
    return frame.with_columns(p=pl.Series(p))


def looked(*seeds):
    """Count looks of other models at the same rows, without a run for each."""
    for seed in seeds:
        data = Dataset.read(scored(1.0, seed), label="y", score="p")
        record_look(look_at(data))


def entries():
    return LedgerFile(store_folder()).read().entries


ONLY = ("evaluation", "discipline")


def analyze(frame, *, only=ONLY, **told):
    return assay.analyze(None, frame, label="y", score="p", only=only, **told)


def rules(report):
    return [each.rule for each in report.findings]


def section(report):
    return report.results["sections"]["discipline"]


def test_the_first_look_is_counted_and_silent():
    report = analyze(scored(0.1))
    told = section(report)
    assert told["models"] == 1
    assert told["looks"][0]["current"]
    assert len(entries()) == 1
    assert (
        entries()[0].metrics[0].name
        == report.results["sections"]["evaluation"]["head"]["metrics"][0]
    )
    assert not any(rule.startswith("test_") for rule in rules(report))


def test_one_model_again_is_the_same_look_and_the_report_knows_others():
    looked(1, 2, 3)
    analyze(scored(1.0, 4))
    report = analyze(scored(1.0, 4))
    assert len(entries()) == 4
    told = section(report)
    assert told["models"] == 4
    assert rules(report).count("test_looked_at_often") == 1
    assert told["corrected"]["low"] < told["shown"]["low"]
    assert told["level_each"] == pytest.approx(0.95**0.25)
    json.dumps(told, allow_nan=False)


def test_a_refitted_model_is_another_and_a_fitted_one_is_itself():
    train, test = rows(seed=5), rows(seed=6)
    first = LogisticRegression().fit(train.select("x", "z").to_pandas(), train["y"].to_numpy())
    other = LogisticRegression(C=0.01).fit(
        train.select("x", "z").to_pandas(), train["y"].to_numpy()
    )
    for model in (first, first, other):
        report = assay.analyze(model, test, label="y", only=ONLY)
    assert section(report)["models"] == 2
    assert len(entries()) == 2


def test_final_seals_and_a_later_model_is_told():
    report = analyze(scored(0.1), final=True)
    assert section(report)["final"]
    later = analyze(scored(1.0))
    assert "test_sealed" in rules(later)
    assert section(later)["sealed"] == entries()[0].when


def test_validation_rows_are_counted_apart():
    analyze(scored(0.1), validation=scored(0.1).with_columns(pl.col("x") + 1))
    assert [each.part for each in entries()] == ["test", "validation"]


def test_what_reads_no_predictions_is_not_counted():
    assay.analyze(None, rows(), label="y", only=("data",))
    assert entries() == ()


def test_evaluate_alone_is_counted_and_says_so():
    looked(1, 2, 3)
    report = analyze(scored(1.0, 4), only=("evaluation",))
    assert "test_looked_at_often" in rules(report)
    assert entries()[-1].run == "evaluate"


def test_measuring_values_in_python_is_not_counted():
    assay.evaluate(y_true=[0, 1, 1, 0], y_pred=[0, 1, 0, 0])
    assert entries() == ()


def test_a_store_that_cannot_be_written_to_is_a_note(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "file"))
    assert rules(analyze(scored(0.1))).count("look_not_counted") == 1


def test_result_shows_itself():
    looked(1)
    report = analyze(scored(1.0, 2))
    result = report.sections["discipline"]
    assert result.to_frame()["current"].to_list() == [False, True]
    assert "2 models looked at" in result._repr_html_()
    assert result.plot().to_dict()["layer"]


def test_a_repeated_run_tells_the_same():
    looked(1)
    first = section(analyze(scored(1.0, 2)))
    assert section(analyze(scored(1.0, 2))) == first
    assert [each["current"] for each in first["looks"]] == [False, True]
