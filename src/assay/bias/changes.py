"""What a comparison of two versions of a data set returns: every change with its interval."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any

from assay.bias.result import REST
from assay.overview import HasOverview, Overview
from assay.result import Estimate, Finding, Json
from assay.stats.interval import Interval

if TYPE_CHECKING:
    import altair as alt
    import polars as pl


@dataclass(frozen=True, kw_only=True)
class MeasureChange:
    """How one metric of one group differs between the versions.

    Parameters
    ----------
    metric, title, acronym, stage, facet, group, versus : str
        As in `BiasMeasure`.
    kind : {"difference", "ratio"}
        Whether `change` is later minus earlier, or for metrics around 1 later over earlier.
    before, after : Estimate
    change : Estimate
        Its `n` is the rows of both versions.
    simultaneous : Interval or None
        The interval that holds for all changes together; its ends may be infinite.
    tolerated : (float, float) or None
        Changes that make no finding; None where the metric never makes one.
    grew : bool or None
        Whether the value went away from parity; None where it is not known.
    """

    metric: str
    title: str
    acronym: str = ""
    stage: str
    facet: str
    group: str
    versus: str = REST
    kind: str = "difference"
    before: Estimate
    after: Estimate
    change: Estimate
    simultaneous: Interval | None = None
    tolerated: tuple[float, float] | None = None
    grew: bool | None = None

    @property
    def is_shown(self) -> bool:
        """Whether the simultaneous interval excludes all that is tolerated, on enough rows."""
        if self.simultaneous is None or self.tolerated is None or self.change.too_few:
            return False
        (low, high), (least, most) = self.simultaneous, self.tolerated
        return low > most or high < least

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
            "kind": self.kind,
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "change": self.change.to_dict(),
            "simultaneous_low": low,
            "simultaneous_high": high,
            "tolerated": None if self.tolerated is None else list(self.tolerated),
            "grew": self.grew,
        }


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BiasChange(HasOverview):
    """How differences between groups differ between two versions of a data set.

    Parameters
    ----------
    names : (str, str)
        The earlier and the later version in words.
    same_rows : bool
        Whether both hold the same rows: the intervals are then wider than they need be.
    changes : tuple of MeasureChange
    only_before, only_after : mapping of str to tuple of str
        Facet → groups that only one version has.
    findings : tuple of Finding
    notes : tuple of str
    family : mapping
        Of the simultaneous intervals: how many numbers, the level of each, the method.
    level : float
    """

    names: tuple[str, str] = ("before", "after")
    same_rows: bool = False
    changes: tuple[MeasureChange, ...] = ()
    only_before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only_after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    family: Mapping[str, Json] = field(default_factory=dict)
    level: float = 0.95

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {
            "names": list(self.names),
            "same_rows": self.same_rows,
            "changes": [each.to_dict() for each in self.changes],
            "only_before": {facet: list(groups) for facet, groups in self.only_before.items()},
            "only_after": {facet: list(groups) for facet, groups in self.only_after.items()},
            "findings": [each.to_dict() for each in self.findings],
            "notes": list(self.notes),
            "family": dict(self.family),
            "level": self.level,
        }

    def to_frame(self) -> "pl.DataFrame":
        """Return one row for each change, always with the same columns."""
        import polars as pl  # noqa: PLC0415 - only needed here

        texts = ("facet", "group", "versus", "metric", "acronym", "stage", "kind")
        numbers = ("before", "after", "change", "low", "high", "simultaneous_low")
        schema = {
            **dict.fromkeys(texts, pl.String),
            **dict.fromkeys((*numbers, "simultaneous_high"), pl.Float64),
            "tolerated_low": pl.Float64,
            "tolerated_high": pl.Float64,
            "n_before": pl.Int64,
            "n_after": pl.Int64,
            "too_few": pl.Boolean,
            "reason": pl.String,
        }
        return pl.DataFrame([_row(each) for each in self.changes], schema=schema)

    def plot(self) -> "alt.LayerChart":
        """Return the changes of differences with their intervals as a chart; shows nothing."""
        from assay.charts.bias_change import plot_bias_change  # noqa: PLC0415 - loads Altair

        return plot_bias_change(self.to_frame())

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        first, second = self.names
        rows = [
            (
                each.facet,
                each.group,
                each.acronym or each.title,
                _text(each.before),
                _text(each.after),
                _text(each.change),
            )
            for each in self.changes[:40]
        ]
        heads = ("facet", "group", "metric", first, second, "change")
        return Overview(f"bias, {first} and {second}", heads, rows)


def _row(each: MeasureChange) -> dict[str, Any]:
    told = each.to_dict()
    low, high = (None, None) if each.tolerated is None else each.tolerated
    about = ("facet", "group", "versus", "acronym", "stage", "kind")
    return {
        **{name: told[name] for name in about},
        "metric": each.metric,
        "before": each.before.value,
        "after": each.after.value,
        "change": each.change.value,
        "low": each.change.low,
        "high": each.change.high,
        "simultaneous_low": told["simultaneous_low"],
        "simultaneous_high": told["simultaneous_high"],
        "tolerated_low": low,
        "tolerated_high": high,
        "n_before": each.before.n,
        "n_after": each.after.n,
        "too_few": each.change.too_few,
        "reason": each.change.reason,
    }


def _text(estimate: Estimate) -> str:
    if estimate.value is None:
        return estimate.reason or "undefined"
    ends = (
        ""
        if estimate.low is None or estimate.high is None
        else (f" [{estimate.low:.4g}, {estimate.high:.4g}]")
    )
    return f"{estimate.value:.4g}{ends}"


def _finite(end: float) -> float | None:
    return end if isfinite(end) else None
