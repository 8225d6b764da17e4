"""A report about rows with many labels: verdict, page and results."""

import json
import re

import numpy as np
import polars as pl
import pytest
from sklearn.ensemble import RandomForestClassifier

from assay.errors import InputError
from assay.jobs.analyze import analyze

NAMES = ["a<b>", "b & c", "rare"]


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(3)
    x = rng.standard_normal((500, 2))
    logit = 3 * x @ rng.standard_normal((2, 3)) + [0, -1, -3]
    truth = rng.random((500, 3)) < 1 / (1 + np.exp(-logit))
    frame = pl.DataFrame(x, schema=["x", "holes"])
    frame = frame.with_columns(holes=pl.when(pl.col("x") < 1.5).then("holes"))
    return frame.hstack(pl.DataFrame(truth, schema=NAMES))


@pytest.fixture(scope="module")
def report(table, tmp_path_factory):
    train, test = table[:250], table[250:]
    model = RandomForestClassifier(20, min_samples_leaf=5, random_state=0)
    model.fit(train.select("x", "holes").to_pandas(), train.select(NAMES).to_pandas())
    out = tmp_path_factory.mktemp("out")
    found = analyze(model, test, label=NAMES, train=train, out=out)
    return found, out


def test_the_verdict_compares_macro_f1_with_giving_every_label(report):
    verdict = report[0].results["verdict"]
    assert verdict["level"] == "good"
    assert verdict["headline"].startswith("Better than the constant answer: F1 (macro)")
    assert "giving every row every label" in verdict["headline"]
    assert "On the train rows: F1 (macro)" in " ".join(verdict["sentences"])


def test_results_are_stored(report):
    stored = json.loads((report[1] / "results.json").read_text())
    assert stored["task"] == "multilabel"
    evaluation = stored["sections"]["evaluation"]
    assert evaluation["classes"] == NAMES
    pairs = evaluation["curves"]["error_pairs"]
    assert pairs["labels"] == NAMES
    assert np.shape(pairs["share"]) == (3, 3)
    assert {each["class"] for each in evaluation["metrics"]} == {None, *NAMES}
    columns = stored["sections"]["data"]["columns"]
    assert [each["name"] for each in columns if each["role"] == "label"] == NAMES
    assert not any(each["name"].startswith("__assay") for each in columns)


def test_the_page_shows_each_label_and_which_are_wrong_together(report):
    page = (report[1] / "report.html").read_text()
    for text in ("Each label by itself", "Which labels are wrong together", "Prevalence"):
        assert text in page
    assert "a&lt;b&gt;" in page
    assert not re.search(r"__assay_|nan\b", page)


def test_lists_and_a_threshold(table, tmp_path):
    names = np.array(NAMES)
    truth = table.select(NAMES).to_numpy()
    scored = pl.DataFrame(
        {"tags": [names[row].tolist() for row in truth]},
        schema={"tags": pl.List(pl.String)},
    ).hstack(pl.DataFrame(np.where(truth, 0.6, 0.3), schema=[f"p_{name}" for name in NAMES]))
    scores = [f"p_{name}" for name in NAMES]
    found = analyze(data=scored, label="tags", score=scores, threshold=0.5, out=tmp_path / "o")
    metrics = {each["name"]: each for each in found.results["sections"]["evaluation"]["metrics"]}
    assert metrics["subset_accuracy"]["value"] == 1
    page = (tmp_path / "o" / "report.html").read_text()
    assert "A row is given each label whose score is at least 0.5" in page
    with pytest.raises(InputError, match="one number that all of them use"):
        analyze(
            data=scored, label="tags", score=scores, threshold="f1", validation=scored.head(100)
        )


def test_a_model_without_skill_gets_no_good_verdict():
    rng = np.random.default_rng(8)
    truth = (rng.random((300, 3)) < 0.4).astype(int)
    frame = pl.DataFrame(truth, schema=["u", "v", "w"]).hstack(
        pl.DataFrame(rng.random((300, 3)), schema=["p_u", "p_v", "p_w"])
    )
    found = analyze(data=frame, label=["u", "v", "w"], score=["p_u", "p_v", "p_w"])
    assert found.results["verdict"]["level"] in {"caution", "bad"}
    assert "labels_no_better_than_chance" in {each.rule for each in found.findings}
