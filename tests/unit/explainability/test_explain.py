from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.ensemble import (
    GradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from assay.data.dataset import Dataset
from assay.errors import InputError, ModelError
from assay.explainability.explain import explain, prepare_explainer
from assay.explainability.settings import Settings
from assay.models.callable import wrap_callable

DRAW = np.random.default_rng(5)
ROWS = DRAW.normal(size=(6, 4))
BACKGROUND = DRAW.normal(size=(9, 4))


def bent(X):
    X = np.asarray(X, dtype=float)
    return X[:, 0] * X[:, 1] + np.sin(X[:, 2]) + (X[:, 3] > 0) * X[:, 0]


def brute_force(function, row, background, weights=None):
    """Shapley values by their definition."""
    n = len(row)
    weights = np.full(len(background), 1 / len(background)) if weights is None else weights

    def value(on):
        masked = background.copy()
        masked[:, list(on)] = row[list(on)]
        return weights @ function(masked)

    found = np.zeros(n)
    for i in range(n):
        others = [j for j in range(n) if j != i]
        for size in range(n):
            share = factorial(size) * factorial(n - size - 1) / factorial(n)
            for on in combinations(others, size):
                found[i] += share * (value((*on, i)) - value(on))
    return found


def test_is_the_definition():
    found = explain(bent, ROWS, background=BACKGROUND)

    wanted = [brute_force(bent, row, BACKGROUND) for row in ROWS]
    np.testing.assert_allclose(found.values[:, :, 0], wanted, atol=1e-10)
    np.testing.assert_allclose(
        found.base_values[:, 0] + found.values[:, :, 0].sum(axis=1), bent(ROWS), atol=1e-10
    )
    assert found.exact.all()
    assert (found.standard_errors == 0).all()


def test_weights_of_background_rows_count_like_repeated_rows():
    repeated = BACKGROUND[[0, 0, 0, 1]]

    told = explain(bent, ROWS, background=BACKGROUND[:2], weights=[0.75, 0.25])

    np.testing.assert_allclose(
        told.values, explain(bent, ROWS, background=repeated).values, atol=1e-10
    )


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, lambda rows: rows])
def test_containers_give_one_answer(make):
    columns = {f"c{place}": BACKGROUND[:, place] for place in range(4)}
    told = {f"c{place}": ROWS[:, place] for place in range(4)}
    if make in (pd.DataFrame, pl.DataFrame):
        rows, background = make(told), make(columns)

        def model(frame):
            return bent(frame.to_numpy())
    else:
        rows, background, model = ROWS, BACKGROUND, bent

    found = explain(model, rows, background=background)

    np.testing.assert_allclose(
        found.values, explain(bent, ROWS, background=BACKGROUND).values, atol=1e-12
    )


def test_datasets_are_explained_like_frames():
    X, y = load_iris(return_X_y=True, as_frame=True)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    table = Dataset.read(X.assign(kind=y), label="kind")

    found = explain(model, table, background=table, calls=16)

    frame = explain(model, X, background=X, calls=16)
    np.testing.assert_allclose(found.values, frame.values, atol=1e-9)
    assert found.players == tuple(X.columns)


def test_probabilities_of_all_classes_balance():
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=500).fit(X, y)

    found = explain(model, X[:4], background=X)

    assert found.outputs == ("0", "1", "2")
    np.testing.assert_allclose(found.values.sum(axis=2), 0, atol=1e-10)


def test_scales_are_told_apart():
    X, y = load_breast_cancer(return_X_y=True)
    X = X[:, :5]
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    told = {"background": X[:20]}

    raw = explain(model, X[:3], output="raw", **told)
    each = explain(model, X[:3], output="log_odds", link="logit_then_mean", **told)
    mean = explain(model, X[:3], output="log_odds", **told)
    probability = explain(model, X[:3], **told)

    assert (raw.method, probability.output) == ("linear", "probability")
    np.testing.assert_allclose(raw.values, each.values, rtol=1e-6, atol=1e-8)
    assert np.abs(mean.values - each.values).max() > 0.1
    np.testing.assert_allclose(
        1 / (1 + np.exp(-mean.predictions)), probability.predictions, rtol=1e-9
    )


