"""Attributions of many rows in; how important each player is over all of them out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.charts.importance_bars import plot_importance_bars
from assay.errors import InputError
from assay.explainability.aggregation import (
    SIGNED,
    Aggregated,
    Aggregation,
    aggregate_with_errors,
    check_aggregation,
    check_weights,
)
from assay.explainability.player_values import Direction, direction_of, numbers_of
from assay.explainability.points import importance_points
from assay.explainability.ranks import Ranks, ranks_by_intervals, ranks_by_rows
from assay.overview import HasOverview, Overview, with_interval
from assay.result import Estimate, Finding, Json

if TYPE_CHECKING:
    from assay.explainability.result import Explanation

Floats = NDArray[np.float64]
SHOWN = 15
CORRECTED = 0.01
"""Share of an importance from which on it is said that noise was taken off."""
FEW = 30
WORDS: dict[Aggregation, str] = {
    "mean_abs": "mean |attribution|",
    "median": "median attribution",
    "mean_sq": "mean squared attribution",
    "mean": "mean attribution",
    "median_abs": "median |attribution|",
}


@dataclass(frozen=True, kw_only=True)
class PlayerImportance:
    """How important one player is for one output.

    Parameters
    ----------
    player, output : str
    estimate : Estimate
        In units of the score (their square for mean_sq).
    standard_error : float or None
        Over rows and the choice of coalitions; None for medians and for a single row.
    sampling_error : float
        Its part from the choice of coalitions, at its largest; 0 where exact.
    share : float or None
        Of the sum of all players' absolute importances; None where that is 0.
    rank, rank_low, rank_high : int
        By absolute importance, 1 the largest, and the places that cannot be ruled out.
    mean : float
        Mean signed attribution.
    direction : {"raises", "lowers", "mixed"}
        Whether higher values of the column go with higher attributions.
    """

    player: str
    output: str
    estimate: Estimate
    standard_error: float | None
    sampling_error: float
    share: float | None
    rank: int
    rank_low: int
    rank_high: int
    mean: float
    direction: Direction

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "player": self.player,
            "output": self.output,
            "importance": self.estimate.to_dict(),
            "standard_error": self.standard_error,
            "sampling_error": self.sampling_error,
            "share": self.share,
            "rank": self.rank,
            "rank_low": self.rank_low,
            "rank_high": self.rank_high,
            "mean": self.mean,
            "direction": self.direction,
        }


@dataclass(frozen=True, kw_only=True, repr=False)
class GlobalImportance(HasOverview):
    """How important each player is over the explained rows.

    Parameters
    ----------
    aggregation : {"mean_abs", "median", "mean_sq", "mean", "median_abs"}
    importances : tuple of PlayerImportance
        Output by output, the most important player first.
    n_rows : int
        Explained rows with some weight.
    scale : {"raw", "probability", "log_odds"}
        Of the scores.
    level : float
        Coverage of the intervals.
    notes : tuple of Finding
    """

    aggregation: Aggregation
    importances: tuple[PlayerImportance, ...]
    n_rows: int
    scale: str
    level: float
    notes: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know, worst first."""
        return self.notes

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs, in their order."""
        return tuple(dict.fromkeys(each.output for each in self.importances))

    def of(self, output: str | None = None) -> tuple[PlayerImportance, ...]:
        """Return the players of one output, the most important first; None is the first output."""
        chosen = self.outputs[0] if output is None else output
        return tuple(each for each in self.importances if each.output == chosen)

    def to_frame(self) -> pl.DataFrame:
        """Return one line for each output and player, the most important first.

        Columns output, player, importance, low, high, standard_error, share, rank, rank_low,
        rank_high, mean, direction.
        """
        lines = [
            {
                "output": each.output,
                "player": each.player,
                "importance": each.estimate.value,
                "low": each.estimate.low,
                "high": each.estimate.high,
                "standard_error": each.standard_error,
                "share": each.share,
                "rank": each.rank,
                "rank_low": each.rank_low,
                "rank_high": each.rank_high,
                "mean": each.mean,
                "direction": each.direction,
            }
            for each in self.importances
        ]
        texts, counts = ("output", "player", "direction"), ("rank", "rank_low", "rank_high")
        names = list(lines[0]) if lines else []
        schema: dict[str, Any] = {
            name: pl.String if name in texts else pl.Int64 if name in counts else pl.Float64
            for name in names
        }
        return pl.DataFrame(lines, schema=schema)

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {
            "aggregation": self.aggregation,
            "n_rows": self.n_rows,
            "scale": self.scale,
            "level": self.level,
            "importances": [each.to_dict() for each in self.importances],
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def plot(self, output: str | None = None) -> Any:  # noqa: ANN401  an Altair chart
        """Draw the most important players of one output as bars with their intervals."""
        points = importance_points(self, output)
        return plot_importance_bars(points, axis=WORDS[self.aggregation])

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows = [
            (
                each.player,
                each.output,
                with_interval(each.estimate),
                f"{each.rank_low}–{each.rank_high}",
            )
            for each in self.importances
            if each.rank <= SHOWN
        ]
        columns = ("", "output", WORDS[self.aggregation], "rank")
        return Overview(f"Importance over {self.n_rows} rows", columns, rows)


def global_importance(
    explanation: "Explanation",
    agg: str = "mean_abs",
    output: str | None = None,
    *,
    weights: Sequence[float] | Floats | None = None,
) -> GlobalImportance:
    """Aggregate attributions over the explained rows.

    Parameters
    ----------
    explanation : Explanation
        Of at least one row.
    agg : {"mean_abs", "median", "mean_sq", "mean", "median_abs"}
        `median` keeps the sign, as SageMaker Clarify's does; ranks are by absolute value.
    output : str or None
        One output alone; None takes all.
    weights : sequence of float or None, length n_rows
        None takes the explanation's own, and where it has none counts all rows the same.

    Returns
    -------
    GlobalImportance
        Intervals over rows and, by their largest effect, over the choice of coalitions; not over
        the background.

    Raises
    ------
    InputError
        If there are no rows, no such output or aggregation, or the weights do not fit.
    """
    how = check_aggregation(agg)
    if not len(explanation):
        msg = "no row is explained, so there is nothing to aggregate; explain at least one row"
        raise InputError(msg)
    own = explanation.row_weights if weights is None else weights
    weight = check_weights(own, len(explanation))
    places = [output_place(explanation, output)] if output else range(len(explanation.outputs))
    found: list[PlayerImportance] = []
    for place in places:
        found += _of_output(explanation, how, place, weight)
    return GlobalImportance(
        aggregation=how,
        importances=tuple(found),
        n_rows=int(np.count_nonzero(weight)),
        scale=explanation.output,
        level=explanation.level,
    )


def output_place(explanation: "Explanation", output: str | None) -> int:
    """Return the place of an output; None is the first.

    Raises
    ------
    InputError
        If there is no such output.
    """
    if output is None:
        return 0
    if output not in explanation.outputs:
        msg = f"no output {output!r}; the explanation has: {', '.join(explanation.outputs)}"
        raise InputError(msg)
    return explanation.outputs.index(output)


def _of_output(
    explanation: "Explanation", how: Aggregation, place: int, weight: Floats
) -> list[PlayerImportance]:
    values = explanation.values[:, :, place]
    errors = explanation.standard_errors
    own = None if errors is None else errors[:, :, place]
    found = aggregate_with_errors(values, own, how, weight, level=explanation.level)
    ranks = _ranks(found, how, weight, explanation.level)
    sizes = np.abs(found.values)
    total = float(sizes.sum())
    means = weight / weight.sum() @ values
    order = np.argsort(-sizes, kind="stable")
    return [
        PlayerImportance(
            player=explanation.players[j],
            output=explanation.outputs[place],
            estimate=estimate_of(found, j, weight, explanation, sampled=own is not None),
            standard_error=None if found.errors is None else float(found.errors[j]),
            sampling_error=float(found.noise[j]),
            share=float(sizes[j]) / total if total > 0 else None,
            rank=int(ranks.rank[j]),
            rank_low=int(ranks.low[j]),
            rank_high=int(ranks.high[j]),
            mean=float(means[j]),
            direction=direction_of(numbers_of(explanation, j), values[:, j]),
        )
        for j in order.tolist()
    ]


def _ranks(found: Aggregated, how: Aggregation, weight: Floats, level: float) -> Ranks:
    """Rank by absolute size; means of signed attributions and medians by their intervals."""
    if how in ("mean_abs", "mean_sq"):
        return ranks_by_rows(found.values, found.terms, weight, found.noise, level=level)
    lows, highs = found.lows, found.highs
    if how in SIGNED and lows is not None and highs is not None:
        across = (lows <= 0) & (highs >= 0)
        ends = np.abs(lows), np.abs(highs)
        lows, highs = np.where(across, 0.0, np.minimum(*ends)), np.maximum(*ends)
    return ranks_by_intervals(np.abs(found.values), lows, highs)


def estimate_of(
    found: Aggregated, j: int, weight: Floats, explanation: "Explanation", *, sampled: bool
) -> Estimate:
    """Return one aggregated number with its interval, and what is to be known of it.

    Parameters
    ----------
    found : Aggregated
    j : int
        Which of its numbers.
    weight : ndarray, shape (n_rows,)
    explanation : Explanation
    sampled : bool
        Whether the standard errors of the single rows are known.
    """
    n = int(np.count_nonzero(weight))
    warnings: list[str] = []
    if n < FEW:
        warnings.append(f"too few: {n} explained rows")
    value, taken = float(found.values[j]), float(found.corrected[j])
    if taken > CORRECTED * max(value, 1e-300):
        warnings.append(f"{taken:.3g} was taken off: noise of the attributions makes it larger")
    if not sampled:
        warnings.append("the error of the method itself is not known and not in the interval")
    even = float(weight.sum() ** 2 / (weight @ weight))
    return Estimate(
        value=value,
        low=None if found.lows is None else float(found.lows[j]),
        high=None if found.highs is None else float(found.highs[j]),
        level=explanation.level,
        n=n,
        n_effective=None if abs(even - n) < 1e-9 * n else even,
        method="Student's interval over rows, mended for skew, and noise of the coalitions"
        if found.errors is not None or found.lows is None
        else "order statistics over rows, and noise of the coalitions",
        conditional_on="the fitted model and the background",
        reason="one row says nothing of others" if found.lows is None else None,
        warnings=tuple(warnings),
    )
