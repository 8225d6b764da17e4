"""The tables of a facet in; every metric for every reported group out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assay.bias.catalogue import bias_metrics
from assay.bias.facet import Facet
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.outcomes import Outcomes
from assay.bias.result import REST, BiasMeasure, LeftOut
from assay.bias.settings import BiasSettings
from assay.bias.split import FacetTables, Split
from assay.stats.interval import Interval

NO_OUTCOME = "no positive outcome was named among the classes"
NO_SCORES = "there are no scores"
NO_PREDICTION = "there are no predictions"


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """One metric of one group, before its simultaneous interval is known.

    Parameters
    ----------
    metric : BiasMetric
    facet : str
    group, versus : str
    found : Measurement
    """

    metric: BiasMetric
    facet: str
    group: str
    versus: str = REST
    found: Measurement


def wanted_metrics(settings: BiasSettings) -> tuple[BiasMetric, ...]:
    """Return the metrics that were asked for, or all."""
    return tuple(
        metric
        for metric in bias_metrics()
        if not settings.metrics or metric.name in settings.metrics
    )


def computable(
    metrics: Iterable[BiasMetric], outcomes: Outcomes, *, grouped: bool
) -> tuple[tuple[BiasMetric, ...], tuple[LeftOut, ...]]:
    """Divide metrics into those that the data give, and those that lack something.

    Parameters
    ----------
    metrics : iterable of BiasMetric
    outcomes : Outcomes
    grouped : bool
        Whether a group variable was named.

    Returns
    -------
    tuple of BiasMetric, tuple of LeftOut
        A metric of another kind of task is in neither.
    """
    able: list[BiasMetric] = []
    lacking: list[LeftOut] = []
    for metric in metrics:
        if not _concerns(metric, outcomes):
            continue
        missing = _missing(metric, outcomes, grouped=grouped)
        if missing is None:
            able.append(metric)
        else:
            lacking.append(LeftOut(title=metric.title, reason=missing[0], turn_on=missing[1]))
    return tuple(able), tuple(lacking)


def kinds_of(outcomes: Outcomes) -> frozenset[str]:
    """Return the kinds of metric that these outcomes have: of the `tasks` of a metric."""
    kinds = {"binary"} if outcomes.labels_positive else set[str]()
    if outcomes.actual_number is not None:
        kinds.add("regression")
    if outcomes.task == "multiclass":
        kinds.add("multiclass")
    return frozenset(kinds)


def _concerns(metric: BiasMetric, outcomes: Outcomes) -> bool:
    kinds = kinds_of(outcomes)
    if outcomes.task == "multiclass" and not outcomes.labels_positive:
        kinds = kinds | {"binary"}  # said to be left out, with what turns it on
    return bool(kinds & set(metric.tasks))


def _missing(metric: BiasMetric, outcomes: Outcomes, *, grouped: bool) -> tuple[str, str] | None:
    """Return why a metric cannot be computed and what turns it on."""
    needs = metric.needs
    numbers = outcomes.predicted_number is not None or outcomes.score is not None
    predicted = outcomes.prediction is not None or numbers
    post = metric.stage == "post_training"
    if needs in {"label", "prediction", "both", "strata"} and not outcomes.labels_positive:
        return NO_OUTCOME, "--bias-positive CLASS"
    if post and needs != "group" and not predicted:
        return NO_PREDICTION, "--model MODEL, --prediction COLUMN or --score COLUMN"
    if needs == "scores" and outcomes.score is None:
        return NO_SCORES, "--score COLUMN or a model that gives them"
    if needs == "numbers" and post and not numbers:
        return NO_SCORES, "--score COLUMN or a model that gives them"
    if needs == "strata" and not grouped:
        return "no group variable was named", "--group-variable COLUMN"
    return None


def measure_facet(
    facet: Facet, tables: FacetTables, metrics: Sequence[BiasMetric]
) -> list[Measured]:
    """Compute every metric for each reported group against the rest.

    Parameters
    ----------
    facet : Facet
    tables : FacetTables
    metrics : sequence of BiasMetric
        Those that can be computed from these tables.

    Returns
    -------
    list of Measured
        Group by group, in the order of the metrics.
    """
    found: list[Measured] = []
    for place in facet.reported:
        group = facet.groups[place]
        split = Split.of(tables, group)
        for metric in metrics:
            measurement = metric.function(split)
            found.append(Measured(metric=metric, facet=facet.name, group=group, found=measurement))
    return found


def as_measure(
    measured: Measured,
    *,
    settings: BiasSettings,
    simultaneous_level: float | None,
    reading: str = "",
) -> BiasMeasure:
    """Turn a measurement into what is reported.

    Parameters
    ----------
    measured : Measured
    settings : BiasSettings
    simultaneous_level : float or None
        Level of a single interval so that all of them hold together; None leaves that one out.
    reading : str
        The value in plain words.
    """
    metric, found = measured.metric, measured.found
    joint: Interval | None = None
    if simultaneous_level is not None:
        joint = found.ends(simultaneous_level)
    return BiasMeasure(
        metric=metric.name,
        title=metric.title,
        acronym=metric.acronym,
        stage=metric.stage,
        facet=measured.facet,
        group=measured.group,
        versus=measured.versus,
        estimate=found.estimate(settings.level),
        limit=found.limit,
        simultaneous=joint,
        p_value=found.p_value,
        n_group=found.n_group,
        n_rest=found.n_rest,
        parity=metric.parity,
        tolerated=settings.tolerated.get(metric.name, found.tolerated or metric.tolerated),
        reading=reading,
    )
