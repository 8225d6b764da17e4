"""Points of the curves, by hand and against scikit-learn."""

import json

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import precision_recall_curve, roc_curve

from assay.evaluation.band import share_band, wilson_ends
from assay.evaluation.curves import (
    Curves,
    calibration_bins,
    confusion_table,
    precision_recall_points,
    residual_histogram,
    roc_points,
    score_histogram,
    threshold_curve,
)
from assay.tables.cube import Cube
from assay.tables.curves import DensityGrid
from assay.tables.score_table import ScoreRows, ScoreTable


def tabulate(y, score, unit=None):
    levels, place = np.unique(score, return_inverse=True)
    rows = None
    if unit is not None:
        ones = np.ones(len(y))
        rows = ScoreRows(place.astype(np.int32), y, ones, unit.astype(np.int32), unit.max() + 1)
    return ScoreTable(
        levels,
        np.bincount(place[y], minlength=len(levels)),
        np.bincount(place[~y], minlength=len(levels)),
        rows=rows,
    )


@pytest.fixture
def rows():
    rng = np.random.default_rng(1)
    y = rng.random(200) < 0.4
    return y, np.round(np.clip(rng.normal(0.4 + 0.2 * y, 0.2), 0, 1), 2)


def test_roc_is_the_one_of_scikit_learn(rows):
    points = roc_points(tabulate(*rows))
    fpr, tpr, threshold = roc_curve(*rows, drop_intermediate=False)
    np.testing.assert_allclose(points.false_positive_rate, fpr)
    np.testing.assert_allclose(points.true_positive_rate, tpr)
    np.testing.assert_allclose(points.threshold[1:], threshold[1:])
    assert np.isfinite(points.threshold).all()


def test_precision_recall_is_the_one_of_scikit_learn(rows):
    points = precision_recall_points(tabulate(*rows))
    precision, recall, threshold = precision_recall_curve(*rows)
    np.testing.assert_allclose(points.precision, precision[:-1][::-1])
    np.testing.assert_allclose(points.recall, recall[:-1][::-1])
    np.testing.assert_allclose(points.threshold, threshold[::-1])
    assert points.prevalence == rows[0].mean()


def test_long_curves_are_thinned_with_their_ends_kept():
    rng = np.random.default_rng(0)
    table = tabulate(rng.random(20_000) < 0.5, rng.random(20_000))
    roc = roc_points(table)
    assert 250 <= len(roc.threshold) <= 301
    assert (roc.false_positive_rate[0], roc.true_positive_rate[0]) == (0, 0)
    assert (roc.false_positive_rate[-1], roc.true_positive_rate[-1]) == (1, 1)
    gaps = np.diff(roc.false_positive_rate) + np.diff(roc.true_positive_rate)
    assert gaps.max() < 0.01
    assert len(precision_recall_points(table).recall) <= 301
    assert len(threshold_curve(table).f1) <= 301


def test_the_band_holds_the_curve_and_widens_with_units(rows):
    y, score = (np.repeat(part, 16) for part in rows)
    unit = np.repeat(np.arange(200), 16)
    plain, grouped = roc_points(tabulate(y, score)), roc_points(tabulate(y, score, unit))
    for points in (plain, grouped):
        assert (points.low <= points.true_positive_rate).all()
        assert (points.true_positive_rate <= points.high).all()
    middle = np.argmin(np.abs(plain.true_positive_rate - 0.5))
    ratio = (grouped.high - grouped.low)[middle] / (plain.high - plain.low)[middle]
    assert ratio == pytest.approx(4, rel=0.08)  # 16 copies of each row: sqrt(16)


def test_the_band_of_units_of_one_row_is_that_of_rows(rows):
    table = tabulate(*rows, unit=np.arange(200))
    plain = tabulate(*rows)
    threshold = plain.score[::-1]
    positives = np.cumsum(plain.n_pos[::-1]) / plain.n_pos.sum()
    for ours, theirs in zip(
        share_band(table, threshold, positives, level=0.95),
        share_band(plain, threshold, positives, level=0.95),
        strict=True,
    ):
        np.testing.assert_allclose(ours, theirs, atol=0.02)


