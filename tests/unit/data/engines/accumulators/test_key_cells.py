"""Cells of keys of every kind, numbered over several batches."""

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from assay.data.engines.accumulators.key_cells import KeyCells

BATCHES = {
    "text": (["b", None, "a"], ["c", "b"]),
    "flags": ([True, None, True], [False, True]),
    "whole": ([3, None, 1], [2, 3]),
    "float": ([0.5, None, -0.0], [0.0, 0.5]),
}


@pytest.mark.parametrize("kind", BATCHES)
def test_one_key(kind):
    cells = KeyCells({"k": nw.col("k")})
    batches = BATCHES[kind]
    dtype = pl.Series(batches[0]).dtype
    placed = [
        cells.place(pl.DataFrame({"key0": pl.Series(batch, dtype=dtype)})) for batch in batches
    ]
    levels, codes = cells.finish()
    back = [levels[0][codes[cell, 0]] for cell in np.concatenate(placed)]
    assert back == [*batches[0], *batches[1]]
    known = sorted({value for batch in batches for value in batch if value is not None})
    assert levels[0] == (*known, None)
    assert len(codes) == cells.n_cells == len(known) + 1


def test_two_keys_make_the_combinations_that_occur():
    cells = KeyCells({"a": nw.col("a"), "b": nw.col("b")})
    cells.place(pl.DataFrame({"key0": ["x", "x", "y"], "key1": [True, None, True]}))
    placed = cells.place(pl.DataFrame({"key0": ["y", "x"], "key1": [None, None]}))
    levels, codes = cells.finish()
    assert levels == (("x", "y"), (True, None))
    assert codes[placed].tolist() == [[1, 1], [0, 1]]
    assert cells.n_cells == 4


def test_without_batches():
    assert KeyCells({"a": nw.col("a")}).finish()[0] == ((),)
