"""Finished rows in a folder that several runs share."""

import threading

import numpy as np
import pytest

from assay.explainability.explain import explain
from assay.explainability.kept_rows import KeptRows
from assay.explainability.shapley.attributed import Attributed


def chunk(first, value=1.0):
    shape = (2, 3, 1)
    return Attributed(
        rows=np.array([first, first + 1]),
        values=np.full(shape, value),
        standard_errors=np.zeros(shape),
        base=np.zeros((2, 1)),
        predictions=np.zeros((2, 1)),
        exact=np.ones(2, dtype=bool),
        converged=np.ones(2, dtype=bool),
        calls=np.full(2, 8),
        method="enumeration",
    )


def test_rows_of_another_plan_are_never_taken_for_these(tmp_path):
    mine = KeptRows(tmp_path / "kept", {"seed": 0})
    mine.add(chunk(0))
    other = KeptRows(tmp_path / "kept", {"seed": 1})  # removes what was there
    assert other.load() == []
    mine.add(chunk(2, value=5.0))
    mine.keep_tuned({"a": 1})
    other.add(chunk(0, value=7.0))
    assert [part.values[0, 0, 0] for part in other.load()] == [7.0]
    assert other.tuned() == {}
    other.remove()
    assert [part.rows[0] for part in mine.load()] == [2]
    mine.remove()
    assert not (tmp_path / "kept").exists()


def test_a_run_goes_on_where_another_has_removed_the_folder(tmp_path):
    one, same = (KeptRows(tmp_path / "kept", {"seed": 0}) for _ in range(2))
    one.add(chunk(0))
    one.remove()
    same.add(chunk(2))
    assert [part.rows[0] for part in same.load()] == [2]


def test_what_cannot_be_written_does_not_stop_the_explanation(tmp_path, monkeypatch):
    kept = KeptRows(tmp_path / "kept", {"seed": 0})

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept, "_write", full)
    kept.add(chunk(0))
    kept.keep_tuned({})
    assert kept.load() == []


@pytest.mark.parametrize("seeds", [(0, 0), (0, 1)])
def test_runs_at_the_same_time_give_the_numbers_of_runs_alone(tmp_path, seeds):
    draw = np.random.default_rng(3)
    rows, background = draw.normal(size=(24, 12)), draw.normal(size=(5, 12))

    def bent(some):
        return some[:, 0] * some[:, 1] + np.sin(some[:, 2]) * some[:, 3] + some[:, 4:].sum(axis=1)

    def made(seed, keep=None):
        told = {"calls": 64, "tolerance": None, "seed": seed, "keep": keep}
        return explain(bent, rows, background=background, **told).values

    found = {}

    def work(place, seed):
        found[place] = made(seed, tmp_path / "kept")

    threads = [threading.Thread(target=work, args=each) for each in enumerate(seeds)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for place, seed in enumerate(seeds):
        np.testing.assert_array_equal(found[place], made(seed))
