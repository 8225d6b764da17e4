"""Pairs of models that are taken apart: the same as by every coalition, and what is left out."""

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LinearRegression

from assay.errors import InputError
from assay.explainability import computed_pairs
from assay.explainability.computed import Computed
from assay.explainability.computed_pairs import with_pairs_of_sum, with_pairs_of_trees
from assay.explainability.explain import explain, prepare_explainer
from assay.explainability.settings import Settings

RNG = np.random.default_rng(0)
X = RNG.normal(size=(150, 6))
Y = X[:, 0] * X[:, 1] + X[:, 2] + (X[:, 3] > 0) * X[:, 4]
TOLD = {"background": X[100:112], "interactions": True}


@pytest.mark.parametrize("groups", [None, {"joined": [0, 3]}])
def test_pairs_of_boosted_trees_are_those_of_every_coalition(groups):
    model = GradientBoostingRegressor(n_estimators=12, random_state=0).fit(X, Y)
    found = explain(model, X[:5], players=groups, **TOLD)
    tried = explain(model, X[:5], players=groups, method="kernel", calls=64, **TOLD)
    assert found.method == "trees"
    assert tried.method == "enumeration"
    np.testing.assert_allclose(found.interactions, tried.interactions, atol=1e-6)
    assert np.abs(tried.interactions).max() > 0.1
    assert not found.interaction_errors.any()
    assert found.global_interactions().exact


def test_pairs_of_each_class_of_a_forest():
    labels = np.digitize(Y, np.quantile(Y, [0.3, 0.7]))
    forest = RandomForestClassifier(8, max_depth=4, random_state=0).fit(X, labels)
    found = explain(forest, X[:3], output="probability", **TOLD)
    tried = explain(forest, X[:3], output="probability", method="kernel", calls=64, **TOLD)
    assert found.interactions.shape == (3, 6, 6, 3)
    np.testing.assert_allclose(found.interactions, tried.interactions, atol=1e-6)
    np.testing.assert_allclose(found.interactions.sum(axis=-1), 0, atol=1e-9)


def test_columns_of_a_linear_model_do_nothing_together():
    found = explain(LinearRegression().fit(X, Y), X[:4], **TOLD)
    assert found.method == "linear"
    assert found.interactions.shape == (4, 6, 6, 1)
    assert not found.interactions.any()
    assert found.global_interactions().exact


def test_pairs_that_were_not_asked_for_are_not_made():
    model = GradientBoostingRegressor(n_estimators=3, random_state=0).fit(X, Y)
    for made in (model, LinearRegression().fit(X, Y)):
        assert explain(made, X[:2], background=X[100:110]).interactions is None


def test_an_interruption_of_the_pairs_leaves_the_attributions(monkeypatch):
    model = GradientBoostingRegressor(n_estimators=12, random_state=0).fit(X, Y)

    def interrupted(*told):
        raise KeyboardInterrupt

    monkeypatch.setattr("assay.explainability.trees.game.ForestGame.interactions", interrupted)
    ready = prepare_explainer(model, TOLD["background"], settings=Settings(interactions=True))
    found = ready.explain(X[:5])
    assert isinstance(ready.interrupt, KeyboardInterrupt)
    assert found.interactions is None
    assert "left out: it was interrupted" in found.reason
    assert len(found.values) == 5
    assert found.findings == ()


def test_pairs_that_take_too_long_are_left_out_with_the_reason(monkeypatch):
    model = GradientBoostingRegressor(n_estimators=12, random_state=0).fit(X, Y)
    monkeypatch.setattr(computed_pairs, "MOST_SECONDS", 1e-6)
    found = explain(model, X[:5], **TOLD)
    assert found.interactions is None
    assert "pairs of columns are left out: they would take about" in found.reason
    with pytest.raises(InputError, match="they would take about"):
        found.global_interactions()


class Trees:
    """Trees whose tables take some time, or do not add up."""

    def __init__(self, seconds, pairs=None):
        self.seconds, self.pairs = seconds, pairs

    def pair_seconds(self, n_rows):
        return self.seconds

    def interactions(self, rows, predictions):
        return self.pairs


@pytest.mark.parametrize(
    ("trees", "seconds", "why"),
    [
        (Trees(None), None, "too deep"),
        (Trees(10.0), 20.0, "about 10 s"),
        (Trees(1.0), 20.0, "did not add up"),
    ],
)
def test_what_cannot_be_made_is_said(trees, seconds, why):
    found = with_pairs_of_trees(computed(3), trees, X[:2], seconds)
    assert found.interactions is None
    assert why in found.reason


def test_too_many_pairs_to_keep_are_left_out():
    found = with_pairs_of_sum(computed(6_000))
    assert found.interactions is None
    assert "too many" in found.reason
    assert "too many" in with_pairs_of_trees(computed(6_000), Trees(0.1), X[:2], None).reason


def computed(n_players):
    return Computed(
        values=np.zeros((2, n_players, 1)),
        base=np.zeros((2, 1)),
        predictions=np.zeros((2, 1)),
        method="trees",
        value_function="interventional",
        reason="trees",
        exact=True,
        left=np.zeros(2, dtype=bool),
        errors=np.zeros(2),
    )
