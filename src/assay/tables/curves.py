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


@dataclass(frozen=True, eq=False)
class GainPoints:
    """Share of the positives found by share of the rows taken, highest scores first.

    Parameters
    ----------
    share : ndarray of float, shape (n_points,)
        Of all rows' weight, ascending from 0 to 1.
    gain, low, high : ndarray of float, shape (n_points,)
        Share of the positives among them, with a pointwise band; gain / share is the lift.
    prevalence : float
        Share of positives.
    """

    share: NDArray[np.float64]
    gain: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    prevalence: float


@dataclass(frozen=True, eq=False)
class CostCurve:
    """What a row costs on average by threshold, with the user's prices.

    Parameters
    ----------
    threshold : ndarray of float, shape (n_points,)
        Ascending.
    cost, low, high : ndarray of float, shape (n_points,)
        Mean cost of a row, with a pointwise band.
    lowest : float
        Threshold with the lowest cost on these rows.
    constant : float
        Cost of the cheaper of always and never answering positively.
    chosen : float or None
        The threshold in use.
    by_costs : float or None
        Threshold that the prices ask for if scores are true probabilities; None where they are
        none.
    """

    threshold: NDArray[np.float64]
    cost: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    lowest: float
    constant: float
    chosen: float | None = None
    by_costs: float | None = None


@dataclass(frozen=True)
class CostRatios:
    """The cheapest threshold for each of several prices of the two mistakes.

    Parameters
    ----------
    rows : str
        "validation" or "judged": the rows that it was found on, and costs are of.
    n : int
        How many rows these are.
    false_positive, false_negative : tuple of float, length n_ratios
        Prices of a false alarm and of a miss; right answers cost nothing.
    threshold : tuple of float, length n_ratios
        With the lowest cost on these rows.
    cost, cost_low, cost_high : tuple of float, length n_ratios
        Mean cost of a row there.
    constant : tuple of float, length n_ratios
        Cost of the cheaper of always and never answering positively.
    precision, recall : tuple of (float or None), length n_ratios
        At that threshold; precision is None where nothing is answered positively.
    """

    rows: str
    n: int
    false_positive: tuple[float, ...]
    false_negative: tuple[float, ...]
    threshold: tuple[float, ...]
    cost: tuple[float, ...]
    cost_low: tuple[float, ...]
    cost_high: tuple[float, ...]
    constant: tuple[float, ...]
    precision: tuple[float | None, ...]
    recall: tuple[float | None, ...]


@dataclass(frozen=True, eq=False)
class DecileErrors:
    """Errors by tenth of the predicted value, ascending; all shapes (n_bins,).

    `n` are rows; of each mean the value and its interval are given: of the prediction, of the
    target, of the error (prediction less target) and of the absolute error.
    """

    n: NDArray[np.int64]
    predicted: NDArray[np.float64]
    predicted_low: NDArray[np.float64]
    predicted_high: NDArray[np.float64]
    actual: NDArray[np.float64]
    actual_low: NDArray[np.float64]
    actual_high: NDArray[np.float64]
    error: NDArray[np.float64]
    error_low: NDArray[np.float64]
    error_high: NDArray[np.float64]
    absolute_error: NDArray[np.float64]
    absolute_error_low: NDArray[np.float64]
    absolute_error_high: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NdcgByCutoff:
    """NDCG of the first k places by k, all shapes (n_points,).

    `low` and `high` are the interval over queries; `random` is what a random order scores.
    """

    k: NDArray[np.int64]
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    random: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class QueryDifferences:
    """What the order gains in each query over a random order, sorted and thinned.

    Parameters
    ----------
    share : ndarray of float, shape (n_points,)
        Share of the queries with a smaller difference, ascending.
    difference : ndarray of float, shape (n_points,)
        Of the metric, ascending.
    n : int
        Queries.
    worse : float
        Share of the queries in which a random order is better.
    metric : str
        Title of the metric.
    """

    share: NDArray[np.float64]
    difference: NDArray[np.float64]
    n: int
    worse: float
    metric: str


@dataclass(frozen=True, eq=False)
class FirstRelevant:
    """Where the first relevant document of a query stands.

    Parameters
    ----------
    place : tuple of str
        "1", "2", …, "6-10".
    share, random : ndarray of float, shape (n_places,)
        Share of the queries; what a random order would give.
    """

    place: tuple[str, ...]
    share: NDArray[np.float64]
    random: NDArray[np.float64]
