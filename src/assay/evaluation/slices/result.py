"""What looking for weak slices returns; all frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import polars as pl

from assay.charts.metric_intervals import plot_metric_intervals
from assay.data.conditions import Condition
from assay.overview import HasOverview, Overview
from assay.result import Estimate, Finding, Json
from assay.tables.cube import Level
from assay.tables.curves import MetricIntervals

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True, kw_only=True)
class RowToRead:
    """One row that shows what goes wrong.

    Parameters
    ----------
    row : int
        Its number in the table, from 0.
    id : bool, int, float, str or None
        Where a column of ids was named.
    loss : float
    truth, answer : str
    score : float or None
        Of the answer that was given; binary: of the positive class.
    """

    row: int
    id: Level = None
    loss: float
    truth: str
    answer: str
    score: float | None = None

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "row": self.row,
            "id": self.id,
            "loss": self.loss,
            "truth": self.truth,
            "answer": self.answer,
            "score": self.score,
        }


@dataclass(frozen=True, kw_only=True)
class InTrain:
    """The same slice in the rows that the model was fitted on.

    Parameters
    ----------
    rows : int
    share : float
        Of the train rows.
    loss, rest : float or None
        Mean loss there inside and outside; None where the model's answers are not known.
    """

    rows: int
    share: float
    loss: float | None = None
    rest: float | None = None

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {"rows": self.rows, "share": self.share, "loss": self.loss, "rest": self.rest}


@dataclass(frozen=True, kw_only=True)
class Slice:
    """Some rows against the rest.

    Parameters
    ----------
    name : str
        As people read it: "age ≤ 25 and hours > 40".
    origin : {"named", "found"}
        A found slice is judged on the half of the rows that it was not looked for in.
    conditions : tuple of Condition
    rows : int
        In the slice, of all rows.
    share : float
        Of all rows.
    loss, rest : Estimate
        Mean loss of the judged rows inside and outside.
    difference : Estimate
        `loss` minus `rest`: above 0 the slice is worse.
    p_value, p_adjusted : float or None
        Found: one-sided, that it is no worse; named: two-sided. Adjusted after Benjamini and
        Hochberg over the slices of the same origin.
    test : str
    confirmed : bool
        Worse than the rest beyond chance.
    share_of_loss : float or None
        Of the loss of all judged rows; None where losses may be negative or are all 0.
    metric : Estimate
        What `SliceSearch.metric` names, in the slice.
    beyond : Estimate or None
        Mean loss of the slice beyond what the scores foresee, or, of numbers, by how much the
        predictions lie above the truth there; None where neither can be told.
    beyond_kind : {"beyond the scores", "lean"} or None
    part_of : str or None
        A worse confirmed slice that shares at least half of the smaller one's rows.
    examples : tuple of RowToRead
        Highest loss first.
    train : InTrain or None
    """

    name: str
    origin: Literal["named", "found"]
    conditions: tuple[Condition, ...]
    rows: int
    share: float
    loss: Estimate
    rest: Estimate
    difference: Estimate
    p_value: float | None
    p_adjusted: float | None = None
    test: str = ""
    confirmed: bool = False
    share_of_loss: float | None = None
    metric: Estimate
    beyond: Estimate | None = None
    beyond_kind: Literal["beyond the scores", "lean"] | None = None
    part_of: str | None = None
    examples: tuple[RowToRead, ...] = ()
    train: InTrain | None = None

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "name": self.name,
            "origin": self.origin,
            "columns": list(dict.fromkeys(each.column for each in self.conditions)),
            "rows": self.rows,
            "share": self.share,
            "loss": self.loss.to_dict(),
            "rest": self.rest.to_dict(),
            "difference": self.difference.to_dict(),
            "p_value": self.p_value,
            "p_adjusted": self.p_adjusted,
            "test": self.test,
            "confirmed": self.confirmed,
            "share_of_loss": self.share_of_loss,
            "metric": self.metric.to_dict(),
            "beyond": None if self.beyond is None else self.beyond.to_dict(),
            "beyond_kind": self.beyond_kind,
            "part_of": self.part_of,
            "examples": [each.to_dict() for each in self.examples],
            "train": None if self.train is None else self.train.to_dict(),
        }


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """How weak one more slice would have to be to be seen beside those that were found.

    Parameters
    ----------
    share : float
        Of the rows that the slice would have.
    difference : float or None
        Excess of its mean loss that would have been seen in 80 % of the searches; None where the
        rows are too few for any.
    text : str
        The same in one sentence.
    larger : tuple of (float, float or None)
        Share and difference of larger slices.
    """

    share: float
    difference: float | None
    text: str
    larger: tuple[tuple[float, float | None], ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "share": self.share,
            "difference": self.difference,
            "text": self.text,
            "larger": [{"share": share, "difference": excess} for share, excess in self.larger],
        }


@dataclass(frozen=True, kw_only=True, repr=False)
class SliceSearch(HasOverview):
    """Slices that were named, and weak ones that were found and confirmed.

    Parameters
    ----------
    loss : str
        What is lost: "error", "log_loss", "absolute_error" or the name of a column.
    metric : str
        What `Slice.metric` is, for people.
    mean : Estimate
        Mean loss of all rows.
    slices : tuple of Slice
        Confirmed ones first, then the named ones that are not, each worst first.
    named, searched, tested : int
        Slices that were named; conditions that were looked at; slices tested on the other half.
    columns : tuple of str
        Columns that were searched.
    sensitivity : Sensitivity or None
    rows : int
    rows_read : int
        Fewer than `rows` where a sample was searched.
    reason : str or None
        Why nothing was searched.
    findings : tuple of Finding
    level : float
    seed : int
    """

    loss: str
    metric: str
    mean: Estimate
    slices: tuple[Slice, ...] = ()
    named: int = 0
    searched: int = 0
    tested: int = 0
    columns: tuple[str, ...] = ()
    sensitivity: Sensitivity | None = None
    rows: int = 0
    rows_read: int = 0
    reason: str | None = None
    findings: tuple[Finding, ...] = ()
    level: float = 0.95
    seed: int = 0

    @property
    def confirmed(self) -> tuple[Slice, ...]:
        """Slices that are worse than the rest beyond chance."""
        return tuple(each for each in self.slices if each.confirmed)

    @property
    def worst_named(self) -> Slice | None:
        """The named slice whose difference has the highest lower bound; None without one.

        The lowest value alone would always pick the smallest slice.
        """
        bounded = [
            each
            for each in self.slices
            if each.origin == "named" and each.difference.low is not None
        ]
        return max(bounded, key=lambda each: each.difference.low or 0.0, default=None)

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        worst = self.worst_named
        return {
            "loss": self.loss,
            "metric": self.metric,
            "mean": self.mean.to_dict(),
            "slices": [each.to_dict() for each in self.slices],
            "worst_named": None if worst is None else worst.name,
            "named": self.named,
            "searched": self.searched,
            "tested": self.tested,
            "columns": list(self.columns),
            "sensitivity": None if self.sensitivity is None else self.sensitivity.to_dict(),
            "rows": self.rows,
            "rows_read": self.rows_read,
            "reason": self.reason,
            "findings": [finding.to_dict() for finding in self.findings],
            "level": self.level,
            "seed": self.seed,
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row a slice, always with the same columns."""
        rows = [_frame_row(each) for each in self.slices]
        return pl.DataFrame(rows, schema=FRAME)

    def points(self) -> MetricIntervals:
        """Return the differences of the slices, as the chart draws them."""
        drawn = [each for each in self.slices if each.difference.value is not None]
        return MetricIntervals(
            name=tuple(each.name for each in drawn),
            series=("",) * len(drawn),
            value=tuple(each.difference.value for each in drawn),
            low=tuple(each.difference.low for each in drawn),
            high=tuple(each.difference.high for each in drawn),
            reference=0.0,
        )

    def plot(self) -> "alt.LayerChart":
        """Return the differences to the rest with their intervals; shows nothing."""
        return plot_metric_intervals(
            self.points(), axis="mean loss, slice minus rest", reference="no difference"
        )

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows = [
            (each.name, each.rows, *_numbers(each.difference), "yes" if each.confirmed else "no")
            for each in self.slices
        ]
        found = any(each.origin == "found" for each in self.slices)
        said = self.reason or (self.sensitivity.text if self.sensitivity and not found else "")
        title = f"Weak slices: {len(self.confirmed)} confirmed. {said}"
        return Overview(title, ("slice", "rows", "difference", "interval", "confirmed"), rows)


