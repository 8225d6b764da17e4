"""The points behind every chart of an evaluation; charts draw them and decide nothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ConfusionTable:
    """Rows true, columns predicted.

    Parameters
    ----------
    labels : tuple of str
        The classes, in the order of both axes.
    counts : ndarray of int, shape (k, k)
        Rows of the data.
    weights : ndarray of float, shape (k, k)
        Sum of weights; equal to `counts` where rows are not weighted.
    """

    labels: tuple[str, ...]
    counts: NDArray[np.int64]
    weights: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ErrorPairs:
    """How often pairs of labels are wrong in the same row.

    Parameters
    ----------
    labels : tuple of str, length k
    share : ndarray of float, shape (k, k)
        Share of the rows in which both are wrong; on the diagonal each by itself.
    by_chance : ndarray of float, shape (k, k)
        What it would be if they were wrong independently.
    """

    labels: tuple[str, ...]
    share: NDArray[np.float64]
    by_chance: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RocPoints:
    """A ROC curve, thinned to at most a few hundred points; all shapes (n_points,)."""

    threshold: NDArray[np.float64]
    false_positive_rate: NDArray[np.float64]
    true_positive_rate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PrecisionRecallPoints:
    """A precision-recall curve (steps), thinned; all shapes (n_points,); `prevalence` a share."""

    threshold: NDArray[np.float64]
    recall: NDArray[np.float64]
    precision: NDArray[np.float64]
    prevalence: float


@dataclass(frozen=True, eq=False)
class CalibrationBins:
    """Mean score against observed share in equal-mass bins; all shapes (n_bins,).

    `low` and `high` are the 95 % Wilson interval of the observed share.
    """

    n: NDArray[np.int64]
    mean_score: NDArray[np.float64]
    observed: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ScoreHistogram:
    """Rows of each class by score.

    Parameters
    ----------
    edges : ndarray of float, shape (n_bins + 1,)
    positive, negative : ndarray of float, shape (n_bins,)
        Share of the class's weight that falls into the bin; each sums to 1.
    threshold : float or None
        Where scores become the positive answer.
    """

    edges: NDArray[np.float64]
    positive: NDArray[np.float64]
    negative: NDArray[np.float64]
    threshold: float | None = None


@dataclass(frozen=True, eq=False)
class ThresholdCurve:
    """Precision, recall and F1 by threshold; all shapes (n_points,)."""

    threshold: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]
    chosen: float | None = None


@dataclass(frozen=True, eq=False)
class ValueHistogram:
    """Share of rows by value (residuals): `edges` (n_bins + 1,), `share` (n_bins,)."""

    edges: NDArray[np.float64]
    share: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DensityGrid:
    """Rows on a grid: `x_edges` (a + 1,), `y_edges` (b + 1,), `counts` (a, b)."""

    x_edges: NDArray[np.float64]
    y_edges: NDArray[np.float64]
    counts: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class BinnedMeans:
    """Mean of one number by bins of another, with its interval; all shapes (n_bins,)."""

    x: NDArray[np.float64]
    n: NDArray[np.int64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True)
class MetricIntervals:
    """Values with intervals to be drawn side by side, one entry for each mark.

    Parameters
    ----------
    name : tuple of str
        The row a mark stands in: a class, or a metric.
    series : tuple of str
        Which of several marks in one row it is: a metric; all equal where there is one.
    value, low, high : tuple of (float or None)
        None where undefined; such a mark is left out of the drawing, never of the table.
    reference : float or None
        A value to compare with, drawn as a line: the constant answer's, or 0 for a difference.
    """

    name: tuple[str, ...]
    series: tuple[str, ...]
    value: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    reference: float | None = None
