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
)
RELATIVE_QUANTITIES = ("relative_error",)


def regression_quantities(
    y_true: Floats, y_pred: Floats, *, shift: float = 0.0
) -> dict[str, Floats]:
    """Return the quantities of a `Moments` for all regression metrics but MAPE.

    Parameters
    ----------
    y_true, y_pred : ndarray of float, shape (n_samples,)
    shift : float
        A number near the mean of the target; it keeps sums of squares exact and changes nothing
        else.

    Returns
    -------
    dict
        "target" y - shift, "target_squared" (y - shift)², "error" ŷ - y, "squared_error",
        "absolute_error", "absolute_target" |y|; each of shape (n_samples,).

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
    }


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
