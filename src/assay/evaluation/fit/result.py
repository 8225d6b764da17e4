"""What is known of how training went; all frozen."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assay.evaluation.fit.gap import Gap
from assay.evaluation.fit.learning_curve import LearningCurve
from assay.evaluation.fit.stability import FoldSpread, SeedSpread
from assay.evaluation.result import NotComputed
from assay.overview import HasOverview, Overview
from assay.result import Estimate, Finding, Json
from assay.tables.learning import LearningPoints, Point

if TYPE_CHECKING:
    from collections.abc import Iterable

    import altair as alt
    import polars as pl


@dataclass(frozen=True, kw_only=True)
class Simple:
    """What the best single column reaches, fitted on the same train rows.

    Parameters
    ----------
    title : str
        The simple model, with its column.
    train, judged : Estimate
        The same metric, on the rows that the model was held against.
    matched : bool
        Whether the model is, on both tables, within its interval or below: underfit.
    """

    title: str
    train: Estimate
    judged: Estimate
    matched: bool

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "title": self.title,
            "train": self.train.to_dict(),
            "judged": self.judged.to_dict(),
            "matched": self.matched,
        }


@dataclass(frozen=True, kw_only=True, repr=False)
class FitResult(HasOverview):
    """Whether training went well, and what it would gain from.

    Parameters
    ----------
    metric, metric_title : str
        The number that all of it is about.
    greater_is_better : bool
    of : str
        What was fitted: the model's name, or the simple model that stands in for it.
    gap : Gap or None
        Train rows beside the judged rows.
    simple : Simple or None
        The best single column beside the model.
    curve : LearningCurve or None
    seeds : SeedSpread or None
    folds : FoldSpread or None
    findings : tuple of Finding
    not_computed : tuple of NotComputed
    level : float
    seed : int
    """

    metric: str
    metric_title: str
    greater_is_better: bool
    of: str = ""
    gap: Gap | None = None
    simple: Simple | None = None
    curve: LearningCurve | None = None
    seeds: SeedSpread | None = None
    folds: FoldSpread | None = None
    findings: tuple[Finding, ...] = ()
    not_computed: tuple[NotComputed, ...] = field(default=())
    level: float = 0.95
    seed: int = 0

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        parts = {
            "gap": self.gap,
            "simple": self.simple,
            "curve": self.curve,
            "seeds": self.seeds,
            "folds": self.folds,
        }
        return {
            "metric": self.metric,
            "metric_title": self.metric_title,
            "greater_is_better": self.greater_is_better,
            "of": self.of,
            **{name: None if part is None else part.to_dict() for name, part in parts.items()},
            "not_computed": [each.to_dict() for each in self.not_computed],
            "level": self.level,
            "seed": self.seed,
        }

    def to_frame(self) -> "pl.DataFrame":
        """Return one row a size of the learning curve."""
        import polars as pl  # noqa: PLC0415 - only needed here

        kinds = {
            "rows": pl.Int64,
            "metric": pl.String,
            "judged": pl.Float64,
            "own": pl.Float64,
            "seconds": pl.Float64,
        }
        if self.curve is None:
            return pl.DataFrame(schema=kinds)
        curve = self.curve
        rows = [
            {
                "rows": size,
                "metric": self.metric,
                "judged": judged.value,
                "own": own.value,
                "seconds": seconds,
            }
            for size, judged, own, seconds in zip(
                curve.sizes, curve.judged, curve.own, curve.seconds, strict=True
            )
        ]
        return pl.DataFrame(rows, schema=kinds)

    def plot(self) -> "alt.LayerChart | None":
        """Return the learning curve as a chart; None without one."""
        if self.curve is None:
            return None
        from assay.charts.learning_curve import plot_learning_curve  # noqa: PLC0415 - altair

        return plot_learning_curve(curve_points(self.curve))

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows: list[tuple[str, str]] = []
        if self.gap is not None:
            gap = self.gap.difference
            told = f"{gap.value:.4g} [{gap.low:.4g}, {gap.high:.4g}]"
            rows.append(("train rows better by", told))
        if self.seeds is not None:
            rows.append(("spread over seeds", f"{self.seeds.spread:.4g}"))
        if self.curve is not None:
            rows.append(("more rows", self.curve.statement))
        return Overview(f"How {self.of} learns, by {self.metric_title}", ("what", "found"), rows)


def curve_points(curve: LearningCurve) -> LearningPoints:
    """Return what a chart draws of a learning curve; sizes without a value are left out."""
    return LearningPoints(
        title=curve.metric_title,
        judged=_points(zip(curve.sizes, curve.judged, strict=True)),
        own=_points(zip(curve.sizes, curve.own, strict=True)),
        ahead=_points(curve.ahead.items()),
    )


def _points(told: "Iterable[tuple[int, Estimate]]") -> tuple[Point, ...]:
    return tuple(
        (rows, each.value, each.low, each.high)
        for rows, each in told
        if each.value is not None and each.low is not None and each.high is not None
    )
