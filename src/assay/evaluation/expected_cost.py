"""What the answers cost on average, by the user's prices."""

import numpy as np

from assay.evaluation.goal import Costs
from assay.evaluation.inputs import Inputs
from assay.evaluation.result import MetricResult
from assay.metrics.margins import Floats, Margins
from assay.metrics.smooth import smooth_estimate

HELP = (
    "What a row costs on average with the given prices of the four outcomes.",
    "It is only as good as the prices, and it holds for this share of positives.",
    "Precision and recall, which do not depend on prices.",
)


def expected_cost(inputs: Inputs, costs: Costs) -> MetricResult | None:
    """Return the mean cost of a row; None where the data give no answers.

    (c_FP FP + c_FN FN + c_TP TP + c_TN TN) / n, with the interval from redraws of the outcomes.

    Parameters
    ----------
    inputs : Inputs
        Of a binary label.
    costs : Costs

    Returns
    -------
    MetricResult or None
    """
    if inputs.cube is None:
        return None
    prices = [
        costs.true_positive,
        costs.false_positive,
        costs.false_negative,
        costs.true_negative,
    ]

    def mean_cost(margins: Margins) -> Floats:
        hits, rest = margins.right[..., 1], margins.right[..., 0]
        alarms = margins.predicted[..., 1] - hits
        misses = margins.actual[..., 1] - hits
        spent = sum(
            price * rows for price, rows in zip(prices, (hits, alarms, misses, rest), strict=True)
        )
        return np.asarray(spent, dtype=np.float64) / margins.total

    estimate = smooth_estimate(
        inputs.cube,
        mean_cost,
        undefined="the table has no rows",
        draws=inputs.draws,
        level=inputs.plan.level,
        bounds=(min(prices), max(prices)),
    )
    return MetricResult(
        name="expected_cost",
        title="Expected cost of a row",
        estimate=estimate,
        params=costs.to_dict(),
        greater_is_better=False,
        help=" ".join(HELP),
    )
