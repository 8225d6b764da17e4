"""Calibration within the group: whether its probabilities mean what they say."""

from dataclasses import dataclass
from functools import cache, partial
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from assay.bias.group_scores import Floats, GroupScores
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.score_differences import NO_SCORES, missing
from assay.bias.split import Split
from assay.metrics.few import MIN_CLASS_ROWS, few_rows, few_units
from assay.stats.calibration_bins import equal_mass_bins
from assay.stats.folded import folded_moments
from assay.stats.interval import Interval, two_sided_quantile
from assay.stats.spread import Spread
from assay.stats.sums import sums_by

MAX_BINS = 10
MIN_BIN_ROWS = 20
N_DRAWS = 2_000
LARGEST_FACTOR = 4.0
BISECTIONS = 30


@dataclass(frozen=True, eq=False)
class Gaps:
    """What probabilities and outcomes differ by in each bin, relative to all rows.

    Parameters
    ----------
    gap : ndarray of float, shape (n_bins,)
        Σ w (y - p) / Σ w; their absolute values add up to the calibration error.
    null, around : ndarray of float, shape (n_bins, n_bins)
        Covariance of the gaps if the probabilities are right, and as the rows show it.
    n_units : int or None
        Declared units.
    """

    gap: Floats
    null: Floats
    around: Floats
    n_units: int | None = None


def calibration_within_groups(split: Split) -> Measurement:
    """Calibration error of facet d: Σ over bins of n_b / n |share of positives - mean score|.

    There are up to ten bins of equal mass, of at least 20 rows (or units) each. The value is
    never below 0, and above it by chance alone: what perfectly calibrated probabilities would
    have is said beside it. Facet a is not looked at.

    Parameters
    ----------
    split : Split
        With probabilities and labels.

    Returns
    -------
    Measurement
        In [0, 1]; the test is whether calibrated probabilities would show as much. The lower end
        of the interval is 0 where that test does not reject at the level asked for.

    References
    ----------
    Kleinberg, Mullainathan and Raghavan 2017, ITCS, arXiv:1609.05807 (the criterion). Naeini,
    Cooper and Hauskrecht 2015, AAAI (the error).

    Examples
    --------
    >>> from assay.bias.from_rows import tables_of_rows
    >>> tables = tables_of_rows(["d"] * 100, score=[0.25] * 100,
    ...                         positive=[True] * 50 + [False] * 50)
    >>> found = calibration_within_groups(Split.of(tables, "d"))
    >>> found.value, found.p_value < 0.01
    (0.25, True)
    """
    scores = split.tables.scores
    lacking = missing(split, as_probabilities=True)
    if lacking is not None or scores is None:
        return lacking or Measurement.undefined(NO_SCORES)
    negatives, positives = (int(rows) for rows in scores.rows[split.group].sum(axis=0))
    n = negatives + positives
    at = scores.entries(split.group)
    if not n:
        return Measurement.undefined(f"0 rows in {split.group_name}")
    if scores.w[at].sum() <= 0:
        reason = f"the weights of {split.group_name} add up to 0"
        return Measurement.undefined(reason, n_group=n)
    gaps = gaps_of(scores, at, _bins(scores, split, n))
    value = float(np.abs(gaps.gap).sum())
    null = np.abs(_normal(gaps.null, split.tables.seed)).sum(axis=1)
    p_value = float((1 + np.count_nonzero(null >= value)) / (1 + N_DRAWS))
    expected = folded_moments(np.zeros(len(gaps.gap)), gaps.null)[0]
    kind = "row" if scores.by_unit is None else scores.by_unit.kind
    fewer, label = min((positives, "positive"), (negatives, "negative"))
    few = few_rows(fewer, least=MIN_CLASS_ROWS, what=f"{label} rows in {split.group_name}")
    return Measurement(
        value=value,
        n=n,
        n_group=n,
        interval=partial(_interval, gaps, value, p_value),
        method=f"{len(gaps.gap)} bins of equal mass; {expected:.3g} expected when calibrated",
        error=sqrt(max(0.0, folded_moments(gaps.gap, gaps.around)[1])),
        unit=kind,
        p_value=p_value,
        seed=split.tables.seed,
        warnings=few + few_units(Spread(0.0, unit=kind, n_units=gaps.n_units)),
    )