def test_calibration_bins_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    score = rng.random(3_000)
    y = rng.random(3_000) < score**2
    bins = calibration_bins(tabulate(y, score))
    observed, mean_score = calibration_curve(y, score, n_bins=15, strategy="quantile")
    assert bins.n.tolist() == [200] * 15
    np.testing.assert_allclose(bins.observed, observed, atol=0.006)
    np.testing.assert_allclose(bins.mean_score, mean_score, atol=0.001)
    assert ((bins.low <= bins.observed) & (bins.observed <= bins.high)).all()


def test_calibration_bars_widen_with_units():
    rng = np.random.default_rng(0)
    score = rng.random(900)
    y = rng.random(900) < score
    y, score, unit = (np.repeat(part, 9) for part in (y, score, np.arange(900)))
    plain = calibration_bins(tabulate(y, score), n_bins=5)
    grouped = calibration_bins(tabulate(y, score, unit), n_bins=5)
    ratio = (grouped.high - grouped.low) / (plain.high - plain.low)
    np.testing.assert_allclose(ratio, 3, rtol=0.05)  # 9 copies of each row: sqrt(9)


def test_a_bin_without_weight_joins_its_neighbour():
    ones = np.array([1.0, 0.0])
    table = ScoreTable(
        np.array([0.1, 0.9]), np.array([1, 1]), np.array([1, 1]), ones, ones, ones, ones
    )
    assert calibration_bins(table).n.tolist() == [4]


def test_equal_scores_share_a_calibration_bin():
    table = ScoreTable(np.array([0.1, 0.9]), np.array([10, 80]), np.array([90, 20]))
    bins = calibration_bins(table)
    assert bins.n.tolist() == [100, 100]
    assert bins.observed.tolist() == [0.1, 0.8]


def test_the_score_histogram_sums_to_one_for_each_class(rows):
    histogram = score_histogram(tabulate(*rows), threshold=0.4)
    assert histogram.positive.sum() == pytest.approx(1)
    assert histogram.negative.sum() == pytest.approx(1)
    assert histogram.edges[0] == 0
    assert histogram.edges[-1] == 1


def test_a_single_score_outside_one_has_a_histogram():
    table = ScoreTable(np.array([7.0]), np.array([3]), np.array([2]))
    assert score_histogram(table).positive.sum() == 1
    assert threshold_curve(table).recall.tolist() == [1.0]


def test_confusion_puts_truth_in_rows():
    cube = Cube.from_counts(
        {"label": ("a", "b"), "prediction": ("a", "b", "c")}, [[5, 1, 0], [2, 7, 1]]
    )
    table = confusion_table(cube, ("c", "b", "a"))
    assert table.counts.tolist() == [[0, 0, 0], [1, 7, 2], [0, 1, 5]]


def test_wilson_is_the_one_of_statsmodels():
    from statsmodels.stats.proportion import proportion_confint

    low, high = wilson_ends(np.array([0.0, 0.3, 1.0]), np.array([20.0, 50.0, 8.0]), level=0.9)
    for position, (count, n) in enumerate([(0, 20), (15, 50), (8, 8)]):
        peer = proportion_confint(count, n, alpha=0.1, method="wilson")
        assert (low[position], high[position]) == pytest.approx(peer, abs=1e-12)


def test_curves_write_plain_json(rows):
    table = tabulate(*rows)
    edges = np.array([0.0, 1.0, 2.0])
    grid = DensityGrid(edges, edges, np.array([[1, 0], [2, 1]]))
    curves = Curves(
        roc=roc_points(table), predicted_actual=grid, residuals=residual_histogram(grid)
    )
    stored = json.loads(json.dumps(curves.to_dict(), allow_nan=False))
    assert set(stored) == {"roc", "predicted_actual", "residuals"}
    assert stored["residuals"]["share"] == [0.75, 0.25]
