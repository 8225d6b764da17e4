"""analyze() from Python: arrays, frames, Datasets and paths give one and the same answer."""

import json

import jsonschema
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import assay
from assay.jobs.report import AnalysisReport
from assay.result import result_schema


def people(n=300, seed=3):
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"age": rng.integers(18, 90, n), "income": rng.normal(30, 9, n)})
    chance = 1 / (1 + np.exp(-(rows["income"] - 32) / 5))
    return rows, np.where(rng.random(n) < chance, "yes", "no")


@pytest.fixture(scope="module")
def model():
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(*people(seed=1))


def numbers(report):
    frame = report.to_frame().filter(pl.col("section") == "evaluation")
    return dict(frame.select("name", "value").iter_rows())


def test_arrays_frames_and_datasets_agree(model, tmp_path):
    X, y = people()
    table = X.assign(paid=y)
    table.to_csv(tmp_path / "test.csv", index=False)
    data = assay.Dataset.read(table, label="paid", positive="yes")
    said = {"positive": "yes", "only": "evaluation"}
    first = numbers(assay.analyze(model, X, y, **said))
    assert len(first) > 20
    for report in (
        assay.analyze(model, table, label="paid", **said),
        assay.analyze(model, pl.from_pandas(table), label="paid", **said),
        assay.analyze(model, tmp_path / "test.csv", label="paid", **said),
        assay.analyze(model, data, only="evaluation"),
    ):
        assert numbers(report) == pytest.approx(first)


def test_train_rows_stand_beside(model):
    X, y = people()
    report = assay.analyze(model, X, y, train=people(seed=1), positive="yes")
    evaluation = report.to_dict()["sections"]["evaluation"]
    assert evaluation["train"]["data"]["rows"] == 300
    assert report.results["data"]["train"]["rows"] == 300
    page = next(page for page in report.content.pages if page.name == "evaluation")
    table = next(block for block in page.blocks if getattr(block, "columns", None))
    assert table.columns == ("metric", "test rows", "train rows", "constant answer")


def test_a_report_of_the_train_rows_themselves_is_not_trusted(model):
    X, y = people(seed=1)
    report = assay.analyze(model, X, y, train=(X, y), positive="yes")
    assert "judged_on_train_rows" in [finding.rule for finding in report.findings]
    assert report.results["verdict"]["level"] == "bad"


def test_validation_rows_choose_the_threshold(model):
    X, y = people()
    report = assay.analyze(model, X, y, validation=people(seed=5), threshold="f1", positive="yes")
    threshold = report.results["sections"]["evaluation"]["threshold"]
    assert threshold["chosen_on"] == "validation"


def test_numpy_regression():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    y = X @ [1.0, 2.0] + rng.normal(0, 0.1, 200)
    fitted = LinearRegression().fit(X[:100], y[:100])
    report = assay.analyze(fitted, X[100:], y[100:])
    assert report.results["task"] == "regression"
    assert numbers(report)["r2"] > 0.9


def test_weights_beside_the_answers(model):
    X, y = people()
    weight = np.linspace(1, 3, len(y))
    plain = numbers(assay.analyze(model, X, y, positive="yes", only="evaluation"))
    weighted = assay.analyze(model, X, y, weight=weight, positive="yes", only="evaluation")
    right = model.predict(X) == y
    assert numbers(weighted)["accuracy"] == pytest.approx(np.average(right, weights=weight))
    assert numbers(weighted)["accuracy"] != pytest.approx(plain["accuracy"])


def test_a_function_is_a_model():
    X, y = people()
    report = assay.analyze(lambda rows: rows["income"] > 32, X, y == "yes", only="evaluation")
    assert report.results["model"]["name"] == "<lambda>"


