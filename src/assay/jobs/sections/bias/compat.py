"""The same question in the original's terms: its numbers, cell by cell."""

from collections.abc import Sequence

import narwhals as nw

from assay.bias.catalogue import bias_metrics
from assay.bias.compat.report import compat_report
from assay.bias.compat.request import CompatFacet
from assay.bias.facet import FacetSpec
from assay.bias.facet_text import parse_facet
from assay.bias.outcomes import Outcomes
from assay.bias.plan import BiasPlan
from assay.evaluation.task import Target
from assay.jobs.section import SectionRequest
from assay.jobs.sections.bias.config import BiasConfig
from assay.result import Json
from assay.tables.cube import Level

MAX_FLIP_ROWS = 100_000
"""Above it the original's flip test, which reads every row, is an entry with its reason."""


def original_numbers(
    plan: BiasPlan, request: SectionRequest, told: BiasConfig
) -> dict[str, Json] | None:
    """Return what smclarify 0.5 says of the same rows, in analysis.json's shape.

    Facets that it does not know (bands, combinations, other comparisons than above a number) are
    left out, as are outcomes that were not named.

    Parameters
    ----------
    plan : BiasPlan
    request : SectionRequest
    told : BiasConfig

    Returns
    -------
    dict or None
        None where it could report nothing.
    """
    target, outcomes = request.target, plan.outcomes
    specs = [parse_facet(text, plan.data.schema.names) for text in request.facets]
    facets = [each for spec in specs if (each := _asked(spec)) is not None]
    positive = _positive(target, outcomes, told)
    label = plan.data.schema.label
    if label is None or target is None or not positive or not facets:
        return None
    return compat_report(
        plan.data,
        label=label,
        positive=positive,
        facets=facets,
        prediction=_prediction(plan, target),
        group_variable=request.group_variable,
        max_flip_rows=MAX_FLIP_ROWS,
        pre_training=_codes(told.metrics, "pre_training"),
        post_training=None
        if outcomes.prediction is None
        else _codes(told.metrics, "post_training"),
    )


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
        return outcomes.predicted_number
    if target.task == "multiclass":
        return outcomes.prediction
    negative, positive = target.classes
    return nw.when(outcomes.prediction).then(nw.lit(positive)).otherwise(nw.lit(negative))


def _codes(wanted: Sequence[str], stage: str) -> Sequence[str] | str | None:
    """Return the original's codes among the metrics that were asked for."""
    if not wanted:
        return "all"
    told = {each.upper() for each in wanted}
    return [
        metric.acronym
        for metric in bias_metrics()
        if metric.clarify
        and metric.stage == stage
        and ({metric.acronym.upper(), metric.name.upper()} & told)
    ] or None
