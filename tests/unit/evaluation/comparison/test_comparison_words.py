"""The words of a verdict, by a table of all the ways an interval can lie."""

from itertools import combinations_with_replacement, product

import pytest

from assay.errors import InputError
from assay.evaluation.comparison.words import (
    BETTER,
    EQUIVALENT,
    NOT_SHOWN,
    PERHAPS,
    WORSE,
    more_cautious,
    verdict_word,
)

WORDS = (BETTER, PERHAPS, NOT_SHOWN, EQUIVALENT, WORSE)
# places on the line:   a  -m   b   0   c   m   d   with the margin m = 2
PLACES = {"a": -3.0, "-m": -2.0, "b": -1.0, "0": 0.0, "c": 1.0, "m": 2.0, "d": 3.0}
WITH_MARGIN = {
    ("a", "a"): WORSE,
    ("a", "-m"): WORSE,
    ("a", "b"): WORSE,
    ("a", "0"): NOT_SHOWN,
    ("a", "c"): NOT_SHOWN,
    ("a", "m"): NOT_SHOWN,
    ("a", "d"): NOT_SHOWN,
    ("-m", "-m"): WORSE,
    ("-m", "b"): WORSE,
    ("-m", "0"): NOT_SHOWN,
    ("-m", "c"): NOT_SHOWN,
    ("-m", "m"): NOT_SHOWN,
    ("-m", "d"): NOT_SHOWN,
    ("b", "b"): EQUIVALENT,
    ("b", "0"): EQUIVALENT,
    ("b", "c"): EQUIVALENT,
    ("b", "m"): NOT_SHOWN,
    ("b", "d"): NOT_SHOWN,
    ("0", "0"): EQUIVALENT,
    ("0", "c"): EQUIVALENT,
    ("0", "m"): NOT_SHOWN,
    ("0", "d"): NOT_SHOWN,
    ("c", "c"): EQUIVALENT,
    ("c", "m"): PERHAPS,
    ("c", "d"): PERHAPS,
    ("m", "m"): PERHAPS,
    ("m", "d"): PERHAPS,
    ("d", "d"): BETTER,
}
WITHOUT_MARGIN = {
    (-2.0, -1.0): WORSE,
    (-1.0, -1.0): WORSE,
    (-1.0, 0.0): NOT_SHOWN,
    (-1.0, 1.0): NOT_SHOWN,
    (0.0, 0.0): NOT_SHOWN,
    (0.0, 1.0): NOT_SHOWN,
    (1e-300, 1.0): BETTER,
    (1.0, 1.0): BETTER,
    (1.0, 2.0): BETTER,
    (-1.0, -1e-300): WORSE,
}


def test_the_table_holds_every_place_of_an_interval():
    assert set(WITH_MARGIN) == set(combinations_with_replacement(PLACES, 2))


@pytest.mark.parametrize(("ends", "word"), WITH_MARGIN.items())
def test_with_a_margin(ends, word):
    low, high = (PLACES[end] for end in ends)
    assert verdict_word(low, high, 2.0) == word


@pytest.mark.parametrize(("ends", "word"), WITHOUT_MARGIN.items())
def test_without_a_margin(ends, word):
    assert verdict_word(*ends) == word


@pytest.mark.parametrize("ends", [(None, None), (None, 1.0), (1.0, None)])
def test_no_interval_shows_nothing(ends):
    assert verdict_word(*ends, 0.5) == NOT_SHOWN


@pytest.mark.parametrize("margin", [-0.1, float("nan"), float("inf")])
def test_a_margin_is_a_gain(margin):
    with pytest.raises(InputError, match="smallest gain worth having"):
        verdict_word(0.0, 1.0, margin)


@pytest.mark.parametrize("ends", [(1.0, 0.0), (float("nan"), 1.0)])
def test_ends_are_in_order(ends):
    with pytest.raises(InputError, match="in order"):
        verdict_word(*ends)


def test_two_looks_claim_no_more_than_either():
    for first, second in product(WORDS, WORDS):
        word = more_cautious(first, second)
        assert word == more_cautious(second, first)
        if first == second:
            assert word == first
        elif {first, second} == {BETTER, PERHAPS}:
            assert word == PERHAPS
        else:
            assert word == NOT_SHOWN