def test_the_report_is_a_value(model, tmp_path):
    X, y = people()
    report = assay.analyze(model, X, y, positive="yes")
    assert isinstance(report, AnalysisReport)
    assert json.loads(json.dumps(report.to_dict(), allow_nan=False)) == report.to_dict()
    assert report.to_frame().columns == [
        "section",
        "name",
        "value",
        "low",
        "high",
        "level",
        "n",
        "unit",
        "method",
        "reason",
    ]
    assert "to_frame()" in report._repr_html_()
    assert report.plot().to_dict()["$schema"].startswith("https://vega")
    page = report.save(tmp_path / "report.html")
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]
    whole = report.save(tmp_path / "folder")
    assert sorted(each.name for each in whole.parent.iterdir()) == [
        "assay.yaml",
        "explanations.parquet",
        "report.html",
        "results.json",
    ]


def test_what_was_in_memory_is_said_to_be(model):
    X, y = people()
    report = assay.analyze(model, X, y, positive="yes", only="evaluation")
    assert "data: (in memory)" in report.config
    assert "path: (in memory)" in report.config


def test_out_writes_the_files(model, tmp_path):
    X, y = people()
    assay.analyze(model, X, y, positive="yes", out=tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b" / "results.json").exists()


def test_progress_is_told(model):
    X, y = people()
    stages = []
    assay.analyze(
        model,
        X,
        y,
        positive="yes",
        only="evaluation",
        progress=lambda stage, done, total: stages.append(stage),
    )
    assert list(dict.fromkeys(stages)) == [
        "Opening the data",
        "Reading the label",
        "Taking fingerprints",
        "Predicting the rows",
        "Reading the rows",
        "Section Evaluation",
        "Writing the report",
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"data": None}, "no data"),
        ({"y": "y", "label": "paid"}, "given twice: y and label="),
        ({"data": "Dataset", "label": "paid"}, "a Dataset knows its columns"),
        ({"level": 2}, "options.level: must be less than 1"),
        ({"only": "evalution"}, "did you mean 'evaluation'"),
        ({"notify": "mail"}, "there are: log"),
        ({"threshold": "f1"}, "--validation"),
        ({"sections": {"data": {"tops": 1}}}, "sections.data.tops: unknown key"),
        ({"train": (1, 2, 3)}, "a pair"),
        ({"only": "evaluation"}, "give --model FILE"),
        ({"model_input": "pandas", "model": "x", "data": "here.csv"}, "there is no model file"),
    ],
)
def test_what_is_refused(arguments, words):
    X, y = people(30)
    given = {"data": X.assign(paid=y), "label": "paid", **arguments}
    if given.get("y") == "y":
        given["y"] = y
    if isinstance(given["data"], str) and given["data"] == "Dataset":
        given["data"] = assay.Dataset.read(X.assign(paid=y), label="paid")
    with pytest.raises(assay.InputError) as caught:
        assay.analyze(**given)
    assert words in str(caught.value)


def test_a_regressor_settles_the_task_on_few_or_whole_numbers():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    rooms = np.round(40 + 10 * X[:, 0] + rng.normal(size=200)).astype(int)  # 21 to 100 values
    model = LinearRegression().fit(X[:100], rooms[:100])
    assert assay.analyze(model, X[100:], rooms[100:]).to_dict()["task"] == "regression"
    alone = assay.analyze(model, X[:1], rooms[:1]).to_dict()
    assert alone["task"] == "regression"
    assert alone["verdict"]["level"] == "unknown"


def test_results_hold_estimates_and_findings_of_the_one_schema(model):
    schema = result_schema()
    estimate, finding = (
        jsonschema.Draft202012Validator({**schema, "$ref": f"#/$defs/{name}"})
        for name in ("Estimate", "Finding")
    )
    X, y = people()
    swapped = np.where(y == "yes", "no", "yes")
    results = assay.analyze(model, X, swapped, positive="yes").to_dict()
    fields = schema["$defs"]["Estimate"]["properties"]
    metrics = results["sections"]["evaluation"]["metrics"]
    assert len(metrics) > 20
    for metric in metrics:
        estimate.validate({name: metric[name] for name in fields})
    assert results["findings"]
    for each in results["findings"]:
        finding.validate(each)
