"""Tables of a regression in, its curves and the numbers that rules look at out."""

import numpy as np

from assay.evaluation.curves import Curves, residual_histogram
from assay.evaluation.deciles import decile_errors, leaning_tenths, means_of_residuals
from assay.evaluation.facts import Facts
from assay.evaluation.inputs import Inputs
from assay.evaluation.result import MetricResult
from assay.result import Json
from assay.stats.quantile import weighted_median
from assay.tables.distribution import Distribution
from assay.tables.moments import Moments


def error_curves(inputs: Inputs) -> Curves:
    """Return the points of the charts of a regression.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Curves
    """
    grid, deciles = inputs.grid("residual_predicted"), decile_errors(inputs)
    return Curves(
        predicted_actual=inputs.grid("predicted_actual"),
        residual_predicted=grid,
        residuals=None if grid is None else residual_histogram(grid),
        residual_means=means_of_residuals(deciles),
        deciles=deciles,
    )


def error_facts(inputs: Inputs, metrics: tuple[MetricResult, ...]) -> Facts:
    """Return the numbers that advice and rules look at.

    Parameters
    ----------
    inputs : Inputs
    metrics : tuple of MetricResult

    Returns
    -------
    Facts
    """
    moments, errors = inputs.moments("errors"), inputs.distribution("absolute_errors")
    numbers: dict[str, float] = {}
    if moments is not None and moments.n > 3:
        numbers["residual_kurtosis"] = _kurtosis(moments)
    if errors is not None and errors.n_rows:
        numbers |= _sizes(errors)
    return Facts(
        task="regression",
        metrics=metrics,
        n=0 if moments is None else moments.n,
        n_features=inputs.plan.n_features,
        quantile=inputs.plan.quantile,
        leans=() if inputs.plan.quantile is not None else leaning_tenths(inputs),
        numbers=numbers,
    )


def describe_target(targets: Distribution | None) -> dict[str, Json]:
    """Return what always answering the mean or the median of the target would be off by.

    Parameters
    ----------
    targets : Distribution or None

    Returns
    -------
    dict
        "mean" and "median" of the target; "mae_of_median" and "median_error_of_median", the mean
        and the median of |target - median|; empty without rows. In a table of bins (above five
        million rows) only the bin that holds the median is not exact.

    Examples
    --------
    >>> from assay.metrics.regression.from_rows import distribution_of_rows
    >>> found = describe_target(distribution_of_rows(np.array([1.0, 2.0, 9.0])))
    >>> found["mean"], found["median"], round(found["mae_of_median"], 4)
    (4.0, 2.0, 2.6667)
    """
    if targets is None or not targets.n_rows:
        return {}
    median = weighted_median(targets.value, targets.w)
    off = np.abs(targets.value - median)
    order = np.argsort(off, kind="stable")  # quick: down to the median and up again
    return {
        "mean": float(np.average(targets.value, weights=targets.w)),
        "median": median,
        "mae_of_median": float(np.average(off, weights=targets.w)),
        "median_error_of_median": weighted_median(off[order], targets.w[order]),
    }


def _kurtosis(moments: Moments) -> float:
    """Return the fourth central moment over the squared second: 3 for a normal law."""
    one, two = moments.index("error") + 1, moments.index("squared_error") + 1
    total = moments.total
    mean, square = moments.s1[0, one] / total, moments.s1[0, two] / total
    cube, fourth = moments.s1[one, two] / total, moments.s1[two, two] / total
    variance = square - mean**2
    if variance <= max(1e-12 * square, 1e-150):
        return 0.0
    central = fourth - 4 * mean * cube + 6 * mean**2 * square - 3 * mean**4
    return float(central / variance**2)


def _sizes(errors: Distribution) -> dict[str, float]:
    """Return the largest and the median error, and how many rows make half of Σ error²."""
    value = errors.value if errors.high is None else errors.high
    middle = int(np.searchsorted(np.cumsum(errors.w), errors.w.sum() / 2))
    found = {
        "max_error": float(value[-1]),
        "median_error": float(errors.value[min(middle, len(errors.value) - 1)]),
    }
    if found["median_error"] > 0:
        found["max_over_median_error"] = found["max_error"] / found["median_error"]
    squares = (errors.w * errors.value**2)[::-1]
    if squares.sum() > 0:
        places = int(np.searchsorted(np.cumsum(squares), squares.sum() / 2)) + 1
        found["rows_of_half_squared_error"] = _rows_needed(errors, squares, places)
    return found


def _rows_needed(errors: Distribution, squares: np.ndarray, places: int) -> float:
    """Return the rows in the largest errors; of the last level only as many as it takes."""
    rows = errors.n[::-1].astype(np.float64)
    before = float(squares[: places - 1].sum())
    share = (squares.sum() / 2 - before) / squares[places - 1]
    return float(rows[: places - 1].sum() + np.ceil(share * rows[places - 1]))
