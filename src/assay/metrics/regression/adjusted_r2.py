"""Adjusted R²: R² with a charge for each feature."""

from dataclasses import replace

from assay.metrics.metric import Metric
from assay.metrics.regression.r2 import r2
from assay.result import Estimate
from assay.tables.moments import Moments

ROWS_PER_FEATURE = 10


def adjusted_r2(
    moments: Moments, *, n_features: int | None = None, level: float = 0.95
) -> Estimate:
    """Return 1 - (1 - R²)(n - 1)/(n - k - 1) with k features.

    On rows that the model was not fitted on it is only a penalised reading of R².

    Parameters
    ----------
    moments : Moments
        As `r2` needs them.
    n_features : int or None
        Features that the model received, constants left out; None when unknown.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        Undefined when the number of features is unknown, when n <= k + 1, or when R² is. Marked
        when there are fewer than ten rows a feature.

    References
    ----------
    Ezekiel 1930, Methods of Correlation Analysis.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.regression.from_rows import error_moments
    >>> y, prediction = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.0, 3.0, 5.0])
    >>> round(adjusted_r2(error_moments(y, prediction), n_features=1).value, 4)
    0.7
    """
    n = moments.n
    if n_features is None:
        return Estimate.undefined("the number of features is not known", n=n, level=level)
    if n <= n_features + 1:
        reason = f"{n} rows do not suffice for {n_features} features: n must exceed k + 1"
        return Estimate.undefined(reason, n=n, level=level)
    plain = r2(moments, level=level)
    if plain.value is None or plain.low is None or plain.high is None:
        return plain
    charge = (n - 1) / (n - n_features - 1)
    value, low, high = (1 - (1 - part) * charge for part in (plain.value, plain.low, plain.high))
    many = n_features > n / ROWS_PER_FEATURE
    said = (f"{n_features} features for {n} rows: fewer than ten rows a feature",) if many else ()
    return replace(plain, value=value, low=low, high=high, warnings=plain.warnings + said)


METRIC = Metric(
    name="adjusted_r2",
    title="Adjusted R²",
    acronym="R² adj.",
    tasks=("regression",),
    needs="errors",
    function=adjusted_r2,
    also=("n_features",),
    lower_bound=None,
    help=(
        "R² with a charge for each feature the model received.",
        "On rows the model was not fitted on, R² needs no charge: it is a penalised reading.",
        "R² on rows that the model has not seen.",
    ),
)
