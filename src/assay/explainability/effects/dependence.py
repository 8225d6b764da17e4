"""The effect of one column: a frozen result."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.charts.effect_curve import plot_effect
from assay.errors import InputError
from assay.explainability.effects.axis import Cell
from assay.explainability.effects.heterogeneity import Heterogeneity
from assay.explainability.effects.reading import Scale
from assay.explainability.effects.telling import all_told, chosen_outputs, ends_of, listed
from assay.overview import HasOverview, Overview
from assay.result import Finding, Json, worst_first
from assay.stats.interval import two_sided_quantile
from assay.tables.effect_points import EffectPoint, EffectPoints

if TYPE_CHECKING:
    import altair as alt

Floats = NDArray[np.float64]
SCHEMA = {
    "feature": pl.String,
    "kind": pl.String,
    "output": pl.String,
    "value": pl.String,
    "position": pl.Float64,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "standard_error": pl.Float64,
    "count": pl.Int64,
    "share": pl.Float64,
    "outside": pl.Boolean,
}
KINDS = {"pdp": "partial dependence", "ale": "accumulated local effect"}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Dependence(HasOverview):
    """What one column does to the scores.

    Parameters
    ----------
    feature : str
    kind : {"pdp", "ale"}
    grid : tuple
        The values that the column was set to; times as ISO text; None for a missing value, last.
    values : ndarray, shape (n_grid, n_outputs)
        "pdp": the mean score. "ale": the difference to the mean score, from the model's answers
        to small steps alone.
    standard_errors : ndarray or None, shape (n_grid, n_outputs)
        Over rows, of the shape of the curve; None where it cannot be told (one row).
    ice : ndarray or None, shape (n_curves, n_grid, n_outputs)
        Curves of single rows.
    ice_rows : tuple of int
        Their places in the table.
    counts : tuple of int
        "pdp": rows nearest to each grid value. "ale": rows in the step that ends there.
    shares : tuple of float
        The same, as shares of the weight.
    categories : tuple or None
        The values of an axis of categories; None on an axis of numbers or times.
    heterogeneity : tuple of Heterogeneity
        How far rows' curves differ, for each output; empty with "ale".
    outputs : tuple of str
    output : {"raw", "probability", "log_odds"}
    scale : {"number", "time", "category"}
    positions : tuple of (float or None)
        Along the axis; times in milliseconds since 1970.
    outside : tuple of bool
        Grid values beyond the 1st or 99th percentile, where the curve rests on few rows.
    density : tuple of (float, float, float)
        From, to, and share of rows, along the grid and a little beyond it; along its middle 98 %
        where one value far away dwarfs these.
    rule : str
        How the grid was made: "quantile", "even", "buckets", "every value", "given".
    centred : bool
        Whether values are differences to the first grid value.
    n_rows, n_table_rows : int
        Rows asked about, and rows of the table.
    n_effective : float
        Rows of equal weight that would tell as much.
    n_left_out : int
        Categories that were not evaluated.
    level : float
    seed : int
    reason : str or None
        Why there is no effect to show; the other fields are empty then.
    notes : tuple of Finding
    """

    feature: str
    kind: str
    grid: tuple[Cell, ...]
    values: Floats
    standard_errors: Floats | None
    outputs: tuple[str, ...]
    output: str
    scale: Scale
    positions: tuple[float | None, ...]
    counts: tuple[int, ...]
    shares: tuple[float, ...]
    outside: tuple[bool, ...] = ()
    ice: Floats | None = None
    ice_rows: tuple[int, ...] = ()
    heterogeneity: tuple[Heterogeneity, ...] = ()
    density: tuple[tuple[float, float, float], ...] = ()
    rule: str = ""
    centred: bool = False
    n_rows: int = 0
    n_table_rows: int = 0
    n_effective: float = 0.0
    n_left_out: int = 0
    level: float = 0.95
    seed: int = 0
    reason: str | None = None
    notes: tuple[Finding, ...] = ()

    @classmethod
    def without(cls, feature: str, kind: str, reason: str, **about: Any) -> "Dependence":  # noqa: ANN401
        """Return an entry that has no effect to show, and why."""
        return cls(
            feature=feature,
            kind=kind,
            grid=(),
            values=np.empty((0, 0)),
            standard_errors=None,
            outputs=(),
            output="",
            scale="category",
            positions=(),
            counts=(),
            shares=(),
            reason=reason,
            **about,
        )

    @property
    def categories(self) -> tuple[Cell, ...] | None:
        """The values of an axis of categories, else None."""
        return self.grid if self.scale == "category" and self.reason is None else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know, worst first."""
        return worst_first(self.notes)

    def interval(self) -> tuple[Floats, Floats] | None:
        """Return the lower and upper ends, shape (n_grid, n_outputs); None without errors.

        Those of a mean probability lie between 0 and 1.
        """
        if self.standard_errors is None:
            return None
        freedom = max(self.n_effective - 1, 1.0)
        half = two_sided_quantile(self.level, freedom=freedom) * self.standard_errors
        level = self.kind == "pdp" and not self.centred
        return ends_of(self.values, half, self.output if level else "")

    def to_frame(self) -> pl.DataFrame:
        """Return one line for each output and grid value."""
        n_outputs, n_grid = len(self.outputs), len(self.grid)
        ends = self.interval()

        def flat(numbers: Floats | None) -> Sequence[float | None]:
            if numbers is None:
                return [None] * (n_outputs * n_grid)
            return numbers.T.reshape(-1).tolist()

        return pl.DataFrame(
            {
                "feature": [self.feature] * (n_outputs * n_grid),
                "kind": [self.kind] * (n_outputs * n_grid),
                "output": [name for name in self.outputs for _ in self.grid],
                "value": all_told(self.grid) * n_outputs,
                "position": list(self.positions) * n_outputs,
                "estimate": flat(self.values),
                "low": flat(None if ends is None else ends[0]),
                "high": flat(None if ends is None else ends[1]),
                "standard_error": flat(self.standard_errors),
                "count": list(self.counts) * n_outputs,
                "share": list(self.shares) * n_outputs,
                "outside": list(self.outside) * n_outputs,
            },
            schema=SCHEMA,
        )

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        ends = self.interval()
        return {
            "feature": self.feature,
            "kind": self.kind,
            "reason": self.reason,
            "output": self.output,
            "outputs": list(self.outputs),
            "scale": self.scale,
            "rule": self.rule,
            "grid": list(self.grid),
            "positions": list(self.positions),
            "values": listed(self.values),
            "low": None if ends is None else listed(ends[0]),
            "high": None if ends is None else listed(ends[1]),
            "standard_errors": listed(self.standard_errors),
            "counts": list(self.counts),
            "shares": list(self.shares),
            "outside": list(self.outside),
            "density": [list(each) for each in self.density],
            "ice": listed(self.ice),
            "ice_rows": list(self.ice_rows),
            "heterogeneity": [each.to_dict() for each in self.heterogeneity],
            "centred": self.centred,
            "n_rows": self.n_rows,
            "n_table_rows": self.n_table_rows,
            "n_effective": self.n_effective,
            "n_left_out": self.n_left_out,
            "level": self.level,
            "seed": self.seed,
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def points(self, *, output: str | None = None) -> EffectPoints:
        """Return what a chart of it draws; single rows' curves where one output is drawn.

        Raises
        ------
        InputError
            If there is no such output.
        """
        chosen = chosen_outputs(self.outputs, output)
        frame = self.to_frame().filter(pl.col("output").is_in(chosen))
        points = tuple(
            EffectPoint(
                row["value"],
                row["position"],
                row["output"],
                row["estimate"],
                row["low"],
                row["high"],
                row["share"],
                row["outside"],
            )
            for row in frame.iter_rows(named=True)
        )
        curves: tuple[tuple[float, ...], ...] = ()
        if self.ice is not None and len(chosen) == 1:
            placed = [position is not None for position in self.positions]
            of_one = self.ice[:, placed, self.outputs.index(chosen[0])]
            curves = tuple(map(tuple, of_one.tolist()))
        return EffectPoints(
            self.feature,
            self.title,
            self.scale,
            points,
            curves,
            self.density,
            self._drawn(),
        )

    def plot(self, *, output: str | None = None) -> "alt.LayerChart":
        """Draw the curve with its interval, single rows' curves and where the rows lie.

        Raises
        ------
        InputError
            If there is no such output, or no effect to draw.
        """
        if self.reason is not None:
            msg = f"{self.feature!r} has no effect to draw: {self.reason}"
            raise InputError(msg)
        return plot_effect(self.points(output=output))

    def _drawn(self) -> tuple[float, float] | None:
        """Return the stretch of the axis to draw where ends of the grid are far away."""
        if not self.density or not (self.kind == "ale" or self.rule == "quantile"):
            return None
        low, high = self.density[0][0], self.density[-1][1]
        places = [each for each in self.positions if each is not None]
        return (low, high) if min(places) < low or max(places) > high else None

    @property
    def title(self) -> str:
        """What the numbers are, for an axis or the head of a table: "mean probability"."""
        score = {"log_odds": "log-odds"}.get(self.output, self.output)
        score = "prediction" if score == "raw" else score
        if self.kind == "ale":
            return f"change of {score}"
        return f"change of {score}" if self.centred else f"mean {score}"

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        if self.reason is not None:
            return Overview(f"{self.feature}: {self.reason}", (), ())
        frame = self.to_frame()
        shown = [
            (
                r["output"],
                r["value"],
                f"{r['estimate']:.4g}",
                _between(r["low"], r["high"]),
                r["count"],
            )
            for r in frame.iter_rows(named=True)
        ]
        title = f"{KINDS[self.kind]} of {self.feature} over {self.n_rows:,} rows"
        return Overview(
            title,
            ("output", self.feature, "estimate", f"{self.level:.0%} interval", "rows"),
            shown,
        )


def _between(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{low:.4g} to {high:.4g}"