FRAME: Mapping[str, type[pl.DataType]] = {
    "slice": pl.String,
    "origin": pl.String,
    "rows": pl.Int64,
    "share": pl.Float64,
    "loss": pl.Float64,
    "loss_low": pl.Float64,
    "loss_high": pl.Float64,
    "rest": pl.Float64,
    "difference": pl.Float64,
    "difference_low": pl.Float64,
    "difference_high": pl.Float64,
    "p_value": pl.Float64,
    "p_adjusted": pl.Float64,
    "confirmed": pl.Boolean,
    "share_of_loss": pl.Float64,
    "metric": pl.Float64,
    "metric_low": pl.Float64,
    "metric_high": pl.Float64,
    "test": pl.String,
    "reason": pl.String,
}


def _frame_row(each: Slice) -> dict[str, object]:
    return {
        "slice": each.name,
        "origin": each.origin,
        "rows": each.rows,
        "share": each.share,
        "loss": each.loss.value,
        "loss_low": each.loss.low,
        "loss_high": each.loss.high,
        "rest": each.rest.value,
        "difference": each.difference.value,
        "difference_low": each.difference.low,
        "difference_high": each.difference.high,
        "p_value": each.p_value,
        "p_adjusted": each.p_adjusted,
        "confirmed": each.confirmed,
        "share_of_loss": each.share_of_loss,
        "metric": each.metric.value,
        "metric_low": each.metric.low,
        "metric_high": each.metric.high,
        "test": each.test,
        "reason": each.difference.reason,
    }


def _numbers(estimate: Estimate) -> tuple[str, str]:
    if estimate.value is None:
        return "undefined", estimate.reason or ""
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.4g}", ""
    return f"{estimate.value:.4g}", f"{estimate.low:.4g} to {estimate.high:.4g}"
