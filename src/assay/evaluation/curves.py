"""Small tables in, the points behind the charts out."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.band import rows_by_units, share_band, wilson_ends
from assay.evaluation.goal import Floats
from assay.evaluation.threshold import sweep
from assay.result import Json
from assay.stats.sums import sums_by
from assay.tables.cube import Cube, Level
from assay.tables.curves import (
    BinnedMeans,
    CalibrationBins,
    ConfusionTable,
    CostCurve,
    CostRatios,
    DecileErrors,
    DensityGrid,
    ErrorPairs,
    FirstRelevant,
    GainPoints,
    NdcgByCutoff,
    PrecisionRecallPoints,
    QueryDifferences,
    RocPoints,
    ScoreHistogram,
    ThresholdCurve,
    ValueHistogram,
)
from assay.tables.forecast_curves import (
    ForecastWindows,
    HorizonErrors,
    QuantileLevels,
    ResidualCorrelations,
    SeriesErrors,
)
from assay.tables.score_table import ScoreTable

MAX_POINTS = 300
N_CALIBRATION_BINS = 15
N_HISTOGRAM_BINS = 40


@dataclass(frozen=True, kw_only=True, eq=False)
class Curves:
    """All that the charts of an evaluation draw; None where the task or the data has none."""

    confusion: ConfusionTable | None = None
    roc: RocPoints | None = None
    precision_recall: PrecisionRecallPoints | None = None
    calibration: CalibrationBins | None = None
    scores: ScoreHistogram | None = None
    thresholds: ThresholdCurve | None = None
    predicted_actual: DensityGrid | None = None
    residual_predicted: DensityGrid | None = None
    residuals: ValueHistogram | None = None
    residual_means: BinnedMeans | None = None
    error_pairs: ErrorPairs | None = None
    gains: GainPoints | None = None
    cost: CostCurve | None = None
    cost_ratios: CostRatios | None = None
    deciles: DecileErrors | None = None
    ndcg_by_cutoff: NdcgByCutoff | None = None
    query_differences: QueryDifferences | None = None
    first_relevant: FirstRelevant | None = None
    forecast_windows: ForecastWindows | None = None
    horizon_errors: HorizonErrors | None = None
    series_errors: SeriesErrors | None = None
    residual_correlations: ResidualCorrelations | None = None
    quantile_levels: QuantileLevels | None = None

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; what is absent is left out."""
        present = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: _plain(points) for name, points in present.items() if points is not None}


def _plain(points: object) -> dict[str, Json]:
    out: dict[str, Json] = {}
    for field in fields(points):  # type: ignore[arg-type]
        value = getattr(points, field.name)
        if isinstance(value, np.ndarray):
            value = value.tolist()
        out[field.name] = list(value) if isinstance(value, tuple) else value
    return out


def confusion_table(cube: Cube, classes: tuple[Level, ...]) -> ConfusionTable:
    """Lay a cube of label and prediction out as a square.

    Parameters
    ----------
    cube : Cube
        Keys "label" and "prediction", both with values of `classes`.
    classes : tuple
        Order of both axes.

    Returns
    -------
    ConfusionTable
    """
    place = {value: position for position, value in enumerate(classes)}
    shape = (len(classes), len(classes))
    counts, weights = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    rows = np.array([place[value] for value in cube.levels[0]], dtype=np.int64)
    columns = np.array([place[value] for value in cube.levels[1]], dtype=np.int64)
    at = rows[cube.codes[:, 0]], columns[cube.codes[:, 1]]
    np.add.at(counts, at, cube.n)
    np.add.at(weights, at, cube.w)
    return ConfusionTable(tuple(str(value) for value in classes), counts, weights)


def roc_points(table: ScoreTable, *, level: float = 0.95) -> RocPoints:
    """Return the ROC curve with a pointwise band of the true positive rate.

    Parameters
    ----------
    table : ScoreTable
        With both classes.
    level : float
        Coverage of the band, in (0, 1).

    Returns
    -------
    RocPoints
        From (0, 0) to (1, 1), at most 300 points, thinned evenly along the curve.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.2, 0.8]), np.array([0, 1]), np.array([1, 0]))
    >>> roc_points(table).true_positive_rate.tolist()
    [0.0, 1.0, 1.0]
    """
    swept = sweep(table)
    tpr = swept.at.true_positive / swept.at.true_positive[0]
    fpr = swept.at.false_positive / swept.at.false_positive[0]
    keep = _thin(fpr, tpr)[::-1]
    low, high = share_band(table, swept.threshold[keep], tpr[keep], level=level)
    return RocPoints(swept.threshold[keep], fpr[keep], tpr[keep], low, high)


def precision_recall_points(table: ScoreTable) -> PrecisionRecallPoints:
    """Return the precision-recall curve (steps), from high thresholds to low ones.

    Parameters
    ----------
    table : ScoreTable
        With both classes.

    Returns
    -------
    PrecisionRecallPoints
        At most 300 points.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.2, 0.8]), np.array([0, 1]), np.array([1, 0]))
    >>> precision_recall_points(table).precision.tolist()
    [1.0, 0.5]
    """
    threshold, tp, fp = _with_some_positive(table)
    recall, precision = tp / tp[0], tp / (tp + fp)
    keep = _thin(recall, precision)[::-1]
    prevalence = float(tp[0] / (tp[0] + fp[0]))
    return PrecisionRecallPoints(threshold[keep], recall[keep], precision[keep], prevalence)


