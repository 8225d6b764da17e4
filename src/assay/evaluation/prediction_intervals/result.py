"""What checking the uncertainty of predictions returns; all frozen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assay.evaluation.prediction_intervals.coverage import GroupCoverage
from assay.overview import HasOverview, Overview, with_interval
from assay.result import Estimate, Finding, Json

if TYPE_CHECKING:
    import altair as alt
    import polars as pl

Kind = Literal["interval", "set"]


@dataclass(frozen=True, kw_only=True)
class CheckedCoverage:
    """Intervals or sets of one promised level, checked on rows whose truth is known.

    Parameters
    ----------
    name : str
        Where they are from: columns, or the model.
    kind : {"interval", "set"}
    nominal : float
        The promised share of covered rows, in (0, 1).
    coverage : Estimate
    size : Estimate
        Mean width, in the units of the target; for sets the mean number of classes.
    score : float or None
        Interval score, in the units of the target, the less the better:
        (u - l) + 2/α (l - y)₊ + 2/α (y - u)₊; None for sets.
    below, above : float or None
        Shares of rows whose truth lies below, and above, the interval; None for sets.
    empty : float or None
        Share of empty sets; None for intervals.
    groups : tuple of GroupCoverage
    """

    name: str
    kind: Kind
    nominal: float
    coverage: Estimate
    size: Estimate
    score: float | None = None
    below: float | None = None
    above: float | None = None
    empty: float | None = None
    groups: tuple[GroupCoverage, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "name": self.name,
            "kind": self.kind,
            "nominal": self.nominal,
            "coverage": self.coverage.to_dict(),
            "size": self.size.to_dict(),
            "score": self.score,
            "below": self.below,
            "above": self.above,
            "empty": self.empty,
            "groups": [each.to_dict() for each in self.groups],
        }


@dataclass(frozen=True, kw_only=True)
class CheckedQuantile:
    """Predicted quantiles of one level: how much of the target lies at or below them.

    Parameters
    ----------
    name : str
        Of the column.
    quantile : float
        In (0, 1).
    share : Estimate
        Of rows whose truth is at most the prediction; should be `quantile`.
    pinball : float
        Mean pinball loss, in the units of the target.
    """

    name: str
    quantile: float
    share: Estimate
    pinball: float

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "name": self.name,
            "quantile": self.quantile,
            "share": self.share.to_dict(),
            "pinball": self.pinball,
        }


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What split-conformal intervals from the validation rows would give on the judged rows.

    Parameters
    ----------
    nominal : float
    half_width : float
        To be added to and taken from each prediction, in the units of the target.
    coverage : Estimate
    n_validation : int
    """

    nominal: float
    half_width: float
    coverage: Estimate
    n_validation: int

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "nominal": self.nominal,
            "half_width": self.half_width,
            "coverage": self.coverage.to_dict(),
            "n_validation": self.n_validation,
        }


@dataclass(frozen=True, kw_only=True)
class GroupReliability:
    """Whether probabilities mean the same in one group.

    Parameters
    ----------
    by, value : str
        The facet, and the group.
    n : int
    mean_score, rate : float
        Mean probability, and observed share of positives.
    gap : Estimate
        Mean probability minus observed share.
    ece : float
        Expected calibration error in bins of about equal size.
    ece_by_chance : float
        What perfectly calibrated probabilities of these sizes would have on average.
    """

    by: str
    value: str
    n: int
    mean_score: float
    rate: float
    gap: Estimate
    ece: float
    ece_by_chance: float

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "by": self.by,
            "value": self.value,
            "n": self.n,
            "mean_score": self.mean_score,
            "rate": self.rate,
            "gap": self.gap.to_dict(),
            "ece": self.ece,
            "ece_by_chance": self.ece_by_chance,
        }


@dataclass(frozen=True, kw_only=True, repr=False)
class UncertaintyResult(HasOverview):
    """Whether intervals, sets, quantiles and probabilities hold what they promise.

    Parameters
    ----------
    checked : tuple of CheckedCoverage
    quantiles : tuple of CheckedQuantile
    offered : Offered or None
    reliability : tuple of GroupReliability
    findings : tuple of Finding
    level : float
    """

    checked: tuple[CheckedCoverage, ...] = ()
    quantiles: tuple[CheckedQuantile, ...] = ()
    offered: Offered | None = None
    reliability: tuple[GroupReliability, ...] = ()
    findings: tuple[Finding, ...] = ()
    level: float = 0.95

    @property
    def empty(self) -> bool:
        """Whether there was nothing to check."""
        return not (self.checked or self.quantiles or self.offered or self.reliability)

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {
            "checked": [each.to_dict() for each in self.checked],
            "quantiles": [each.to_dict() for each in self.quantiles],
            "offered": None if self.offered is None else self.offered.to_dict(),
            "reliability": [each.to_dict() for each in self.reliability],
            "level": self.level,
        }

    def to_frame(self) -> "pl.DataFrame":
        """Return one row for each coverage: of all rows ("", "") and of each group."""
        import polars as pl  # noqa: PLC0415 - only needed here

        kinds = {
            "name": pl.String,
            "by": pl.String,
            "group": pl.String,
            "nominal": pl.Float64,
            "coverage": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
            "n": pl.Int64,
            "size": pl.Float64,
            "p_adjusted": pl.Float64,
        }
        rows: list[tuple[object, ...]] = []
        for each in self.checked:
            rows.append(
                (each.name, "", "", each.nominal, *_ends(each.coverage), each.size.value, None)
            )
            rows += [
                (each.name, g.by, g.value, each.nominal, *_ends(g.coverage), g.size, g.p_adjusted)
                for g in each.groups
            ]
        return pl.DataFrame(rows, schema=kinds, orient="row")

    def plot(self) -> "alt.LayerChart":
        """Draw the coverage of each group beside what was promised."""
        from assay.charts.metric_intervals import plot_metric_intervals  # noqa: PLC0415
        from assay.tables.curves import MetricIntervals  # noqa: PLC0415

        frame = self.to_frame()
        names = [
            " · ".join(part for part in row if part)
            for row in frame.select("name", "by", "group").rows()
        ]
        nominal = frame["nominal"].unique().to_list()
        points = MetricIntervals(
            name=tuple(names),
            series=("",) * len(names),
            value=tuple(frame["coverage"].to_list()),
            low=tuple(frame["low"].to_list()),
            high=tuple(frame["high"].to_list()),
            reference=nominal[0] if len(nominal) == 1 else None,
        )
        return plot_metric_intervals(points, axis="coverage", reference="promised")

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows = [
            (each.name, each.nominal, with_interval(each.coverage), each.coverage.n)
            for each in self.checked
        ]
        title = "Uncertainty of predictions"
        return Overview(title, ("intervals or sets", "promised", "coverage", "rows"), rows)


def _ends(estimate: Estimate) -> tuple[float | None, float | None, float | None, int]:
    return estimate.value, estimate.low, estimate.high, estimate.n
