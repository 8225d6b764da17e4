"""Moments by tenth of the prediction in; errors of each tenth, and those that lean, out."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from assay.evaluation.inputs import Inputs
from assay.evaluation.requests_regression import BIN_PREFIX
from assay.metrics.few import MIN_ROWS, MIN_UNITS
from assay.metrics.moments import freedom_of, mean_estimate, moment_spread
from assay.result import Estimate, Json
from assay.stats.interval import Interval
from assay.stats.mean import mean_interval
from assay.tables.curves import BinnedMeans, DecileErrors
from assay.tables.moments import Moments

FAMILY_LEVEL = 0.99
MATERIAL = 0.1


@dataclass(frozen=True)
class Lean:
    """A tenth of the predictions that is too high or too low on average, beyond doubt.

    Parameters
    ----------
    number : int
        From 1, the lowest predictions.
    predicted : float
        Mean prediction.
    error, low, high : float
        Mean error with its interval, wide enough for all tenths at once.
    n : int
        Rows.
    """

    number: int
    predicted: float
    error: float
    low: float
    high: float
    n: int

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "tenth": self.number,
            "predicted": self.predicted,
            "error": self.error,
            "low": self.low,
            "high": self.high,
            "rows": self.n,
        }


def decile_errors(inputs: Inputs) -> DecileErrors | None:
    """Return the means of prediction, target, error and absolute error by tenth.

    Parameters
    ----------
    inputs : Inputs
        Of a regression.

    Returns
    -------
    DecileErrors or None
        Without tenths of fewer than two rows, which show no variation; None where none is left.
    """
    names = {"prediction": 1.0}, {"prediction": 1.0, "residual": -1.0}
    found: list[tuple[int, list[Estimate]]] = []
    for moments in _tenths(inputs):
        level = inputs.plan.level
        parts = [_combined(moments, each, level) for each in names]
        parts += [mean_estimate(moments, each, level=level) for each in _ERRORS]
        if all(part.low is not None for part in parts):
            found.append((moments.n, parts))
    if not found:
        return None
    columns: list[np.ndarray] = []
    for place in range(4):
        each = [parts[place] for _, parts in found]
        for end in ("value", "low", "high"):
            columns.append(np.array([getattr(part, end) for part in each], dtype=np.float64))
    return DecileErrors(np.array([n for n, _ in found], dtype=np.int64), *columns)


_ERRORS = ("residual", "absolute_residual")


def _tenths(inputs: Inputs) -> list[Moments]:
    names = [name for name in inputs.tables if name.startswith(BIN_PREFIX)]
    found = [table for name in names if (table := inputs.moments(name)) is not None]
    return [table for table in found if table.n and table.total > 0]


def _combined(moments: Moments, factors: dict[str, float], level: float) -> Estimate:
    """Return the mean of a sum of quantities: the target is the prediction less the residual."""
    gradient = np.zeros(len(moments.names))
    for name, factor in factors.items():
        gradient[moments.index(name)] = factor
    value = float(gradient @ moments.mean)
    if moments.n < 2:
        return Estimate(value=value, level=level, n=moments.n, reason="one row: no interval")
    spread = moment_spread(moments, gradient, leading="prediction")
    freedom = freedom_of(moments, spread)
    interval = mean_interval(value, spread.error, freedom=freedom, level=level)
    return Estimate(
        value=value,
        low=interval.low,
        high=interval.high,
        level=level,
        n=moments.n,
        unit=spread.unit,
    )


def means_of_residuals(deciles: DecileErrors | None) -> BinnedMeans | None:
    """Return the mean residual by tenth alone, for its chart."""
    if deciles is None:
        return None
    ends = deciles.error_low, deciles.error_high
    return BinnedMeans(deciles.predicted, deciles.n, deciles.error, *ends)


def leaning_tenths(inputs: Inputs) -> tuple[Lean, ...]:
    """Return the tenths whose mean error is not 0, beyond doubt and by a matter of size.

    Holm's step-down over the tenths at 1 % for all together: the tenth that stands out most is
    held against an interval that is wide enough for all, the next one against one that is wide
    enough for the rest, until one is not shown to lean. An interval must lie beyond a tenth of
    the root mean squared error, on one side of 0. Tenths of fewer than 30 rows, or 20 units, are
    not looked at.

    Predictions that are right on average for the rows that get them have a mean error of 0 in
    each tenth, since rows are sorted by the prediction and not by the target.

    Parameters
    ----------
    inputs : Inputs
        Of a regression.

    Returns
    -------
    tuple of Lean
        By prediction, ascending.

    References
    ----------
    Holm 1979, Scandinavian Journal of Statistics 6:65.
    """
    errors = inputs.moments("errors")
    if errors is None or not errors.n:
        return ()
    size = sqrt(max(0.0, float(errors.mean[errors.index("squared_error")])))
    tested = [
        (number, moments)
        for number, moments in enumerate(_tenths(inputs), start=1)
        if moments.n >= MIN_ROWS and _enough_units(moments)
    ]
    order = sorted(tested, key=lambda each: -_stands_out(each[1], MATERIAL * size))
    found: list[Lean] = []
    for done, (number, moments) in enumerate(order):
        level = 1 - (1 - FAMILY_LEVEL) / (len(order) - done)
        estimate = mean_estimate(moments, "residual", level=level)
        ends = estimate.low, estimate.high
        if estimate.value is None or ends[0] is None or ends[1] is None:
            break
        if not _beyond(Interval(ends[0], ends[1]), MATERIAL * size):
            break
        predicted = float(moments.mean[moments.index("prediction")])
        found.append(Lean(number, predicted, estimate.value, ends[0], ends[1], moments.n))
    return tuple(sorted(found, key=lambda each: each.number))


def _enough_units(moments: Moments) -> bool:
    if moments.by_unit is None:
        return True
    return int(np.count_nonzero(moments.by_unit[:, 0])) >= MIN_UNITS


def _stands_out(moments: Moments, least: float) -> float:
    """Return by how many standard errors the mean error exceeds what is tolerated."""
    place = moments.index("residual")
    gradient = np.zeros(len(moments.names))
    gradient[place] = 1.0
    error = moment_spread(moments, gradient, leading="residual").error
    excess = abs(float(moments.mean[place])) - least
    return excess / error if error > 0 else np.inf * np.sign(excess) if excess else 0.0


def _beyond(interval: Interval, least: float) -> bool:
    return (interval.low > least and interval.low > 0) or (
        interval.high < -least and interval.high < 0
    )
