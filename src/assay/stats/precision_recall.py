"""Average precision from sorted levels, with its influence values."""

import numpy as np

from assay.stats.levels import Levels, RankStatistic


def average_precision_of(levels: Levels) -> RankStatistic:
    """Mean over positives of the precision at their own score (the step form).

    With T and A the weight of positives and of all rows at or above a score, the statistic is
    Σ p T/A / Σ p. Its influence adds, for one more row at score s, the change of T/A at every
    score up to s: Σ p/A for a positive, less Σ p T/A² for any row.

    Parameters
    ----------
    levels : Levels
        With weight in the positive class.

    Returns
    -------
    RankStatistic
        Value in (0, 1]; the prevalence is what chance gives.

    Examples
    --------
    >>> round(average_precision_of(
    ...     Levels(np.array([0.0, 1.0, 0.0, 1.0]), np.array([1.0, 0.0, 1.0, 0.0]))).value, 4)
    0.8333
    """
    true_above = np.cumsum(levels.positive[::-1])[::-1]
    all_above = np.cumsum(levels.negative[::-1])[::-1] + true_above
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = levels.positive / all_above
        precision = true_above / all_above
    empty = all_above <= 0
    if empty.any():
        rate[empty] = precision[empty] = 0.0
    value = float(np.dot(levels.positive, precision)) / levels.total_positive
    gain = np.cumsum(rate)
    rate *= precision
    loss = np.cumsum(rate)
    gain += precision
    gain -= loss
    gain -= value
    gain /= levels.total_positive
    loss /= -levels.total_positive
    return RankStatistic(value, gain, loss)
