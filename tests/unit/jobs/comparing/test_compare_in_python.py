"""`assay.compare`: models, columns and arrays of a Python call."""

import json

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import mean_absolute_error
from sklearn.tree import DecisionTreeClassifier

import assay
from assay.errors import InputError


def rows(n=300, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    y = (X[:, 0] + rng.normal(size=n) > 0).astype(int)
    return X, y


def test_models_arrays_and_scores_are_compared_alike():
    X, y = rows()
    good, poor = (
        LogisticRegression().fit(X, y),
        DecisionTreeClassifier(max_depth=1).fit(X[:, ::-1], y),
    )
    said = assay.compare({"poor": poor, "good": good}, X, y, metric="log_loss")
    scores = {"poor": poor.predict_proba(X), "good": good.predict_proba(X)[:, 1]}
    again = assay.compare(scores, y=y, metric="log_loss")
    assert said["good"].verdict == "better"
    assert said["good"].difference.value == pytest.approx(again["good"].difference.value)
    json.dumps(said.to_dict(), allow_nan=False)
    frame = said.to_frame()
    assert frame["metric"][0] == "log_loss"
    assert frame["difference"][0] == said["good"].difference.value
    assert "better" in said._repr_html_()
    assert said.plot().to_dict()["width"] == 360


def test_scores_of_three_classes_are_in_ascending_order_of_the_classes():
    rng = np.random.default_rng(1)
    y = np.array(["a", "b", "c"])[rng.integers(0, 3, 200)]
    p = np.full((200, 3), 0.1)
    p[np.arange(200), np.searchsorted(["a", "b", "c"], y)] = 0.8
    flat = np.full((200, 3), 1 / 3)
    found = assay.compare({"flat": flat, "sharp": p}, y=y, metric="log_loss")
    sharp = {each.name: each.values["log_loss"].value for each in found.candidates}
    assert sharp["sharp"] == pytest.approx(-np.log(0.8))
    assert sharp["flat"] == pytest.approx(np.log(3))


def test_regression_is_compared_by_its_errors():
    rng = np.random.default_rng(2)
    X = rng.normal(size=(400, 2))
    y = X @ [1.0, 2.0] + rng.normal(size=400)
    table = pl.DataFrame(
        {"y": y, "mean": np.full(400, y.mean()), "line": LinearRegression().fit(X, y).predict(X)}
    )
    found = assay.compare(["mean", "line"], table, label="y", metric="mae", task="regression")
    expected = mean_absolute_error(y, table["mean"]) - mean_absolute_error(y, table["line"])
    assert found["line"].difference.value == pytest.approx(expected)
    change = found.changes[0]
    gains = np.abs(y - table["mean"]) - np.abs(y - table["line"])
    assert (change.fixed, change.broken) == ((gains > 0).sum(), (gains < 0).sum())
    assert change.examples_broken[0].row == np.argmin(gains)


def test_the_same_answers_are_said_to_be_the_same():
    _, y = rows()
    found = assay.compare({"one": y, "two": y.copy()}, y=y)
    assert found.findings[0].rule == "same_answers"
    assert found["two"].verdict == "not shown to be better"


def test_constant_answers_are_compared():
    _, y = rows()
    found = assay.compare(
        {"all": np.ones_like(y), "none": np.zeros_like(y)}, y=y, metric="accuracy"
    )
    assert found["none"].difference.value == pytest.approx((y == 0).mean() - (y == 1).mean())


@pytest.mark.parametrize(
    ("candidates", "said"),
    [
        ({"a": np.zeros(299), "b": np.zeros(300)}, "shape"),
        ({"a": np.zeros(300)}, "needs two or more"),
        ({"a": np.zeros((300, 4)), "b": np.zeros(300)}, "4 columns of scores"),
        ({"a": "nothing", "b": np.zeros(300)}, "neither a column"),
        ({"a": np.full(300, np.nan), "b": np.zeros(300)}, "answers"),
    ],
)
def test_bad_answers_are_refused(candidates, said):
    _, y = rows()
    with pytest.raises(InputError, match=said):
        assay.compare(candidates, y=y)


def test_files_are_written_where_told(tmp_path):
    _, y = rows()
    assay.compare({"a": y, "b": 1 - y, "c": np.ones_like(y)}, y=y, out=tmp_path / "o")
    assert "All pairs" in (tmp_path / "o" / "report.html").read_text()
