"""What was measured in; the result with all that was asked for beside the metrics, out."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import narwhals as nw

from assay.bias.attribution_table import compare_attribution_table
from assay.bias.attributions import AttributionDifferences
from assay.bias.build import PlanMeasured, build_bias, measure_plan
from assay.bias.change import bias_change
from assay.bias.changes import BiasChange
from assay.bias.result import BiasResult
from assay.data.dataset import Dataset
from assay.jobs.section import SectionRequest
from assay.jobs.sections.bias.compat import original_numbers
from assay.jobs.sections.bias.config import BiasConfig
from assay.result import Json, worst_first


@dataclass(frozen=True, kw_only=True)
class AttributionsByFacet:
    """Differential feature importance of every facet.

    Parameters
    ----------
    facets : tuple of AttributionDifferences
    """

    facets: tuple[AttributionDifferences, ...] = field(default=())

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {"facets": [each.to_dict() for each in self.facets]}


def finished_result(found: PlanMeasured, request: SectionRequest, told: BiasConfig) -> BiasResult:
    """Put what was measured into words, and add what was asked for beside it.

    Parameters
    ----------
    found : PlanMeasured
    request : SectionRequest
    told : BiasConfig

    Returns
    -------
    BiasResult
    """
    result = build_bias(found)
    options: dict[str, Any] = {}
    if request.before is not None:
        options["change"] = _change(found, request, request.before)
    if told.attributions is not None:
        options["attributions"] = _attributions(found, told.attributions)
    findings = [*result.findings]
    if "change" in options:
        findings += options["change"].findings
    compat = original_numbers(found.plan, request, told) if request.compat is not None else None
    return replace(
        result,
        mode=request.compat or "assay",
        findings=worst_first(findings),
        options=options,
        compat=compat,
    )


def _change(found: PlanMeasured, request: SectionRequest, before: Dataset) -> BiasChange:
    """Measure the same groups in the earlier version, and compare."""
    plan = found.plan.on(before)
    earlier = measure_plan(
        plan,
        plan.data.scan(plan.requests),
        predictor=request.predictor,
        label_map=dict(request.label_map) or None,
    )
    return bias_change(
        earlier.measured,
        found.measured,
        names=(before.name, request.data.name),
        same_rows=_share_rows(before, request.data),
        tolerated=found.plan.settings.tolerated,
        level=request.level,
    )


def _share_rows(one: Dataset, other: Dataset) -> bool:
    """Whether two tables name the same rows by their declared identifier."""
    name = _id_of(one)
    if name is None or _id_of(other) != name:
        return False
    ids, others = (each.frame.select(nw.col(name)).unique() for each in (one, other))
    shared = ids.join(others, on=name, how="inner")
    return one.engine.count_rows(shared) > 0


def _id_of(data: Dataset) -> str | None:
    """Return the column that was declared to name the row."""
    return next(iter(data.schema.with_role("id")), None)


def _attributions(found: PlanMeasured, place: str) -> AttributionsByFacet:
    plan = found.plan
    table = Dataset.read(Path(place) if Path(place).exists() else place)
    row = _id_of(plan.data)
    join_on = row if row is not None and row in table.schema.names else None
    return AttributionsByFacet(
        facets=tuple(
            compare_attribution_table(
                table,
                plan.data,
                each.facet,
                join_on=join_on,
                level=plan.settings.level,
                seed=plan.settings.seed,
            )
            for each in found.facets
        )
    )
