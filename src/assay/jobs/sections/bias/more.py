"""What was measured in; the result with all that was asked for beside the metrics, out."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import narwhals as nw

from assay.bias.attribution_table import compare_attribution_table
from assay.bias.build import PlanMeasured, build_bias, measure_plan
from assay.bias.change import bias_change
from assay.bias.changes import BiasChange
from assay.bias.options.reweighing import reweighing, write_reweighed
from assay.bias.options.threshold_table import ThresholdTable
from assay.bias.options.thresholds import group_thresholds
from assay.bias.result import BiasResult, LeftOut
from assay.bias.score_requests import PROBABILITIES, SCORES, read_score_tables
from assay.data.dataset import Dataset
from assay.jobs.running import FileWriter
from assay.jobs.section import SectionRequest
from assay.jobs.sections.bias.by_facet import ByFacet, HasDict
from assay.jobs.sections.bias.compat import original_numbers
from assay.jobs.sections.bias.config import BiasConfig
from assay.jobs.sections.bias.explained import explained_by_facet
from assay.result import Result, worst_first

SCORE_TABLES = (f"/{SCORES}", f"/{PROBABILITIES}")
REWEIGHED = "reweighed.parquet"
MAX_THRESHOLD_GROUPS = 20
"""Of a facet with more groups no trade-off is worked out."""


def finished_result(
    found: PlanMeasured,
    request: SectionRequest,
    told: BiasConfig,
    finished: Mapping[str, Result] | None = None,
) -> BiasResult:
    """Put what was measured into words, and add what was asked for beside it.

    Parameters
    ----------
    found : PlanMeasured
    request : SectionRequest
    told : BiasConfig
    finished : mapping of str to Result, or None
        What sections before this one found: explanations tell which features matter to whom.

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
    elif (explained := explained_by_facet(found, finished or {})) is not None:
        options["attributions"] = explained
    if told.parity is not None:
        options["thresholds"] = _thresholds(found, request)
    files: dict[str, FileWriter] = {}
    if told.reweigh and found.plan.outcomes.labels_positive:
        options["reweighing"], files = _reweighing(found)
    findings = [*result.findings]
    if "change" in options:
        findings += options["change"].findings
    original = original_numbers(found.plan, request, told) if request.compat is not None else None
    findings += () if original is None else original.findings
    return replace(
        result,
        mode=request.compat or "assay",
        left_out=(*result.left_out, *_not_made(found, told)),
        findings=worst_first(findings),
        options=options,
        compat=None if original is None else original.sections,
        files=files,
    )


def _not_made(found: PlanMeasured, told: BiasConfig) -> tuple[LeftOut, ...]:
    """Return the options that were asked for and that these data do not give."""
    outcomes = found.plan.outcomes
    left: list[LeftOut] = []
    if told.parity is not None and outcomes.score is None:
        reason = "there is no score to set thresholds on"
        left.append(_left_out("thresholds by group", reason, "--score COLUMN or --model MODEL"))
    if told.parity is not None and outcomes.score is not None:
        left += [
            _left_out(
                f"thresholds by group of {each.facet.name}",
                f"it has more than {MAX_THRESHOLD_GROUPS} groups",
                "name fewer groups, for example COLUMN=VALUE,VALUE",
            )
            for each in found.facets
            if len(each.facet.groups) > MAX_THRESHOLD_GROUPS
        ]
    if told.reweigh and not outcomes.labels_positive:
        reason = "no positive outcome was settled"
        turn_on = "--bias-positive CLASS, or --bias-label-threshold NUMBER"
        left.append(_left_out("reweighing", reason, turn_on))
    return tuple(left)


def _left_out(title: str, reason: str, turn_on: str) -> LeftOut:
    return LeftOut(title=title, reason=reason, turn_on=turn_on)


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


def _attributions(found: PlanMeasured, place: str) -> ByFacet:
    plan = found.plan
    table = Dataset.read(Path(place) if Path(place).exists() else place)
    row = _id_of(plan.data)
    join_on = row if row is not None and row in table.schema.names else None
    settings = plan.settings
    return ByFacet(
        facets={
            each.facet.name: compare_attribution_table(
                table,
                plan.data,
                each.facet,
                join_on=join_on,
                level=settings.level,
                seed=settings.seed,
            )
            for each in found.facets
        }
    )


def _thresholds(found: PlanMeasured, request: SectionRequest) -> ByFacet:
    """Work out what thresholds by group would give, for each facet with scores."""
    settings, costs = found.plan.settings, request.costs
    assert settings.parity is not None
    chosen_on = _validation_tables(found, request)
    in_use = None if request.threshold is None else request.threshold.value
    made: dict[str, HasDict] = {}
    for each in found.facets:
        if each.tables.scores is None or len(each.facet.groups) > MAX_THRESHOLD_GROUPS:
            continue
        made[each.facet.name] = group_thresholds(
            ThresholdTable.of_scores(each.tables.scores),
            parity=settings.parity,
            objective="accuracy" if costs is None else "cost",
            costs=(1.0, 1.0) if costs is None else (costs.false_positive, costs.false_negative),
            in_use=in_use,
            chosen_on=chosen_on.get(each.facet.name),
            level=settings.level,
            seed=settings.seed,
        )
    return ByFacet(facets=made)


def _validation_tables(found: PlanMeasured, request: SectionRequest) -> dict[str, ThresholdTable]:
    """Return the validation rows' scores by group, for facets whose groups they have as well."""
    data = request.validation
    if data is None or not data.schema.scores:
        return {}
    plan = found.plan.on(data)
    made = plan.data.scan(
        {name: each for name, each in plan.requests.items() if name.endswith(SCORE_TABLES)}
    )
    tables: dict[str, ThresholdTable] = {}
    for number, facet in enumerate(plan.facets):
        scores, _ = read_score_tables(facet, plan.tables_of(number, made))
        if scores is not None and len(set(scores.group.tolist())) == len(facet.groups):
            tables[facet.name] = ThresholdTable.of_scores(scores)
    return tables


def _reweighing(found: PlanMeasured) -> tuple[ByFacet, dict[str, FileWriter]]:
    """Work out the weights of each facet, and how each is written beside the data."""
    plan = found.plan
    made: dict[str, HasDict] = {}
    files: dict[str, FileWriter] = {}
    for number, each in enumerate(found.facets, start=1):
        weights = reweighing(each.tables.cells, facet=each.facet.name)
        made[each.facet.name] = weights
        name = REWEIGHED if len(found.facets) == 1 else f"reweighed_{number}.parquet"
        files[name] = partial(write_reweighed, plan.data, each.facet, plan.outcomes, weights)
    return ByFacet(facets=made), files
