"""Two explanations of one row: sampling is told from the model and from the background."""

import json
from dataclasses import replace

import numpy as np
import pytest

from assay.errors import InputError
from assay.explainability.rank_stability import stability_of_games, stability_over_background
from assay.explainability.stability import compare_explanations
from assay.result import Result
from explained_samples import explained, rows_of


def again(explanation, error, seed):
    """The same attributions with other noise, as another seed would give them."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=explanation.values.shape) * error
    return replace(
        explanation,
        values=explanation.values + noise,
        standard_errors=np.full(explanation.values.shape, error),
    )


def test_noise_alone_is_sampling_at_the_level():
    plain = explained(20)
    loud = 0
    for seed in range(100):
        pair = again(plain, 0.05, 2 * seed), again(plain, 0.05, 2 * seed + 1)
        loud += bool(compare_explanations(*pair).beyond_sampling)
    assert loud <= 11


def test_a_model_that_differs_is_named_with_its_rows_and_players():
    plain = explained(20)
    moved = plain.values.copy()
    moved[4, 1] += 1.0
    other = replace(
        again(replace(plain, values=moved), 0.05, 1),
        predictions=plain.predictions + np.eye(20)[4][:, None],
    )
    found = compare_explanations(again(plain, 0.05, 0), other)
    assert isinstance(found, Result)
    (change,) = found.beyond_sampling
    assert (change.row, change.player, change.verdict) == (4, "income", "model")
    assert change.standard_error == pytest.approx(0.05 * 2**0.5)
    assert found.verdict_of(4) == "model"
    assert found.verdict_of(5) == "sampling"
    assert "income in row 4" in found.findings[0].message
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.to_frame().height == 80
    assert "scores differ" in found._repr_html_()
    assert found.plot().to_dict()["layer"]


def test_another_background_shows_in_the_base_values():
    plain = explained(10)
    moved = replace(plain, values=plain.values + 0.1, base_values=plain.base_values - 0.4)
    found = compare_explanations(plain, moved)
    assert {each.verdict for each in found.changes} == {"background"}


def test_another_method_with_the_same_ends_is_named():
    plain = explained(10)
    swapped = plain.values[:, ::-1]
    path = replace(plain, values=swapped, value_function="path_dependent")
    assert compare_explanations(plain, path).verdict_of(0) == "method"
    assert compare_explanations(plain, replace(plain, values=swapped)).verdict_of(0) == "model"


def test_the_same_is_the_same_in_any_order_of_rows():
    plain = explained(10, error=0.1)
    found = compare_explanations(plain, rows_of(plain, range(9, -1, -1)))
    assert {each.verdict for each in found.changes} == {"same"}
    assert found.findings == ()
    assert found.largest_errors == (0.1, 0.1)


def test_without_standard_errors_nothing_is_laid_to_the_model():
    plain = explained(5)
    other = replace(plain, values=plain.values * 1.1, standard_errors=None)
    found = compare_explanations(plain, other)
    assert found.verdict_of(0) == "unknown"
    assert found.beyond_sampling == ()


def test_other_rows_players_or_scales_are_refused():
    plain = explained(5)
    for other in (
        rows_of(plain, range(4)),
        explained(5, names=("a", "b", "c", "d")),
        replace(plain, output="log_odds"),
    ):
        with pytest.raises(InputError, match="the explanations differ in"):
            compare_explanations(plain, other)


def by_background(n_background=40, n_rows=30, seed=0):
    """Attributions of a linear score against each background row alone."""
    rng = np.random.default_rng(seed)
    x, b = rng.normal(size=(n_rows, 3)), rng.normal(size=(n_background, 3))
    values = (x[None] - b[:, None]) * np.array([1.0, 1.0, 0.05])
    size = np.abs(values.mean(axis=0)).mean(axis=0)
    values[:, :, 1] *= 0.999 * size[0] / size[1]
    return values[..., None]


def test_games_of_single_rows_need_no_calls_and_find_twins():
    values = by_background()
    found = stability_of_games(values, np.full(40, 1 / 40), ("a", "b", "c"), top=1)
    assert isinstance(found, Result)
    whole = values.mean(axis=0)[:, :, 0]
    by_name = {each.player: each for each in found.players}
    assert by_name["a"].importance.value == pytest.approx(np.abs(whole[:, 0]).mean())
    assert (by_name["c"].rank_low, by_name["c"].rank_high, by_name["c"].in_top) == (3, 3, 0.0)
    assert by_name["a"].rank_high == 2
    assert 0 < by_name["b"].in_top < 1
    assert found.n_draws == 1000
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.to_frame().height == 3
    assert found.plot().to_dict()["layer"]
    assert "rank" in found._repr_html_()


def test_explaining_again_gives_what_the_games_give():
    values, asked = by_background(), []

    def explain_with(weights):
        asked.append(weights)
        return np.tensordot(weights, values, axes=1)

    weights = np.full(40, 1 / 40)
    twice = stability_over_background(explain_with, weights, ("a", "b", "c"), n_draws=30, top=1)
    games = stability_of_games(values, weights, ("a", "b", "c"), n_draws=30, top=1)
    assert twice.to_dict() == games.to_dict()
    assert len(asked) == 31
    assert all(each.sum() == pytest.approx(1) for each in asked)


def test_halves_split_the_background_and_vary_more_than_the_bootstrap():
    values, asked = by_background(), []

    def explain_with(weights):
        asked.append(weights)
        return np.tensordot(weights, values, axes=1)

    found = stability_over_background(
        explain_with, np.full(40, 1 / 40), ("a", "b", "c"), redraw="halves"
    )
    assert found.n_draws == 10
    for first, second in zip(asked[1::2], asked[2::2], strict=True):
        assert not (first * second).any()
        assert ((first + second) > 0).all()


def test_leaders_that_rest_on_the_background_are_a_finding():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(6, 4, 12, 1)) * 3
    found = stability_of_games(values, np.full(6, 1 / 6), [f"x{j}" for j in range(12)], top=3)
    assert found.top_agreement.value < 0.8
    assert found.findings[0].rule == "background_rules_the_order"
    settled = stability_of_games(by_background(), np.ones(40), ("a", "b", "c"), top=2)
    assert settled.findings == ()


def test_equal_players_have_no_order():
    values = np.ones((4, 3, 2, 1))
    found = stability_of_games(values, np.ones(4), ("a", "b"))
    assert found.agreement.value is None
    assert found.top_agreement.value == 1.0


def test_backgrounds_that_cannot_be_redrawn_are_refused():
    values = by_background(3)
    with pytest.raises(InputError, match="1 background row"):
        stability_of_games(values, [1.0, 0.0, 0.0], ("a", "b", "c"))
    with pytest.raises(InputError, match="finite numbers of 0 or more"):
        stability_of_games(values, [1.0, -1.0, 1.0], ("a", "b", "c"))
    with pytest.raises(InputError, match="unknown redraw 'thirds'"):
        stability_over_background(
            lambda w: np.tensordot(w, values, axes=1), np.ones(3), ("a", "b", "c"), redraw="thirds"
        )
