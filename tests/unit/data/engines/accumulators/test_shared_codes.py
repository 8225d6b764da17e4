"""Cubes that are counted by codes hold what cubes that are grouped by values hold."""

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from assay.data.engines.accumulators.cube import CubeAccumulator
from assay.data.engines.accumulators.shared_codes import MOST_LEVELS, SharedCodes
from assay.data.requests import CubeRequest


def rows(n=3_000):
    rng = np.random.default_rng(7)
    return pl.DataFrame(
        {
            "word": rng.choice([None, "", "b", "a", "(other)"], n).tolist(),
            "truth": rng.choice([None, True, False], n).tolist(),
            "small": rng.choice([None, -30_000, -29_999, -27_000], n).tolist(),
            "weight": rng.random(n),
        },
        schema={"word": pl.String, "truth": pl.Boolean, "small": pl.Int16, "weight": pl.Float64},
    )


def cube_of(frame, keys, *, coded, weight=None, n_batches=3):
    accumulator = CubeAccumulator(CubeRequest(by={k: nw.col(k) for k in keys}, weight=weight))
    shared = SharedCodes()
    names = {f"key{at}": key for at, key in enumerate(keys)} | {"weight": weight}
    for batch in frame.iter_slices(len(frame) // n_batches):
        shared.show(batch)
        if coded:
            assert accumulator.add_coded(shared, names)
        else:
            kept = [pl.col(c).alias(local) for local, c in names.items() if c is not None]
            accumulator.add(batch.select(kept))
    return accumulator.finish()


@pytest.mark.parametrize("weight", [None, "weight"])
@pytest.mark.parametrize("keys", [["word"], ["truth", "word"], ["small", "truth", "word"]])
def test_codes_and_values_give_the_same_cube(keys, weight):
    one, other = (cube_of(rows(), keys, coded=coded, weight=weight) for coded in (True, False))
    assert one.levels == other.levels
    assert one.codes.tolist() == other.codes.tolist()
    assert one.n.tolist() == other.n.tolist()
    np.testing.assert_allclose(one.w, other.w, rtol=1e-12)
    np.testing.assert_allclose(one.w2, other.w2, rtol=1e-12)


def test_columns_of_many_values_or_other_types_have_no_codes():
    many = list(range(MOST_LEVELS + 1))
    frame = pl.DataFrame({"words": [str(i) for i in many], "numbers": many, "real": 0.5})
    shared = SharedCodes()
    shared.show(frame)
    assert [shared.of(name) for name in frame.columns] == [None, None, None]
    shared.show(frame.head(2))  # nor are they looked at again
    assert shared.of("words") is None


def test_too_many_cells_are_not_counted_by_codes():
    frame = pl.DataFrame({name: [0, MOST_LEVELS - 1] for name in "ab"})
    shared = SharedCodes()
    shared.show(frame)
    assert shared.of("a") is not None
    assert shared.cells(["a", "b"]) is None


def test_codes_of_a_batch_are_not_those_of_the_last():
    shared = SharedCodes()
    for words in (["b", "a"], ["c", None]):
        shared.show(pl.DataFrame({"word": words}))
        coded = shared.of("word")
        assert coded is not None
        assert coded.levels.gather(coded.codes).to_list() == words


def test_a_column_without_any_value_is_grouped_by_values():
    shared = SharedCodes()
    shared.show(pl.DataFrame({"n": pl.Series([None, None], dtype=pl.Int64)}))
    assert shared.of("n") is None


@pytest.mark.parametrize(("dtype", "ends"), [(pl.Int8, (-128, 127)), (pl.UInt64, (3, 4))])
def test_differences_of_small_types_do_not_overflow(dtype, ends):
    shared = SharedCodes()
    shared.show(pl.DataFrame({"n": pl.Series(ends, dtype=dtype)}))
    coded = shared.of("n")
    assert coded is not None
    assert coded.levels.dtype == dtype
    assert coded.levels.gather(coded.codes).to_list() == list(ends)


def test_huge_numbers_are_grouped_by_values():
    shared = SharedCodes()
    shared.show(pl.DataFrame({"n": pl.Series([2**64 - 1, 2**64 - 2], dtype=pl.UInt64)}))
    assert shared.of("n") is None