def threshold_curve(table: ScoreTable, *, chosen: float | None = None) -> ThresholdCurve:
    """Return precision, recall and F1 by threshold, ascending, at most 300 points.

    Parameters
    ----------
    table : ScoreTable
        With both classes.
    chosen : float or None
        The threshold in use, to be marked.

    Returns
    -------
    ThresholdCurve

    Examples
    --------
    >>> table = ScoreTable(np.array([0.2, 0.8]), np.array([0, 1]), np.array([1, 0]))
    >>> threshold_curve(table).recall.tolist()
    [1.0, 1.0]
    """
    threshold, tp, fp = _with_some_positive(table)
    width = threshold[-1] - threshold[0]
    keep = _thin(threshold / (width or 1.0), tp / tp[0])
    threshold, tp, fp, all_positive = threshold[keep], tp[keep], fp[keep], tp[0]
    f1 = 2 * tp / (all_positive + tp + fp)
    return ThresholdCurve(threshold, tp / (tp + fp), tp / all_positive, f1, chosen)


def _with_some_positive(table: ScoreTable) -> tuple[Floats, Floats, Floats]:
    """Thresholds with true and false positives, where any weight is predicted positive."""
    swept = sweep(table)
    tp, fp = swept.at.true_positive, swept.at.false_positive
    some = tp + fp > 0
    return swept.threshold[some], tp[some], fp[some]


def calibration_bins(
    table: ScoreTable, *, n_bins: int = N_CALIBRATION_BINS, level: float = 0.95
) -> CalibrationBins:
    """Compare mean score and observed share of positives in bins of about equal mass.

    Parameters
    ----------
    table : ScoreTable
        Scores in [0, 1].
    n_bins : int
        Equal scores stay together, so there can be fewer bins.
    level : float
        Coverage of the Wilson interval of each observed share.

    Returns
    -------
    CalibrationBins

    Examples
    --------
    >>> table = ScoreTable(np.array([0.2, 0.8]), np.array([1, 4]), np.array([4, 1]))
    >>> calibration_bins(table).observed.tolist()
    [0.2, 0.8]
    """
    positives, negatives = table.weights()
    weight = positives + negatives
    middle = np.cumsum(weight) - weight / 2
    place = np.minimum((middle * n_bins / weight.sum()).astype(np.int64), n_bins - 1)
    used = np.unique(place[weight > 0])  # a bin whose rows all weigh nothing joins its neighbour
    place = np.minimum(np.searchsorted(used, place), len(used) - 1)

    def by_bin(amount: NDArray[np.generic]) -> Floats:
        return sums_by(place, amount.astype(np.float64), len(used))

    mass = by_bin(weight)
    observed = by_bin(positives) / mass
    squares = sum(by_bin(part) for part in table.squared_weights())
    rows = mass**2 / squares
    if table.rows is not None:
        rows = np.minimum(rows, rows_by_units(table.rows, place[table.rows.level], observed))
    low, high = wilson_ends(observed, rows, level=level)
    n = by_bin(table.n_pos) + by_bin(table.n_neg)
    mean_score = by_bin(table.score * weight) / mass
    return CalibrationBins(n.astype(np.int64), mean_score, observed, low, high)


def score_histogram(
    table: ScoreTable, *, threshold: float | None = None, n_bins: int = N_HISTOGRAM_BINS
) -> ScoreHistogram:
    """Return the share of each class by score.

    Parameters
    ----------
    table : ScoreTable
        With both classes.
    threshold : float or None
        To be marked.
    n_bins : int
        Of equal width, over [0, 1] where all scores lie there, else over their range.

    Returns
    -------
    ScoreHistogram

    Examples
    --------
    >>> table = ScoreTable(np.array([0.2, 0.8]), np.array([0, 1]), np.array([1, 0]))
    >>> score_histogram(table, n_bins=2).positive.tolist()
    [0.0, 1.0]
    """
    low, high = float(table.score[0]), float(table.score[-1])
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    edges = np.linspace(low, high if high > low else low + 1, n_bins + 1)
    positives, negatives = table.weights()
    return ScoreHistogram(
        edges,
        np.histogram(table.score, edges, weights=positives)[0] / positives.sum(),
        np.histogram(table.score, edges, weights=negatives)[0] / negatives.sum(),
        threshold,
    )


def residual_histogram(grid: DensityGrid) -> ValueHistogram:
    """Return the share of rows by residual, from a grid of prediction (x) and residual (y).

    Examples
    --------
    >>> edges = np.array([0.0, 1.0, 2.0])
    >>> residual_histogram(DensityGrid(edges, edges, np.array([[1, 0], [2, 1]]))).share.tolist()
    [0.75, 0.25]
    """
    rows = grid.counts.sum(axis=0)
    return ValueHistogram(grid.y_edges, rows / max(rows.sum(), 1))


def _thin(x: Floats, y: Floats) -> NDArray[np.int64]:
    """Choose points evenly along a curve; its ends always stay."""
    if len(x) <= MAX_POINTS:
        return np.arange(len(x))
    length = np.concatenate(([0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))))
    wanted = np.linspace(0, length[-1], MAX_POINTS - 1)
    return np.unique(np.append(np.searchsorted(length, wanted), [0, len(x) - 1]))
