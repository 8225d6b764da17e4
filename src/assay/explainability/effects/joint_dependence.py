"""The effect of two columns together: a frozen result."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.charts.effect_heat_map import plot_effect_heat_map
from assay.errors import InputError
from assay.explainability.effects.axis import Cell
from assay.explainability.effects.telling import chosen_outputs, listed, short, told
from assay.result import Estimate, Finding, Json, html_table, worst_first
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
    "interaction": pl.Float64,
    "count": pl.Int64,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class JointDependence:
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
    counts : tuple of tuple of int, shape (n_first, n_second)
        Rows nearest to each pair of values; where 0, the model was asked about what no row is.
    h_squared : tuple of Estimate
        For each output: share of the variance of the joint effect that is interaction.
    interaction_sd, joint_sd, score_sd : tuple of float
        Standard deviations, in units of the score: see `JointMeans`.
    outputs : tuple of str
    output : {"raw", "probability", "log_odds"}
    n_rows, n_table_rows : int
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
    h_squared: tuple[Estimate, ...] = ()
    interaction_sd: tuple[float, ...] = ()
    joint_sd: tuple[float, ...] = ()
    score_sd: tuple[float, ...] = ()
    outputs: tuple[str, ...] = ()
    output: str = ""
    n_rows: int = 0
    n_table_rows: int = 0
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

    def to_frame(self) -> pl.DataFrame:
        """Return one line for each output and pair of values."""
        lines = [
            (
                *self.features,
                output,
                told(a),
                told(b),
                self.values[i, j, k],
                self.interaction[i, j, k],
                self.counts[i][j],
            )
            for k, output in enumerate(self.outputs)
            for i, a in enumerate(self.grids[0])
            for j, b in enumerate(self.grids[1])
        ]
        return pl.DataFrame(lines, schema=SCHEMA, orient="row")

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {
            "features": list(self.features),
            "reason": self.reason,
            "output": self.output,
            "outputs": list(self.outputs),
            "grids": [list(grid) for grid in self.grids],
            "values": listed(self.values),
            "interaction": listed(self.interaction),
            "counts": [list(row) for row in self.counts],
            "h_squared": [each.to_dict() for each in self.h_squared],
            "interaction_sd": list(self.interaction_sd),
            "joint_sd": list(self.joint_sd),
            "score_sd": list(self.score_sd),
            "n_rows": self.n_rows,
            "n_table_rows": self.n_table_rows,
            "level": self.level,
            "seed": self.seed,
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def cells(
        self, *, output: str | None = None, interaction: bool = False
    ) -> tuple[EffectCell, ...]:
        """Return the cells of a heat map of one output, the first where none is named.

        Raises
        ------
        InputError
            If there is no such output.
        """
        chosen = self.outputs.index(chosen_outputs(self.outputs, output)[0])
        shown = (self.interaction if interaction else self.values)[:, :, chosen]
        return tuple(
            EffectCell(a, b, float(shown[i, j]), self.counts[i][j])
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
        )

    def _repr_html_(self) -> str:
        title = f"{self.features[0]} × {self.features[1]}"
        if self.reason is not None:
            return html_table(f"{title}: {self.reason}", (), ())
        rows = [
            (output, "undefined" if h.value is None else f"{h.value:.3f}", f"{sd:.4g}")
            for output, h, sd in zip(
                self.outputs, self.h_squared, self.interaction_sd, strict=True
            )
        ]
        return html_table(title, ("output", "H²", "sd of the interaction"), rows)
