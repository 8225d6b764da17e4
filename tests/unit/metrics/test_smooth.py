"""Functions of the margins: influences, intervals, and what to do where nothing varies."""

import numpy as np
import pytest

from assay.metrics.averages.macro_f1 import macro_f1_of
from assay.metrics.cells import confusion_cells
from assay.metrics.confusion.cohen_kappa import cohen_kappa, cohen_kappa_of
from assay.metrics.confusion.mcc import mcc, mcc_of
from assay.metrics.margins import Margins, margins_of
from assay.metrics.smooth import influence_of, level_for_units, smooth_estimate
from assay.stats.spread import Spread
from assay.tables.cube import Cube
from metric_tables import cube_of

NAMES = ("a", "b", "c")


def cube(counts, names=NAMES):
    return Cube.from_counts({"label": names, "prediction": names}, counts)


@pytest.mark.parametrize("statistic", [mcc_of, cohen_kappa_of, macro_f1_of])
def test_influence_is_the_derivative_by_each_cell(statistic):
    cells = confusion_cells(cube([[30, 5, 5], [4, 20, 6], [2, 3, 25]]))
    found = influence_of(statistic, cells)
    assert np.dot(cells.w, found) == pytest.approx(0, abs=1e-8)
    for place in range(9):
        step = 1e-4 * (np.arange(9) == place)
        up, down = (statistic(margins_of(cells.w + s * step, cells)) for s in (1, -1))
        assert found[place] == pytest.approx((up - down) / 2e-4, abs=1e-7)


def test_absent_cells_have_no_part():
    cells = confusion_cells(cube([[30, 0, 5], [0, 0, 0], [2, 0, 25]]))
    assert np.isfinite(influence_of(macro_f1_of, cells)).all()


@pytest.mark.parametrize("metric", [mcc, cohen_kappa])
@pytest.mark.parametrize("n", [20, 200])
def test_no_mistake_seen_is_not_none_possible(metric, n):
    found = metric(cube_of(np.arange(n) % 2 == 0, np.arange(n) % 2 == 0))
    assert (found.value, found.high) == (1, 1)
    assert found.low == pytest.approx(1 - 2 * 3.8415 / (n + 3.8415), abs=1e-4)
    assert "redraws do not vary" in found.method


def test_every_answer_wrong_leaves_room_above():
    found = mcc(cube_of(np.arange(60) % 2 == 0, np.arange(60) % 2 == 1))
    assert (found.value, found.low) == (-1, -1)
    assert -0.95 < found.high < -0.8


def test_weights_move_the_interval_out():
    rng = np.random.default_rng(0)
    y = rng.random(800) < 0.4
    p = y ^ (rng.random(800) < 0.2)
    plain = mcc(cube_of(y, p))
    weighted = mcc(cube_of(y, p, rng.gamma(0.5, size=800)))
    assert weighted.high - weighted.low > 1.3 * (plain.high - plain.low)
    assert weighted.n_effective < 500
    assert weighted.method == "compound redraw of weighted cells, BCa"


def test_a_function_of_ones_own():
    def errors(margins: Margins):
        return 1 - margins.right.sum(axis=-1) / margins.total

    found = smooth_estimate(cube([[40, 5, 5], [5, 40, 5], [5, 5, 40]]), errors, undefined="")
    assert found.value == pytest.approx(0.2)
    assert 0.13 < found.low < 0.2 < found.high < 0.28


def test_few_units_ask_for_wider_percentiles():
    assert level_for_units(0.95, Spread(1.0)) == 0.95
    wide = level_for_units(0.95, Spread(1.0, freedom=9, n_units=10, unit="group"))
    near = level_for_units(0.95, Spread(1.0, freedom=999, n_units=1_000, unit="group"))
    assert 0.95 < near < 0.951 < 0.98 < wide < 0.99
