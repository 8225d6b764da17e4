"""The fit section on real models: what it finds, and what it says where it cannot look."""

import json

import numpy as np
import pandas as pd
import pytest

import assay

pytestmark = pytest.mark.filterwarnings("ignore:.*Glyph.*")


def table(n, seed, noise=1.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 4))
    y = (x @ [1.5, -1.0, 0.5, 0.0] + noise * rng.logistic(size=n) > 0).astype(int)
    return pd.DataFrame(x, columns=list("abcd")).assign(y=y)


TRAIN, TEST = table(900, 1), table(500, 2)
FEATURES = list("abcd")


def analyze(model, train=TRAIN, test=TEST, **told):
    told = {"budget": 30, "only": ["evaluation", "fit"], **told}
    return assay.analyze(model, test, label="y", train=train, **told)


def test_a_sound_model_has_a_curve_and_steady_fits_and_no_warning():
    from sklearn.linear_model import LogisticRegression

    report = analyze(LogisticRegression().fit(TRAIN[FEATURES], TRAIN["y"]))
    fit = report.results["sections"]["fit"]
    assert fit["metric"] == report.results["sections"]["evaluation"]["head"]["metrics"][0]
    assert fit["gap"]["large"] is False
    assert fit["simple"]["matched"] is False
    assert [each["rows"] for each in fit["curve"]["sizes"]][-1] == 900
    assert next(iter(fit["curve"]["ahead"]))["rows"] == 1800
    assert len(fit["seeds"]["values"]) == 5
    assert fit["seeds"]["spread"] == pytest.approx(0, abs=1e-12)
    assert len(fit["folds"]["values"]) == 5
    assert not [each for each in report.findings if each.severity != "info"]
    assert "Did training go well" in [page.title for page in report.content.pages]


def test_the_numbers_are_those_of_scikit_learn():
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score

    model = LogisticRegression().fit(TRAIN[FEATURES], TRAIN["y"])
    fit = analyze(model).results["sections"]["fit"]
    by_hand = accuracy_score(TEST["y"], model.predict(TEST[FEATURES]))
    assert fit["gap"]["judged"]["value"] == pytest.approx(by_hand)
    assert fit["curve"]["sizes"][-1]["judged"]["value"] == pytest.approx(by_hand)
    own = accuracy_score(TRAIN["y"], model.predict(TRAIN[FEATURES]))
    assert fit["gap"]["train"]["value"] == pytest.approx(own)


def test_a_model_that_learned_by_heart_is_found():
    from sklearn.tree import DecisionTreeClassifier

    train, test = table(600, 3, noise=3.0), table(400, 4, noise=3.0)
    model = DecisionTreeClassifier(random_state=0).fit(train[FEATURES], train["y"])
    report = analyze(model, train, test)
    (found,) = [each for each in report.findings if each.rule == "overfit"]
    assert found.evidence["train"] == 1.0
    assert found.evidence["low"] > 0


def test_a_stump_is_found_to_be_too_simple():
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier(max_depth=1).fit(TRAIN[FEATURES], TRAIN["y"])
    assert "underfit" in [each.rule for each in analyze(model).findings]


def test_a_fit_that_hangs_on_its_seed_is_found():
    from sklearn.ensemble import ExtraTreesClassifier

    small = table(60, 5, noise=2.0)
    model = ExtraTreesClassifier(1, max_features=1, random_state=0)
    model.fit(small[FEATURES], small["y"])
    report = analyze(model, small, table(4000, 6, noise=2.0))
    assert "seed_noise" in [each.rule for each in report.findings]


def test_columns_of_answers_cannot_be_fitted_again():
    rng = np.random.default_rng(7)
    scored = [each.assign(p=rng.random(len(each))) for each in (TRAIN, TEST)]
    report = assay.analyze(
        data=scored[1], train=scored[0], label="y", score="p", only=["fit"], budget=5
    )
    fit = report.results["sections"]["fit"]
    assert fit["gap"] is not None
    assert fit["curve"] is None
    assert ("a column of answers cannot be fitted again", "--model FILE") in [
        (each["reason"], each["turn_on"]) for each in fit["not_computed"]
    ]


def test_without_train_rows_the_part_says_what_turns_it_on():
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit(TRAIN[FEATURES], TRAIN["y"])
    report = assay.analyze(model, TEST, label="y", only=["fit"])
    skipped = [each for each in report.results["skipped"] if each["section"] == "fit"]
    assert skipped[0]["turn_on"] == "--train DATA"
    assert "fit" not in [page.name for page in report.content.pages]


def test_without_a_model_a_simple_one_stands_in():
    report = assay.analyze(data=TRAIN, label="y", only=["fit"], budget=20)
    fit = report.results["sections"]["fit"]
    assert fit["of"] == "gradient boosting (no model was given)"
    assert fit["curve"]["sizes"][-1]["rows"] == 720  # a fifth is kept apart
    json.dumps(fit, allow_nan=False)


def test_fitting_again_can_be_switched_off():
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit(TRAIN[FEATURES], TRAIN["y"])
    report = analyze(model, sections={"fit": {"refit": False}})
    fit = report.results["sections"]["fit"]
    assert fit["curve"] is None
    assert fit["gap"] is not None
    assert fit["not_computed"][0]["turn_on"] == "--fit-refit"


def test_many_labels_and_numbers_have_curves_too():
    from sklearn.linear_model import LinearRegression

    rng = np.random.default_rng(8)
    frames = []
    for n in (400, 300):
        x = rng.normal(size=(n, 2))
        target = x @ [2.0, 1.0] + rng.normal(size=n)
        frames.append(pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": target}))
    train, test = frames
    model = LinearRegression().fit(train[["a", "b"]], train["y"])
    fit = analyze(model, train, test).results["sections"]["fit"]
    assert fit["metric"] in ("rmse", "mae")
    assert fit["curve"]["sizes"][-1]["judged"]["value"] == pytest.approx(1.0, abs=0.15)
    assert fit["gap"]["large"] is False