def test_a_linear_model_is_taken_apart():
    model = LinearRegression().fit(BACKGROUND, BACKGROUND @ [1.0, -2.0, 0.5, 0.0] + 3)

    found = explain(model, ROWS, background=BACKGROUND)

    wanted = (ROWS - BACKGROUND.mean(axis=0)) * model.coef_
    assert found.method == "linear"
    np.testing.assert_allclose(found.values[:, :, 0], wanted, atol=1e-10)
    kernel = explain(model, ROWS, background=BACKGROUND, method="kernel")
    np.testing.assert_allclose(kernel.values, found.values, atol=1e-8)


def test_trees_are_taken_apart_like_any_model():
    model = RandomForestRegressor(10, max_depth=4, random_state=0).fit(
        BACKGROUND, bent(BACKGROUND)
    )

    found = explain(model, ROWS, background=BACKGROUND)

    assert found.method == "trees"
    kernel = explain(model, ROWS, background=BACKGROUND, method="kernel")
    np.testing.assert_allclose(found.values, kernel.values, atol=1e-8)
    path = explain(model, ROWS, background=BACKGROUND, value_function="path_dependent")
    assert path.value_function == "path_dependent"
    assert path.background is None
    assert np.abs(path.values - found.values).max() > 1e-3


def test_many_rows_of_trees_come_in_pieces_within_limits(monkeypatch):
    rows = np.random.default_rng(0).normal(size=(100, 4))
    model = RandomForestRegressor(5, max_depth=4, random_state=0).fit(rows, bent(rows))
    whole = explain(model, rows, background=BACKGROUND)
    monkeypatch.setattr("assay.explainability.trees.prepared.rows_at_once", lambda *told: 30)
    seen = []
    ready = prepare_explainer(model, BACKGROUND)
    found = ready.explain(rows, progress=lambda *told: seen.append(told))
    assert ready.interrupt is None
    np.testing.assert_allclose(found.values, whole.values, atol=1e-12)
    assert seen[0] == ("Explaining rows", 0, 100)
    assert seen[-1] == ("Explaining rows", 100, 100)
    stopped = explain(model, rows, background=BACKGROUND, seconds=1e-9)
    assert stopped.rows == tuple(range(30))
    told = {each.rule: each for each in stopped.findings}["explanation_stopped"]
    assert told.evidence == {"rows_done": 30, "rows": 100}
    np.testing.assert_allclose(stopped.values, whole.values[:30], atol=1e-12)
    times = iter(range(9))

    def interrupted(stage, done, total):
        if next(times) == 2:
            raise KeyboardInterrupt

    found = ready.explain(rows, progress=interrupted)
    assert isinstance(ready.interrupt, KeyboardInterrupt)
    assert found.rows == tuple(range(60))
    assert "explanation_stopped" in {each.rule for each in found.findings}
    assert found.exact.all()


def test_a_boosted_probability_is_not_rescaled_from_margins():
    X, y = load_breast_cancer(return_X_y=True)
    model = GradientBoostingClassifier(n_estimators=5, random_state=0).fit(X[:, :4], y)

    found = explain(model, X[:2, :4], background=X[:10, :4])

    assert found.method == "enumeration"
    assert "no sum of its trees" in found.reason


def test_exact_tries_every_coalition_or_refuses():
    rows, background = WIDE[:2, :10], WIDE[10:, :10]

    usual = explain(many, rows, background=background)
    exact = explain(many, rows, background=background, method="exact")

    assert not usual.exact.any()
    assert exact.exact.all()
    assert np.abs(exact.values - usual.values).max() < 5 * usual.standard_errors.max()
    with pytest.raises(InputError, match="18 columns have 2\\^18"):
        explain(many, WIDE[:2], background=WIDE[10:], method="exact")


def test_exact_takes_a_row_like_the_background():
    found = explain(bent, np.ones((1, 4)), background=np.ones((2, 4)), method="exact")

    assert found.method == "nothing varies"
    assert found.values.tolist() == [[[0.0]] * 4]


