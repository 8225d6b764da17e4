"""The order of players on redrawn backgrounds, through a prepared explainer."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from assay.errors import InputError
from assay.explainability.background_stability import rank_stability
from assay.explainability.explain import explain, prepare_explainer


def product(rows):
    return rows[:, 0] * rows[:, 1] + 0.5 * rows[:, 2]


@pytest.fixture
def data():
    return np.random.default_rng(0).normal(size=(60, 4))


def test_the_mean_over_single_rows_is_the_explanation_itself(data):
    told = []
    found = rank_stability(
        prepare_explainer(product, data[:12]), data[20:30], progress=lambda *a: told.append(a)
    )
    whole = explain(product, data[20:30], background=data[:12]).global_importance()
    expected = {each.player: each.estimate.value for each in whole.importances}
    for each in found.players:
        assert each.importance.value == pytest.approx(expected[each.player], abs=1e-9)
        assert each.importance.low <= each.importance.value <= each.importance.high
    assert (found.n_draws, found.n_background, len(told)) == (1000, 12, 12)
    assert found.players[-1].player == "x3"
    assert (found.players[-1].rank_low, found.players[-1].in_top) == (4, 1.0)


def test_single_rows_cost_no_more_than_one_explanation(data):
    asked = []

    def counted(rows):
        asked.append(len(rows))
        return product(rows)

    explainer = prepare_explainer(counted, data[:12])
    asked.clear()
    explainer.explain(data[20:30])
    once = sum(asked)
    asked.clear()
    rank_stability(explainer, data[20:30])
    assert sum(asked) <= 1.2 * once


def test_halves_and_logits_of_means_are_explained_again(data):
    found = rank_stability(prepare_explainer(product, data[:12]), data[20:24], redraw="halves")
    assert found.n_draws == 10
    y = data[:, 0] + data[:, 1] > 0
    model = LogisticRegression().fit(data, y)
    explainer = prepare_explainer(model, data[:12], output="log_odds")
    assert explainer.scores.link == "mean_then_logit"
    found = rank_stability(explainer, data[20:24], n_draws=3)
    assert found.n_draws == 3
    assert {found.players[0].player, found.players[1].player} == {"x0", "x1"}


def test_one_background_row_and_unknown_outputs_are_refused(data):
    with pytest.raises(InputError, match=r"1 row\(s\)"):
        rank_stability(prepare_explainer(product, data[:1]), data[:3])
    with pytest.raises(InputError, match="no output 'q'"):
        rank_stability(prepare_explainer(product, data[:5]), data[:3], output="q")
