"""Neighbours: the counts of scikit-learn, and the mean over the orders of equally far rows."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from assay.bias.flip_test_neighbours import find_neighbours, flip_counts, neighbours_for


def _brute_chance(reference, predicted, row, k):
    """Mean of the majority over all choices of the k nearest rows."""
    far = np.sqrt(((reference - row) ** 2).sum(axis=1))
    k = min(k, len(far))
    radius = np.sort(far)[k - 1]
    inside = np.flatnonzero(far < radius - 1e-12)
    tied = np.flatnonzero(np.abs(far - radius) <= 1e-12)
    ahead = [
        2 * predicted[[*inside, *some]].sum() - k for some in combinations(tied, k - len(inside))
    ]
    return float(np.mean(0.5 + 0.5 * np.sign(ahead)))


def test_counts_worked_by_hand():
    a = np.array([[0.0], [1.0], [10.0], [11.0]])
    d = np.array([[0.4], [0.2], [10.4], [10.6]])
    up, down = flip_counts(
        a, np.array([True, True, False, False]), d, np.array([False, True, True, False]), 1
    )
    assert (up, down) == (1, 1)


def test_counts_are_those_of_the_classifier():
    rng = np.random.default_rng(3)
    a, d = rng.normal(size=(80, 4)), rng.normal(size=(50, 4))
    told, got = rng.random(80) < 0.4, rng.random(50) < 0.5
    said = KNeighborsClassifier(n_neighbors=5).fit(a, told).predict(d)
    expected = (int(np.sum(said & ~got)), int(np.sum(~said & got)))
    assert flip_counts(a, told, d, got, 5) == expected
    chances = find_neighbours(a, d, 5).votes(told, 5).majority[0]
    assert np.array_equal(chances, said.astype(float))


def test_few_rows_ask_one_neighbour():
    assert [neighbours_for(n) for n in (1, 9, 10, 500)] == [1, 1, 5, 5]


@pytest.mark.parametrize("n_columns", [2, 9])
@given(seed=st.integers(0, 10_000))
def test_equally_far_rows_count_alike(n_columns, seed):
    rng = np.random.default_rng(seed)
    reference = rng.integers(0, 2, (9, n_columns)).astype(float)
    reference[:, 2:] = 0
    asked = rng.integers(0, 2, (4, n_columns)).astype(float)
    predicted = rng.random(9) < 0.5
    found = find_neighbours(reference, asked, 5).votes(predicted, 5).majority[0]
    expected = [_brute_chance(reference, predicted, row, 5) for row in asked]
    assert found == pytest.approx(expected)


@given(seed=st.integers(0, 10_000))
def test_order_of_rows_and_names_of_answers_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    reference, asked = rng.integers(0, 3, (30, 2)) * 1.0, rng.integers(0, 3, (6, 2)) * 1.0
    predicted = rng.random(30) < 0.4
    order = rng.permutation(30)
    found = find_neighbours(reference, asked, 5).votes(predicted, 5).majority[0]
    mixed = find_neighbours(reference[order], asked, 5).votes(predicted[order], 5).majority[0]
    other = find_neighbours(reference, asked, 5).votes(~predicted, 5).majority[0]
    assert mixed == pytest.approx(found)
    assert other == pytest.approx(1 - found)


def test_very_many_equally_far_points_are_all_found():
    angle = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    circle = np.round(np.column_stack([np.cos(angle), np.sin(angle)]), 12)
    predicted = np.arange(400) < 100
    near = find_neighbours(circle, np.zeros((1, 2)), 1)
    assert near.votes(predicted, 1).majority[0] == pytest.approx([0.25])


def test_votes_of_some_rows_alone():
    reference = np.array([[0.0], [1.0], [2.0]])
    near = find_neighbours(reference, np.array([[0.1]]), 1)
    predicted = np.array([True, False, False])
    among = np.array([[False, True, True], [False, False, False], [True, True, True]])
    votes = near.votes(predicted, 1, among=among)
    assert votes.majority.tolist() == [[0.0], [0.5], [1.0]]
    assert votes.share.tolist() == [[0.0], [0.5], [1.0]]


def test_shares_of_the_nearest():
    reference = np.array([[0.0], [1.0], [1.0], [1.0], [5.0]])
    near = find_neighbours(reference, np.array([[0.0]]), 3)
    predicted = np.array([True, True, False, False, True])
    votes = near.votes(predicted, 3)  # the first, and two of the three at distance 1
    assert votes.share[0] == pytest.approx([(1 + 2 / 3) / 3])
    assert votes.majority[0] == pytest.approx([2 / 3])


@pytest.mark.parametrize("n_asked", [40, 1_200])
def test_every_way_of_searching_finds_the_same(n_asked):
    rng = np.random.default_rng(4)
    reference, asked = rng.normal(size=(300, 12)), rng.normal(size=(n_asked, 12))
    told = rng.random(300) < 0.5
    said = KNeighborsClassifier(n_neighbors=5).fit(reference, told).predict_proba(asked)[:, 1]
    assert find_neighbours(reference, asked, 5).votes(told, 5).share[0] == pytest.approx(said)


def test_without_features_the_classifier_refuses():
    with pytest.raises(ValueError, match="feature"):
        flip_counts(np.zeros((3, 0)), np.ones(3, bool), np.zeros((2, 0)), np.ones(2, bool), 1)
