"""The tables of the scan in, the whole result of an evaluation out."""

from collections.abc import Collection, Mapping

from assay.data.engines.protocol import Table
from assay.evaluation.build_classes import class_curves, class_facts, shares_of_classes
from assay.evaluation.build_errors import describe_target, error_curves, error_facts
from assay.evaluation.build_multilabel import label_curves, label_facts
from assay.evaluation.curves import Curves
from assay.evaluation.expected_cost import expected_cost
from assay.evaluation.facts import Facts
from assay.evaluation.findings.collect import collect_findings
from assay.evaluation.goal import Costs, stated_goal
from assay.evaluation.goal_metric import goal_metric
from assay.evaluation.heads import Costly, choose_head
from assay.evaluation.inputs import Inputs
from assay.evaluation.measure import measure
from assay.evaluation.not_computed import list_not_computed
from assay.evaluation.ordered import measure_ordered
from assay.evaluation.ordered_tasks import ORDERED
from assay.evaluation.plan import EvaluationPlan
from assay.evaluation.result import EvaluationResult
from assay.evaluation.versions import environment
from assay.result import Finding, Json, worst_first
from assay.tables.score_table import ScoreTable


def build_evaluation(
    plan: EvaluationPlan,
    tables: Mapping[str, Table],
    *,
    costs: Costs | None = None,
    costly: Costly | None = None,
    only: Collection[str] | None = None,
    validation: ScoreTable | None = None,
    findings: tuple[Finding, ...] = (),
) -> EvaluationResult:
    """Turn the small tables into a result; touches no rows.

    Parameters
    ----------
    plan : EvaluationPlan
    tables : mapping of str to Table
        What ``plan.data.scan(plan.requests)`` made.
    costs : Costs or None
        What the four outcomes cost; adds the expected cost.
    costly : {"false_positive", "false_negative"} or None
        The mistake that costs more, where prices are not known.
    only : collection of str or None
        Metrics that are wanted; with it no curves are made and no rules are run.
    validation : ScoreTable or None
        Scores of other rows, on which the cheapest threshold for several prices is looked for.
    findings : tuple of Finding
        Found earlier, to be kept with the others.

    Returns
    -------
    EvaluationResult

    Raises
    ------
    InputError
        If `only` names an unknown metric.
    """
    if plan.target.task in ORDERED:
        return _of_ordered_rows(plan, only=only, findings=findings)
    inputs = Inputs(plan, tables)
    regression = plan.target.task == "regression"
    metrics = measure(inputs, only=only)
    if costs is not None and plan.target.task == "binary":
        cost = expected_cost(inputs, costs)
        metrics = metrics if cost is None else (*metrics, cost)
    if plan.threshold is not None:
        metrics = (*metrics, *goal_metric(inputs, stated_goal(plan.threshold.goal)))
    chosen = () if plan.threshold is None else plan.threshold.findings
    noted = (*findings, *plan.findings, *chosen)
    curves = Curves()
    if regression:
        facts = error_facts(inputs, metrics)
        curves = curves if only is not None else error_curves(inputs)
    elif plan.target.task == "multilabel":
        facts = label_facts(inputs, metrics, for_rules=only is None)
        curves = curves if only is not None else label_curves(inputs)
    elif only is not None:
        facts = class_facts(inputs, metrics, for_rules=False)
    else:
        metrics = (*metrics, *shares_of_classes(inputs))
        facts, curves = class_facts(inputs, metrics), Curves()
        curves = class_curves(inputs, costs=costs, validation=validation)
    if only is None:
        noted = collect_findings(facts, others=noted)
    return EvaluationResult(
        task=plan.target.task,
        classes=() if regression else inputs.classes,
        positive=plan.target.positive,
        head=choose_head(facts, costs=costs, costly=costly, use=plan.use),
        metrics=metrics,
        threshold=plan.threshold,
        curves=curves,
        findings=worst_first(noted),
        not_computed=list_not_computed(plan),
        data=_description(inputs, facts),
        environment=environment(),
        level=plan.level,
        seed=plan.seed,
    )


def _of_ordered_rows(
    plan: EvaluationPlan, *, only: Collection[str] | None, findings: tuple[Finding, ...]
) -> EvaluationResult:
    """Judge rows within their queries or along their series; this reads them."""
    found = measure_ordered(
        plan.data,
        plan.target,
        ranking=plan.ranking,
        forecast=plan.forecast,
        train=plan.train,
        only=only,
        level=plan.level,
        seed=plan.seed,
    )
    schema = plan.data.schema
    return EvaluationResult(
        task=plan.target.task,
        classes=(),
        positive=None,
        head=found.head,
        metrics=found.metrics,
        threshold=None,
        curves=found.curves,
        findings=worst_first((*findings, *plan.findings, *found.findings)),
        not_computed=found.not_computed,
        data={
            "name": plan.data.name,
            "rows": plan.data.count_rows(),
            "label": schema.label,
            "unit": plan.data.unit[1],
            "features": plan.n_features,
            **found.facts,
        },
        environment=environment(),
        level=plan.level,
        seed=plan.seed,
    )


def _description(inputs: Inputs, facts: Facts) -> dict[str, Json]:
    """Say which rows were judged."""
    column, kind = inputs.plan.data.unit
    schema = inputs.plan.data.schema
    out: dict[str, Json] = {
        "name": inputs.plan.data.name,
        "rows": facts.n,
        "label": schema.label if len(schema.labels) == 1 else list(schema.labels),
        "weight": schema.weight,
        "unit": kind if column else "row",
        "features": facts.n_features,
    }
    if target := describe_target(inputs.distribution("targets")):
        out["target"] = target
    if facts.classes:
        out["classes"] = [
            {"class": value, "rows": rows, "share": share}
            for value, rows, share in zip(
                facts.classes, facts.class_rows, facts.class_shares, strict=True
            )
        ]
    return out
