"""Predicted numbers to be judged in, the tables they need out."""

from itertools import pairwise
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import polars as pl

from assay.data.requests import (
    CubeRequest,
    DistributionRequest,
    GridRequest,
    MomentsRequest,
    Request,
)
from assay.data.shared_request import Shared
from assay.evaluation.goal import Floats

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

SAMPLE = 20_000
GRID_BINS = 50
MEAN_BINS = 10
TAIL = 0.001
LARGEST_RATIO = 1e75
BIN_PREFIX = "residuals:"


def regression_requests(
    data: "Dataset", shared: Shared, *, seed: int, quantile: float | None = None
) -> dict[str, Request]:
    """Return the requests for a regression.

    A residual is the prediction minus the actual value, as in the mean error.

    A sample of 20,000 rows settles the edges of the grids; rows beyond them fall into the
    outermost bins. No metric depends on it.

    Parameters
    ----------
    data : Dataset
        With a label and a prediction column of numbers.
    shared : Shared
        Weight and unit, the same for every table.
    seed : int
    quantile : float or None
        Which quantile of the target the predictions are, in (0, 1); None where they are means.

    Returns
    -------
    dict of str to Request
        "errors", "relative_errors", "log_errors", "deviances" and "gamma_deviances" (Moments),
        "absolute_errors", "absolute_targets" and "targets" (Distribution), "predicted_actual" and
        "residual_predicted" (DensityGrid), and "residuals:<i>" (Moments of prediction, residual
        and its size in tenths of the prediction). With a quantile also "quantile_losses"
        (Moments) and "covered" (Cube).
    """
    schema = data.schema
    assert schema.label is not None
    assert schema.prediction is not None
    names = [schema.label, schema.prediction]
    seen = data.engine.sample(data.frame.select(names), SAMPLE, seed=seed)
    y, predicted = (seen[name].cast(pl.Float64).to_numpy() for name in names)
    actual = nw.col(schema.label).cast(nw.Float64)
    prediction = nw.col(schema.prediction).cast(nw.Float64)
    error = prediction - actual
    requests: dict[str, Request] = {
        "errors": MomentsRequest(
            quantities=_error_quantities(actual, prediction, y), **shared.fields
        ),
        "relative_errors": MomentsRequest(
            quantities={"relative_error": _relative(actual, error)}, **shared.fields
        ),
        "absolute_errors": DistributionRequest(value=error.abs(), **shared.fields),
        "absolute_targets": DistributionRequest(value=actual.abs(), weight=shared.weight),
        "targets": DistributionRequest(value=actual, weight=shared.weight),
    }
    requests |= _deviance_requests(actual, prediction, shared)
    if quantile is not None:
        requests |= _quantile_requests(actual, prediction, y, quantile, shared)
    both = _edges(np.concatenate([y, predicted]))
    requests["predicted_actual"] = GridRequest(
        x=actual, y=prediction, x_edges=both, y_edges=both, **shared.fields
    )
    requests["residual_predicted"] = GridRequest(
        x=prediction,
        y=error,
        x_edges=_edges(predicted),
        y_edges=_edges(predicted - y),
        **shared.fields,
    )
    return requests | _mean_requests(actual, prediction, predicted, shared)


def _error_quantities(actual: nw.Expr, prediction: nw.Expr, seen: Floats) -> dict[str, nw.Expr]:
    """Return the quantities of `assay.metrics.regression.quantities`; the shift keeps digits."""
    error, target = prediction - actual, actual - float(seen.mean())
    size = actual.abs() + prediction.abs()
    return {
        "target": target,
        "target_squared": target * target,
        "error": error,
        "squared_error": error * error,
        "absolute_error": error.abs(),
        "absolute_target": actual.abs(),
        "target_error": target * error,
        "symmetric_error": nw.when(size > 0).then(2 * error.abs() / size).otherwise(nw.lit(0.0)),
        "median_distance": (actual - float(np.median(seen))).abs(),
    }


def _deviance_requests(actual: nw.Expr, prediction: nw.Expr, shared: Shared) -> dict[str, Request]:
    """Return the moments of losses that only some targets and predictions have."""
    count, amount = (actual >= 0) & (prediction > 0), (actual > 0) & (prediction > 0)
    ratio = actual / prediction
    logged = nw.when(actual > 0).then(actual * ratio.log()).otherwise(nw.lit(0.0))
    root = prediction.sqrt()
    gap, logs = actual.sqrt() - root, (1 + prediction).log() - (1 + actual).log()
    quantities: dict[str, dict[str, nw.Expr]] = {
        "log_errors": {
            "squared_log_error": _where((actual >= 0) & (prediction > -1), logs * logs)
        },
        "deviances": {
            "poisson_deviance": _where(count, 2 * (logged - actual + prediction)),
            "tweedie_deviance": _where(count, 4 * gap * gap / root),
        },
        "gamma_deviances": {"gamma_deviance": _where(amount, 2 * (ratio - ratio.log() - 1))},
    }
    return {
        name: MomentsRequest(quantities=each, **shared.fields) for name, each in quantities.items()
    }


def _quantile_requests(
    actual: nw.Expr, prediction: nw.Expr, seen: Floats, quantile: float, shared: Shared
) -> dict[str, Request]:
    """Return how far targets lie from a predicted quantile, and how many lie up to it."""

    def loss(off: nw.Expr) -> nw.Expr:
        return nw.max_horizontal(quantile * off, (quantile - 1) * off)

    losses = {
        "pinball": loss(actual - prediction),
        "constant_pinball": loss(actual - float(np.quantile(seen, quantile))),
    }
    return {
        "quantile_losses": MomentsRequest(quantities=losses, **shared.fields),
        "covered": CubeRequest(by={"covered": actual <= prediction}, **shared.fields),
    }


def _relative(actual: nw.Expr, error: nw.Expr) -> nw.Expr:
    """Return |error| / |target|, null where it is beyond all numbers."""
    return _where(actual != 0, error.abs() / actual.abs())


def _where(known: nw.Expr, loss: nw.Expr) -> nw.Expr:
    """Return a loss, null where it is undefined or its third power would be beyond all numbers."""
    return nw.when(known & (loss < LARGEST_RATIO)).then(loss)


def _mean_requests(
    actual: nw.Expr, prediction: nw.Expr, seen: Floats, shared: Shared
) -> dict[str, Request]:
    """Return moments of prediction and residual in bins of about equal mass of the prediction."""
    cuts = np.unique(np.quantile(seen, np.arange(1, MEAN_BINS) / MEAN_BINS))
    ends = [-np.inf, *cuts[cuts > seen.min()].tolist(), np.inf]
    residual = prediction - actual
    quantities = {
        "prediction": prediction,
        "residual": residual,
        "absolute_residual": residual.abs(),
    }
    return {
        f"{BIN_PREFIX}{at}": MomentsRequest(
            quantities=quantities,
            where=(prediction >= low) & (prediction < high),
            **shared.fields,
        )
        for at, (low, high) in enumerate(pairwise(ends))
    }


def _edges(values: Floats) -> tuple[float, ...]:
    """Return edges of equal width over all but the outermost 0.1 % on each side."""
    low, high = (float(end) for end in np.quantile(values, [TAIL, 1 - TAIL]))
    if high <= low:
        half = max(abs(low), 1.0) / 2
        low, high = low - half, high + half
    return tuple(np.linspace(low, high, GRID_BINS + 1).tolist())
