"""Shared redraws of a confusion."""

import numpy as np
import pytest

from assay.metrics import draws as module
from assay.metrics.draws import cells_of, draw_cells
from assay.tables.cube import Cube
from metric_tables import cube_of


def rows(n=400, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(3, size=n)
    return y, np.where(rng.random(n) < 0.7, y, rng.integers(3, size=n)), rng


def test_every_draw_keeps_the_rows():
    y, p, _ = rows()
    margins = draw_cells(cube_of(y, p), n_draws=50).margins
    assert (margins.total == 400).all()
    assert (margins.predicted.sum(axis=1) == 400).all()
    assert (margins.right <= np.minimum(margins.actual, margins.predicted)).all()


def test_one_seed_one_answer_and_another_seed_another():
    y, p, _ = rows()
    one, other, third = (draw_cells(cube_of(y, p), seed=s, n_draws=9) for s in (1, 1, 2))
    assert (one.margins.right == other.margins.right).all()
    assert (one.margins.right != third.margins.right).any()
    assert one.seed == 1


def test_the_method_is_said():
    y, p, rng = rows()
    unit = rng.integers(40, size=400)
    assert draw_cells(cube_of(y, p), n_draws=2).method == "multinomial redraw of cells"
    weighted = cube_of(y, p, rng.gamma(1, size=400))
    assert draw_cells(weighted, n_draws=2).method == "compound redraw of weighted cells"
    assert draw_cells(cube_of(y, p, unit=unit), n_draws=2).method == "redraw of groups"


def test_very_many_units_are_bunched_and_vary_as_much(monkeypatch):
    y, p, rng = rows(4_000)
    cube = cube_of(y, p, unit=rng.integers(800, size=4_000))
    exact = draw_cells(cube)
    monkeypatch.setattr(module, "MAX_DRAWN_UNITS", 500)
    bunched = draw_cells(cube)
    assert bunched.method == "redraw of 500 random bunches of groups"
    for name in ("right", "actual", "predicted"):
        one, other = (
            getattr(draws.margins, name) / draws.margins.total[:, None]
            for draws in (exact, bunched)
        )
        assert other.mean(axis=0) == pytest.approx(one.mean(axis=0), rel=0.01)
        assert other.std(axis=0) == pytest.approx(one.std(axis=0), rel=0.1)


def test_classes_can_be_named_that_do_not_occur():
    drawn = draw_cells(cube_of(["a"], ["b"]), classes=("c", "b", "a"), n_draws=3)
    assert drawn.cells.classes == ("c", "b", "a")
    assert (drawn.cells.actual.tolist(), drawn.cells.predicted.tolist()) == ([2], [1])


def test_many_cells_are_drawn_fewer_times():
    rng = np.random.default_rng(0)
    y, p = rng.integers(60, size=(2, 9_000))
    cells = draw_cells(cube_of(y, p), n_draws=1).cells
    expected = 8_000_000 // len(cells.n)
    assert 1_000 < expected < 4_000
    assert len(draw_cells(cube_of(y, p)).margins.right) == expected
    assert len(draw_cells(cube_of(y, p), n_draws=30).margins.right) == 30
    assert len(draw_cells(cube_of(*rows()[:2])).margins.right) == 4_000


def test_no_rows_no_draws():
    both = (False, True)
    empty = Cube.from_counts({"label": both, "prediction": both}, [[0, 0], [0, 0]])
    assert draw_cells(empty).margins.right.shape == (0, 2)


def test_the_cells_are_laid_out_once():
    y, p, _ = rows()
    drawn = draw_cells(cube_of(y, p), n_draws=2)
    assert cells_of(cube_of(y, p), drawn) is drawn.cells
