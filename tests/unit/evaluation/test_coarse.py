"""A coarse table gives the same fit as the long one."""

import numpy as np
import pytest

from assay.evaluation.coarse import coarsen
from assay.metrics.scores.calibration_line import calibration_slope
from assay.tables.score_table import ScoreRows, ScoreTable


def long_table(n=40_000, *, weighted=False):
    rng = np.random.default_rng(0)
    score = np.sort(rng.random(n))
    y = rng.random(n) < score**1.3
    weight = rng.random(n) + 0.5
    weights = (weight * y, weight * ~y, weight**2 * y, weight**2 * ~y) if weighted else ()
    rows = ScoreRows(np.arange(n, dtype=np.int32), y, weight, np.arange(n, dtype=np.int32), n)
    return ScoreTable(score, y.astype(int), (~y).astype(int), *weights, rows=rows)


@pytest.mark.parametrize("weighted", [False, True])
def test_sums_stay_and_the_fit_hardly_moves(weighted):
    table = long_table(weighted=weighted)
    coarse = coarsen(table, n_levels=2_000)
    assert len(coarse.score) == 2_000
    assert (np.diff(coarse.score) > 0).all()
    assert coarse.n_rows == table.n_rows
    for ours, theirs in zip(coarse.weights(), table.weights(), strict=True):
        assert ours.sum() == pytest.approx(theirs.sum())
    positive = coarse.rows.positive
    counted = np.bincount(coarse.rows.level[positive], minlength=len(coarse.score))
    assert counted.tolist() == coarse.n_pos.tolist()
    fit, peer = calibration_slope(coarse), calibration_slope(table)
    assert fit.value == pytest.approx(peer.value, rel=1e-4)
    assert fit.high == pytest.approx(peer.high, rel=1e-4)


def test_a_short_table_is_left_alone():
    table = long_table(100)
    assert coarsen(table) is table
