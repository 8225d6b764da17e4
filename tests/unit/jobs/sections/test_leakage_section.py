"""The leakage section: one table, two tables, answers as columns and of a model, settings."""

import json

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from assay.errors import InputError
from assay.jobs.analyze import analyze


@pytest.fixture
def tables():
    rng = np.random.default_rng(4)
    x = rng.standard_normal((900, 3))
    y = (x[:, 0] + rng.standard_normal(900) > 0).astype(int)
    frame = pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": y})
    return frame[:600], pl.concat([frame[600:], frame[:60]])


def checks(report):
    return {each["rule"]: each for each in report.results["sections"]["leakage"]["checks"]}


def test_one_table_without_a_model_is_checked_by_column(tables):
    train, _ = tables
    leaking = train.with_columns(closed=pl.col("y") * 2)
    report = analyze(data=leaking, label="y", only=["leakage"])
    found = checks(report)
    assert found["leak_target"]["status"] == "found"
    assert found["overlap_exact"]["turn_on"] == "--train DATA"
    titles = [
        each["turn_on"] for each in report.results["skipped"] if each["section"] == "leakage"
    ]
    assert "--train DATA" in titles
    page = next(page for page in report.content.pages if page.name == "leakage")
    assert "closed" in str(page.blocks[1])


def test_a_model_is_scored_on_the_rows_that_are_not_in_train(tables):
    train, judged = tables
    model = LogisticRegression().fit(train.drop("y").to_pandas(), train["y"].to_numpy())
    report = analyze(model, judged, train=train, label="y", only=["leakage", "evaluation"])
    told = checks(report)["overlap_exact"]["figures"]["unaffected"]
    right = model.predict(judged.drop("y").to_pandas()) == judged["y"].to_numpy()
    assert told["metric"] == "accuracy"
    assert told["all_rows"]["value"] == pytest.approx(right.mean())
    assert told["other_rows"]["value"] == pytest.approx(right[:300].mean())
    assert checks(report)["prep_leak"]["status"] == "clear"


def test_answers_in_columns_are_scored_so_as_well(tables):
    _train, _judged = tables
    scored = [each.with_columns(p=0.5 + pl.col("a") / 20) for each in tables]
    report = analyze(
        data=scored[1], train=scored[0], label="y", score="p", only=["leakage", "evaluation"]
    )
    assert checks(report)["overlap_exact"]["figures"]["unaffected"]["other_rows"]["n"] == 300


def test_a_procedure_that_knows_the_judged_rows_is_caught(tables):
    from sklearn.base import BaseEstimator, ClassifierMixin

    train, judged = tables
    answers = {tuple(row[:3]): row[3] for row in judged.rows()}

    class Knowing(ClassifierMixin, BaseEstimator):
        def fit(self, X, y):
            self.classes_ = np.unique(y)
            self.n_features_in_ = X.shape[1]
            self.feature_names_in_ = np.array(X.columns, dtype=object)
            return self

        def predict(self, X):
            return np.array([answers.get(tuple(row), 0) for row in X.to_numpy()])

    model = Knowing().fit(train.drop("y").to_pandas(), train["y"].to_numpy())
    report = analyze(model, judged, train=train, label="y", only=["leakage", "evaluation"])
    assert checks(report)["prep_leak"]["findings"][0]["severity"] == "error"


def test_the_population_is_compared_with_shares_and_with_a_sample(tables, tmp_path):
    rng = np.random.default_rng(0)
    sex = np.where(rng.random(900) < 0.3, "F", "M")
    data = pl.DataFrame({"sex": sex, "x": rng.standard_normal(900), "y": rng.integers(0, 2, 900)})
    told = {"leakage": {"population": ["sex=F:0.51"]}}
    report = analyze(data=data, label="y", only=["leakage"], sections=told)
    (finding,) = checks(report)["not_representative"]["findings"]
    assert finding["severity"] == "warning"
    assert finding["evidence"]["furthest"][0]["population"] == pytest.approx(0.51, abs=0.03)
    path = tmp_path / "population.csv"
    data.with_columns(pl.col("x") + 1).write_csv(path)
    told = {"leakage": {"reference": str(path)}}
    report = analyze(data=data, label="y", only=["leakage"], sections=told)
    (finding,) = checks(report)["not_representative"]["findings"]
    assert finding["where"]["columns"] == ["x"]


@pytest.mark.parametrize("wrong", ["sex", "sex=F", "sex=F:2", "sex=F:x"])
def test_a_share_that_is_none_is_refused(tables, wrong):
    with pytest.raises(InputError, match=r"sex=F:0\.51"):
        analyze(data=tables[0], label="y", sections={"leakage": {"population": [wrong]}})


def test_the_result_tells_itself(tables):
    train, judged = tables
    report = analyze(data=judged, train=train, label="y", only=["leakage"])
    result = report.sections["leakage"]
    assert json.loads(json.dumps(result.to_dict(), allow_nan=False)) == result.to_dict()
    assert result.to_frame().height == len(result.checks)
    assert result.plot() is not None
    assert "Leakage" in result._repr_html_()


def test_a_table_without_a_label_is_checked_for_what_needs_none(tables):
    train, judged = tables
    report = analyze(data=judged.drop("y"), train=train.drop("y"), only=["leakage"])
    found = checks(report)
    assert found["overlap_exact"]["status"] == "found"
    assert found["leak_target"]["turn_on"] == "--label COLUMN"
