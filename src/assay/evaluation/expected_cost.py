"""What the answers cost on average, by the user's prices."""

from assay.evaluation.goal import Costs
from assay.evaluation.inputs import Inputs
from assay.evaluation.mean_cost import HELP, TITLE, mean_cost, price_range
from assay.evaluation.result import MetricResult
from assay.metrics.smooth import smooth_estimate


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
    estimate = smooth_estimate(
        inputs.cube,
        mean_cost(costs),
        undefined="the table has no rows",
        draws=inputs.draws,
        level=inputs.plan.level,
        bounds=price_range(costs),
    )
    return MetricResult(
        name="expected_cost",
        title=TITLE,
        estimate=estimate,
        params=costs.to_dict(),
        greater_is_better=False,
        help=" ".join(HELP),
    )
