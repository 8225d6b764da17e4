"""Explanations of texts: what each unit adds, with its doubt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.charts.importance_bars import plot_importance_bars
from assay.errors import InputError
from assay.explainability.result import Cost
from assay.explainability.text.bars import unit_bars
from assay.explainability.text.highlight import highlight_page, highlight_row, signed
from assay.explainability.text.pooled import MIN_COUNT, PooledToken, pool_tokens
from assay.explainability.text.units import Unit
from assay.overview import HasOverview, Overview
from assay.result import Finding, Json, worst_first

if TYPE_CHECKING:
    import altair as alt

Floats = NDArray[np.float64]
SHOWN = 3
PIECES = 5
FRAME = {
    "row": pl.Int64,
    "output": pl.String,
    "player": pl.String,
    "kind": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "value": pl.Float64,
    "standard_error": pl.Float64,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class ExplainedText:
    """Why one text has its scores.

    Parameters
    ----------
    row : int
        Its place in what was given.
    text : str
    units : tuple of Unit
        In the order of the text. Of a long text the sentences that matter little stay whole.
    cells : mapping of str to str
        The columns that were players beside the units, and the row's values in them, as text.
    values, standard_errors : ndarray, shape (n_units + n_columns, n_outputs)
        Units first; base + sum over all = prediction. The error is of the choice of coalitions.
    base, prediction : ndarray, shape (n_outputs,)
        Score with everything off, and of the text as it is.
    exact, converged : bool
    calls : int
        Coalitions evaluated.
    method : str
    """

    row: int
    text: str
    units: tuple[Unit, ...]
    cells: Mapping[str, str]
    values: Floats
    standard_errors: Floats
    base: Floats
    prediction: Floats
    exact: bool
    converged: bool
    calls: int
    method: str

    @property
    def column_values(self) -> Floats:
        """Values of the columns beside the text, shape (n_columns, n_outputs)."""
        return self.values[len(self.units) :]

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "row": self.row,
            "text": self.text,
            "units": [
                {
                    "text": unit.text,
                    "start": unit.start,
                    "end": unit.end,
                    "kind": unit.kind,
                    "values": self.values[place].tolist(),
                    "standard_errors": self.standard_errors[place].tolist(),
                }
                for place, unit in enumerate(self.units)
            ],
            "columns": [
                {
                    "name": name,
                    "value": cell,
                    "values": self.values[place].tolist(),
                    "standard_errors": self.standard_errors[place].tolist(),
                }
                for place, (name, cell) in enumerate(self.cells.items(), start=len(self.units))
            ],
            "base": self.base.tolist(),
            "prediction": self.prediction.tolist(),
            "exact": self.exact,
            "converged": self.converged,
            "calls": self.calls,
            "method": self.method,
        }

    def lines(self, outputs: Sequence[str]) -> list[tuple[object, ...]]:
        """Return the lines of `TextExplanation.to_frame` for this text."""
        units = [(unit.text, unit.kind, unit.start, unit.end) for unit in self.units]
        players = [*units, *((name, "column", None, None) for name in self.cells)]
        return [
            (
                self.row,
                name,
                *player,
                float(self.values[place, output]),
                float(self.standard_errors[place, output]),
            )
            for output, name in enumerate(outputs)
            for place, player in enumerate(players)
        ]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TextExplanation(HasOverview):
    """Why a model gave some texts their scores.

    Parameters
    ----------
    rows : tuple of ExplainedText
    outputs : tuple of str
        What each score is of: the class, or the name of the value.
    output : {"raw", "probability", "log_odds"}
    link : {"identity", "mean_then_logit", "logit_then_mean"}
    column : str
        Name of the column of texts.
    granularity : str
        What a unit is; "token" for a tokenizer or a function too.
    background : str
        What stands where a unit is off.
    n_background : int
        Background rows of the columns beside the text; 0 where there are none.
    cost : Cost
    seed : int
    level : float
        Coverage of intervals that are drawn.
    notes : tuple of Finding
    """

    rows: tuple[ExplainedText, ...]
    outputs: tuple[str, ...]
    output: str
    link: str
    column: str
    granularity: str
    background: str
    n_background: int = 0
    cost: Cost = field(default_factory=Cost)
    seed: int = 0
    level: float = 0.95
    notes: tuple[Finding, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know, worst first."""
        return worst_first(self.notes)

    @property
    def additivity_error(self) -> float:
        """Largest absolute difference of base + sum of values and prediction."""
        gaps = [
            np.abs(each.base + each.values.sum(axis=0) - each.prediction) for each in self.rows
        ]
        return float(max((gap.max(initial=0.0) for gap in gaps), default=0.0))

    def place_of(self, output: str | None = None) -> int:
        """Return the place of an output; the first for None.

        Raises
        ------
        InputError
            If there is no output of that name.
        """
        if output is None:
            return 0
        if output not in self.outputs:
            msg = f"no output {output!r}; the explanation has: {', '.join(self.outputs)}"
            raise InputError(msg)
        return self.outputs.index(output)

    def global_tokens(self, *, min_count: int = MIN_COUNT) -> tuple[PooledToken, ...]:
        """Pool equal units of all texts, whatever their case; see `pool_tokens`."""
        return pool_tokens(
            [(each.units, each.values[: len(each.units)]) for each in self.rows],
            self.outputs,
            min_count=min_count,
        )

    def to_frame(self) -> pl.DataFrame:
        """Return one line for each row, output and player.

        Columns row, output, player (the unit's text, or the column's name), kind ("token",
        "sentence", "paragraph", "column"), start, end, value, standard_error.
        """
        lines = [line for each in self.rows for line in each.lines(self.outputs)]
        return pl.DataFrame(lines, schema=FRAME, orient="row")

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {
            "outputs": list(self.outputs),
            "output": self.output,
            "link": self.link,
            "column": self.column,
            "granularity": self.granularity,
            "background": self.background,
            "n_background": self.n_background,
            "rows": [each.to_dict() for each in self.rows],
            "global_tokens": [each.to_dict() for each in self.global_tokens()],
            "additivity_error": self.additivity_error,
            "cost": self.cost.to_dict(),
            "seed": self.seed,
            "level": self.level,
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def highlight(self, place: int = 0, *, output: str | None = None) -> str:
        """Return one text as HTML, each unit coloured and underlined by what it adds.

        Raises
        ------
        InputError
            If there is no such output.
        """
        return highlight_row(self.rows[place], self.outputs, self.place_of(output))

    def plot(
        self, place: int = 0, *, output: str | None = None, top: int = 15
    ) -> "alt.LayerChart":
        """Draw the units of one text that add most, with their intervals.

        Raises
        ------
        InputError
            If there is no such output.
        """
        bars = unit_bars(self.rows[place], self.place_of(output), level=self.level, top=top)
        return plot_importance_bars(bars, axis="attribution")

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows = [
            (
                text.row,
                bar.player,
                signed(bar.value),
                f"{signed(bar.low or 0)} to {signed(bar.high or 0)}",
            )
            for text in self.rows[:SHOWN]
            for bar in unit_bars(text, 0, level=self.level, top=PIECES)
        ]
        some = f"{min(len(self), SHOWN)} of " if len(self) > SHOWN else ""
        title = f"What adds most to {self.outputs[0]}, {some}{len(self):,} texts"
        return Overview(title, ("row", "piece", "adds", f"{self.level:.0%} interval"), rows)

    def _repr_html_(self) -> str:
        return highlight_page(self.rows[:SHOWN], self.outputs, 0, n_rows=len(self.rows))
