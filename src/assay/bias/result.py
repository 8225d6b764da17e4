"""What a measurement of bias returns: every number with its interval, per facet and group."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assay.bias.named import numbers_by_question
from assay.overview import HasOverview, Overview
from assay.result import Estimate, Finding, Json
from assay.stats.interval import Interval

if TYPE_CHECKING:
    import altair as alt
    import polars as pl

    from assay.bias.four_fifths import FourFifths

Mode = Literal["assay", "smclarify-0.5"]
REST = "the rest"


@dataclass(frozen=True, kw_only=True)
class BiasMeasure:
    """One metric for one group against the rest, or against another group.

    Parameters
    ----------
    metric : str
        Name in the catalogue.
    title, acronym : str
    stage : {"pre_training", "post_training"}
    facet, group : str
        `facet` is "" for a metric of all rows.
    versus : str
        "the rest", or the name of another group.
    estimate : Estimate
    limit : {"Infinity", "-Infinity"} or None
        Where the value is infinite; the estimate is then undefined.
    simultaneous : Interval or None
        The interval that holds for all metrics, groups and facets of the report together; its
        ends may be infinite.
    p_value : float or None
        Of the test that there is no difference, for distances.
    n_group, n_rest : int
    parity : float
        The value where both are treated alike.
    tolerated : (float, float) or None
    reading : str
        The value in plain words.
    """

    metric: str
    title: str
    acronym: str = ""
    stage: str
    facet: str = ""
    group: str = ""
    versus: str = REST
    estimate: Estimate
    limit: str | None = None
    simultaneous: Interval | None = None
    p_value: float | None = None
    n_group: int = 0
    n_rest: int = 0
    parity: float = 0.0
    tolerated: tuple[float, float] | None = None
    reading: str = ""

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; an infinite end of an interval is None."""
        low, high = (None, None) if self.simultaneous is None else map(_finite, self.simultaneous)
        return {
            "name": self.metric,
            "title": self.title,
            "acronym": self.acronym,
            "stage": self.stage,
            "facet": self.facet,
            "group": self.group,
            "versus": self.versus,
            **self.estimate.to_dict(),
            "limit": self.limit,
            "simultaneous_low": low,
            "simultaneous_high": high,
            "p_value": self.p_value,
            "n_group": self.n_group,
            "n_rest": self.n_rest,
            "parity": self.parity,
            "tolerated": None if self.tolerated is None else list(self.tolerated),
            "reading": self.reading,
        }


@dataclass(frozen=True, kw_only=True)
class GroupRow:
    """What is known of one group by itself.

    Parameters
    ----------
    group : str
    n : int
        Rows.
    share : float
        Share of the weight of all rows that have a group.
    numbers : mapping of str to Estimate
        For example "base_rate", "selection_rate", "accuracy", "recall", "mean_score",
        "pooled_selection_rate"; in the order of the group table.
    interval : str or None
        The group's numbers as SageMaker Clarify writes them, ``(40, 79]``; None where it is not
        one of numbers between two ends.
    """

    group: str
    n: int
    share: float
    numbers: Mapping[str, Estimate] = field(default_factory=dict)
    interval: str | None = None

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "group": self.group,
            "n": self.n,
            "share": self.share,
            "numbers": {name: each.to_dict() for name, each in self.numbers.items()},
            "interval": self.interval,
        }


