"""Area under the ROC curve from sorted levels, with DeLong's influence values."""

import numpy as np

from assay.stats.levels import Levels, RankStatistic


def area_under_roc(levels: Levels) -> RankStatistic:
    """Probability that a positive scores above a negative; ties count one half.

    The influences are DeLong's placements: for a positive the share of negatives below it, for a
    negative the share of positives above it, each less the area.

    Parameters
    ----------
    levels : Levels
        With weight in both classes.

    Returns
    -------
    RankStatistic
        Value in [0, 1].

    References
    ----------
    DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44:837, doi:10.2307/2531595.
    Sun and Xu 2014, IEEE Signal Processing Letters 21:1389, for O(n log n).

    Examples
    --------
    >>> area_under_roc(Levels(np.array([0.0, 1.0, 1.0]), np.array([1.0, 1.0, 0.0]))).value
    0.875
    """
    below = np.cumsum(levels.negative)
    below -= levels.negative / 2
    below /= levels.total_negative
    above = np.cumsum(levels.positive)
    above -= levels.positive / 2
    above /= -levels.total_positive
    above += 1.0
    # not np.dot, which waits for the threads of a linear algebra library where cores are busy
    value = float(np.einsum("i,i->", levels.positive, below)) / levels.total_positive
    below -= value
    above -= value
    below /= levels.total_positive
    above /= levels.total_negative
    return RankStatistic(value, below, above)
