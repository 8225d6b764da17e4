"""A goal of the threshold in; the metric it needs beside those of the catalogue, out."""

from assay.evaluation.goal import Goal
from assay.evaluation.inputs import Inputs
from assay.evaluation.result import MetricResult
from assay.metrics.confusion.f_beta import METRIC, f_beta


def goal_metric(inputs: Inputs, goal: Goal | None) -> tuple[MetricResult, ...]:
    """Return F-beta with the goal's own beta; F1 and F2 are computed for everybody.

    Parameters
    ----------
    inputs : Inputs
        Of a binary label.
    goal : Goal or None

    Returns
    -------
    tuple of MetricResult
        One metric named "f_beta", or none.
    """
    if goal is None or goal.metrics[0] != "f_beta" or inputs.cube is None:
        return ()
    positive = inputs.plan.target.positive
    estimate = f_beta(
        inputs.cube, beta=goal.beta, of=positive, level=inputs.plan.level, draws=inputs.draws
    )
    found = MetricResult(
        name="f_beta",
        title=f"F{goal.beta:g}",
        estimate=estimate,
        label=str(positive),
        params={"beta": goal.beta},
        greater_is_better=METRIC.greater_is_better,
        help=(
            f"Precision and recall in one number; recall counts {goal.beta:g} times as much. It "
            "says nothing of the rows that are rightly answered negative. Look at precision and "
            "recall one by one."
        ),
    )
    return (found,)
