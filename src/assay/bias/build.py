"""A plan and its tables in; every metric with its interval, and the findings, out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assay.bias.associations import measure_associations, measure_whole
from assay.bias.facet import Facet
from assay.bias.facet_result import facet_result
from assay.bias.facet_tables import Sampled, facet_tables, sample_rows
from assay.bias.findings import bias_findings
from assay.bias.impossibility import impossibility_notes
from assay.bias.measuring import (
    Measured,
    as_measure,
    computable,
    measure_facet,
    wanted_metrics,
)
from assay.bias.metric import BiasMetric
from assay.bias.plan import BiasPlan
from assay.bias.reading import filled
from assay.bias.result import BiasMeasure, BiasResult, LeftOut
from assay.bias.simultaneous import joint_level
from assay.bias.split import FacetTables
from assay.data.engines.protocol import Table
from assay.models.predictor import Predictor
from assay.result import Json

NO_FLIPS = "the flip test was turned off"
NO_MODEL = "columns of answers cannot be asked again"


@dataclass(frozen=True, kw_only=True, eq=False)
class MeasuredFacet:
    """One facet, its tables, and what was measured of it.

    Parameters
    ----------
    facet : Facet
    tables : FacetTables
    measured : tuple of Measured
        Each reported group against the rest.
    associations : tuple of Measured
        Of the facet as a whole.
    """

    facet: Facet
    tables: FacetTables
    measured: tuple[Measured, ...]
    associations: tuple[Measured, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class PlanMeasured:
    """All that a plan asked for, before it is put into words.

    Parameters
    ----------
    plan : BiasPlan
    facets : tuple of MeasuredFacet
    left_out : tuple of LeftOut
        Metrics that these data do not give.
    """

    plan: BiasPlan
    facets: tuple[MeasuredFacet, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def measured(self) -> tuple[Measured, ...]:
        """Every metric of every reported group of every facet."""
        return tuple(one for each in self.facets for one in each.measured)


def measure_plan(
    plan: BiasPlan,
    tables: Mapping[str, Table],
    *,
    predictor: Predictor | None = None,
    label_map: Mapping[str, str] | None = None,
) -> PlanMeasured:
    """Turn the tables of a plan into metrics that know their intervals.

    Parameters
    ----------
    plan : BiasPlan
    tables : mapping of str to table
        What ``plan.data.scan(plan.requests)`` made.
    predictor : Predictor or None
        Asked once more about some rows with another value of the facet, where it reads it.
    label_map : mapping of str to str or None
        The model's class → the data's label.

    Returns
    -------
    PlanMeasured
    """
    settings = plan.settings
    grouped = plan.group_variable is not None
    metrics, lacking = computable(wanted_metrics(settings), plan.outcomes, grouped=grouped)
    metrics, unasked = _askable(metrics, plan, predictor)
    sampled = sample_rows(plan, metrics, predictor=predictor, label_map=label_map)
    return PlanMeasured(
        plan=plan,
        facets=measure_facets(plan, tables, metrics, sampled),
        left_out=(*plan.left_out, *lacking, *unasked),
    )


def build_bias(found: PlanMeasured) -> BiasResult:
    """Put what was measured into a result: simultaneous intervals, notes and findings.

    Parameters
    ----------
    found : PlanMeasured

    Returns
    -------
    BiasResult
    """
    plan, measured = found.plan, found.facets
    settings = plan.settings
    joint = joint_level(
        [(each.tables, [one.found for one in each.measured]) for each in measured],
        level=settings.level,
        seed=settings.seed,
    )
    facets = tuple(facet_result(each, plan, joint) for each in measured)
    outcome = plan.outcomes.positive
    findings = bias_findings(facets, outcome=outcome, level=settings.level)
    return BiasResult(
        task=plan.outcomes.task,
        positive=outcome,
        facets=facets,
        whole=_whole(measured, plan),
        findings=(*findings, *plan.findings),
        notes=impossibility_notes(facets, outcome=outcome),
        left_out=found.left_out,
        family=joint.to_dict(),
        data=_about(plan, measured),
        level=settings.level,
        seed=settings.seed,
    )


def measure_facets(
    plan: BiasPlan,
    tables: Mapping[str, Table],
    metrics: Sequence[BiasMetric],
    sampled: Sampled,
) -> tuple[MeasuredFacet, ...]:
    """Compute every metric of every facet.

    Parameters
    ----------
    plan : BiasPlan
    tables : mapping of str to table
    metrics : sequence of BiasMetric
    sampled : Sampled
    """
    found: list[MeasuredFacet] = []
    for number, facet in enumerate(plan.facets):
        made = plan.tables_of(number, tables)
        own = facet_tables(
            facet,
            made,
            plan.outcomes,
            sampled,
            group_variable=plan.group_variable,
            seed=plan.settings.seed,
        )
        found.append(
            MeasuredFacet(
                facet=facet,
                tables=own,
                measured=tuple(measure_facet(facet, own, metrics)),
                associations=measure_associations(
                    facet, own, plan.outcomes, made, rows=sampled.ranks.get(facet.name)
                ),
            )
        )
    return tuple(found)


def _askable(
    metrics: Sequence[BiasMetric], plan: BiasPlan, predictor: Predictor | None
) -> tuple[tuple[BiasMetric, ...], tuple[LeftOut, ...]]:
    """Divide metrics into those that rows or the model give here, and those that they do not."""
    reasons: dict[str, tuple[str, str]] = {}
    if not plan.settings.flip_rows:
        off = (NO_FLIPS, "--bias-flip-rows NUMBER")
        reasons = {"rows": off, "answers": off}
    elif predictor is None:
        reasons = {"answers": (NO_MODEL, "--model MODEL")}
    left = [LeftOut(title=m.title, reason=r[0], turn_on=r[1]) for m, r in _with(metrics, reasons)]
    return tuple(metric for metric in metrics if metric.needs not in reasons), tuple(left)


def _with(
    metrics: Iterable[BiasMetric], reasons: Mapping[str, tuple[str, str]]
) -> Iterable[tuple[BiasMetric, tuple[str, str]]]:
    return ((metric, reasons[metric.needs]) for metric in metrics if metric.needs in reasons)


def _whole(measured: Sequence[MeasuredFacet], plan: BiasPlan) -> tuple[BiasMeasure, ...]:
    """Return what is said of all rows, from the facet that leaves out the fewest."""
    if not measured:
        return ()
    fullest = max(measured, key=lambda each: each.tables.cells.n_rows)
    outcome = plan.outcomes.positive or "the positive outcome"
    names = {"group": "the group", "rest": "the rest", "outcome": outcome}
    return tuple(
        replace(
            as_measure(
                Measured(metric=metric, facet="", group="", versus="", found=found),
                settings=plan.settings,
                simultaneous_level=None,
            ),
            reading=filled(metric.help[0], names),
        )
        for metric, found in measure_whole(fullest.tables.cells)
    )


def _about(plan: BiasPlan, measured: Sequence[MeasuredFacet]) -> dict[str, Json]:
    data = plan.data
    return {
        "name": data.name,
        "rows": data.count_rows(),
        "weighted": data.schema.weight is not None,
        "unit": data.unit[1],
        "group_variable": plan.group_variable,
        "min_group": plan.settings.min_group,
        "missing": "group" if plan.settings.keep_missing else "exclude",
        "numbers": sum(len(each.measured) for each in measured),
    }
