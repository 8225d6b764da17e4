"""Normal intervals made on a scale without ends and carried back."""

from math import atanh, exp, expm1, log, log1p, tanh

from assay.stats.interval import Interval


def logit_interval(value: float, error: float, quantile: float) -> Interval:
    """Interval of a number inside (0, 1), symmetric on the logit scale.

    Parameters
    ----------
    value : float
        In [0, 1]; at an end the interval has no width, and the caller says so.
    error : float
        Standard error of `value`.
    quantile : float
        Standard errors on each side.

    Returns
    -------
    Interval

    Examples
    --------
    >>> low, high = logit_interval(0.98, 0.01, 1.96)
    >>> round(low, 4), round(high, 4)
    (0.9474, 0.9925)
    """
    if not 0 < value < 1:
        return Interval(value, value)
    centre = log(value) - log1p(-value)
    half = quantile * error / (value * (1 - value))
    return Interval(_expit(centre - half), _expit(centre + half)).around(value)


def _expit(x: float) -> float:
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x)) if x > -700 else 0.0


def log_interval(value: float, error: float, quantile: float) -> Interval:
    """Interval of a positive number, symmetric on the log scale.

    Examples
    --------
    >>> low, high = log_interval(4.0, 1.0, 1.96)
    >>> round(low, 3), round(high, 3)
    (2.451, 6.529)
    """
    if value <= 0:
        return Interval(value, value)
    half = min(quantile * error / value, 600.0)
    return Interval(value * exp(-half), value * (1 + expm1(half))).around(value)


def atanh_interval(value: float, error: float, quantile: float) -> Interval:
    """Interval of a correlation inside (-1, 1), symmetric on Fisher's scale.

    Examples
    --------
    >>> low, high = atanh_interval(0.9, 0.019, 1.96)
    >>> round(low, 3), round(high, 3)
    (0.855, 0.931)
    """
    if not -1 < value < 1:
        return Interval(value, value)
    half = quantile * error / (1 - value * value)
    return Interval(tanh(atanh(value) - half), tanh(atanh(value) + half)).around(value)
