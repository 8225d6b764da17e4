"""The effect of two columns together: a frozen result."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.charts.effect_heat_map import plot_effect_heat_map
from assay.errors import InputError
from assay.explainability.effects.axis import Cell
from assay.explainability.effects.telling import (
    all_told,
    along_an_axis,
    chosen_outputs,
    ends_of,
    listed,
    short,
)
from assay.overview import HasOverview, Overview, with_interval
from assay.result import Estimate, Finding, Json, worst_first
from assay.stats.interval import two_sided_quantile
from assay.tables.effect_points import EffectCell

if TYPE_CHECKING:
    import altair as alt

Floats = NDArray[np.float64]
SCHEMA = {
    "first": pl.String,
    "second": pl.String,
    "output": pl.String,
    "first_value": pl.String,
    "second_value": pl.String,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "standard_error": pl.Float64,
    "interaction": pl.Float64,
    "interaction_low": pl.Float64,
    "interaction_high": pl.Float64,
    "interaction_standard_error": pl.Float64,
    "count": pl.Int64,
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class JointDependence(HasOverview):
    """What two columns do to the scores together.

    Parameters
    ----------
    features : tuple of str, length 2
    grids : tuple of tuple, length 2
        The values that each column was set to.
    values : ndarray, shape (n_first, n_second, n_outputs)
        The mean score.
    interaction : ndarray, shape (n_first, n_second, n_outputs)
        What of it is no sum of an effect of each column.
    standard_errors, interaction_errors : ndarray or None, of the same shape
        Over rows, cell by cell: of the shape of the surface (each row's surface less its own
        mean), and of the interaction part; None where they cannot be told (one row).
    counts : tuple of tuple of int, shape (n_first, n_second)
        Rows nearest to each pair of values; where 0, the model was asked about what no row is.
    h_squared : tuple of Estimate
        For each output: share of the variance of the joint effect that is interaction. Noise of
        the rows makes it larger than 0, and so larger than the truth on average; the interval
        knows that and begins at 0 where noise alone could be the reason.
    interaction_sd, joint_sd, score_sd : tuple of float
        Standard deviations, in units of the score: see `JointMeans`.
    outputs : tuple of str
    output : {"raw", "probability", "log_odds"}
    n_rows, n_table_rows : int
    n_effective : float
        Rows of equal weight that would tell as much.
    level : float
    seed : int
    reason : str or None
        Why there is no effect to show.
    notes : tuple of Finding
    """

    features: tuple[str, str]
    grids: tuple[tuple[Cell, ...], tuple[Cell, ...]]
    values: Floats
    interaction: Floats
    counts: tuple[tuple[int, ...], ...]
    standard_errors: Floats | None = None
    interaction_errors: Floats | None = None
    h_squared: tuple[Estimate, ...] = ()
    interaction_sd: tuple[float, ...] = ()
    joint_sd: tuple[float, ...] = ()
    score_sd: tuple[float, ...] = ()
    outputs: tuple[str, ...] = ()
    output: str = ""
    n_rows: int = 0
    n_table_rows: int = 0
    n_effective: float = 0.0
    level: float = 0.95
    seed: int = 0
    reason: str | None = None
    notes: tuple[Finding, ...] = ()

    @classmethod
    def without(cls, features: tuple[str, str], reason: str) -> "JointDependence":
        """Return an entry that has no effect to show, and why."""
        nothing = np.empty((0, 0, 0))
        return cls(
            features=features,
            grids=((), ()),
            values=nothing,
            interaction=nothing,
            counts=(),
            reason=reason,
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know, worst first."""
        return worst_first(self.notes)

    def interval(self) -> tuple[Floats, Floats] | None:
        """Return the ends of the mean score, shape (n_first, n_second, n_outputs) each.

        Cell by cell, not for all of them at once; those of a mean probability lie between 0 and
        1. None without errors.
        """
        return self._ends(self.values, self.standard_errors, self.output)

    def interaction_interval(self) -> tuple[Floats, Floats] | None:
        """Return the ends of the interaction part, as `interval` does of the mean score."""
        return self._ends(self.interaction, self.interaction_errors)

    def _ends(
        self, values: Floats, errors: Floats | None, output: str = ""
    ) -> tuple[Floats, Floats] | None:
        if errors is None:
            return None
        freedom = max(self.n_effective - 1, 1.0)
        half = two_sided_quantile(self.level, freedom=freedom) * errors
        return ends_of(values, half, output)

    def to_frame(self) -> pl.DataFrame:
        """Return one line for each output and pair of values."""
        n_first, n_second, n_outputs = self.values.shape
        n_cells = n_first * n_second

        def flat(numbers: Floats | None) -> Sequence[float | None]:
            if numbers is None:
                return [None] * (n_cells * n_outputs)
            return np.moveaxis(numbers, -1, 0).reshape(-1).tolist()

        ends = self.interval() or (None, None)
        inner = self.interaction_interval() or (None, None)
        values = all_told(self.grids[0]), all_told(self.grids[1])
        return pl.DataFrame(
            {
                "first": [self.features[0]] * (n_cells * n_outputs),
                "second": [self.features[1]] * (n_cells * n_outputs),
                "output": [output for output in self.outputs for _ in range(n_cells)],
                "first_value": [a for a in values[0] for _ in range(n_second)] * n_outputs,
                "second_value": values[1] * (n_first * n_outputs),
                "estimate": flat(self.values),
                "low": flat(ends[0]),
                "high": flat(ends[1]),
                "standard_error": flat(self.standard_errors),
                "interaction": flat(self.interaction),
                "interaction_low": flat(inner[0]),
                "interaction_high": flat(inner[1]),
                "interaction_standard_error": flat(self.interaction_errors),
                "count": [n for row in self.counts for n in row] * n_outputs,
            },
            schema=SCHEMA,
        )

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        ends = self.interval() or (None, None)
        inner = self.interaction_interval() or (None, None)
        return {
            "features": list(self.features),
            "reason": self.reason,
            "output": self.output,
            "outputs": list(self.outputs),
            "grids": [list(grid) for grid in self.grids],
            "values": listed(self.values),
            "low": listed(ends[0]),
            "high": listed(ends[1]),
            "standard_errors": listed(self.standard_errors),
            "interaction": listed(self.interaction),
            "interaction_low": listed(inner[0]),
            "interaction_high": listed(inner[1]),
            "interaction_errors": listed(self.interaction_errors),
            "counts": [list(row) for row in self.counts],
            "h_squared": [each.to_dict() for each in self.h_squared],
            "interaction_sd": list(self.interaction_sd),
            "joint_sd": list(self.joint_sd),
            "score_sd": list(self.score_sd),
            "n_rows": self.n_rows,
            "n_table_rows": self.n_table_rows,
            "n_effective": self.n_effective,
            "level": self.level,
            "seed": self.seed,
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def cells(
        self, *, output: str | None = None, interaction: bool = False
    ) -> tuple[EffectCell, ...]:
        """Return the cells of a heat map of one output, the first where none is named.

        A cell of the interaction is shown where its interval does not hold 0.

        Raises
        ------
        InputError
            If there is no such output.
        """
        chosen = self.outputs.index(chosen_outputs(self.outputs, output)[0])
        shown = (self.interaction if interaction else self.values)[:, :, chosen]
        ends = self.interaction_interval() if interaction else None
        clear = np.ones(shown.shape, dtype=bool)
        if ends is not None:
            clear = (ends[0][:, :, chosen] > 0) | (ends[1][:, :, chosen] < 0)
        return tuple(
            EffectCell(a, b, float(shown[i, j]), self.counts[i][j], bool(clear[i, j]))
            for i, a in enumerate(short(self.grids[0]))
            for j, b in enumerate(short(self.grids[1]))
        )

    def plot(self, *, output: str | None = None, interaction: bool = False) -> "alt.LayerChart":
        """Draw a heat map of the mean score, or of its interaction part.

        Raises
        ------
        InputError
            If there is no such output, or no effect to draw.
        """
        if self.reason is not None:
            msg = f"{' and '.join(map(repr, self.features))} have no effect to draw: {self.reason}"
            raise InputError(msg)
        score = {"raw": "prediction", "log_odds": "log-odds"}.get(self.output, self.output)
        return plot_effect_heat_map(
            self.cells(output=output, interaction=interaction),
            rows=self.features[0],
            columns=self.features[1],
            title="interaction" if interaction else f"mean {score}",
            signed=interaction,
            upward=along_an_axis(self.grids[0]),
        )

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        title = f"{self.features[0]} × {self.features[1]}"
        if self.reason is not None:
            return Overview(f"{title}: {self.reason}", (), ())
        rows = [
            (output, with_interval(h), f"{sd:.4g}")
            for output, h, sd in zip(
                self.outputs, self.h_squared, self.interaction_sd, strict=True
            )
        ]
        return Overview(title, ("output", "H²", "sd of the interaction"), rows)
