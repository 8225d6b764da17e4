"""Spiegelhalter's z: a test of calibration without bins."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from assay.metrics.metric import Metric
from assay.metrics.scores.levels import levels_of
from assay.result import Estimate
from assay.stats.special import normal_cdf
from assay.tables.score_table import ScoreTable


@dataclass(frozen=True)
class CalibrationTest:
    """The statistic, standard normal for calibrated probabilities, and its two-sided p-value."""

    z: float
    p_value: float


def spiegelhalter_z(table: ScoreTable, *, level: float = 0.95) -> Estimate:
    """Σ (y - p)(1 - 2p) over the root of Σ (1 - 2p)² p (1 - p).

    Parameters
    ----------
    table : ScoreTable
        Scores are probabilities of the positive class.
    level : float
        Kept in the estimate; a test statistic has no interval.

    Returns
    -------
    Estimate
        Standard normal when the probabilities are calibrated; undefined when every score is 0,
        1/2 or 1, or when units are declared (its law then is not known).

    References
    ----------
    Spiegelhalter 1986, Statistics in Medicine 5:421, doi:10.1002/sim.4780050506.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.2, 0.8]), np.array([20, 80]), np.array([80, 20]))
    >>> abs(round(spiegelhalter_z(table).value, 6))
    0.0
    """
    if not table.n_rows:
        return Estimate.undefined("the table has no rows", level=level)
    if table.rows is not None:
        reason = f"rows of one {table.rows.kind} are not independent: the law of z is unknown"
        return Estimate.undefined(reason, n=table.n_rows, level=level)
    test = spiegelhalter_test(table)
    if test is None:
        reason = "every score is 0, 1/2 or 1: nothing varies"
        return Estimate.undefined(reason, n=table.n_rows, level=level)
    return Estimate(
        value=test.z,
        level=level,
        n=table.n_rows,
        method=f"standard normal when calibrated; p = {test.p_value:.3g}",
        reason="a test statistic has no interval",
    )


def spiegelhalter_test(table: ScoreTable) -> CalibrationTest | None:
    """Return the statistic with its two-sided p-value; None when it is undefined."""
    levels, p = levels_of(table), table.score
    squares = sum(table.squared_weights(), start=np.zeros_like(p))
    spread = float(np.sum(squares * (1 - 2 * p) ** 2 * p * (1 - p)))
    if spread <= 0:
        return None
    gap = levels.positive * (1 - p) - levels.negative * p
    z = float(np.sum(gap * (1 - 2 * p))) / sqrt(spread)
    return CalibrationTest(z, 2 * normal_cdf(-abs(z)))


METRIC = Metric(
    name="spiegelhalter_z",
    title="Spiegelhalter's z",
    acronym="z",
    tasks=("binary",),
    needs="scores",
    function=spiegelhalter_z,
    greater_is_better=None,
    lower_bound=None,
    upper_bound=None,
    best=0.0,
    help=(
        "Beyond 2 or below -2 the probabilities do not fit what happened.",
        "With many rows it rejects models whose flaws do not matter.",
        "The calibration curve, and the calibration slope with its interval.",
    ),
)
