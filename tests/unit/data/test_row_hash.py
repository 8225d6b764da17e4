"""Row hashes: what they see and what they do not."""

import numpy as np
import polars as pl

from assay.data.row_hash import RowHasher, canonical


def hashes(frame, **options):
    values = [canonical(column, "other") for column in frame]
    low, high = RowHasher(frame.columns, **options).hash(values, frame.height)
    return [(int(a), int(b)) for a, b in zip(low, high, strict=True)]


def test_order_of_columns_does_not_matter_but_their_names_do():
    frame = pl.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    assert hashes(frame) == hashes(frame.select("b", "a"))
    assert hashes(frame)[0] != hashes(frame.rename({"a": "b", "b": "a"}))[0]


def test_swapped_cells_are_seen():
    """Rows are mixed after their cells are added, so sums over rows do not hide a swap."""
    one = hashes(pl.DataFrame({"a": [1, 2], "b": [3, 4]}))
    two = hashes(pl.DataFrame({"a": [1, 2], "b": [4, 3]}))
    assert sum(low for low, _ in one) != sum(low for low, _ in two)


def test_salt():
    frame = pl.DataFrame({"a": [1, 2]})
    assert hashes(frame) != hashes(frame, salt="s")


def test_many_rows_do_not_collide_in_either_lane():
    n = 200_000
    values = [pl.Series(np.arange(n)), pl.Series(np.arange(n) % 7)]
    low, high = RowHasher(["a", "b"]).hash(values, n)
    assert len(set(low.tolist())) == len(set(high.tolist())) == n
    bits = np.unpackbits(low[:10_000].view(np.uint8).reshape(-1, 8), axis=1).mean(axis=0)
    assert abs(bits - 0.5).max() < 0.03


def test_integers_beyond_int64_are_told_apart():
    frame = pl.DataFrame({"a": pl.Series([2**64 - 1, 2**63, 1], dtype=pl.UInt64)})
    made = hashes(frame)
    assert len(set(made)) == 3
    assert made[2] == hashes(pl.DataFrame({"a": [1]}))[0]


def test_nested_values():
    one, two = (
        hashes(pl.DataFrame({"a": [[1, 2], [3]]})),
        hashes(pl.DataFrame({"a": [[1], [2, 3]]})),
    )
    assert one != two
