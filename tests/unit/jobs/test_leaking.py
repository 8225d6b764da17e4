"""Columns that know the label are no bar for a model that does not read them."""

import numpy as np
import pandas as pd
import pytest

import assay


@pytest.fixture(scope="module")
def tables():
    made = []
    for seed, n in ((1, 900), (2, 600)):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(n, 2))
        y = (x @ [1.5, -1.0] + rng.logistic(size=n) > 0).astype(int)
        told = y + 0.01 * rng.normal(size=n)
        made.append(pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "told": told, "y": y}))
    return made


ONLY = ["leakage", "evaluation", "baselines", "fit"]


def run(tables, model=None, **more):
    train, test = tables
    if model is None:
        return assay.analyze(data=train, label="y", only=ONLY[:1] + ONLY[2:], budget=10, **more)
    return assay.analyze(model, test, label="y", train=train, only=ONLY, budget=5, **more)


def rungs(report):
    return {each["name"]: each for each in report.results["sections"]["baselines"]["rungs"]}


def accuracy(rung):
    return rung["metrics"]["accuracy"]["value"]


def test_a_model_that_does_not_read_the_leak_is_not_held_against_it(tables):
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit(tables[0][["a", "b"]], tables[0]["y"])
    report = run(tables, model)
    assert accuracy(rungs(report)["gradient_boosting"]) < 0.9
    ladder = report.results["sections"]["baselines"]
    assert ladder["how"].endswith("without told: they know the label")
    rules = {each.rule for each in report.findings if each.severity != "info"}
    assert not rules & {"worse_than_baseline", "underfit"}


def test_a_model_that_reads_the_leak_is_held_against_models_that_read_it(tables):
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit(tables[0][["a", "b", "told"]], tables[0]["y"])
    report = run(tables, model)
    assert accuracy(rungs(report)["gradient_boosting"]) > 0.97
    assert "leak_target" in {each.rule for each in report.findings if each.severity == "error"}


def test_without_a_model_the_leak_is_left_out_unless_it_is_said_to_be_honest(tables):
    report = run(tables)
    assert accuracy(rungs(report)["gradient_boosting"]) < 0.9
    honest = run(tables, ignore_rules={"leak_target": "measured before the outcome"})
    assert accuracy(rungs(honest)["gradient_boosting"]) > 0.97
