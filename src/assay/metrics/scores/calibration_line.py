"""Calibration slope and intercept: the line that the logits would have to be moved along."""

import numpy as np
from numpy.typing import NDArray

from assay.metrics.metric import Metric
from assay.metrics.scores.levels import few_scores, levels_of, missing_class, score_spread
from assay.result import Estimate
from assay.stats.interval import two_sided_quantile
from assay.stats.levels import RankStatistic
from assay.stats.recalibration import fit_logistic
from assay.tables.score_table import ScoreTable

SMALLEST_PROBABILITY = 1e-6


def calibration_slope(table: ScoreTable, *, level: float = 0.95) -> Estimate:
    """Slope b of logit P(y) = a + b logit(p): below 1 the probabilities are over-confident.

    Parameters
    ----------
    table : ScoreTable
        Scores are probabilities of the positive class; kept inside [1e-6, 1 - 1e-6].
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        With Wald's interval from the sandwich variance. Undefined when a class does not occur,
        all scores are equal, or the scores separate the classes.

    References
    ----------
    Cox 1958, Biometrika 45:562, doi:10.1093/biomet/45.3-4.562.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.2, 0.8]), np.array([20, 80]), np.array([80, 20]))
    >>> round(calibration_slope(table).value, 4)
    1.0
    """
    logit = _logit(table)
    design = np.stack([np.ones_like(logit), logit], axis=1)
    return _coefficient(table, design, np.zeros_like(logit), 1, level)


def calibration_intercept(table: ScoreTable, *, level: float = 0.95) -> Estimate:
    """Intercept a of logit P(y) = a + b logit(p).

    Parameters
    ----------
    table : ScoreTable
        Scores are probabilities of the positive class; kept inside [1e-6, 1 - 1e-6].
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        0 for calibrated probabilities; undefined as the slope is.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.2, 0.8]), np.array([20, 80]), np.array([80, 20]))
    >>> abs(round(calibration_intercept(table).value, 4))
    0.0
    """
    logit = _logit(table)
    design = np.stack([np.ones_like(logit), logit], axis=1)
    return _coefficient(table, design, np.zeros_like(logit), 0, level)


def calibration_in_the_large(table: ScoreTable, *, level: float = 0.95) -> Estimate:
    """Intercept a of logit P(y) = a + logit(p), the slope held at 1.

    Parameters
    ----------
    table : ScoreTable
        Scores are probabilities of the positive class; kept inside [1e-6, 1 - 1e-6].
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        Below 0 the probabilities are too high. Undefined when a class does not occur.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.5]), np.array([3]), np.array([1]))
    >>> round(calibration_in_the_large(table).value, 4)
    1.0986
    """
    logit = _logit(table)
    return _coefficient(table, np.ones((len(logit), 1)), logit, 0, level)


def _logit(table: ScoreTable) -> NDArray[np.float64]:
    inside = np.clip(table.score, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
    return np.log(inside) - np.log1p(-inside)


def _coefficient(
    table: ScoreTable,
    design: NDArray[np.float64],
    offset: NDArray[np.float64],
    place: int,
    level: float,
) -> Estimate:
    reason = missing_class(table)
    if reason is not None:
        return Estimate.undefined(f"{reason}: nothing to fit", n=table.n_rows, level=level)
    levels = levels_of(table)
    fit = fit_logistic(levels.positive, levels.negative, design, offset)
    if fit is None:
        reason = "the scores are all equal or separate the classes: no finite fit"
        return Estimate.undefined(reason, n=table.n_rows, level=level)
    value = float(fit.coefficients[place])
    statistic = RankStatistic(
        value, fit.influence_positive[:, place].copy(), fit.influence_negative[:, place].copy()
    )
    spread = score_spread(table, levels, statistic)
    half = two_sided_quantile(level, freedom=spread.freedom) * spread.error
    return Estimate(
        value=value,
        low=value - half,
        high=value + half,
        level=level,
        n=table.n_rows,
        n_effective=spread.n_effective,
        unit=spread.unit,
        method="Wald, sandwich variance",
        warnings=few_scores(table, spread),
    )


SLOPE = Metric(
    name="calibration_slope",
    title="Calibration slope",
    tasks=("binary",),
    needs="scores",
    function=calibration_slope,
    greater_is_better=None,
    lower_bound=None,
    upper_bound=None,
    help=(
        "Below 1 the probabilities are too extreme, above 1 too timid.",
        "It can be 1 while all probabilities are too high.",
        "The calibration in the large, and the calibration curve.",
    ),
)
INTERCEPT = Metric(
    name="calibration_intercept",
    title="Calibration intercept",
    tasks=("binary",),
    needs="scores",
    function=calibration_intercept,
    greater_is_better=None,
    lower_bound=None,
    upper_bound=None,
    best=0.0,
    help=(
        "The log odds of the positive class where the model says one half.",
        "It means little when the slope is far from 1.",
        "The calibration in the large.",
    ),
)
IN_THE_LARGE = Metric(
    name="calibration_in_the_large",
    title="Calibration in the large",
    tasks=("binary",),
    needs="scores",
    function=calibration_in_the_large,
    greater_is_better=None,
    lower_bound=None,
    upper_bound=None,
    best=0.0,
    help=(
        "How far all log odds are off together: below 0 the probabilities are too high.",
        "Errors of high and low probabilities can cancel.",
        "The calibration slope, and the calibration curve.",
    ),
)