def test_a_margin_is_asked_of_models_that_have_one():
    X, y = load_iris(return_X_y=True)
    forest = RandomForestClassifier(5, random_state=0).fit(X, y)

    with pytest.raises(InputError, match="has no raw margin"):
        explain(forest, X[:2], background=X, output="raw")
    assert explain(forest, X[:2], background=X[::30]).method == "trees"


def test_groups_are_switched_together():
    def of_pairs(X):
        return X[:, 0] * X[:, 1] * 2 + X[:, 2]

    rows, background = np.array([[2.0, 3.0, 1.0, 5.0]]), np.zeros((1, 4))
    found = explain(of_pairs, rows, background=background, players={"both": ["x0", "x1"]})

    assert found.players == ("both", "x2", "x3")
    np.testing.assert_allclose(found.values[0, :, 0], [12.0, 1.0, 0.0], atol=1e-12)


def test_nothing_that_equals_the_background_moves_the_score():
    same = explain(bent, BACKGROUND[:1], background=BACKGROUND[:1])

    assert (same.values == 0).all()
    assert same.exact.all()


def many(X):
    X = np.asarray(X)
    return np.tanh(X @ np.linspace(-1, 1, X.shape[1])) + X[:, 0] * X[:, 3]


WIDE = DRAW.normal(size=(20, 18))


