"""Cells of a confusion in one order, and the spread of functions of them."""

import numpy as np
import pytest

from assay.errors import InputError
from assay.metrics.cells import cell_spread, confusion_cells
from assay.metrics.margins import margins_of
from assay.tables.cube import Cube
from metric_tables import cube_of


def test_booleans_are_always_false_and_true():
    assert confusion_cells(cube_of([True], [True])).classes == (False, True)


def test_other_values_are_sorted_and_joined_from_both_axes():
    cells = confusion_cells(cube_of(["b", "a"], ["c", "c"]))
    assert cells.classes == ("a", "b", "c")
    assert margins_of(cells.w, cells).predicted.tolist() == [0, 0, 2]


def test_values_that_do_not_sort_are_ordered_as_text():
    cube = Cube.from_counts({"label": (1, "a"), "prediction": (1, None)}, [[1, 2], [3, 4]])
    assert confusion_cells(cube).classes == (1, None, "a")


def test_the_keys_may_stand_in_either_order():
    both = (False, True)
    one = Cube.from_counts({"label": both, "prediction": both}, [[5, 1], [2, 4]])
    other = Cube.from_counts({"prediction": both, "label": both}, [[5, 2], [1, 4]])
    margins = [margins_of(c.w, c) for c in map(confusion_cells, (one, other))]
    assert margins[0].actual.tolist() == margins[1].actual.tolist() == [6, 6]
    assert margins[0].predicted.tolist() == margins[1].predicted.tolist() == [7, 5]


def test_one_is_not_true():
    cells = confusion_cells(cube_of([0, 1], [1, 1]))
    assert cells.position(1) == 1
    with pytest.raises(InputError, match="the class True is not in the table"):
        cells.position(True)


def test_a_class_that_is_not_among_those_named_is_refused():
    with pytest.raises(InputError, match="'b' is not in the table"):
        confusion_cells(cube_of(["a", "b"], ["a", "a"]), classes=("a",))


def test_rows_of_each_class():
    cells = confusion_cells(cube_of(["a", "a", "b"], ["a", "b", "a"], [1.0, 2.5, 4.0]))
    assert cells.class_rows.tolist() == [2, 1]
    assert cells.n_rows == 3


def test_the_spread_of_a_share_is_binomial():
    cells = confusion_cells(cube_of([True] * 30 + [False] * 70, [True] * 100))
    value = 0.3
    psi = (cells.right - value) / 100
    spread = cell_spread(cells, psi, among=np.ones(2, dtype=bool))
    assert spread.variance == pytest.approx(0.3 * 0.7 / 100)
    assert spread.skew == pytest.approx(0.4 / np.sqrt(0.3 * 0.7 * 100))
    assert spread.n_effective is None


def test_equal_weights_are_worth_their_rows():
    label, answer = np.arange(200) % 3 == 0, np.arange(200) % 2 == 0
    cells = confusion_cells(cube_of(label, answer, np.full(200, 2.5)))
    share = float(cells.w[cells.right].sum() / cells.w.sum())
    psi = (cells.right - share) / cells.w.sum()
    spread = cell_spread(cells, psi, among=np.ones(len(cells.n), dtype=bool))
    assert spread.n_effective == pytest.approx(200)
