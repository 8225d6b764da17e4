"""Mean deviances: errors of predicted means, sized by how the target varies around its mean."""

from assay.metrics.metric import Metric
from assay.metrics.moments import mean_estimate
from assay.result import Estimate
from assay.tables.moments import Moments

POWER = 1.5


def poisson_deviance(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Mean of 2 (y log(y / ŷ) - y + ŷ), with y log y taken as 0 at y = 0.

    Parameters
    ----------
    moments : Moments
        With the quantity "poisson_deviance" (`deviance_quantities`).
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        From 0; undefined when a target is below 0 or a prediction is not above 0.

    References
    ----------
    McCullagh and Nelder 1989, Generalized Linear Models, 2nd edition, section 2.3.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.regression.from_rows import moments_of_rows
    >>> from assay.metrics.regression.quantities import deviance_quantities
    >>> rows = moments_of_rows(deviance_quantities(np.array([0.0, 2.0]), np.array([1.0, 2.0])))
    >>> poisson_deviance(rows).value
    1.0
    """
    return _mean(moments, "poisson_deviance", "0 or above", level)


def tweedie_deviance(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Mean of 4 (√y - √ŷ)² / √ŷ, the Tweedie deviance of power 1.5.

    Between Poisson (power 1) and Gamma (power 2): for amounts of which many are exactly 0.

    Parameters
    ----------
    moments : Moments
        With the quantity "tweedie_deviance" (`deviance_quantities`).
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        From 0, in roots of the target's unit; undefined when a target is below 0 or a prediction
        is not above 0.

    References
    ----------
    Jørgensen 1987, JRSS B 49:127, doi:10.1111/j.2517-6161.1987.tb01685.x.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.regression.from_rows import moments_of_rows
    >>> from assay.metrics.regression.quantities import deviance_quantities
    >>> rows = moments_of_rows(deviance_quantities(np.array([0.0, 4.0]), np.array([1.0, 4.0])))
    >>> tweedie_deviance(rows).value
    2.0
    """
    return _mean(moments, "tweedie_deviance", "0 or above", level)


def gamma_deviance(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Mean of 2 (log(ŷ / y) + y / ŷ - 1): relative errors, whatever the size of the target.

    Parameters
    ----------
    moments : Moments
        With the quantity "gamma_deviance" (`gamma_quantities`).
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        From 0; undefined when a target or a prediction is not above 0.

    References
    ----------
    McCullagh and Nelder 1989, Generalized Linear Models, 2nd edition, section 2.3.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.regression.from_rows import moments_of_rows
    >>> from assay.metrics.regression.quantities import gamma_quantities
    >>> rows = moments_of_rows(gamma_quantities(np.array([1.0, 2.0]), np.array([1.0, 1.0])))
    >>> round(gamma_deviance(rows).value, 4)
    0.3069
    """
    return _mean(moments, "gamma_deviance", "above 0", level)


def _mean(moments: Moments, name: str, targets: str, level: float) -> Estimate:
    """Return the mean of a deviance, where every row has one."""
    if moments.n_skipped:
        reason = (
            f"{moments.n_skipped:,} rows have no deviance: it needs targets {targets} and "
            "predictions above 0 (or it is too large to count)"
        )
        return Estimate.undefined(reason, n=moments.n + moments.n_skipped, level=level)
    return mean_estimate(moments, name, level=level, lower=0.0)


_TYPICAL = "MAE or RMSE in the unit of the target; the mean error by decile of the prediction."
POISSON = Metric(
    name="poisson_deviance",
    title="Poisson deviance",
    tasks=("regression",),
    needs="deviances",
    function=poisson_deviance,
    greater_is_better=False,
    upper_bound=None,
    best=0.0,
    unit="target",
    help=(
        "For counts: errors where few are expected weigh more than where many are.",
        "Its size grows with the counts, so values of two data sets do not compare.",
        _TYPICAL,
    ),
)
TWEEDIE = Metric(
    name="tweedie_deviance",
    title="Tweedie deviance (power 1.5)",
    tasks=("regression",),
    needs="deviances",
    function=tweedie_deviance,
    greater_is_better=False,
    upper_bound=None,
    best=0.0,
    unit="√target",
    help=(
        "For amounts of which many are exactly 0, such as claims: between Poisson and Gamma.",
        "Its unit is the root of the target's, which nobody has a feeling for.",
        _TYPICAL,
    ),
)
GAMMA = Metric(
    name="gamma_deviance",
    title="Gamma deviance",
    tasks=("regression",),
    needs="gamma_deviances",
    function=gamma_deviance,
    greater_is_better=False,
    upper_bound=None,
    best=0.0,
    help=(
        "For amounts above 0: relative errors, whatever the size of the target.",
        "A target close to 0 can rule it.",
        _TYPICAL,
    ),
)
