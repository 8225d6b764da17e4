"""How often the judged rows were looked at, and what that leaves of the number: frozen."""

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

import polars as pl

from assay.charts.forest import plot_forest
from assay.overview import HasOverview, Overview
from assay.result import Estimate, Finding, Json
from assay.tables.forest import ForestRow

if TYPE_CHECKING:
    import altair as alt

MOST_DRAWN = 25
LONGEST = 14


@dataclass(frozen=True, kw_only=True)
class LookAt:
    """One look in the order of time.

    Parameters
    ----------
    place : int
        1 for the first.
    when : str
        ISO time in UTC; "" for the look of this report.
    who, run, model : str
    purpose : str
        "development", "final" or "audit".
    value, low, high : float or None
        The metric that heads this report, where that look showed it.
    current : bool
        Whether it is the look of this report.
    """

    place: int
    when: str
    who: str
    run: str
    model: str
    purpose: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    current: bool = False

    @property
    def label(self) -> str:
        """The look in a few words, each look's own."""
        day = "now" if self.current else self.when[5:10]
        last = "final" if self.purpose == "final" else day
        name = self.model if len(self.model) <= LONGEST else self.model[: LONGEST - 1] + "…"
        return f"{self.place}. {name}, {last}"

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, kw_only=True, repr=False)
class DisciplineResult(HasOverview):
    """Who looked at these rows, and the number that is left after all looks.

    Parameters
    ----------
    rows : int
        Judged.
    models : int
        Distinct models that were looked at on these rows, this one among them.
    looks : tuple of LookAt
        Oldest first.
    metric, title : str
        What heads the report; "" where no metric was shown.
    shown : Estimate or None
        That number, as if it were the only look.
    corrected : Estimate or None
        The same with an interval that holds for all looks at once.
    constant : float or None
        What the constant answer scores on it.
    band : float
        How far any rate over these rows, such as accuracy, may be off in any of the looks.
    level_each : float
        Level at which each interval is made, so that all hold together.
    flattery : float or None
        By how much the best of so many equal and unrelated models looks better than it is.
    final : bool
        Whether this look seals the model and the rows.
    sealed : str
        When another model's look at these rows was said to be final; "" where none was.
    advice : tuple of str
        What to do next.
    findings : tuple of Finding
    """

    rows: int
    models: int
    looks: tuple[LookAt, ...]
    metric: str = ""
    title: str = ""
    shown: Estimate | None = None
    corrected: Estimate | None = None
    constant: float | None = None
    band: float
    level_each: float
    flattery: float | None = None
    final: bool = False
    sealed: str = ""
    advice: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {
            "rows": self.rows,
            "models": self.models,
            "looks": [each.to_dict() for each in self.looks],
            "metric": self.metric,
            "title": self.title,
            "shown": None if self.shown is None else self.shown.to_dict(),
            "corrected": None if self.corrected is None else self.corrected.to_dict(),
            "constant": self.constant,
            "band": self.band,
            "level_each": self.level_each,
            "flattery": self.flattery,
            "final": self.final,
            "sealed": self.sealed,
            "advice": list(self.advice),
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row a look, oldest first."""
        schema = {
            "place": pl.Int64,
            "when": pl.String,
            "who": pl.String,
            "run": pl.String,
            "model": pl.String,
            "purpose": pl.String,
            "value": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
            "current": pl.Boolean,
        }
        return pl.DataFrame([each.to_dict() for each in self.looks], schema=schema)

    def plot(self) -> "alt.LayerChart":
        """Return the looks in their order, each with its interval; shows nothing.

        The newest ones where there are more than fit.
        """
        rows = [
            ForestRow(each.label, each.value, each.low, each.high)
            for each in self.looks[-MOST_DRAWN:]
        ]
        if self.corrected is not None and self.models > 1:
            number = self.corrected
            label = f"now, after {self.models} models"
            rows.append(ForestRow(label, number.value, number.low, number.high))
        return plot_forest(
            rows,
            axis=self.title or "metric",
            reference=self.constant,
            reference_word="a constant answer",
        )

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows = [
            (each.place, each.when or "now", each.model, each.purpose, _text(each.value))
            for each in self.looks[-MOST_DRAWN:]
        ]
        columns = ("look", "when", "model", "purpose", self.title or "metric")
        return Overview(f"{self.models} models looked at on these rows", columns, rows)


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
