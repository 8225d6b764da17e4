"""Interval of the ratio of two independent rates."""

from math import exp, inf, log, sqrt

from assay.stats.interval import Interval, two_sided_quantile

_STEPS = 80
_BISECTIONS = 6
_CLOSE = 1e-13
_WIDEST_LOG = 25.0


def miettinen_nurminen_ratio(
    first: float, n_first: float, second: float, n_second: float, *, level: float = 0.95
) -> Interval:
    """Score interval of a ratio of rates: `first` over `second`, counts of successes.

    Parameters
    ----------
    first, second : float
        Successes; `second` above 0 (else the ratio has no upper end).
    n_first, n_second : float
        Their trials.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    Interval
        Inside [0, inf]; `high` is inf when `second` is 0.

    References
    ----------
    Miettinen and Nurminen 1985, Statistics in Medicine 4:213, doi:10.1002/sim.4780040211.

    Examples
    --------
    >>> low, high = miettinen_nurminen_ratio(10, 20, 5, 20)
    >>> round(low, 2), round(high, 2)
    (0.87, 4.92)
    """
    z = two_sided_quantile(level)
    trials = (first, n_first, second, n_second)
    observed = log((first / n_first) / (second / n_second)) if first and second else None
    if observed is None:
        low, high = 0.0, inf
        if second > 0:
            high = exp(_root(trials, -z, -_WIDEST_LOG, _WIDEST_LOG))
        elif first > 0:
            low = exp(_root(trials, z, -_WIDEST_LOG, _WIDEST_LOG))
        return Interval(low, high)
    low = _root(trials, z, observed - _WIDEST_LOG, observed)
    high = _root(trials, -z, observed, observed + _WIDEST_LOG)
    return Interval(exp(low), exp(high))


def _root(trials: tuple[float, float, float, float], z: float, low: float, high: float) -> float:
    """Return the log ratio at which the score is `z`; the score falls as the ratio grows.

    A few bisections, then false position in which an end that stays counts half (Illinois).
    """
    above, below = (_score(exp(end), *trials) - z for end in (low, high))
    last_above = False
    for step in range(_STEPS):
        middle = (low + high) / 2
        if step >= _BISECTIONS and step % _BISECTIONS and above > below:
            middle = (high * above - low * below) / (above - below)
            middle = min(max(middle, low + _CLOSE), high - _CLOSE)  # so that both ends close in
        gap = _score(exp(middle), *trials) - z
        is_again = step > 0 and last_above == (gap > 0)
        last_above = gap > 0
        if last_above:
            low, above, below = middle, gap, below / 2 if is_again else below
        else:
            high, below, above = middle, gap, above / 2 if is_again else above
        if high - low <= 2 * _CLOSE:
            break
    return (low + high) / 2


def _score(ratio: float, first: float, n_first: float, second: float, n_second: float) -> float:
    """Return (p1 - ratio p2) over its standard error, given that the ratio is true."""
    n = n_first + n_second
    a = n * ratio
    b = n_first * ratio + first + n_second + second * ratio
    c = first + second
    p2 = (b - sqrt(max(0.0, b * b - 4 * a * c))) / (2 * a)
    p1 = min(1.0, p2 * ratio)
    variance = p1 * (1 - p1) / n_first + ratio**2 * p2 * (1 - p2) / n_second
    gap = first / n_first - ratio * second / n_second
    return gap / sqrt(max(variance * n / (n - 1), 1e-300))
