"""The user's prices of the four outcomes in; what a row costs on average, of a confusion, out."""

from collections.abc import Callable

import numpy as np

from assay.evaluation.goal import Costs
from assay.metrics.margins import Floats, Margins

TITLE = "Expected cost of a row"
HELP = (
    "What a row costs on average with the given prices of the four outcomes.",
    "It is only as good as the prices, and it holds for this share of positives.",
    "Precision and recall, which do not depend on prices.",
)


def price_range(costs: Costs) -> tuple[float, float]:
    """Return the least and the most that a row can cost."""
    prices = (
        costs.true_positive,
        costs.false_positive,
        costs.false_negative,
        costs.true_negative,
    )
    return min(prices), max(prices)


def mean_cost(costs: Costs) -> Callable[[Margins], Floats]:
    """Return (c_FP FP + c_FN FN + c_TP TP + c_TN TN) / n as a function of a confusion's margins.

    Parameters
    ----------
    costs : Costs

    Returns
    -------
    callable
        `Margins` of shape (..., k), the positive class second, to an array of shape (...,).

    Examples
    --------
    >>> one = Margins(np.array([2.0, 1.0]), np.array([3.0, 2.0]), np.array([3.0, 2.0]))
    >>> float(mean_cost(Costs(false_positive=1, false_negative=4))(one))
    1.0
    """

    def statistic(margins: Margins) -> Floats:
        hits, rest = margins.right[..., 1], margins.right[..., 0]
        alarms = margins.predicted[..., 1] - hits
        misses = margins.actual[..., 1] - hits
        spent = (
            costs.true_positive * hits
            + costs.false_positive * alarms
            + costs.false_negative * misses
            + costs.true_negative * rest
        )
        return np.asarray(spent, dtype=np.float64) / margins.total

    return statistic
