"""G-mean: the geometric mean of recall and specificity."""

from math import exp, log, sqrt

from assay.metrics.confusion.balanced_accuracy import recalls
from assay.metrics.draws import CellDraws, cells_of
from assay.metrics.few import few_units
from assay.metrics.metric import Metric
from assay.metrics.rates import CellRate, correlations_of
from assay.metrics.smooth import smallest_class
from assay.result import Estimate
from assay.stats.interval import Interval
from assay.stats.mover import mover_sum
from assay.tables.cube import Cube

_TINY = 1e-12


def g_mean(cube: Cube, *, level: float = 0.95, draws: CellDraws | None = None) -> Estimate:
    """Root of recall times specificity.

    The logarithms of the two independent rates are joined by MOVER.

    Parameters
    ----------
    cube : Cube
        Keys "label" and "prediction".
    level : float
        Coverage of the interval, in (0, 1).
    draws : CellDraws or None
        Spares laying the cube out again; nothing is drawn.

    Returns
    -------
    Estimate
        In [0, 1]; undefined when a class does not occur.

    References
    ----------
    Kubat and Matwin 1997, ICML.

    Examples
    --------
    >>> both = (False, True)
    >>> cube = Cube.from_counts({"label": both, "prediction": both}, [[60, 10], [10, 20]])
    >>> round(g_mean(cube).value, 4)
    0.7559
    """
    cells = cells_of(cube, draws)
    found = recalls(cells, level=level)
    if len(found) < 2:
        absent = [str(name) for name in cells.classes if name not in found]
        reason = f"no row is of class {', '.join(absent)}" if found else "the table has no rows"
        return Estimate.undefined(reason, n=cells.n_rows, level=level)
    rates = list(found.values())
    value = sqrt(rates[0].value * rates[1].value)
    correlation = None if cells.by_unit is None else correlations_of(cells, rates)
    logs = mover_sum(
        [_log(rate.value) for rate in rates],
        [_log_interval(rate) for rate in rates],
        coefficients=[0.5, 0.5],
        correlation=correlation,
    )
    low = 0.0 if value == 0 else exp(logs.low)
    high = sqrt(rates[0].interval.high * rates[1].interval.high) if value == 0 else exp(logs.high)
    interval = Interval(low, high).clipped(0.0, 1.0).around(value)
    fewest = min(rates, key=lambda rate: rate.spread.n_units or rate.n)
    effective = [rate.n_effective for rate in rates if rate.n_effective is not None]
    return Estimate(
        value=value,
        low=interval.low,
        high=interval.high,
        level=level,
        n=cells.n_rows,
        n_effective=sum(effective) if effective else None,
        unit=fewest.spread.unit,
        method="MOVER of log Wilson scores",
        warnings=smallest_class(cells) + few_units(fewest.spread),
    )


def _log(rate: float) -> float:
    return log(max(rate, _TINY))


def _log_interval(rate: CellRate) -> Interval:
    return Interval(_log(rate.interval.low), _log(rate.interval.high))


METRIC = Metric(
    name="g_mean",
    title="Geometric mean of recall and specificity",
    acronym="G-mean",
    tasks=("binary",),
    needs="cube",
    function=g_mean,
    help=(
        "The geometric mean of recall and specificity: 0 as soon as one class is never found.",
        "It looks at neither prevalence nor precision.",
        "Recall and specificity apart; MCC.",
    ),
)
