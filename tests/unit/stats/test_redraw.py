"""Redraws have the mean and the spread of the bootstrap that they stand for."""

import numpy as np
import pytest

from assay.stats.redraw import redraw_counts, redraw_units, redraw_weighted

N_DRAWS = 20_000


def test_counts_keep_their_total_and_spread():
    n = np.array([30, 60, 10])
    drawn = redraw_counts(n, n_draws=N_DRAWS, rng=np.random.default_rng(0))
    assert (drawn.sum(axis=1) == 100).all()
    assert drawn.mean(axis=0) == pytest.approx(n, rel=0.02)
    assert drawn.var(axis=0) == pytest.approx(n * (1 - n / 100), rel=0.05)


def test_weighted_cells_vary_as_a_bootstrap_of_weighted_rows():
    rng = np.random.default_rng(1)
    weight, cell = rng.gamma(0.5, size=300), rng.integers(3, size=300)
    n = np.bincount(cell)
    w, w2 = np.bincount(cell, weight), np.bincount(cell, weight**2)
    drawn = redraw_weighted(n, w, w2, n_draws=N_DRAWS, rng=rng)
    counts = rng.multinomial(300, np.full(300, 1 / 300), size=N_DRAWS)
    slow = np.stack([(counts * weight * (cell == k)).sum(axis=1) for k in range(3)], axis=1)
    assert np.cov(drawn.T) == pytest.approx(np.cov(slow.T), rel=0.08, abs=3)
    shares, slow_shares = (x[:, 0] / x.sum(axis=1) for x in (drawn, slow))
    assert shares.std() == pytest.approx(slow_shares.std(), rel=0.05)


def test_weights_redrawn_as_counts_would_vary_too_little():
    rng = np.random.default_rng(2)
    weight = rng.pareto(2.5, size=500) + 0.01
    half = np.arange(500) < 250
    n = np.array([250, 250])
    w = np.array([weight[half].sum(), weight[~half].sum()])
    w2 = np.array([(weight[half] ** 2).sum(), (weight[~half] ** 2).sum()])
    good = redraw_weighted(n, w, w2, n_draws=N_DRAWS, rng=rng)
    bad = rng.multinomial(500, w / w.sum(), size=N_DRAWS)
    spread = [(x[:, 0] / x.sum(axis=1)).std() for x in (good, bad)]
    assert spread[1] < 0.8 * spread[0]


def test_units_are_drawn_whole():
    totals = np.array([[1.0, 10.0], [2.0, 20.0], [5.0, 50.0]])
    drawn = redraw_units(totals, n_draws=500, rng=np.random.default_rng(3))
    assert drawn[:, 1] == pytest.approx(10 * drawn[:, 0])
    assert set(np.unique(drawn[:, 0])) <= {3, 4, 5, 6, 7, 8, 9, 11, 12, 15}


def test_one_seed_gives_one_answer():
    n = np.array([3, 4])
    one, other = (
        redraw_counts(n, n_draws=9, rng=np.random.default_rng(5)).tolist() for _ in range(2)
    )
    assert one == other
