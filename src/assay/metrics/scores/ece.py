"""Expected calibration error: the mean gap between probability and share, over bins."""

from dataclasses import dataclass
from math import pi, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assay.metrics.metric import Metric
from assay.metrics.scores.levels import few_scores
from assay.result import Estimate
from assay.stats.calibration_bins import equal_mass_bins, equal_width_bins
from assay.stats.interval import Interval
from assay.stats.spread import Spread
from assay.stats.sums import sums_by
from assay.tables.score_table import ScoreTable

Floats = NDArray[np.float64]
N_DRAWS = 2_000
_LARGEST_FACTOR = 4.0
_BISECTIONS = 12
Binning = Literal["mass", "width"]


@dataclass(frozen=True, kw_only=True)
class CalibrationError:
    """The expected calibration error, and what chance alone gives.

    Parameters
    ----------
    estimate : Estimate
        Its lower end is 0 unless the test rejects calibration.
    expected_under_calibration : float
        Mean error of perfectly calibrated probabilities of the same sizes.
    p_value : float
        Share of calibrated samples with an error as large.
    n_bins : int
        Bins that hold rows.
    """

    estimate: Estimate
    expected_under_calibration: float | None
    p_value: float | None
    n_bins: int


@dataclass(frozen=True, eq=False)
class CalibrationBinSums:
    """Sums over bins of scores, all relative to the weight of all rows.

    Parameters
    ----------
    gap : ndarray of float, shape (n_bins,)
        Σ w (y - p).
    share : ndarray of float, shape (n_bins,)
        Σ w.
    null, around : ndarray of float, shape (n_bins, n_bins)
        Covariance of the gaps if the probabilities are right, and as the rows show it.
    """

    gap: Floats
    share: Floats
    null: Floats
    around: Floats


def ece(
    table: ScoreTable,
    *,
    level: float = 0.95,
    n_bins: int = 15,
    binning: Binning = "mass",
    rng: np.random.Generator | None = None,
    seed: int | None = 0,
) -> Estimate:
    """Return only the estimate of `calibration_error`."""
    found = calibration_error(
        table, level=level, n_bins=n_bins, binning=binning, rng=rng, seed=seed
    )
    return found.estimate


def calibration_error(
    table: ScoreTable,
    *,
    level: float = 0.95,
    n_bins: int = 15,
    binning: Binning = "mass",
    rng: np.random.Generator | None = None,
    seed: int | None = 0,
) -> CalibrationError:
    """Σ over bins of n_b / n |share of positives - mean probability|.

    The value is never below 0 and biased upward: calibrated probabilities have one above 0, which
    is given beside it. The interval takes that bias off; its lower end is 0 unless a test against
    calibration rejects, since percentiles of a distance never reach 0.

    Parameters
    ----------
    table : ScoreTable
        Scores are probabilities of the positive class.
    level : float
        Coverage of the interval, in (0, 1).
    n_bins : int
    binning : {"mass", "width"}
        Bins of equal weight, or of equal width over [0, 1] with the right edge in the last.
    rng : numpy.random.Generator or None
        None makes one from `seed`.
    seed : int or None

    Returns
    -------
    CalibrationError

    References
    ----------
    Naeini, Cooper and Hauskrecht 2015, AAAI. Bröcker and Smith 2007, Weather and Forecasting 22,
    for the law under calibration.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.2, 0.8]), np.array([30, 70]), np.array([70, 30]))
    >>> found = calibration_error(table)
    >>> round(found.estimate.value, 4), found.p_value < 0.05
    (0.1, True)
    """
    if not table.n_rows:
        nothing = Estimate.undefined("the table has no rows", level=level)
        return CalibrationError(
            estimate=nothing, expected_under_calibration=None, p_value=None, n_bins=0
        )
    generator = np.random.default_rng(seed) if rng is None else rng
    bins = bins_of(table, n_bins, binning)
    value = float(np.abs(bins.gap).sum())
    null = np.abs(_normal(bins.null, N_DRAWS, generator)).sum(axis=1)
    p_value = float((1 + np.count_nonzero(null >= value)) / (1 + N_DRAWS))
    interval = _interval(bins, value, level, generator)
    low = interval.low if p_value < 1 - level else 0.0
    expected = float(np.sqrt(np.diag(bins.null)).sum()) * sqrt(2 / pi)
    shape = f"{n_bins} bins of equal {binning}"
    estimate = Estimate(
        value=value,
        low=max(0.0, min(low, value)),
        high=min(1.0, max(interval.high, value)),
        level=level,
        n=table.n_rows,
        unit="row" if table.rows is None else table.rows.kind,
        method=f"{shape}; {expected:.3g} expected when calibrated, p = {p_value:.3g}",
        seed=seed,
        warnings=few_scores(table, _units(table)),
    )
    return CalibrationError(
        estimate=estimate,
        expected_under_calibration=expected,
        p_value=p_value,
        n_bins=int(np.count_nonzero(np.diag(bins.null) + np.abs(bins.gap))),
    )


