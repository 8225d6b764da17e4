"""The same question in the original's terms: its numbers, cell by cell, and what it refuses."""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw

from assay.bias.catalogue import bias_metrics
from assay.bias.compat.report import POST_KEY
from assay.bias.compat.request import CompatFacet, CompatRequest
from assay.bias.compat.standing import Refusal, standing_report
from assay.bias.facet import FacetSpec
from assay.bias.facet_text import facet_name, parse_facet
from assay.bias.outcomes import Outcomes
from assay.bias.plan import BiasPlan
from assay.evaluation.task import Target
from assay.jobs.section import SectionRequest
from assay.jobs.sections.bias.config import BiasConfig
from assay.result import Finding, Json
from assay.tables.cube import Level

MAX_FLIP_ROWS = 100_000
"""Above it the original's flip test, which reads every row, is an entry with its reason."""


@dataclass(frozen=True, kw_only=True)
class OriginalNumbers:
    """What smclarify 0.5 says of the rows.

    Parameters
    ----------
    sections : dict
        In analysis.json's shape; what it refuses has the reason as the error of each metric.
    findings : tuple of Finding
        What it refuses, which ends its own job.
    """

    sections: dict[str, Json]
    findings: tuple[Finding, ...] = ()


def original_numbers(
    plan: BiasPlan, request: SectionRequest, told: BiasConfig
) -> OriginalNumbers | None:
    """Return what smclarify 0.5 says of the same rows, in analysis.json's shape.

    Facets that it does not know (bands, combinations, other comparisons than above a number) are
    left out, as are outcomes that were not named. Of an analysis_config.json the values are those
    of the file: whether one is a value or a threshold it decides by its own rules.

    Parameters
    ----------
    plan : BiasPlan
    request : SectionRequest
    told : BiasConfig

    Returns
    -------
    OriginalNumbers or None
        None where it could report nothing.
    """
    target, outcomes = request.target, plan.outcomes
    facets = _facets(plan, request)
    positive = _positive(target, outcomes, told)
    if request.asked is not None and request.asked.positive:
        positive = request.asked.positive
    label = plan.data.schema.label
    if label is None or target is None or not positive or not facets:
        return None
    prediction = _prediction(plan, target)
    found = standing_report(
        plan.data,
        CompatRequest(
            label=label,
            positive=positive,
            facets=facets,
            prediction=prediction,
            group_variable=request.group_variable,
        ),
        pre=_codes(told.metrics, "pre_training"),
        post=() if prediction is None else _codes(told.metrics, "post_training"),
        max_flip_rows=MAX_FLIP_ROWS,
    )
    return OriginalNumbers(
        sections=found.sections, findings=tuple(_refused(each) for each in found.refused)
    )


def _refused(each: Refusal) -> Finding:
    what = "bias of predictions" if each.section == POST_KEY else "bias of labels"
    return Finding(
        rule="compat_refused",
        severity="warning",
        message=f"smclarify 0.5 refuses to report {what} for {each.column!r}: {each.reason}.",
        where={"columns": [each.column], "section": each.section},
        cause="Its rules for this column, or for the predictions, leave it nothing to compare; "
        "the original's job ends there.",
        advice="Read the numbers of the default mode, which stand, or give it what it asks for.",
    )


def _facets(plan: BiasPlan, request: SectionRequest) -> tuple[CompatFacet, ...]:
    """Return the facets that the original knows, with a file's own values where it named them."""
    written = {} if request.asked is None else {each.name: each for each in request.asked.facets}
    found: list[CompatFacet] = []
    for text in request.facets:
        spec = parse_facet(text, plan.data.schema.names)
        told = written.get(facet_name(spec))
        if told is not None:
            found.append(CompatFacet(column=told.column, values=told.values))
        elif (each := _asked(spec)) is not None:
            found.append(each)
    return tuple(found)


def _asked(spec: FacetSpec) -> CompatFacet | None:
    if spec.parts or len(spec.cuts) > 1 or spec.comparison not in (None, ">"):
        return None
    if spec.comparison is None and spec.cuts:
        return None
    cuts = tuple(_as_written(cut) for cut in spec.cuts)
    return CompatFacet(column=spec.column, values=cuts or spec.values)


def _as_written(number: float) -> Level:
    """Return a whole number as one: the original prints 45 as it was told, not 45.0."""
    return int(number) if number == int(number) else number


def _positive(target: Target | None, outcomes: Outcomes, told: BiasConfig) -> tuple[Level, ...]:
    if target is None:
        return ()
    if target.task == "regression":
        return () if told.label_threshold is None else (_as_written(told.label_threshold),)
    if target.task == "binary":
        return (target.positive,)
    return outcomes.labels_positive


def _prediction(plan: BiasPlan, target: Target) -> nw.Expr | None:
    """Return the predicted label, in the label's own values."""
    outcomes = plan.outcomes
    if outcomes.prediction is None:
        return None
    if target.task == "regression":
        return nw.col(str(plan.data.schema.prediction))  # its own type counts, not a float's
    if target.task == "multiclass":
        return outcomes.prediction
    negative, positive = target.classes
    return nw.when(outcomes.prediction).then(nw.lit(positive)).otherwise(nw.lit(negative))


def _codes(wanted: Sequence[str], stage: str) -> tuple[str, ...]:
    """Return the original's codes among the metrics that were asked for, in its order."""
    told = {each.upper() for each in wanted}
    return tuple(
        sorted(
            metric.acronym
            for metric in bias_metrics()
            if metric.clarify
            and metric.stage == stage
            and (not told or {metric.acronym.upper(), metric.name.upper()} & told)
        )
    )
