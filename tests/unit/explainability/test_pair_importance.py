"""Pairs over rows: means by hand, intervals that cover, exact said exact, tables."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from assay.errors import InputError
from assay.explainability.explain import explain
from assay.explainability.importance import global_importance
from explained_samples import explained, rows_of


def with_pairs(n_rows=40, *, error=0.0, outputs=("yes",), seed=0, sizes=None):
    """An explanation whose pairs are drawn; `error` is added to them as noise."""
    plain = explained(n_rows, outputs=outputs)
    rng = np.random.default_rng(seed)
    n = len(plain.players)
    first, second = np.triu_indices(n, 1)
    scale = np.arange(1.0, len(first) + 1) if sizes is None else np.array(sizes)
    found, errors = np.zeros((2, n_rows, n, n, len(outputs)))
    drawn = rng.normal(size=(n_rows, len(first), len(outputs))) * scale[:, None]
    drawn += rng.normal(size=drawn.shape) * error
    found[:, first, second] = found[:, second, first] = drawn
    errors[:, first, second] = errors[:, second, first] = error
    return replace(plain, interactions=found, interaction_errors=errors)


def test_means_and_intervals_of_exact_pairs_are_those_of_the_rows():
    made = with_pairs(outputs=("a", "b"))
    found = made.global_interactions("b")
    assert found.exact
    assert [each.output for each in found.pairs] == ["b"] * 6
    sizes = [each.estimate.value for each in found.pairs]
    assert sizes == sorted(sizes, reverse=True)
    for each in found.pairs:
        i, j = made.players.index(each.first), made.players.index(each.second)
        own = made.interactions[:, i, j, 1]
        assert each.estimate.value == pytest.approx(np.abs(own).mean())
        assert each.standard_error == pytest.approx(stats.sem(np.abs(own)))
        assert each.mean.value == pytest.approx(own.mean())
        assert each.mean.covers(own.mean())
        assert each.sampling_error == 0
        assert not each.estimate.warnings
        assert not each.mean.warnings


def test_pairs_are_aggregated_as_players_are():
    made = with_pairs(error=0.5)
    first, second = np.triu_indices(4, 1)
    names = tuple(f"{i}:{j}" for i, j in zip(first, second, strict=True))
    as_players = replace(
        made,
        values=made.interactions[:, first, second],
        standard_errors=made.interaction_errors[:, first, second],
        players=names,
        player_columns=((),) * 6,
    )
    expected = {each.player: each for each in global_importance(as_players).importances}
    found = made.global_interactions()
    assert not found.exact
    for each in found.pairs:
        i, j = made.players.index(each.first), made.players.index(each.second)
        other = expected[f"{i}:{j}"].estimate
        assert each.estimate.value == pytest.approx(other.value)
        assert (each.estimate.low, each.estimate.high) == pytest.approx((other.low, other.high))
        assert each.estimate.warnings == other.warnings
        assert each.sampling_error == pytest.approx(0.5)


def test_intervals_hold_the_mean_of_many_rows_with_the_noise_of_the_coalitions():
    truth = np.array([0.5, 1.0, 2.0, 3.0, 4.0, 5.0]) * np.sqrt(2 / np.pi)
    held, first, second = [], *np.triu_indices(4, 1)
    for seed in range(100):
        made = with_pairs(60, error=0.4, seed=seed, sizes=(0.5, 1, 2, 3, 4, 5))
        for each in made.global_interactions().pairs:
            pair = made.players.index(each.first), made.players.index(each.second)
            at = list(zip(first, second, strict=True)).index(pair)
            held.append(each.estimate.covers(truth[at]))
    assert 0.92 < np.mean(held) <= 1


def test_the_most_are_those_that_stand_above_their_noise():
    made = with_pairs(30, sizes=(1, 1, 1, 1, 1, 2))
    noisy = made.interaction_errors.copy()
    found = made.interactions.copy()
    found[:, 0, 1] = found[:, 1, 0] = 3 * np.random.default_rng(1).normal(size=(30, 1))
    noisy[:, 0, 1] = noisy[:, 1, 0] = 3
    told = replace(made, interactions=found, interaction_errors=noisy).global_interactions(most=1)
    (only,) = told.pairs
    assert (only.first, only.second) == (made.players[2], made.players[3])


def test_rows_count_by_their_weights():
    made = with_pairs(10)
    weights = np.array([2.0] + [1.0] * 8 + [0.0])
    twice = rows_of(made, [0, *range(9)])
    one = replace(made, row_weights=weights).global_interactions().pairs
    other = twice.global_interactions().pairs
    assert [each.estimate.value for each in one] == pytest.approx(
        [each.estimate.value for each in other]
    )


def test_one_row_has_values_without_intervals_and_no_row_is_refused():
    made = with_pairs(5)
    one = rows_of(made, [2]).global_interactions().pairs[0]
    assert one.standard_error is None
    assert one.estimate.low is None
    assert one.estimate.reason
    with pytest.raises(InputError, match="no row is explained"):
        rows_of(made, []).global_interactions()
    with pytest.raises(InputError, match="interactions=True"):
        explained(4).global_interactions()
    with pytest.raises(InputError, match="no output 'maybe'"):
        made.global_interactions("maybe")


def test_errors_that_were_not_kept_are_said_to_be_unknown():
    made = replace(with_pairs(), interaction_errors=None)
    found = made.global_interactions(most=2)
    assert not found.exact
    assert all("not known" in each.estimate.warnings[-1] for each in found.pairs)
    assert made.interactions_to_frame()["standard_error"].null_count() == 40 * 6


def test_tables_have_a_line_for_each_pair():
    made = with_pairs(3, error=0.1, outputs=("a", "b"))
    frame = made.interactions_to_frame()
    assert frame.height == 3 * 2 * 6
    line = frame.row(17, named=True)
    i, j = made.players.index(line["first"]), made.players.index(line["second"])
    assert (line["row"], line["output"]) == (1, "a")
    assert line["value"] == made.interactions[1, i, j, 0]
    assert line["standard_error"] == 0.1
    assert explained(3).interactions_to_frame().schema == frame.schema
    assert rows_of(made, []).interactions_to_frame().schema == frame.schema
    over_rows = made.global_interactions(most=2)
    assert over_rows.to_frame().height == 4
    assert json.loads(json.dumps(over_rows.to_dict(), allow_nan=False))["exact"] is False
    assert "interaction" in over_rows._repr_html_()


def test_an_explanation_has_errors_of_sampled_pairs_and_zeros_where_every_coalition_was_tried():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(26, 9))

    def model(x):
        return np.tanh(x[:, 0] * x[:, 1] + x[:, 2]) + x[:, 3] * x[:, 4] * x[:, 5]

    told = {"background": rows[6:], "interactions": True, "tolerance": None}
    sampled = explain(model, rows[:6], calls=128, **told)
    exact = explain(model, rows[:6], calls=512, **told)
    assert exact.global_interactions().exact
    assert not exact.interaction_errors.any()
    i, j = np.triu_indices(9, 1)
    off = np.abs(sampled.interactions - exact.interactions)[:, i, j]
    assert np.mean(off <= 1.96 * sampled.interaction_errors[:, i, j] + 1e-12) > 0.85
    told = sampled.to_dict()
    assert np.array(told["interaction_errors"]).shape == sampled.interactions.shape
    assert explained(3).to_dict()["interaction_errors"] is None