def _bins(scores: GroupScores, split: Split, n: int) -> int:
    """Return how many bins the independent rows or units of the group can fill."""
    if scores.by_unit is not None:
        n = scores.unit_entries(split.group)[1]
    return min(MAX_BINS, max(1, n // MIN_BIN_ROWS))


def _normal(covariance: Floats, seed: int) -> Floats:
    """Return draws of a centred normal law, shape (N_DRAWS, n_bins)."""
    variance, axes = np.linalg.eigh(covariance)
    return (_plain(seed, len(covariance)) * np.sqrt(np.maximum(variance, 0.0))) @ axes.T


@cache
def _plain(seed: int, size: int) -> Floats:
    """Return standard normal draws, made once for all groups."""
    drawn = np.random.default_rng(seed).standard_normal((N_DRAWS, size))
    drawn.flags.writeable = False
    return drawn


def gaps_of(scores: GroupScores, at: NDArray[np.intp], n_bins: int) -> Gaps:
    """Return the gaps of some entries in bins of equal mass; equal scores share a bin.

    Parameters
    ----------
    scores : GroupScores
    at : ndarray of int
        Entries, in ascending order of their ranks.
    n_bins : int

    Returns
    -------
    Gaps
    """
    assert scores.positive is not None
    w, p, y = scores.w[at], scores.score[at], scores.positive[at]
    rank, local = np.unique(scores.rank[at], return_inverse=True)
    places = equal_mass_bins(sums_by(local, w, len(rank)), n_bins)
    used, place = np.unique(places[local], return_inverse=True)
    size, total = len(used), float(w.sum())
    off = y - p
    gap = sums_by(place, w * off, size) / total
    if scores.by_unit is not None:
        covariance, n_units = _by_unit(scores, at, place, off / total, size)
        return Gaps(gap, covariance, covariance, n_units)
    w2 = scores.w2[at]
    null = sums_by(place, w2 * p * (1 - p), size)
    share = sums_by(place, w, size)
    mean = gap * total / np.maximum(share, 1e-300)
    rows = share**2 / np.maximum(sums_by(place, w2, size), 1e-300)
    around = sums_by(place, w2 * (off - mean[place]) ** 2, size) * rows / np.maximum(rows - 1, 1.0)
    return Gaps(gap, np.diag(null / total**2), np.diag(around / total**2))


def _by_unit(
    scores: GroupScores, at: NDArray[np.intp], place: NDArray[np.intp], term: Floats, size: int
) -> tuple[Floats, int]:
    """Return the covariance of the gaps over declared units, and how many units there are."""
    units = scores.by_unit
    assert units is not None
    entry = np.full(len(scores.n), -1, dtype=np.int64)
    entry[at] = np.arange(len(at))
    local = entry[units.cell]
    held = np.flatnonzero(local >= 0)
    names, unit = np.unique(units.unit[held], return_inverse=True)
    joint = unit * size + place[local[held]]
    sums = sums_by(joint, units.w[held] * term[local[held]], len(names) * size)
    sums = sums.reshape(len(names), size)
    centred = sums - sums.mean(axis=0)
    return centred.T @ centred * len(names) / max(len(names) - 1, 1), len(names)


def _interval(gaps: Gaps, value: float, p_value: float, level: float) -> Interval:
    """Return the errors under which the one that was seen is neither small nor large.

    The true gaps are taken to be those seen times a factor, and the error that would then be seen
    to be about normal; an end is the factor at which the error seen stands at a tail. Gaps that
    were seen carry noise of their own, which makes the factor of the upper end small: it is never
    nearer than a normal interval of the error that was seen.
    """
    quantile = two_sided_quantile(level)
    around = sqrt(max(0.0, folded_moments(gaps.gap, gaps.around)[1]))
    high = max(_factor(gaps, value, -quantile) * value, value + quantile * around)
    low = _factor(gaps, value, quantile) * value if p_value < 1 - level else 0.0
    return Interval(min(low, value), max(min(1.0, high), value))


def _factor(gaps: Gaps, value: float, quantile: float) -> float:
    low, high = 0.0, LARGEST_FACTOR
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        mean, variance = folded_moments(middle * gaps.gap, gaps.around)
        stands = value - mean - quantile * sqrt(max(0.0, variance))
        low, high = (middle, high) if stands > 0 else (low, middle)
    return (low + high) / 2


METRIC = BiasMetric(
    name="calibration_within_groups",
    title="Calibration within the group",
    stage="post_training",
    function=calibration_within_groups,
    needs="scores",
    lower_bound=0.0,
    tolerated=None,  # a model may be off for everyone alike: the calibration gap is judged
    is_distance=True,
    positive_means="within {group}, probabilities are off by this much on average",
    help=(
        "How far probabilities lie from the shares that came true, over bins, within the group.",
        "It is above 0 by chance alone, the more the fewer rows; other groups are not looked at.",
        "The calibration gap: whether one group's probabilities are too high or too low.",
    ),
    reference="Kleinberg, Mullainathan and Raghavan 2017, ITCS, arXiv:1609.05807.",
)
