"""Which classes an average cannot use, in words."""

import numpy as np
from numpy.typing import NDArray

from assay.metrics.cells import Cells
from assay.metrics.margins import Floats
from assay.stats.sums import sums_by


def never_predicted(cells: Cells) -> tuple[str, ...]:
    """Return a warning that names the classes without a precision, or nothing."""
    return _named(cells, ~_held(cells, cells.predicted), "never predicted")


def never_seen(cells: Cells) -> tuple[str, ...]:
    """Return a warning that names the classes neither seen nor predicted, or nothing."""
    seen = _held(cells, cells.predicted) | _held(cells, cells.actual)
    return _named(cells, ~seen, "without rows")


def _held(cells: Cells, place: NDArray[np.int64]) -> NDArray[np.bool_]:
    return sums_by(place, cells.w, len(cells.classes)) > 0


def _named(cells: Cells, out: NDArray[np.bool_], why: str) -> tuple[str, ...]:
    names = [str(name) for name, is_out in zip(cells.classes, out, strict=True) if is_out]
    return (f"classes {why}, left out of the average: {', '.join(names)}",) if names else ()


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Return the quotient, NaN where the denominator is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator > 0, numerator / denominator, np.nan)


def mean_of_defined(values: Floats, weights: Floats | None = None) -> Floats:
    """Return the mean over the last axis of what is defined; NaN where nothing is."""
    known = np.isfinite(values)
    share = known.astype(np.float64) if weights is None else np.where(known, weights, 0.0)
    return ratio(np.sum(np.where(known, values, 0.0) * share, axis=-1), share.sum(axis=-1))
