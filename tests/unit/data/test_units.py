"""Codes of groups and blocks."""

import numpy as np
import polars as pl

from assay.data.units import block_codes, group_codes


def test_groups_in_order_of_their_values_and_lone_rows_apart():
    values = pl.Series([2.0, float("nan"), 1.0, None, 2.0])
    assert group_codes(values).to_list() == [1, 2, 0, 3, 1]
    assert group_codes(pl.Series([True, False, True])).to_list() == [1, 0, 1]


def test_blocks_are_neighbours_of_about_equal_size():
    times = np.random.default_rng(0).permutation(10_000)
    codes = block_codes(pl.Series(times)).to_numpy()
    assert (codes == times // 100).all()


def test_one_moment_is_in_one_block_and_rows_without_time_in_the_last():
    codes = block_codes(pl.Series([1] * 9 + [2] * 7 + [None] * 2)).to_list()
    assert len(set(codes[:9])) == len(set(codes[9:16])) == 1
    assert codes[16:] == [max(codes)] * 2
    assert codes[16] not in codes[:16]


def test_text_times_are_ordered_as_times():
    text = pl.Series(["2024-01-01T12:00:00+12:00", "2024-01-01T01:00:00Z"] * 2)
    codes = block_codes(text).to_list()
    assert codes[0] < codes[1]
