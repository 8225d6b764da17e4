"""Target and prediction in, the per-row quantities that the regression metrics average out."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ERROR_QUANTITIES = (
    "target",
    "target_squared",
    "error",
    "squared_error",
    "absolute_error",
    "absolute_target",
    "target_error",
    "symmetric_error",
    "median_distance",
)
RELATIVE_QUANTITIES = ("relative_error",)


def regression_quantities(
    y_true: Floats, y_pred: Floats, *, shift: float = 0.0, median: float = 0.0
) -> dict[str, Floats]:
    """Return the quantities of a `Moments` that are finite for every target and prediction.

    Parameters
    ----------
    y_true, y_pred : ndarray of float, shape (n_samples,)
    shift : float
        A number near the mean of the target; it keeps sums of squares exact and changes nothing
        else.
    median : float
        A number near the median of the target, for D².

    Returns
    -------
    dict
        "target" y - shift, "target_squared" (y - shift)², "error" ŷ - y, "squared_error",
        "absolute_error", "absolute_target" |y|, "target_error" (y - shift)(ŷ - y),
        "symmetric_error" 2 |ŷ - y| / (|y| + |ŷ|) or 0, "median_distance" |y - median|; each of
        shape (n_samples,).

    Examples
    --------
    >>> found = regression_quantities(np.array([1.0]), np.array([3.0]))
    >>> found["error"].tolist(), found["squared_error"].tolist()
    ([2.0], [4.0])
    """
    error, target = y_pred - y_true, y_true - shift
    return {
        "target": target,
        "target_squared": target**2,
        "error": error,
        "squared_error": error**2,
        "absolute_error": np.abs(error),
        "absolute_target": np.abs(y_true),
        "target_error": target * error,
        "symmetric_error": symmetric_error(y_true, y_pred),
        "median_distance": np.abs(y_true - median),
    }


def symmetric_error(y_true: Floats, y_pred: Floats) -> Floats:
    """Return 2 |ŷ - y| / (|y| + |ŷ|), 0 where both are 0.

    Examples
    --------
    >>> symmetric_error(np.array([1.0, 0.0, 0.0]), np.array([3.0, 0.0, 1.0])).tolist()
    [1.0, 0.0, 2.0]
    """
    size = np.abs(y_true) + np.abs(y_pred)
    return np.divide(2 * np.abs(y_pred - y_true), size, out=np.zeros_like(size), where=size > 0)


def relative_quantities(y_true: Floats, y_pred: Floats) -> dict[str, Floats]:
    """Return the quantity of MAPE, "relative_error" = |ŷ - y| / |y|, infinite where y is 0.

    It has a `Moments` of its own: rows where it is not finite are left out of that table.

    Examples
    --------
    >>> relative_quantities(np.array([2.0]), np.array([3.0]))["relative_error"].tolist()
    [0.5]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return {"relative_error": np.abs(y_pred - y_true) / np.abs(y_true)}


def log_quantities(y_true: Floats, y_pred: Floats) -> dict[str, Floats]:
    """Return "squared_log_error" (log(1 + ŷ) - log(1 + y))², NaN where it is undefined.

    That is where a target lies below 0 or a prediction at -1 or below.

    Examples
    --------
    >>> log_quantities(np.array([0.0, -1.0]), np.array([0.0, 0.0]))["squared_log_error"].tolist()
    [0.0, nan]
    """
    known = (y_true >= 0) & (y_pred > -1)
    with np.errstate(divide="ignore", invalid="ignore"):
        square = (np.log(1 + y_pred) - np.log(1 + y_true)) ** 2
    return {"squared_log_error": np.where(known, square, np.nan)}


def deviance_quantities(y_true: Floats, y_pred: Floats) -> dict[str, Floats]:
    """Return the deviances that allow a target of 0, NaN where they are undefined.

    Parameters
    ----------
    y_true, y_pred : ndarray of float, shape (n_samples,)

    Returns
    -------
    dict
        "poisson_deviance" 2 (y log(y / ŷ) - y + ŷ) and "tweedie_deviance" (power 1.5)
        4 (√y - √ŷ)² / √ŷ; both undefined where y < 0 or ŷ <= 0.

    Examples
    --------
    >>> found = deviance_quantities(np.array([0.0, 1.0]), np.array([1.0, 0.0]))
    >>> found["poisson_deviance"].tolist(), found["tweedie_deviance"].tolist()
    ([2.0, nan], [4.0, nan])
    """
    known = (y_true >= 0) & (y_pred > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(np.where(y_true > 0, y_true / y_pred, 1.0))
        poisson = 2 * (y_true * ratio - y_true + y_pred)
        tweedie = 4 * (np.sqrt(y_true) - np.sqrt(y_pred)) ** 2 / np.sqrt(y_pred)
    return {
        "poisson_deviance": np.where(known, poisson, np.nan),
        "tweedie_deviance": np.where(known, tweedie, np.nan),
    }


def gamma_quantities(y_true: Floats, y_pred: Floats) -> dict[str, Floats]:
    """Return "gamma_deviance" 2 (log(ŷ / y) + y / ŷ - 1), NaN unless both are above 0.

    Examples
    --------
    >>> gamma_quantities(np.array([1.0, 0.0]), np.array([1.0, 1.0]))["gamma_deviance"].tolist()
    [0.0, nan]
    """
    known = (y_true > 0) & (y_pred > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = y_true / y_pred
        deviance = 2 * (ratio - np.log(ratio) - 1)
    return {"gamma_deviance": np.where(known, deviance, np.nan)}


def quantile_quantities(
    y_true: Floats, y_pred: Floats, quantile: float, *, constant: float
) -> dict[str, Floats]:
    """Return the pinball losses of a predicted quantile and of a constant.

    Parameters
    ----------
    y_true, y_pred : ndarray of float, shape (n_samples,)
    quantile : float
        Which quantile is predicted, in (0, 1).
    constant : float
        A number near that quantile of the target, for D².

    Returns
    -------
    dict
        "pinball" and "constant_pinball".

    Examples
    --------
    >>> found = quantile_quantities(np.array([1.0]), np.array([3.0]), 0.75, constant=0.0)
    >>> found["pinball"].tolist(), found["constant_pinball"].tolist()
    ([0.5], [0.75])
    """

    def loss(off: Floats) -> Floats:
        return np.maximum(quantile * off, (quantile - 1) * off)

    return {"pinball": loss(y_true - y_pred), "constant_pinball": loss(y_true - constant)}
