"""The written-out mix, against its definition in plain integers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.data.engines.mixing import choose_rows, mix, row_keys

WORD = 2**64


def plain_mix(word):
    word ^= word >> 30
    word = word * 0xBF58476D1CE4E5B9 % WORD
    word ^= word >> 27
    word = word * 0x94D049BB133111EB % WORD
    return word ^ (word >> 31)


@given(st.lists(st.integers(0, WORD - 1), min_size=1))
def test_mix_is_the_finaliser_of_splitmix64(words):
    before = np.array(words, dtype=np.uint64)
    assert mix(before).tolist() == [plain_mix(word) for word in words]
    assert before.tolist() == words  # the caller's array is left alone


def test_keys_do_not_depend_on_where_a_piece_starts():
    whole = row_keys(0, 100, 7)
    assert np.concatenate([row_keys(0, 33, 7), row_keys(33, 100, 7)]).tolist() == whole.tolist()
    assert not (row_keys(0, 100, 8) == whole).any()


@pytest.mark.parametrize("n", [1, 10, 999, 1_500_000])
def test_chosen_rows_are_those_with_the_smallest_keys(n):
    n_rows = 2_000_000
    keys = row_keys(0, n_rows, 3)
    expected = np.sort(np.argsort(keys)[:n])
    assert choose_rows(n_rows, n, seed=3).tolist() == expected.tolist()
