"""What leaks were found, and answers, in; how good the answers are on the other rows, out."""

from dataclasses import replace

import numpy as np

from assay.data_quality.leakage.check import Check
from assay.data_quality.leakage.result import LeakageResult
from assay.evaluation.comparison.metric_of import metric_of
from assay.evaluation.comparison.usual_metric import usual_metric
from assay.evaluation.judged import Answers, JudgedRows, read_judged
from assay.evaluation.plan import plan_evaluation
from assay.evaluation.task import Task
from assay.jobs.section import SectionRequest
from assay.metrics.catalogue import find_metric
from assay.reports.format import number
from assay.result import Estimate, Finding, Json

LEAST_ROWS = 30
TASKS = ("binary", "multiclass", "multilabel", "regression")


def with_unaffected(result: LeakageResult, request: SectionRequest) -> LeakageResult:
    """Put the score on the judged rows that a finding is not about beside that on all rows.

    Parameters
    ----------
    result : LeakageResult
    request : SectionRequest
        Where its data hold no answers, the result stays as it is.

    Returns
    -------
    LeakageResult
    """
    schema, target = request.data.schema, request.target
    answered = schema.has_answers
    if not answered or target is None or target.task not in TASKS:
        return result
    if not any(_asks(check) for check in result.checks):
        return result
    plan = plan_evaluation(
        request.data,
        target=target,
        threshold=request.threshold,
        use=request.use,
        label_map=request.label_map or None,
        level=request.level,
        seed=request.seed,
    )
    rows, answers = read_judged(plan)
    checks = [
        _beside(check, rows, answers, request) if _asks(check) else check
        for check in result.checks
    ]
    return replace(result, checks=tuple(checks))


def _asks(check: Check) -> bool:
    """Whether some of the judged rows, and not too many, are those that a finding is about."""
    if check.affected is None or not check.findings:
        return False
    left = int(np.count_nonzero(~check.affected))
    return bool(check.affected.any()) and left >= LEAST_ROWS


def _beside(check: Check, rows: JudgedRows, answers: Answers, request: SectionRequest) -> Check:
    assert check.affected is not None
    if len(check.affected) != rows.n:
        return check
    name = usual_metric(rows, answers)
    other = ~check.affected
    whole = metric_of(rows, answers, name, level=request.level, seed=request.seed)
    rest = metric_of(
        rows.take(other), answers.take(other), name, level=request.level, seed=request.seed
    )
    told: dict[str, Json] = {
        "metric": name,
        "title": find_metric(name, task=rows.task).title,
        "all_rows": whole.to_dict(),
        "other_rows": rest.to_dict(),
        "rows_left": int(other.sum()),
    }
    first, *further = check.findings
    said = _said(name, rows.task, whole, rest, int(other.sum()))
    message = first.message + said
    short: dict[str, Json] = {"metric": name, "all_rows": whole.value, "other_rows": rest.value}
    findings = (_with(first, message, short), *further)
    return replace(
        check,
        findings=findings,
        said=" ".join(finding.message for finding in findings),
        figures={**check.figures, "unaffected": told},
    )


def _with(finding: Finding, message: str, told: dict[str, Json]) -> Finding:
    evidence = {**finding.evidence, **told}
    return replace(finding, message=message, evidence=evidence)


def _said(name: str, task: Task, whole: Estimate, rest: Estimate, others: int) -> str:
    title = find_metric(name, task=task).title
    if whole.value is None or rest.value is None:
        return ""
    return (
        f" {title} is {number(whole.value)} on all judged rows, and {number(rest.value)} on the "
        f"{others:,} others."
    )
