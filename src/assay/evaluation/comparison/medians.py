"""Median errors of two candidates in, their difference with an interval out."""

from collections.abc import Callable, Mapping
from math import pi, sqrt

import numpy as np

from assay.evaluation.comparison.paired import Pair, Paired, from_redraws
from assay.evaluation.comparison.small_tables import need
from assay.evaluation.judged import Answers, Floats
from assay.metrics.regression.from_rows import distribution_of_rows
from assay.stats.interval import two_sided_quantile
from assay.stats.quantile import weighted_median, weighted_quantile


def median_error_difference(pair: Pair) -> Paired:
    """Compare by the median of the absolute error.

    What a row adds to a median is known up to the density there, which is read off two nearby
    quantiles (Hall and Sheather 1988, JRSS B 50:381); these influences are redrawn.
    """
    (one, first), (other, second) = (
        _median(pair, each) for each in (pair.candidate, pair.baseline)
    )

    def difference(sums: Floats) -> Floats:
        return one - other + sums[..., 0]

    found = pair.redraw([first - second], difference)
    kind = pair.parts.kind
    return from_redraws(pair, found, how=f"redraw of what each {kind} adds (influence function)")


def _median(pair: Pair, answers: Answers) -> tuple[float, Floats]:
    """Return the median and the influence of each row."""
    values = need(answers.values, "predicted numbers", answers)
    away = np.abs(values - pair.rows.truth.astype(np.float64))
    held = distribution_of_rows(away, pair.rows.weight)
    median = weighted_median(held.value, held.w)
    wide = _bandwidth(pair.rows.n, pair.level)
    low, high = (weighted_quantile(held.value, held.w, 0.5 + side) for side in (-wide, wide))
    side = np.sign(away - median) / 2  # 0 at the median itself
    total = pair.parts.total_weight
    side -= float(np.einsum("i,i->", side, pair.parts.weight)) / total
    return median, side * (high - low) / (2 * wide) / total


def _bandwidth(n: int, level: float) -> float:
    """Return Hall and Sheather's half-width, as a share, at the median of a normal law."""
    quantile = two_sided_quantile(level)
    density = 1 / sqrt(2 * pi)
    return min(0.25, (quantile**2 * 1.5 * density**2 / n) ** (1 / 3))


COMPARERS: Mapping[str, Callable[[Pair], Paired]] = {
    "median_absolute_error": median_error_difference
}