@dataclass(frozen=True, kw_only=True)
class FacetResult:
    """One facet.

    Parameters
    ----------
    name : str
    columns : tuple of str
    how, why : str
        How the groups came about; see `Facet`.
    groups : tuple of GroupRow
    measures : tuple of BiasMeasure
        Each reported group against the rest.
    worst_pairs : tuple of BiasMeasure
        For each metric the two groups that are furthest apart; never a finding.
    associations : tuple of BiasMeasure
        Of the facet as a whole with label or prediction (`group` is "").
    four_fifths : tuple of FourFifths
        Of each reported group: whether the four-fifths rule is met.
    label_shares : mapping
        Group → share of each class of the label, in the order of `classes`.
    classes : tuple of str
    rows_missing, rows_folded : int
        Rows left out for want of a value; rows of rare values that were gathered in ``(other)``.
    too_small : tuple of str
        Groups below the smallest size that is judged: shown, never a finding.
    """

    name: str
    columns: tuple[str, ...]
    how: str
    why: str = ""
    groups: tuple[GroupRow, ...] = ()
    measures: tuple[BiasMeasure, ...] = ()
    worst_pairs: tuple[BiasMeasure, ...] = ()
    associations: tuple[BiasMeasure, ...] = ()
    four_fifths: tuple["FourFifths", ...] = ()
    label_shares: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    rows_missing: int = 0
    rows_folded: int = 0
    too_small: tuple[str, ...] = ()

    @property
    def is_intersection(self) -> bool:
        """Whether the groups are combinations of several facets' groups."""
        return self.how == "intersection"

    def measure(self, metric: str, group: str) -> BiasMeasure | None:
        """Return a metric (by name or acronym) of a group, or None."""
        for each in self.measures:
            if metric in (each.metric, each.acronym) and each.group == group:
                return each
        return None

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "name": self.name,
            "columns": list(self.columns),
            "how": self.how,
            "why": self.why,
            "groups": [each.to_dict() for each in self.groups],
            "measures": [each.to_dict() for each in self.measures],
            "worst_pairs": [each.to_dict() for each in self.worst_pairs],
            "associations": [each.to_dict() for each in self.associations],
            "four_fifths": [each.to_dict() for each in self.four_fifths],
            "classes": list(self.classes),
            "label_shares": {name: list(each) for name, each in self.label_shares.items()},
            "rows_missing": self.rows_missing,
            "rows_folded": self.rows_folded,
            "too_small": list(self.too_small),
        }


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A metric or part that was not computed, why, and what turns it on."""

    title: str
    reason: str
    turn_on: str = ""

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {"title": self.title, "reason": self.reason, "turn_on": self.turn_on}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BiasResult(HasOverview):
    """Whom the data or the model treats differently, and how sure that is.

    Parameters
    ----------
    task : str
    positive : str
        The positive outcome in words.
    mode : {"assay", "smclarify-0.5"}
        Whose conventions `compat` follows; the numbers here are always the textbook's.
    facets : tuple of FacetResult
    whole : tuple of BiasMeasure
        Metrics of all rows, which no facet changes.
    findings : tuple of Finding
        Worst first.
    notes : tuple of str
        What a reader must know: which metrics cannot all hold together, what was left out.
    left_out : tuple of LeftOut
    family : mapping
        Of the simultaneous intervals: how many numbers, the critical value, the method.
    options : mapping
        Results of what could be done, by name: "thresholds", "reweighing", "change" and others;
        each has `to_dict`.
    compat : mapping or None
        The original's numbers, in analysis.json's shape, where they were asked for.
    data : mapping
        Rows, unit of resampling, whether weighted.
    level : float
    seed : int
    files : mapping
        Name → what writes that file, where one was asked for.
    """

    task: str
    positive: str
    mode: Mode = "assay"
    facets: tuple[FacetResult, ...]
    whole: tuple[BiasMeasure, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    family: Mapping[str, Json] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    compat: Mapping[str, Json] | None = None
    data: Mapping[str, Json] = field(default_factory=dict)
    level: float = 0.95
    seed: int = 0
    files: Mapping[str, Callable[[Path], object]] = field(default_factory=dict, repr=False)

    @property
    def measures(self) -> tuple[BiasMeasure, ...]:
        """All numbers of groups against the rest, then those of all rows."""
        return (*(each for facet in self.facets for each in facet.measures), *self.whole)

    def facet(self, name: str) -> FacetResult:
        """Return one facet.

        Raises
        ------
        KeyError
            If there is none of that name; the message lists those there are.
        """
        for each in self.facets:
            if each.name == name:
                return each
        msg = f"no facet {name!r}; there is: {', '.join(each.name for each in self.facets)}"
        raise KeyError(msg)

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {
            "task": self.task,
            "positive": self.positive,
            "mode": self.mode,
            "facets": [each.to_dict() for each in self.facets],
            "whole": [each.to_dict() for each in self.whole],
            "findings": [each.to_dict() for each in self.findings],
            "notes": list(self.notes),
            "left_out": [each.to_dict() for each in self.left_out],
            "family": dict(self.family),
            "options": {name: each.to_dict() for name, each in self.options.items()},
            "by_question": numbers_by_question(self),
            "compat": None if self.compat is None else dict(self.compat),
            "data": dict(self.data),
            "level": self.level,
            "seed": self.seed,
        }

    def to_frame(self) -> "pl.DataFrame":
        """Return one row for each number, always with the same columns."""
        import polars as pl  # noqa: PLC0415 - only needed here

        kinds = {
            "facet": pl.String,
            "group": pl.String,
            "versus": pl.String,
            "metric": pl.String,
            "acronym": pl.String,
            "stage": pl.String,
            "value": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
            "level": pl.Float64,
            "simultaneous_low": pl.Float64,
            "simultaneous_high": pl.Float64,
            "p_value": pl.Float64,
            "limit": pl.String,
            "n": pl.Int64,
            "n_group": pl.Int64,
            "n_rest": pl.Int64,
            "unit": pl.String,
            "method": pl.String,
            "reason": pl.String,
            "parity": pl.Float64,
            "tolerated_low": pl.Float64,
            "tolerated_high": pl.Float64,
            "too_few": pl.Boolean,
        }
        rows: list[dict[str, Any]] = []
        for each in self.measures:
            low, high = (None, None) if each.tolerated is None else each.tolerated
            told = {
                **each.to_dict(),
                "metric": each.metric,
                "tolerated_low": low,
                "tolerated_high": high,
                "too_few": each.estimate.too_few,
            }
            rows.append({name: told[name] for name in kinds})
        return pl.DataFrame(rows, schema=kinds)

    def plot(self) -> "alt.FacetChart | alt.LayerChart | alt.Chart":
        """Return the disparities with their intervals as a chart; shows nothing."""
        from assay.charts.disparities import plot_disparities  # noqa: PLC0415 - loads Altair

        return plot_disparities(self.to_frame())

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows = [
            (each.facet, each.group, each.acronym or each.title, *_shown(each))
            for each in self.measures[:40]
        ]
        title = f"bias by {', '.join(facet.name for facet in self.facets)}"
        return Overview(title, ("facet", "group", "metric", "value", "interval"), rows)


def _shown(measure: BiasMeasure) -> tuple[str, str]:
    estimate = measure.estimate
    if estimate.value is None:
        return measure.limit or "undefined", estimate.reason or ""
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.4g}", estimate.reason or ""
    return f"{estimate.value:.4g}", f"{estimate.low:.4g} to {estimate.high:.4g}"


def _finite(end: float) -> float | None:
    return end if abs(end) != float("inf") else None