def test_sampled_rows_are_the_same_whatever_the_batch():
    one = explain(many, WIDE[:5], background=WIDE[10:], calls=64, tolerance=None)
    other = explain(many, WIDE[:5], background=WIDE[10:], calls=64, tolerance=None, batch_rows=70)

    assert not one.exact.any()
    np.testing.assert_allclose(one.values, other.values, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(one.values.sum(axis=1), one.predictions - one.base_values)


def test_the_order_of_columns_does_not_matter():
    names = [f"c{place}" for place in range(18)]
    frame = pd.DataFrame(WIDE, columns=names)
    turned = frame[names[::-1]]
    told = {"calls": 64, "tolerance": None, "interactions": True}

    def model(rows):
        return many(rows[names].to_numpy())

    one = explain(model, frame[:4], background=frame[10:], **told)
    other = explain(model, turned[:4], background=turned[10:], **told)

    assert other.players == tuple(names[::-1])
    np.testing.assert_allclose(other.values[:, ::-1], one.values, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        other.interactions[:, ::-1, ::-1], one.interactions, rtol=1e-9, atol=1e-12
    )
    np.testing.assert_allclose(
        other.interaction_errors[:, ::-1, ::-1], one.interaction_errors, rtol=1e-6, atol=1e-12
    )


def test_sampled_rows_are_the_same_whatever_the_number_of_processes():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    told = {"background": X[:20], "calls": 128, "tolerance": None}

    one = explain(model, X[:3], **told)
    other = explain(model, X[:3], n_jobs=2, **told)

    np.testing.assert_allclose(other.values, one.values, rtol=1e-9, atol=1e-12)
    with pytest.raises(InputError, match="n_jobs must be"):
        explain(model, X[:3], n_jobs=0, **told)


def test_more_calls_come_closer():
    def error(calls):
        told = {"background": WIDE[10:], "tolerance": None}
        found = explain(many, WIDE[:5], calls=calls, **told)
        best = explain(many, WIDE[:5], calls=3000, **told)
        return np.sqrt(np.mean((found.values - best.values) ** 2))

    assert error(512) < error(64)


def test_finished_rows_are_kept_and_taken_up_again(tmp_path):
    asked = []

    def failing(X):
        asked.append(len(X))
        if sum(asked) > 12_000:
            raise KeyboardInterrupt
        return many(X)

    told = {"background": WIDE[:10], "calls": 64, "tolerance": None}
    rows = np.vstack([WIDE, WIDE + 0.5])
    part = explain(failing, rows, keep=tmp_path / "rows", **told)
    assert 0 < len(part) < len(rows)
    assert [each.rule for each in part.findings if each.severity == "warning"] == [
        "explanation_stopped"
    ]

    asked.clear()

    def counting(X):
        asked.append(len(X))
        return many(X)

    whole = explain(counting, rows, keep=tmp_path / "rows", **told)
    fresh = explain(many, rows, **told)
    np.testing.assert_allclose(whole.values, fresh.values, rtol=1e-9, atol=1e-12)
    assert whole.rows == tuple(range(len(rows)))
    assert not (tmp_path / "rows").exists()
    assert sum(asked) < fresh.cost.made


def test_kept_rows_of_other_settings_are_not_used(tmp_path):
    def stopped(X):
        if len(asked) > 8:
            raise KeyboardInterrupt
        asked.append(len(X))
        return many(X)

    asked = []
    rows, keep = np.vstack([WIDE] * 3), tmp_path / "rows"
    told = {"background": WIDE[:10], "tolerance": None}
    explain(stopped, rows, keep=keep, calls=64, **told)
    other = explain(many, rows, keep=keep, calls=128, **told)

    np.testing.assert_array_equal(other.values, explain(many, rows, calls=128, **told).values)


def test_a_limit_of_predictions_stops_with_what_is_done():
    found = explain(
        many, np.vstack([WIDE] * 4), background=WIDE[:10], calls=64, limit_predictions=9_000
    )

    assert 0 < len(found) < 80
    assert found.findings[0].rule == "explanation_stopped"
    assert "9,000 predictions" in found.findings[0].message


def test_a_prepared_explainer_gives_the_numbers_of_a_call():
    ready = prepare_explainer(bent, BACKGROUND)

    one = [ready.explain(row).values[0] for row in ROWS]

    np.testing.assert_allclose(one, explain(bent, ROWS, background=BACKGROUND).values, atol=1e-12)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"background": BACKGROUND[:, :3]}, "columns"),
        ({"background": "nearest"}, "unknown background 'nearest'"),
        ({"background": BACKGROUND[:0]}, "no rows"),
        ({"background": [1, 2]}, "must be a Dataset"),
        ({"background": BACKGROUND, "calls": 0}, "calls must be a whole number"),
        ({"background": BACKGROUND, "calls": -5}, "calls must be a whole number"),
        ({"background": BACKGROUND, "tolerance": 0}, "tolerance must be a number above 0"),
        ({"background": BACKGROUND, "method": "magic"}, "unknown method 'magic'"),
        ({"background": BACKGROUND, "method": "linear"}, "method='linear' does not fit"),
        ({"background": BACKGROUND, "output": "odds"}, "unknown output 'odds'"),
        ({"background": BACKGROUND, "seed": -1}, "seed must be"),
        ({"background": BACKGROUND, "players": {"g": ["x9"]}}, "x9"),
        ({"background": BACKGROUND, "value_function": "path_dependent"}, "path_dependent"),
    ],
)
def test_bad_input_is_refused(told, said):
    with pytest.raises(InputError, match=said.replace("(", r"\(")):
        explain(bent, ROWS, **told)


def test_scores_that_are_no_numbers_are_refused():
    def broken(X):
        return np.where(X[:, 0] > 0, np.nan, 1.0)

    with pytest.raises(ModelError, match="no finite number"):
        explain(broken, ROWS, background=BACKGROUND)
    with pytest.raises(ModelError, match="no numbers"):
        explain(lambda X: ["yes"] * len(X), ROWS, background=BACKGROUND)


def test_settings_know_what_contradicts():
    with pytest.raises(InputError, match="defined for trees alone"):
        Settings(value_function="path_dependent", method="kernel")
    with pytest.raises(InputError, match="level must lie"):
        Settings(level=1.5)


def test_chances_of_a_function_that_says_so_are_no_margin():
    model = wrap_callable(lambda rows: 1 / (1 + np.exp(-rows[:, 0])), output="probability",
                          container="numpy")  # fmt: skip
    rows = np.array([[0.0], [2.0]])
    assert explain(model, rows).output == "probability"
    np.testing.assert_allclose(explain(model, rows, output="log_odds").predictions, rows)
    with pytest.raises(InputError, match="no raw margin"):
        explain(model, rows, output="raw")
