"""The few special functions that intervals are made of, with types."""

import numpy as np
from numpy.typing import NDArray
from scipy import special  # pyright: ignore[reportMissingTypeStubs]

Floats = NDArray[np.float64]


def normal_quantile(share: float) -> float:
    """Return where the standard normal law has a share of its mass below.

    Examples
    --------
    >>> round(normal_quantile(0.975), 4)
    1.96
    """
    return float(special.ndtri(share))


def normal_cdf(x: float) -> float:
    """Return the share of the standard normal law's mass below `x`.

    Examples
    --------
    >>> round(normal_cdf(1.96), 4)
    0.975
    """
    return float(special.ndtr(x))


def student_quantile(share: float, freedom: float) -> float:
    """Return where Student's t law has a share of its mass below.

    Examples
    --------
    >>> round(student_quantile(0.975, 19), 4)
    2.093
    """
    return float(special.stdtrit(freedom, share))


def student_cdf(x: float, freedom: float) -> float:
    """Return the share of Student's t law's mass below `x`.

    Examples
    --------
    >>> round(student_cdf(2.093, 19), 4)
    0.975
    """
    return float(special.stdtr(freedom, x))


def beta_quantile(share: float, a: float, b: float) -> float:
    """Return where the beta law has a share of its mass below.

    Examples
    --------
    >>> beta_quantile(0.5, 2, 2)
    0.5
    """
    return float(special.betaincinv(a, b, share))


def logistic(x: Floats) -> Floats:
    """Return 1 / (1 + exp(-x)) without overflow.

    Examples
    --------
    >>> logistic(np.array([0.0])).tolist()
    [0.5]
    """
    return np.asarray(special.expit(x), dtype=np.float64)


def error_function(x: Floats) -> Floats:
    """Return the share of the standard normal law's mass within √2 x of its mean, signed as x.

    Examples
    --------
    >>> error_function(np.array([0.0, 1.0])).round(4).tolist()
    [0.0, 0.8427]
    """
    return np.asarray(special.erf(x), dtype=np.float64)


def log_binomial(n: Floats, k: Floats) -> Floats:
    """Return the logarithm of the number of ways to choose k of n, 0 <= k <= n.

    Examples
    --------
    >>> np.exp(log_binomial(np.array([5.0]), np.array([2.0]))).round(9).tolist()
    [10.0]
    """
    ways = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return np.asarray(ways, dtype=np.float64)


def binomial_cdf(successes: float, n: float, share: float) -> float:
    """Return the chance of at most so many successes among n trials; n need not be whole.

    Examples
    --------
    >>> round(binomial_cdf(1, 3, 0.5), 4)
    0.5
    """
    if successes >= n:
        return 1.0
    return float(special.betainc(n - successes, successes + 1, 1 - share))
