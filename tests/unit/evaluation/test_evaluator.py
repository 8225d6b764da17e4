"""Whole results against scikit-learn, in all three forms, on real data."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn import metrics as sk
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

import assay
from assay.errors import InputError, ModelError
from assay.evaluation.goal import Costs

BINARY_PEERS = {
    "accuracy": lambda y, p, s: sk.accuracy_score(y, p),
    "balanced_accuracy": lambda y, p, s: sk.balanced_accuracy_score(y, p),
    "precision": lambda y, p, s: sk.precision_score(y, p),
    "recall": lambda y, p, s: sk.recall_score(y, p),
    "specificity": lambda y, p, s: sk.recall_score(y, p, pos_label=0),
    "f1": lambda y, p, s: sk.f1_score(y, p),
    "f2": lambda y, p, s: sk.fbeta_score(y, p, beta=2),
    "mcc": lambda y, p, s: sk.matthews_corrcoef(y, p),
    "cohen_kappa": lambda y, p, s: sk.cohen_kappa_score(y, p),
    "roc_auc": lambda y, p, s: sk.roc_auc_score(y, s),
    "average_precision": lambda y, p, s: sk.average_precision_score(y, s),
    "log_loss": lambda y, p, s: sk.log_loss(y, s),
    "brier": lambda y, p, s: sk.brier_score_loss(y, s),
}


def fit_and_split(load, estimator):
    X, y = load(return_X_y=True, as_frame=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, random_state=0)
    return make_pipeline(StandardScaler(), estimator).fit(X_train, y_train), X_test, y_test


@pytest.fixture(scope="module")
def cancer():
    return fit_and_split(load_breast_cancer, LogisticRegression())


@pytest.fixture(scope="module")
def wine():
    return fit_and_split(load_wine, LogisticRegression())


def numbers(result):
    return {
        (each.name, each.label): (each.estimate.value, each.estimate.low, each.estimate.high)
        for each in result.metrics
    }


def assert_same(first, second, tolerance=1e-12):
    ours, theirs = numbers(first), numbers(second)
    assert ours.keys() == theirs.keys()
    for key, values in ours.items():
        for one, other in zip(values, theirs[key], strict=True):
            assert (one is None) == (other is None), key
            if one is not None:
                assert one == pytest.approx(other, abs=tolerance, rel=tolerance), key


def test_a_binary_model_has_the_numbers_of_scikit_learn(cancer):
    model, X, y = cancer
    result = assay.evaluate(model, X, y)
    predicted, score = model.predict(X), model.predict_proba(X)[:, 1]
    for name, peer in BINARY_PEERS.items():
        assert result[name].value == pytest.approx(peer(y, predicted, score), abs=1e-10), name
        assert result[name].low <= result[name].value <= result[name].high
    assert result.curves.confusion.counts.tolist() == sk.confusion_matrix(y, predicted).tolist()
    assert result.task == "binary"
    assert result.threshold.chosen_on == "default"


def test_a_multiclass_model_has_the_numbers_of_scikit_learn(wine):
    model, X, y = wine
    result = assay.evaluate(model, X, y)
    predicted, scores = model.predict(X), model.predict_proba(X)
    for average in ("macro", "weighted", "micro"):
        for name in ("precision", "recall", "f1"):
            peer = getattr(sk, f"{name}_score")(y, predicted, average=average)
            found = result.metric(f"{average}_{name}")
            assert found.estimate.value == pytest.approx(peer, abs=1e-10)
            assert found.average == average
    for at, label in enumerate(("0", "1", "2")):
        found = result.metric("recall", label=label).estimate.value
        assert found == pytest.approx(sk.recall_score(y, predicted, average=None)[at], abs=1e-10)
        area = result.metric("roc_auc", label=label).estimate.value
        assert area == pytest.approx(sk.roc_auc_score(y == at, scores[:, at]), abs=1e-10)
    pairs = {
        "accuracy": sk.accuracy_score(y, predicted),
        "mcc": sk.matthews_corrcoef(y, predicted),
        "cohen_kappa": sk.cohen_kappa_score(y, predicted),
        "log_loss": sk.log_loss(y, scores),
        "roc_auc_ovr_macro": sk.roc_auc_score(y, scores, multi_class="ovr"),
        "brier": np.mean(np.sum((scores - np.eye(3)[y]) ** 2, axis=1)),
    }
    for name, peer in pairs.items():
        assert result[name].value == pytest.approx(peer, abs=1e-10), name


def test_the_macro_auc_of_several_classes_varies_as_whole_rows_do():
    rng = np.random.default_rng(5)
    y = rng.integers(0, 3, 600)
    scores = rng.dirichlet(np.ones(3), 600) + 0.3 * np.eye(3)[y]
    scores /= scores.sum(axis=1, keepdims=True)
    found = assay.evaluate(y_true=y, y_score=scores, metrics=["roc_auc_ovr_macro"])
    found = found["roc_auc_ovr_macro"]
    draws = []
    for _ in range(400):
        at = rng.integers(0, 600, 600)
        draws.append(sk.roc_auc_score(y[at], scores[at], multi_class="ovr"))
    assert (found.high - found.low) / 3.92 == pytest.approx(np.std(draws), rel=0.12)
    assert found.unit == "row"


def test_the_calibration_of_several_classes_is_that_of_the_top_label(wine):
    model, X, y = wine
    result = assay.evaluate(model, X, y)
    scores = model.predict_proba(X)
    top = assay.evaluate(
        y_true=scores.argmax(axis=1) == y, y_score=scores.max(axis=1), metrics=["ece"]
    )
    assert result["ece"].value == pytest.approx(top["ece"].value, abs=1e-12)
    assert result.metric("ece").params == {"of": "top label"}
    assert result.curves.calibration.n.sum() == len(y)


def test_a_regression_has_the_numbers_of_scikit_learn():
    model, X, y = fit_and_split(load_diabetes, Ridge())
    result = assay.evaluate(model, X, y)
    predicted = model.predict(X)
    pairs = {
        "mse": sk.mean_squared_error(y, predicted),
        "rmse": sk.root_mean_squared_error(y, predicted),
        "mae": sk.mean_absolute_error(y, predicted),
        "median_absolute_error": sk.median_absolute_error(y, predicted),
        "r2": sk.r2_score(y, predicted),
        "mape": sk.mean_absolute_percentage_error(y, predicted),
        "max_error": sk.max_error(y, predicted),
        "mean_error": np.mean(predicted - y),
        "adjusted_r2": 1 - (1 - sk.r2_score(y, predicted)) * (len(y) - 1) / (len(y) - 11),
    }
    for name, peer in pairs.items():
        assert result[name].value == pytest.approx(peer, rel=1e-10), name
    curves = result.curves
    assert curves.predicted_actual.counts.sum() == len(y)
    assert curves.residuals.share.sum() == pytest.approx(1)
    assert curves.residual_means.n.sum() == len(y)
    weighted_mean = np.average(curves.residual_means.mean, weights=curves.residual_means.n)
    assert weighted_mean == pytest.approx(np.mean(predicted - y), rel=1e-9)


def test_the_charts_of_a_regression_have_the_axes_that_they_name():
    y = np.tile(np.arange(100.0), 3)
    result = assay.evaluate(y_true=y, y_pred=np.full(300, 60.0) + y / 50)
    grid = result.curves.predicted_actual
    across, up = grid.counts.sum(axis=1), grid.counts.sum(axis=0)
    assert np.count_nonzero(across) > 10 * np.count_nonzero(up)  # only actual values vary
    residuals, mean = result.curves.residuals, result["mean_error"].value
    middle = (residuals.edges[:-1] + residuals.edges[1:]) / 2
    assert np.average(middle, weights=residuals.share) == pytest.approx(mean, abs=2)
    assert mean == pytest.approx(np.mean(60 + y / 50 - y))


def test_a_regressor_makes_a_regression_of_whole_numbers():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    y = np.clip(np.round(20 + 8 * X[:, 0]), 0, 50).astype(int)
    result = assay.evaluate(Ridge().fit(X, y), X, y)
    assert result.task == "regression"
    with pytest.raises(InputError, match="--task multiclass or --task regression"):
        assay.evaluate(y_true=y, y_pred=y)


def test_digits_are_judged_as_ten_classes():
    model, X, y = fit_and_split(load_digits, LogisticRegression(max_iter=500))
    result = assay.evaluate(model, X, y)
    assert result.task == "multiclass"
    assert result.head.metrics[0] == "macro_f1"
    assert result["macro_f1"].value == pytest.approx(
        sk.f1_score(y, model.predict(X), average="macro"), abs=1e-10
    )
    assert result.findings == ()


@pytest.mark.parametrize("container", ["pandas", "polars", "arrow", "numpy"])
def test_frames_and_arrays_are_taken_as_they_are(cancer, container):
    _, X, y = cancer
    model = DecisionTreeClassifier(max_depth=3, random_state=0)
    model.fit(X.to_numpy() if container == "numpy" else X, y)
    given = {
        "pandas": lambda: (X, y),
        "polars": lambda: (pl.from_pandas(X.reset_index(drop=True)), pl.Series(y.to_list())),
        "arrow": lambda: (
            pa.Table.from_pandas(X, preserve_index=False),
            pa.chunked_array([y.to_list()]),
        ),
        "numpy": lambda: (X.to_numpy(), y.to_numpy()),
    }[container]()
    result = assay.evaluate(model, *given)
    predicted = model.predict(X.to_numpy() if container == "numpy" else X)
    assert result["accuracy"].value == pytest.approx(np.mean(predicted == y), abs=1e-12)


def test_the_three_forms_agree(cancer):
    model, X, y = cancer
    score = model.predict_proba(X)[:, 1]
    by_model = assay.evaluate(model, X, y)
    by_arrays = assay.evaluate(y_true=y, y_pred=model.predict(X), y_score=score)
    frame = X.assign(label=y.to_numpy())
    by_dataset = assay.evaluate(model, assay.Dataset.read(frame, label="label"))
    scored = frame.assign(score=score)
    by_columns = assay.evaluate(None, assay.Dataset.read(scored, label="label", score="score"))
    for other in (by_arrays, by_dataset, by_columns):
        assert_same(by_model, other)


def test_a_weight_is_a_repeated_row():
    rng = np.random.default_rng(0)
    y = rng.random(300) < 0.4
    score = np.clip(rng.normal(0.4 + 0.2 * y, 0.2), 0.01, 0.99)
    weight = rng.integers(1, 4, size=300)
    weighted = assay.evaluate(y_true=y, y_score=score, weight=weight)
    repeated = assay.evaluate(y_true=np.repeat(y, weight), y_score=np.repeat(score, weight))
    for name in BINARY_PEERS:
        assert weighted[name].value == pytest.approx(repeated[name].value, abs=1e-10), name
    number = rng.normal(size=300)
    heavy = assay.evaluate(y_true=number, y_pred=number + score, weight=weight)
    long = assay.evaluate(
        y_true=np.repeat(number, weight), y_pred=np.repeat(number + score, weight)
    )
    for name in ("mse", "mae", "r2", "median_absolute_error", "mean_error"):
        assert heavy[name].value == pytest.approx(long[name].value, rel=1e-9), name


@pytest.mark.parametrize("kind", ["scores", "classes", "numbers"])
def test_the_order_of_rows_changes_nothing(kind):
    rng = np.random.default_rng(1)
    order = rng.permutation(400)
    if kind == "scores":
        y = rng.random(400) < 0.4
        given = {"y_true": y, "y_score": np.clip(rng.normal(0.4 + 0.2 * y, 0.2), 0, 1)}
    elif kind == "classes":
        y = rng.choice(["a", "b", "c"], 400)
        given = {"y_true": y, "y_pred": np.where(rng.random(400) < 0.7, y, "a")}
    else:
        y = rng.normal(size=400)
        given = {"y_true": y, "y_pred": y + rng.normal(size=400)}
    mixed = {name: values[order] for name, values in given.items()}
    assert_same(assay.evaluate(**given), assay.evaluate(**mixed), tolerance=1e-9)


def test_other_names_of_the_classes_change_nothing():
    rng = np.random.default_rng(2)
    y = rng.integers(0, 3, 300)
    predicted = np.where(rng.random(300) < 0.7, y, 0)
    plain = numbers(assay.evaluate(y_true=y, y_pred=predicted))
    names = np.array(["zebra", "ant", "mole"])  # another order, too
    named = numbers(assay.evaluate(y_true=names[y], y_pred=names[predicted]))
    for (name, label), values in plain.items():
        other = named[name, None if label is None else str(names[int(label)])]
        assert values[0] == pytest.approx(other[0], abs=1e-12), name


def test_the_other_positive_swaps_recall_and_specificity():
    y = np.array(["no"] * 60 + ["yes"] * 40)
    predicted = np.array(["no"] * 50 + ["yes"] * 45 + ["no"] * 5)
    one = assay.evaluate(y_true=y, y_pred=predicted, positive="yes")
    other = assay.evaluate(y_true=y, y_pred=predicted, positive="no")
    assert one["recall"].value == other["specificity"].value == 35 / 40
    assert one["accuracy"] == other["accuracy"]
    assert one.classes == ("no", "yes")
    assert other.classes == ("yes", "no")


def test_groups_widen_the_intervals_and_name_their_unit():
    rng = np.random.default_rng(3)
    y = np.repeat(rng.random(60) < 0.5, 10)
    score = np.repeat(np.clip(rng.normal(0.4 + 0.2 * y[::10], 0.2), 0, 1), 10)
    rows = assay.evaluate(y_true=y, y_score=score)
    grouped = assay.evaluate(y_true=y, y_score=score, group=np.repeat(np.arange(60), 10))
    for name in ("accuracy", "mcc", "roc_auc", "log_loss"):
        wide = grouped[name].high - grouped[name].low
        narrow = rows[name].high - rows[name].low
        assert grouped[name].unit == "group"
        assert grouped[name].value == pytest.approx(rows[name].value, abs=1e-12)
        assert 2 < wide / narrow < 5, name  # ten copies of each row: about sqrt(10)
    assert grouped.data["unit"] == "group"


def test_time_makes_blocks():
    rng = np.random.default_rng(4)
    y = rng.normal(size=400)
    days = np.arange(400).astype("datetime64[D]")
    result = assay.evaluate(y_true=y, y_pred=y + rng.normal(size=400), time=days)
    assert result["mse"].unit == "block"
    median = result["median_absolute_error"]
    assert median.unit == "block"
    assert median.low < median.value < median.high


def test_a_result_is_plain_json_and_one_tidy_table(cancer, wine):
    columns = None
    for model, X, y in (cancer, wine):
        result = assay.evaluate(model, X, y)
        stored = json.loads(json.dumps(result.to_dict(), allow_nan=False))
        assert stored["metrics"][0]["name"] == "accuracy"
        frame = result.to_frame()
        columns = columns or frame.columns
        assert frame.columns == columns
        assert frame.height == len(result.metrics)
        assert "accuracy" in result._repr_html_() or "Accuracy" in result._repr_html_()
        assert result.plot().to_dict()["facet"]["row"]["field"] == "name"


def test_names_in_the_notebook_table_are_escaped():
    y = ["<b>"] * 30 + ["x"] * 70
    shown = assay.evaluate(y_true=y, y_pred=y)._repr_html_()
    assert "<b>" not in shown
    assert "&lt;b&gt;" in shown


def test_only_the_metrics_that_were_asked_for(cancer):
    model, X, y = cancer
    result = assay.evaluate(model, X, y, metrics=["roc_auc", "accuracy"])
    assert [each.name for each in result.metrics] == ["accuracy", "roc_auc"]
    assert result.curves.to_dict() == {}
    with pytest.raises(InputError, match="did you mean"):
        assay.evaluate(model, X, y, metrics=["acuracy"])


def test_costs_add_the_expected_cost(cancer):
    model, X, y = cancer
    costs = Costs(false_positive=1, false_negative=5)
    result = assay.evaluate(model, X, y, costs=costs)
    (_, fp), (fn, _) = sk.confusion_matrix(y, model.predict(X))
    assert result["expected_cost"].value == pytest.approx((fp + 5 * fn) / len(y))
    assert result["expected_cost"].low < result["expected_cost"].value
    assert result.head.metrics[0] == "expected_cost"


def test_ranking_scores_have_no_probability_metrics():
    rng = np.random.default_rng(5)
    y = rng.random(200) < 0.4
    score = rng.normal(size=200) + y
    result = assay.evaluate(y_true=y, y_score=score, use="ranking")
    assert result["roc_auc"].value == pytest.approx(sk.roc_auc_score(y, score))
    assert {"log_loss", "brier", "ece", "accuracy"}.isdisjoint(
        each.name for each in result.metrics
    )
    assert result.not_computed[0].turn_on.startswith("--use probability")
    cut = assay.evaluate(y_true=y, y_score=score, use="ranking", threshold=0.0)
    assert cut["accuracy"].value == pytest.approx(np.mean((score >= 0) == y))


def test_a_decision_function_only_ranks(cancer):
    from sklearn.svm import LinearSVC

    _, X, y = cancer
    model = make_pipeline(StandardScaler(), LinearSVC()).fit(X, y)
    result = assay.evaluate(model, X, y)
    assert result["roc_auc"].value == pytest.approx(
        sk.roc_auc_score(y, model.decision_function(X)), abs=1e-10
    )
    assert "log_loss" not in result
    assert result["accuracy"].value == pytest.approx(np.mean(model.predict(X) == y))


def test_predictions_of_another_threshold_are_kept():
    y = np.array([0, 0, 1, 1] * 10)
    score = np.array([0.1, 0.4, 0.45, 0.8] * 10)
    result = assay.evaluate(y_true=y, y_pred=(score > 0.42).astype(int), y_score=score)
    assert result["accuracy"].value == 1.0
    assert result.threshold is None


def test_classes_without_rows_are_kept_in_the_tables():
    y = np.array(["a", "b", "c"] * 20)
    predicted = np.where(y == "c", "d", y)
    result = assay.evaluate(y_true=y, y_pred=predicted)
    assert result.classes == ("a", "b", "c", "d")
    assert [f.rule for f in result.findings] == ["unknown_class_predicted"]
    assert result.metric("recall", label="d").estimate.value is None
    assert result.metric("recall", label="d").estimate.reason


def test_predictions_in_other_types_are_matched():
    y = [0, 1] * 30
    for predicted in ([False, True] * 30, ["0", "1"] * 30, [0.0, 1.0] * 30):
        assert assay.evaluate(y_true=y, y_pred=predicted)["accuracy"].value == 1.0


def test_predictions_in_other_words_need_a_map():
    y = ["no", "yes"] * 30
    with pytest.raises(InputError, match="--label-map"):
        assay.evaluate(y_true=y, y_pred=[0, 1] * 30, positive="yes")
    mapped = assay.evaluate(
        y_true=y, y_pred=[0, 1] * 30, positive="yes", label_map={"0": "no", "1": "yes"}
    )
    assert mapped["accuracy"].value == 1.0


def test_all_ties_and_a_single_row_are_not_an_accident():
    ties = assay.evaluate(y_true=[0, 1] * 40, y_score=[0.5] * 80)
    assert ties["roc_auc"].value == 0.5
    (finding,) = ties.findings
    assert finding.rule == "constant_scores"
    assert "no_better_than_constant" in {f.rule for f in finding.consequences}
    one = assay.evaluate(y_true=[2.5], y_pred=[3.0], task="regression")
    assert one["mae"].value == 0.5
    assert one["r2"].value is None
    assert one["r2"].reason
    json.dumps(one.to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"y_true": [1, 1, 1], "y_pred": [1, 1, 1]}, "only the value 1 in 3 rows"),
        ({"y_true": [0, 1], "y_score": [0.2, 1.2]}, r"outside \[0, 1\], first in row 2 .*1.2"),
        ({"y_true": [0, 1], "y_score": [0.2, -0.1]}, r"--use ranking"),
        ({"y_true": [0, 1], "y_score": [0.2, float("nan")]}, "first in row 2"),
        ({"y_true": [0, 1], "y_score": [float("inf"), 0.2]}, "infinite"),
        ({"y_true": [0, None, 1], "y_pred": [0, 1, 1]}, "no value"),
        ({"y_true": [0, 1, 1], "y_pred": [0, 1]}, "rows"),
        ({"y_true": [], "y_pred": []}, "no rows"),
        ({"y_true": [0, 1]}, "nothing to judge"),
        ({"y_true": [0, 1], "y_pred": [0, 2]}, "values 2, which the label does not have"),
        (
            {"y_true": [0.5, 1.5, float("inf")], "y_pred": [1.0, 1.0, 1.0], "task": "regression"},
            "no finite numbers, first in row 3",
        ),
        ({"y_true": list(range(30)), "y_pred": list(range(30))}, "--task multiclass or --task"),
        ({"y_true": ["a", "b"] * 9, "y_pred": ["a", "b"] * 9}, "--positive 'b'"),
        ({"y_true": [0, 1, 2], "y_score": [0.1, 0.5, 0.9]}, "one score column, 'y_score', for 3"),
        ({"y_true": [0, 1], "y_score": [0.1, 0.9], "use": "sorting"}, "unknown use"),
        ({"y_true": [0, 1], "y_score": [0.1, 0.9], "level": 95}, "between 0 and 1"),
        ({"y_true": [0, 1], "y_pred": [0, 1], "threshold": 0.4}, "a threshold needs scores"),
        ({"y_true": [0, 1], "y_pred": [0, 1], "weight": [1, -1]}, "negative"),
        ({"y_true": [0, 1, 2] * 5, "y_score": np.full((15, 3), 0.4)}, "must sum to 1"),
        ({"y_true": ["a", "b", "c"], "y_pred": ["a", "b", "c"], "task": "regression"}, "numbers"),
    ],
)
def test_bad_input_is_refused_with_its_place(given, words):
    with pytest.raises(InputError, match=words):
        assay.evaluate(**given)


def test_arguments_that_do_not_belong_together_are_refused(cancer):
    model, X, y = cancer
    data = assay.Dataset.from_arrays(y_true=y, X=X)
    with pytest.raises(InputError, match="beside a Dataset"):
        assay.evaluate(model, data, y)
    with pytest.raises(InputError, match=r"evaluate\(model, X, y\)"):
        assay.evaluate(model, X)
    with pytest.raises(InputError, match="there is nothing to judge"):
        assay.evaluate(None, data)
    with pytest.raises(InputError, match="is not a model"):
        assay.evaluate("model.joblib", X, y)


def test_a_failing_model_is_the_models_fault(cancer):
    _, X, y = cancer

    def broken(rows):
        raise RuntimeError("out of ink")

    with pytest.raises(ModelError, match="out of ink"):
        assay.evaluate(broken, X, y)


def test_inputs_are_left_alone(cancer):
    model, X, y = cancer
    before, labels = X.copy(), y.copy()
    assay.evaluate(model, X, y)
    pd.testing.assert_frame_equal(X, before)
    pd.testing.assert_series_equal(y, labels)
