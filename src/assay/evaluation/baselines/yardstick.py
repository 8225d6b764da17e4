"""What the user stated and the answers in; by what a ladder compares, and how that is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from assay.evaluation.baselines.cutting import Cutting
from assay.evaluation.checks import Use
from assay.evaluation.comparison.compare import compare_answers
from assay.evaluation.comparison.costs import compare_costs, cost_metric, cost_of
from assay.evaluation.comparison.heading import heading_metric
from assay.evaluation.comparison.metric_of import metric_of
from assay.evaluation.comparison.result import Comparison
from assay.evaluation.comparison.usual_metric import imbalanced
from assay.evaluation.goal import Costs
from assay.evaluation.judged import Answers, JudgedRows
from assay.evaluation.threshold import Threshold
from assay.metrics.catalogue import find_metric
from assay.metrics.metric import Metric
from assay.result import Estimate

OF_ANSWERS = frozenset({"cube", "label_matches", "label_answers", "label_draws"})
"""What metrics need that are made of labels, and so of a threshold."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Yardstick:
    """What all are compared by.

    Parameters
    ----------
    metric : Metric
    costs : Costs or None
        For the expected cost.
    said : str
        How answers came about that it compares, for people: "each at …"; "" where nothing need
        be said.
    """

    metric: Metric
    costs: Costs | None = None
    said: str = ""

    @property
    def name(self) -> str:
        """Name of the metric."""
        return self.metric.name

    @property
    def greater_is_better(self) -> bool:
        """Direction."""
        return self.metric.greater_is_better is not False

    def value(self, rows: JudgedRows, answers: Answers, *, level: float, seed: int) -> Estimate:
        """Return the metric of one candidate."""
        if self.costs is not None:
            return cost_of(rows, answers, self.costs, level=level, seed=seed)
        return metric_of(rows, answers, self.name, level=level, seed=seed)

    def compare(
        self,
        rows: JudgedRows,
        candidate: Answers,
        baseline: Answers,
        *,
        margin: float,
        level: float,
        seed: int,
    ) -> Comparison:
        """Compare two candidates."""
        compare = partial(compare_answers, metric=self.name)
        if self.costs is not None:
            compare = partial(compare_costs, costs=self.costs)
        return compare(rows, candidate, baseline, margin=margin, level=level, seed=seed)


def choose_yardstick(
    rows: JudgedRows,
    answers: Sequence[Answers],
    cutting: Cutting,
    *,
    metric: str | None = None,
    costs: Costs | None = None,
    use: Use | None = None,
    threshold: Threshold | None = None,
    uncut: Sequence[str] = (),
) -> Yardstick:
    """Settle what all are compared by: the metric that heads the report.

    Costs come first; then the goal of the threshold, the use of the scores, the usual metric.
    Answers at thresholds that came about in different ways are not compared: where a number was
    told for the model, or an incumbent's threshold cannot be chosen, the order of the scores
    decides, if all have scores.

    Parameters
    ----------
    rows : JudgedRows
    answers : sequence of Answers
        Of the candidate and the incumbents; rungs have all that can be asked for.
    cutting : Cutting
    metric : str or None
        Told.
    costs : Costs or None
    use : {"probability", "ranking"} or None
    threshold : Threshold or None
        Of the candidate.
    uncut : sequence of str
        Incumbents with scores whose threshold cannot be chosen as the others' are.

    Returns
    -------
    Yardstick
    """
    if metric is not None:
        found = find_metric(metric, task=rows.task)
        return Yardstick(metric=found, said=_said(found, cutting, threshold, rows.task))
    scored = all(each.scores is not None for each in answers)
    labelled = all(each.labels is not None for each in answers)
    if scored and (cutting.told or uncut) and use is None:
        found = find_metric(_of_order(rows), task=rows.task)
        return Yardstick(metric=found, said=_why_order(cutting, uncut))
    if costs is not None and rows.task == "binary" and labelled:
        found = cost_metric(costs)
        return Yardstick(
            metric=found, costs=costs, said=_said(found, cutting, threshold, rows.task)
        )
    name = heading_metric(rows, *answers, use=use, threshold=threshold)
    found = find_metric(name, task=rows.task)
    return Yardstick(metric=found, said=_said(found, cutting, threshold, rows.task))


def _of_order(rows: JudgedRows) -> str:
    if rows.task == "multilabel":
        return "macro_average_precision"
    return "average_precision" if imbalanced(rows) else "roc_auc"


def _why_order(cutting: Cutting, uncut: Sequence[str]) -> str:
    if uncut:
        return (
            f"which needs no threshold: there are no scores of {', '.join(uncut)} to choose one on"
        )
    return (
        f"which needs no threshold: {cutting.fixed:g} was told for the model, and need not suit "
        "the scores of others"
    )


def _said(metric: Metric, cutting: Cutting, threshold: Threshold | None, task: str) -> str:
    """Say at which thresholds answers are compared, where a metric is made of answers."""
    if metric.needs not in OF_ANSWERS or task not in ("binary", "multilabel"):
        return ""
    if cutting.goal is not None:
        goal = "the lowest cost" if cutting.goal.costs else cutting.goal.name
        return f"each at the threshold that its scores get for {goal} on {cutting.on}"
    if cutting.on:
        return f"each at the threshold of {cutting.fixed:.4g} that {cutting.on} ask for"
    if threshold is None:
        return f"simple models at the threshold of {cutting.fixed:g}"
    return f"each at the threshold of {cutting.fixed:g}"