def _units(table: ScoreTable) -> Spread:
    if table.rows is None:
        return Spread(0.0)
    return Spread(0.0, unit=table.rows.kind, n_units=table.rows.n_units)


def bins_of(table: ScoreTable, n_bins: int, binning: Binning) -> CalibrationBinSums:
    """Gather scores into bins; those of equal mass never split equal scores."""
    positive, negative = table.weights()
    weight, p = positive + negative, table.score
    place = equal_mass_bins(weight, n_bins) if binning == "mass" else equal_width_bins(p, n_bins)
    total = float(weight.sum())
    gap = sums_by(place, positive * (1 - p) - negative * p, n_bins) / total
    share = sums_by(place, weight, n_bins) / total
    if table.rows is not None:
        spread = _unit_covariance(table, place, n_bins, total)
        return CalibrationBinSums(gap, share, spread, spread)
    return CalibrationBinSums(gap, share, *_row_covariances(table, place, gap, share, total))


def _row_covariances(
    table: ScoreTable, place: NDArray[np.int64], gap: Floats, share: Floats, total: float
) -> tuple[Floats, Floats]:
    """Return the covariances of the gaps if the probabilities are right, and as rows show."""
    (w2_pos, w2_neg), p, n_bins = table.squared_weights(), table.score, len(gap)
    null = sums_by(place, (w2_pos + w2_neg) * p * (1 - p), n_bins)
    mean = (gap / np.maximum(share, 1e-300))[place]
    squares = w2_pos * (1 - p - mean) ** 2 + w2_neg * (p + mean) ** 2
    rows = (share * total) ** 2 / np.maximum(sums_by(place, w2_pos + w2_neg, n_bins), 1e-300)
    around = sums_by(place, squares, n_bins) * rows / np.maximum(rows - 1, 1.0)
    return np.diag(null / total**2), np.diag(around / total**2)


def _unit_covariance(
    table: ScoreTable, place: NDArray[np.int64], n_bins: int, total: float
) -> Floats:
    rows = table.rows
    assert rows is not None
    term = rows.w * (rows.positive - table.score[rows.level]) / total
    at = rows.unit.astype(np.int64) * n_bins + place[rows.level]
    sums = sums_by(at, term, rows.n_units * n_bins)
    sums = sums.reshape(rows.n_units, n_bins)
    centred = sums - sums.mean(axis=0)
    return centred.T @ centred * rows.n_units / max(rows.n_units - 1, 1)


def _normal(covariance: Floats, n_draws: int, rng: np.random.Generator) -> Floats:
    zero = np.zeros(len(covariance))
    return rng.multivariate_normal(zero, covariance, size=n_draws, method="eigh")


def _interval(
    bins: CalibrationBinSums, value: float, level: float, rng: np.random.Generator
) -> Interval:
    """Return the true errors under which the one that was seen is neither small nor large.

    The true gaps are taken to be those seen times a factor; an end is the factor at which the
    error seen stands at a tail of those that would be seen.
    """
    noise = _normal(bins.around, N_DRAWS, rng)
    tails = (1 - level) / 2, (1 + level) / 2
    low, high = (_factor(bins.gap, noise, value, tail) for tail in (tails[1], tails[0]))
    return Interval(low * value, high * value)


def _factor(gap: Floats, noise: Floats, value: float, tail: float) -> float:
    """Return the factor at which a share `tail` of the errors is below the one seen."""
    low, high = 0.0, _LARGEST_FACTOR
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        below = np.count_nonzero(np.abs(middle * gap + noise).sum(axis=1) < value)
        low, high = (middle, high) if below > tail * len(noise) else (low, middle)
    return (low + high) / 2


METRIC = Metric(
    name="ece",
    title="Expected calibration error",
    acronym="ECE",
    tasks=("binary", "multilabel"),
    needs="scores",
    function=ece,
    greater_is_better=False,
    best=0.0,
    help=(
        "The mean gap between the probabilities and the shares that came true, over 15 bins.",
        "It is above 0 by chance alone, the more the fewer rows; compare with that, not with 0.",
        "The calibration curve, and the calibration slope and intercept.",
    ),
)
