"""Which pairs of columns act together: Friedman's H² of the top pairs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.charts.metric_intervals import plot_metric_intervals
from assay.errors import InputError
from assay.explainability.asking import predictor_of, scores_of
from assay.explainability.effects.joint_dependence import JointDependence
from assay.explainability.effects.measure import measure_dependence, one_by_one
from assay.explainability.effects.reading import read_column
from assay.explainability.effects.sampling import check_weights, draw_rows
from assay.explainability.effects.shuffling import ask_rows, draw_donors
from assay.explainability.effects.table import EffectTable
from assay.explainability.rows import rows_for
from assay.explainability.scores import Scores
from assay.overview import HasOverview, Overview, with_interval
from assay.result import Finding, Json, worst_first
from assay.tables.curves import MetricIntervals

if TYPE_CHECKING:
    import altair as alt

Floats = NDArray[np.float64]
ROWS = 200
RESOLUTION = 8
TOP = 5
SHOWN = 10
SCHEMA = {
    "first": pl.String,
    "second": pl.String,
    "output": pl.String,
    "h_squared": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "interaction_sd": pl.Float64,
    "joint_sd": pl.Float64,
    "reason": pl.String,
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class InteractionStrengths(HasOverview):
    """How much pairs of columns act together.

    Parameters
    ----------
    pairs : tuple of JointDependence
        The strongest interaction, in units of the score, first.
    """

    pairs: tuple[JointDependence, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know, worst first."""
        return worst_first([note for pair in self.pairs for note in pair.notes])

    def to_frame(self) -> pl.DataFrame:
        """Return one line for each pair and output."""
        lines = [
            (
                *pair.features,
                output,
                pair.h_squared[place].value,
                pair.h_squared[place].low,
                pair.h_squared[place].high,
                pair.interaction_sd[place],
                pair.joint_sd[place],
                pair.h_squared[place].reason,
            )
            for pair in self.pairs
            for place, output in enumerate(pair.outputs)
        ]
        return pl.DataFrame(lines, schema=SCHEMA, orient="row")

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {"pairs": [pair.to_dict() for pair in self.pairs]}

    def plot(self) -> "alt.LayerChart":
        """Draw H² of the ten strongest pairs with their intervals, for the first output."""
        first = self.pairs[0].outputs[0] if self.pairs and self.pairs[0].outputs else ""
        rows = self.to_frame().filter(pl.col("output") == first).head(SHOWN).to_dicts()
        points = MetricIntervals(
            name=tuple(f"{row['first']} × {row['second']}" for row in rows),
            series=("",) * len(rows),
            value=tuple(row["h_squared"] for row in rows),
            low=tuple(row["low"] for row in rows),
            high=tuple(row["high"] for row in rows),
        )
        return plot_metric_intervals(points, axis="H²: share that is interaction")

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows = [
            (" × ".join(pair.features), output, with_interval(h_squared))
            for pair in self.pairs[:SHOWN]
            for output, h_squared in zip(pair.outputs, pair.h_squared, strict=True)
        ]
        return Overview("Interactions of pairs", ("pair", "output", "H²"), rows)


def measure_interactions(
    model: Any,  # noqa: ANN401  an estimator, a function, a Predictor or Scores
    X: Any,  # noqa: ANN401  the model's container
    pairs: Sequence[tuple[str | int, str | int]] | None = None,
    *,
    features: Sequence[str | int] | None = None,
    top: int = TOP,
    rows: int | None = ROWS,
    resolution: int = RESOLUTION,
    output: str | None = None,
    weights: Sequence[float] | Floats | None = None,
    level: float = 0.95,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> InteractionStrengths:
    """Measure how much pairs of columns act together, by their joint partial dependence.

    Parameters
    ----------
    model, X, output, weights, level, seed, progress
        As in `measure_dependence`.
    pairs : sequence of pairs of columns, or None
        None: all pairs of `features`.
    features : sequence of columns or None
        None: the `top` columns that move the scores most when they are taken from other rows.
    top : int
    rows, resolution : int
        Rows asked about and grid values of each column; predictions for a pair: rows × their
        square.

    Returns
    -------
    InteractionStrengths

    Raises
    ------
    InputError
        If fewer than two columns are left to be paired.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(100, 3))
    >>> found = measure_interactions(lambda rows: rows[:, 0] * rows[:, 1] + rows[:, 2], x)
    >>> found.pairs[0].features, found.pairs[1].h_squared[0].value
    (('x0', 'x1'), 0.0)
    """
    model = predictor_of(model)
    X = rows_for(model, X)
    table = EffectTable.of(X)
    scores = one_by_one(scores_of(model, X, output=output))
    if pairs is None:
        given = check_weights(weights, len(table))
        chosen = features or _moving(scores, table, given, top=top, rows=rows, seed=seed)
        pairs = list(combinations(chosen, 2))
    if not pairs:
        msg = "interactions are of pairs of columns, and fewer than two can be set to values"
        raise InputError(msg)
    made = [
        measure_dependence(
            scores,
            X,
            (first, second),
            rows=rows,
            resolution=resolution,
            weights=weights,
            level=level,
            seed=seed,
            progress=progress,
        )
        for first, second in pairs
    ]
    made.sort(key=lambda pair: -max(pair.interaction_sd, default=0.0))
    return InteractionStrengths(pairs=tuple(made))


def _moving(
    scores: Scores,
    table: EffectTable,
    weights: Floats,
    *,
    top: int,
    rows: int | None,
    seed: int,
) -> list[str]:
    """Return the columns that move the scores most, in the order of the table."""
    rng = np.random.default_rng(seed)
    index = draw_rows(None, weights, rows, rng)
    base = ask_rows(scores, table, index)
    moved: dict[str, float] = {}
    for place, name in enumerate(table.columns):
        if read_column(table, place).reason is None:
            donors = index[draw_donors(index, None, 1, rng)[0]]
            made = ask_rows(scores, table, index, [place], donors)
            moved[name] = float(
                np.average(np.abs(made - base).sum(axis=1), weights=weights[index])
            )
    most = sorted(moved, key=lambda name: -moved[name])[:top]
    return sorted(most, key=table.columns.index)
