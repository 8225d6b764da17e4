"""Permutation importance: scikit-learn in expectation, closed forms, intervals, bad input."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import permutation_importance as of_scikit_learn
from sklearn.linear_model import LinearRegression, LogisticRegression

from assay.errors import InputError
from assay.explainability.effects.permutation import permutation_importance
from assay.explainability.effects.permutation_result import differing_ranks


def regression(n: int = 300, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 4))
    return x, 2 * x[:, 0] + x[:, 1] + 0.5 * rng.normal(size=n)


def area(y: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> float:
    """Share of pairs in the right order, from ranks (no ties here)."""
    rank = np.argsort(np.argsort(scores[:, 0])) + 1
    positive = y == "yes"
    n = positive.sum()
    return float((rank[positive].sum() - n * (n + 1) / 2) / (n * (~positive).sum()))


def test_many_repeats_agree_with_scikit_learn():
    x, y = regression()
    model = LinearRegression().fit(x, y)
    theirs = of_scikit_learn(
        model, x, y, scoring="neg_mean_squared_error", n_repeats=200, random_state=1
    )
    ours = permutation_importance(model, x, y, repeats=200)
    made = [each.value for each in ours.importances]
    np.testing.assert_allclose(made, theirs["importances_mean"], rtol=0.03, atol=2e-4)
    assert ours.metric == "squared_error"


def test_log_loss_and_a_metric_agree_with_scikit_learn():
    x, y = regression(400)
    labels = np.where(y > 0, "yes", "no")
    model = LogisticRegression().fit(x, labels)
    for scoring, told in (
        ("neg_log_loss", {}),
        ("roc_auc", {"metric": area}),
    ):
        theirs = of_scikit_learn(model, x, labels, scoring=scoring, n_repeats=30, random_state=2)
        ours = permutation_importance(model, x, labels, repeats=30, **told)
        made = [each.value for each in ours.importances]
        np.testing.assert_allclose(made, theirs["importances_mean"], rtol=0.05, atol=2e-3)
        assert all(each.low < each.value < each.high for each in ours.importances)


def test_several_classes():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 3))
    y = np.digitize(x[:, 0], [-0.5, 0.5])
    found = permutation_importance(LogisticRegression().fit(x, y), x, y)
    assert found.metric == "log_loss"
    assert found.order()[0] == 0


def test_the_interval_covers_rows_donors_and_permutations():
    held = 0
    for seed in range(300):
        x = np.random.default_rng(seed).normal(size=(60, 2))
        found = permutation_importance(lambda r: r[:, 0], x, x[:, 0], repeats=5, seed=seed)
        held += found.importances[0].covers(2.0 * 59 / 60)
    assert 0.89 <= held / 300 <= 0.985


def test_an_unused_column_is_exactly_nothing():
    x, y = regression()
    found = permutation_importance(lambda r: r[:, 0], x, y)
    unused = found.importances[2]
    assert (unused.value, unused.low, unused.high) == (0.0, 0.0, 0.0)


def test_groups_are_taken_together():
    rng = np.random.default_rng(0)
    base = rng.normal(size=400)
    x = np.column_stack([base, base, rng.normal(size=400)])

    def model(rows: np.ndarray) -> np.ndarray:
        assert (rows[:, 0] == rows[:, 1]).all() or not together
        return rows[:, 0] - rows[:, 1] + rows[:, 2]

    together = True
    found = permutation_importance(model, x, x[:, 2], players={"pair": [0, 1], "other": ["x2"]})
    assert found.players == ("pair", "other")
    assert found.importances[0].value == 0.0
    together = False
    assert permutation_importance(model, x, x[:, 2]).importances[0].value > 1


def test_weights_agree_with_repeated_rows_in_expectation():
    x, y = regression(100)
    times = np.random.default_rng(1).integers(0, 4, 100)
    model = LinearRegression().fit(x, y)
    weighted = permutation_importance(model, x, y, weights=times, repeats=200)
    many = np.repeat(np.arange(100), times)
    repeated = permutation_importance(model, x[many], y[many], repeats=200)
    assert weighted.base == pytest.approx(repeated.base)
    first = weighted.importances[0].value, repeated.importances[0].value
    assert first[0] == pytest.approx(first[1], rel=0.05)


def test_frames_keep_their_types():
    x = pd.DataFrame({"c": pd.Categorical(["a", "b"] * 50), "z": np.arange(100)})

    def model(rows: pd.DataFrame) -> np.ndarray:
        assert rows.dtypes.equals(x.dtypes)
        return (rows["c"] == "a").to_numpy() * 1.0

    found = permutation_importance(model, x, [1.0, 0.0] * 50, loss="absolute_error")
    assert found.importances[0].value == pytest.approx(0.5, abs=0.1)
    assert found.importances[1].value == 0.0


def test_the_same_seed_gives_the_same_and_results_are_told():
    x, y = regression()
    one, two = (permutation_importance(lambda r: r[:, 0], x, y, seed=3) for _ in range(2))
    assert one.to_dict() == two.to_dict()
    json.dumps(one.to_dict(), allow_nan=False)
    assert one.to_frame()["player"][0] == "x0"
    assert "x0" in one._repr_html_()
    assert one.plot().to_dict()["layer"]
    small = permutation_importance(lambda r: r[:, 0], x, y, rows=50)
    assert (small.n_rows, small.n_table_rows) == (50, 300)


def test_differing_ranks_are_said_where_intervals_allow_no_other():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2000, 5))
    size = np.array([5.0, 4.0, 3.0, 2.0, 0.01])
    found = permutation_importance(lambda r: r @ size, x, x @ size)
    same = {f"x{place}": float(value) for place, value in enumerate(size)}
    assert differing_ranks(same, found) is None
    finding = differing_ranks({**same, "x4": 9.0}, found)
    assert finding is not None
    assert finding.rule == "importance_ranks_differ"
    assert finding.where["columns"] == ["x4"]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"repeats": 0}, "repeats must be a whole number of 1"),
        ({"rows": 1}, "at least two"),
        ({"level": 0.0}, "no coverage"),
        ({"loss": "hinge"}, "unknown loss"),
        ({"loss": "squared_error", "metric": len}, "one of them"),
        ({"players": {}}, "none were given"),
        ({"players": {"a": []}}, "without columns"),
        ({"loss": lambda y, s: 1.0}, "one number for each row"),
        ({"loss": lambda y, s: np.full(len(y), np.nan)}, "no finite number"),
    ],
)
def test_bad_options_are_refused(told, says):
    x, y = regression(30)
    with pytest.raises(InputError, match=says):
        permutation_importance(lambda r: r[:, 0], x, y, **told)


@pytest.mark.parametrize(
    ("y", "says"),
    [
        ([1.0], "one answer for each"),
        ([None] * 30, "missing"),
        (["a"] * 30, "no numbers"),
        ([float("inf")] * 30, "not finite"),
    ],
)
def test_bad_answers_are_refused(y, says):
    with pytest.raises(InputError, match=says):
        permutation_importance(lambda r: r[:, 0], regression(30)[0], y)


def test_classes_that_the_model_does_not_know_are_refused():
    x, y = regression(60)
    model = LogisticRegression().fit(x, np.where(y > 0, "yes", "no"))
    with pytest.raises(InputError, match="scores the class yes"):
        permutation_importance(model, x, np.where(y > 0, "ja", "nein"))
