"""How much larger than the truth sums and maxima of absolute differences come out on average."""

import numpy as np
from numpy.typing import NDArray
from scipy import special  # pyright: ignore[reportMissingTypeStubs]

from assay.stats.interval import Interval

Floats = NDArray[np.float64]
_GRID = 64
_REACH = 6.0
_FACTORS = np.linspace(0.0, 1.0, 21) ** 2 * 2.0
_ROOT_TWO = float(np.sqrt(2.0))
_ROOT_TWO_OVER_PI = float(np.sqrt(2.0 / np.pi))


def mean_of_sum(differences: Floats, errors: Floats) -> Floats:
    """Return the mean of Σ |x| for normal x, summed over the last axis.

    Examples
    --------
    >>> mean_of_sum(np.array([0.0, 5.0]), np.array([1.0, 1.0])).round(4).item()
    5.7979
    """
    safe = np.where(errors > 0, errors, 1.0)
    z = differences / safe
    folded = safe * _ROOT_TWO_OVER_PI * np.exp(-z * z / 2) + differences * special.erf(
        z / _ROOT_TWO
    )
    return np.sum(np.where(errors > 0, folded, np.abs(differences)), axis=-1)


def mean_of_largest(differences: Floats, errors: Floats) -> Floats:
    """Return the mean of max |x| for independent normal x, over the last axis.

    Examples
    --------
    >>> mean_of_largest(np.array([0.0, 0.0]), np.array([1.0, 1.0])).round(3).item()
    1.128
    """
    safe = np.maximum(errors, 1e-300)
    top = np.max(np.abs(differences) + _REACH * errors, axis=-1)
    x = top[..., None, None] * (np.arange(_GRID) + 0.5)[:, None] / _GRID
    below = special.ndtr((x - differences[..., None, :]) / safe[..., None, :])
    below -= special.ndtr((-x - differences[..., None, :]) / safe[..., None, :])
    return top * np.mean(1 - np.prod(below, axis=-1), axis=-1)


def freed_of_excess(
    interval: Interval, value: float, differences: Floats, errors: Floats, *, largest: bool
) -> Interval:
    """Carry an interval of the mean of Σ |x| or max |x| to one of the true Σ |x| or max |x|.

    The truth is taken to be the observed differences, all of them times one factor, and what lies
    beyond it on average is taken off the ends. To stay on the safe side, the lower end of a sum
    is freed of what there is at differences nearer to 0 by their error, since the observed ones
    lie further from it than the true ones do; and the upper end of a maximum of half of it.

    Parameters
    ----------
    interval : Interval
        Of what the sum or the maximum is on average in samples like this one.
    value : float
        The sum or maximum of the observed differences.
    differences, errors : ndarray of float, shape (k,)
        And their standard errors.
    largest : bool
        Whether it is the maximum.

    Returns
    -------
    Interval
        At least 0.

    Examples
    --------
    >>> x, error = np.array([4.0, -4.0]), np.array([1.0, 1.0])
    >>> low, high = freed_of_excess(Interval(1.0, 12.0), 8.0, x, error, largest=False)
    >>> low, round(high, 3)
    (0.0, 12.0)
    """
    if value <= 0:
        return Interval(0.0, max(0.0, interval.high))
    factors = np.append(_FACTORS, max(4.0, 2 * interval.high / value))[:, None]
    spread, truths = np.broadcast_to(errors, (1, len(errors))), factors[:, 0] * value
    if largest:
        means = mean_of_largest(factors * differences, spread)
        high = (_at(interval.high, means, truths) + max(interval.high, 0.0)) / 2
        return Interval(_at(interval.low, means, truths), high)
    means = mean_of_sum(factors * differences, spread)
    nearer = np.maximum(np.abs(differences) - errors, 0.0)
    excess = mean_of_sum(factors * nearer, spread) - factors[:, 0] * float(nearer.sum())
    return Interval(_at(interval.low, truths + excess, truths), _at(interval.high, means, truths))


def _at(end: float, means: Floats, truths: Floats) -> float:
    """Return the truth whose mean is `end`; 0 where none is so small."""
    return float(np.interp(end, np.maximum.accumulate(means), truths))
