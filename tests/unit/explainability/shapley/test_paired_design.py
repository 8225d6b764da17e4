from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.explainability.shapley.design import paired_design, subsets_of_size, usual_calls


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 40), st.integers(2, 300), st.integers(0, 5))
def test_pairs_are_distinct_and_within_the_calls(n_players, calls, seed):
    design = paired_design(n_players, calls, seed)
    assert design.calls <= calls
    assert design.n_pairs == min((calls - 2) // 2, 2 ** (n_players - 1) - 1)
    both = np.concatenate([design.on, ~design.on])
    assert len({line.tobytes() for line in both}) == 2 * design.n_pairs
    assert not design.on.all(axis=1).any()
    assert design.on.any(axis=1).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 40), st.integers(2, 200), st.integers(0, 200), st.integers(0, 5))
def test_a_smaller_design_is_the_beginning_of_a_larger_one(n_players, calls, more, seed):
    small, large = (paired_design(n_players, each, seed) for each in (calls, calls + more))
    assert (large.on[: small.n_pairs] == small.on).all()


def test_sizes_have_equal_shares_and_the_halves_half_of_one():
    sizes = np.bincount(paired_design(10, 92).on.sum(axis=1), minlength=6)
    assert sizes[1:].tolist() == [10, 10, 10, 10, 5]


def test_an_enumerated_size_leaves_its_share_to_the_others():
    design = paired_design(10, 300)
    sizes = np.bincount(design.on.sum(axis=1), minlength=6)
    assert sizes[1] == 10
    assert sizes[2] + sizes[3] + sizes[4] + sizes[5] == 149 - 10
    assert abs(sizes[2] - sizes[3]) <= 1
    small = design.on.sum(axis=1) == 1
    assert (design.inclusion[small] == 1).all()
    assert design.inclusion[design.on.sum(axis=1) == 4] == pytest.approx(sizes[4] / comb(10, 4))


def test_the_choice_depends_on_the_seed_alone():
    first = paired_design(30, 128, 1).on.copy()
    paired_design.cache_clear()
    assert (paired_design(30, 128, 1).on == first).all()
    assert (paired_design(30, 128, 2).on != first).any()


def test_drawn_halves_hold_player_zero_and_have_their_size():
    on = subsets_of_size(30, 15, 500, seed=0)
    assert on[:, 0].all()
    assert (on.sum(axis=1) == 15).all()


def test_players_are_drawn_alike():
    on = subsets_of_size(40, 10, 4000, seed=0)
    # each mean has a standard deviation of 0.0068; six of them
    assert np.abs(on.mean(axis=0) - 0.25).max() < 0.041


def test_usual_calls():
    assert [usual_calls(n) for n in (1, 8, 9, 16, 17, 32, 33, 256, 4000)] == [
        *(2, 256, 256, 256, 512, 512, 528, 4096, 4096)
    ]
