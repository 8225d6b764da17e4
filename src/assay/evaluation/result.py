"""What an evaluation returns: metrics with intervals, curves and findings, all frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from assay.errors import InputError
from assay.evaluation.curves import Curves
from assay.evaluation.threshold import Threshold
from assay.overview import HasOverview, Overview
from assay.result import Estimate, Finding, Json
from assay.tables.cube import Level

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True, kw_only=True)
class MetricResult:
    """One number of an evaluation.

    Parameters
    ----------
    name : str
        In the catalogue, for example "roc_auc".
    title : str
        For people; it names the average where there is one.
    estimate : Estimate
    label : str or None
        The class it is about, for a number of one class.
    average : str or None
        "macro", "weighted" or "micro", for a mean over classes.
    params : mapping
        What it was computed with, for example ``{"beta": 2}``.
    greater_is_better : bool or None
    help : str
        What it says, when it misleads, what to look at instead.
    """

    name: str
    title: str
    estimate: Estimate
    label: str | None = None
    average: str | None = None
    params: Mapping[str, Json] = field(default_factory=dict)
    greater_is_better: bool | None = None
    help: str = ""

    @property
    def full_title(self) -> str:
        """The title with the class that the number is about."""
        return self.title if self.label is None else f"{self.title} ({self.label})"

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only: the estimate's fields beside the name."""
        return {
            "name": self.name,
            "title": self.title,
            "class": self.label,
            "average": self.average,
            "params": dict(self.params),
            "greater_is_better": self.greater_is_better,
            **self.estimate.to_dict(),
        }


@dataclass(frozen=True)
class Head:
    """Which numbers stand at the top, and why.

    Parameters
    ----------
    metrics : tuple of str
        Names in the catalogue, the first one heads the report.
    rule : str
        Stable name of the rule that decided.
    sentences : tuple of str
        Reasons; each cites numbers that are in the result.
    last : tuple of str
        Metrics that mislead here and are shown last.
    """

    metrics: tuple[str, ...]
    rule: str
    sentences: tuple[str, ...] = ()
    last: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "metrics": list(self.metrics),
            "rule": self.rule,
            "sentences": list(self.sentences),
            "last": list(self.last),
        }


@dataclass(frozen=True)
class NotComputed:
    """A part that did not run, why, and what turns it on."""

    title: str
    reason: str
    turn_on: str = ""

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {"title": self.title, "reason": self.reason, "turn_on": self.turn_on}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EvaluationResult(HasOverview):
    """How good a model is on one set of rows, and how sure that is.

    Parameters
    ----------
    task : {"binary", "multiclass", "multilabel", "regression"}
    classes : tuple
        The label's values in the order of every table; for binary the negative one first; for
        multilabel the labels that a row may have together.
    positive : bool, int, float, str or None
        Binary only.
    head : Head
        Which numbers stand at the top, and why.
    metrics : tuple of MetricResult
    threshold : Threshold or None
        Where scores become the positive answer.
    curves : Curves
        The points behind the charts.
    findings : tuple of Finding
        Worst first.
    not_computed : tuple of NotComputed
    data : mapping
        Rows, class shares, fingerprint, unit of resampling.
    environment : mapping
        Versions.
    level : float
    seed : int

    Examples
    --------
    >>> import assay
    >>> result = assay.evaluate(y_true=[0, 1, 1, 0], y_pred=[0, 1, 0, 0])
    >>> result["accuracy"].value
    0.75
    """

    task: str
    classes: tuple[Level, ...] = ()
    positive: Level = None
    head: Head
    metrics: tuple[MetricResult, ...]
    threshold: Threshold | None = None
    curves: Curves
    findings: tuple[Finding, ...] = ()
    not_computed: tuple[NotComputed, ...] = ()
    data: Mapping[str, Json] = field(default_factory=dict)
    environment: Mapping[str, Json] = field(default_factory=dict)
    level: float = 0.95
    seed: int = 0

    def metric(
        self, name: str, *, label: str | None = None, average: str | None = None
    ) -> MetricResult:
        """Return one metric; without `label` and `average` the first of that name.

        Raises
        ------
        InputError
            If there is none.
        """
        for found in self.metrics:
            if found.name == name and (label, average) in {
                (None, None),
                (found.label, found.average),
                (found.label, None),
                (None, found.average),
            }:
                return found
        have = ", ".join(dict.fromkeys(found.name for found in self.metrics))
        msg = f"this result has no metric {name!r} of that kind; it has: {have}"
        raise InputError(msg)

    def __getitem__(self, name: str) -> Estimate:
        """Return the estimate of the first metric of that name."""
        return self.metric(name).estimate

    def __contains__(self, name: object) -> bool:
        """Whether there is a metric of that name."""
        return any(found.name == name for found in self.metrics)

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {
            "task": self.task,
            "classes": list(self.classes),
            "positive": self.positive,
            "head": self.head.to_dict(),
            "metrics": [found.to_dict() for found in self.metrics],
            "threshold": None if self.threshold is None else self.threshold.to_dict(),
            "findings": [finding.to_dict() for finding in self.findings],
            "curves": self.curves.to_dict(),
            "not_computed": [part.to_dict() for part in self.not_computed],
            "data": dict(self.data),
            "environment": dict(self.environment),
            "level": self.level,
            "seed": self.seed,
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row a metric, always with the same columns."""
        schema = {
            "metric": pl.String,
            "class": pl.String,
            "average": pl.String,
            "value": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
            "level": pl.Float64,
            "n": pl.Int64,
            "n_effective": pl.Float64,
            "unit": pl.String,
            "method": pl.String,
            "conditional_on": pl.String,
            "seed": pl.Int64,
            "reason": pl.String,
            "warnings": pl.String,
        }
        rows = [
            {
                **found.estimate.to_dict(),
                "metric": found.name,
                "class": found.label,
                "average": found.average,
                "warnings": "; ".join(found.estimate.warnings),
            }
            for found in self.metrics
        ]
        return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema)

    def plot(self) -> "alt.FacetChart":
        """Return every metric with its interval, each on a scale of its own; shows nothing."""
        import altair as alt

        parts = [pl.col("metric"), pl.col("class"), pl.col("average")]
        name = pl.concat_str(parts, separator=" · ", ignore_nulls=True).alias("name")
        base = alt.Chart(self.to_frame().drop_nulls("value").with_columns(name))
        value = alt.X("value:Q", title=None, scale=alt.Scale(zero=False))
        bars = base.mark_rule(strokeWidth=2).encode(x="low:Q", x2="high:Q")
        layers = alt.layer(bars, base.mark_point(filled=True, size=60).encode(x=value))
        row = alt.Row("name:N", sort=None, title=None, header=alt.Header(labelAngle=0))
        return layers.properties(height=24).facet(row=row).resolve_scale(x="independent")

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows = [(found.full_title, *_shown(found.estimate)) for found in self.metrics[:25]]
        title = f"{self.task} evaluation of {self.data.get('rows', 0):,} rows"
        return Overview(title, ("metric", "value", "interval", "rows"), rows)


def _shown(estimate: Estimate) -> tuple[str, str, str]:
    if estimate.value is None:
        return "undefined", estimate.reason or "", f"{estimate.n:,}"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.4g}", estimate.reason or "", f"{estimate.n:,}"
    ends = f"{estimate.low:.4g} to {estimate.high:.4g}"
    return f"{estimate.value:.4g}", ends, f"{estimate.n:,}"
