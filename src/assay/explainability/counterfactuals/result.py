"""Counterfactuals: for each row the smallest plausible changes that flip the model's answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from assay.charts.forest import plot_forest
from assay.overview import HasOverview, Overview
from assay.result import Finding, Json
from assay.tables.forest import ForestRow

Scalar = None | bool | int | float | str


@dataclass(frozen=True, kw_only=True)
class Change:
    """One column's change.

    Parameters
    ----------
    column : str
    before, after : bool, int, float, str or None
        A value that the data have; times are told as ISO text.
    """

    column: str
    before: Scalar
    after: Scalar

    def __str__(self) -> str:
        return f"{self.column}: {_told(self.before)} → {_told(self.after)}"


def _told(value: Scalar) -> str:
    if value is None:
        return "missing"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True, kw_only=True)
class Counterfactual:
    """Changes of one row that reach the goal; the model was asked.

    Parameters
    ----------
    changes : tuple of Change
    scores : mapping of str to float
        Output → what the model says of the changed row.
    distance : float
        Sum of the changes, numbers in units of 1.4826 median absolute deviations, others 1, plus
        the number of changes.
    nearest : float
        Distance of the changed row to the nearest row of data, in the same units.
    """

    changes: tuple[Change, ...]
    scores: Mapping[str, float]
    distance: float
    nearest: float

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "changes": [
                {"column": each.column, "before": each.before, "after": each.after}
                for each in self.changes
            ],
            "scores": dict(self.scores),
            "distance": self.distance,
            "nearest": self.nearest,
        }


@dataclass(frozen=True, kw_only=True)
class RowCounterfactuals:
    """What would flip the answer of one row.

    Parameters
    ----------
    row : int
        Place among the rows that were given.
    scores : mapping of str to float
        What the model says of the row as it is.
    goal : str
        Which answer was wanted.
    alternatives : tuple of Counterfactual
        The smallest change first; none holds all changes of another.
    reason : str or None
        Why there are none.
    predictions : int
        What the search cost.
    complete : bool
        Whether all that was meant to be tried was tried within the limit.
    implausible : int
        Changes that reach the goal and make a row unlike the data; they are not told.
    limit : float
        Distance to the nearest row of data that plausible rows keep within.
    """

    row: int
    scores: Mapping[str, float]
    goal: str
    alternatives: tuple[Counterfactual, ...]
    reason: str | None
    predictions: int
    complete: bool
    implausible: int
    limit: float

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "row": self.row,
            "scores": dict(self.scores),
            "goal": self.goal,
            "alternatives": [each.to_dict() for each in self.alternatives],
            "reason": self.reason,
            "predictions": self.predictions,
            "complete": self.complete,
            "implausible": self.implausible,
            "limit": self.limit,
        }


@dataclass(frozen=True, kw_only=True, repr=False)
class Counterfactuals(HasOverview):
    """The smallest plausible changes of rows that flip the model's answer.

    Parameters
    ----------
    rows : tuple of RowCounterfactuals
    mutable : tuple of str
        Columns that were allowed to change.
    max_changes : int
    seed : int
    """

    rows: tuple[RowCounterfactuals, ...]
    mutable: tuple[str, ...]
    max_changes: int
    seed: int
    outputs: tuple[str, ...] = field(default=())

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One finding for all rows without a counterfactual."""
        without = [each for each in self.rows if not each.alternatives]
        if not without:
            return ()
        cut = sum(not each.complete for each in without)
        first = without[0]
        advice = "Raise the limit of predictions. " if cut else ""
        return (
            Finding(
                rule="counterfactual_not_found",
                severity="info",
                message=f"No change of at most {self.max_changes} column(s) was found that flips "
                f"the answer of {len(without):,} of {len(self.rows):,} rows",
                where={"rows": [each.row for each in without[:20]]},
                evidence={"predictions": first.predictions, "implausible": first.implausible},
                cause=first.reason or "",
                advice=f"{advice}Let more columns change, widen ranges, or allow more changes at "
                "once. That none was found does not show that there is none.",
            ),
        )

    def renumbered(self, places: Sequence[int]) -> "Counterfactuals":
        """Return the same with the rows' places in the table that they were taken from."""
        rows = tuple(replace(each, row=places[each.row]) for each in self.rows)
        return replace(self, rows=rows)

    def to_frame(self) -> pl.DataFrame:
        """Return one line for each change.

        Columns row, alternative (from 1), column, before, after (as text), distance, nearest,
        goal.
        """
        schema = {
            "row": pl.Int64,
            "alternative": pl.Int64,
            "column": pl.String,
            "before": pl.String,
            "after": pl.String,
            "distance": pl.Float64,
            "nearest": pl.Float64,
            "goal": pl.String,
        }
        lines = [
            {
                "row": each.row,
                "alternative": number,
                "column": change.column,
                "before": None if change.before is None else str(change.before),
                "after": None if change.after is None else str(change.after),
                "distance": found.distance,
                "nearest": found.nearest,
                "goal": each.goal,
            }
            for each in self.rows
            for number, found in enumerate(each.alternatives, start=1)
            for change in found.changes
        ]
        return pl.DataFrame(lines, schema=schema)

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {
            "outputs": list(self.outputs),
            "mutable": list(self.mutable),
            "max_changes": self.max_changes,
            "seed": self.seed,
            "rows": [each.to_dict() for each in self.rows],
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def plot(self) -> Any:  # noqa: ANN401  an Altair chart
        """Draw how often each column is changed in the nearest alternative of each row."""
        counts: dict[str, int] = {}
        for each in self.rows:
            for change in each.alternatives[0].changes if each.alternatives else ():
                counts[change.column] = counts.get(change.column, 0) + 1
        ordered = sorted(counts.items(), key=lambda pair: -pair[1])[:15]
        rows = [ForestRow(name, float(count)) for name, count in ordered]
        axis = "rows whose nearest flip changes the column"
        return plot_forest(rows, axis=axis, reference=None)

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        lines = [
            (
                each.row,
                "; ".join(map(str, found.changes)),
                ", ".join(f"{name} {score:.3g}" for name, score in found.scores.items()),
                f"{found.distance:.3g}",
            )
            for each in self.rows
            for found in each.alternatives
        ]
        lines += [(each.row, each.reason or "", "", "") for each in self.rows if each.reason]
        return Overview("What would flip the answer", ("row", "change", "then", "size"), lines)
