"""Interactions of many rows in; how much each pair of players does together over all, out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.aggregation import (
    Aggregated,
    Aggregation,
    aggregate_with_errors,
    check_weights,
    corrected_terms,
)
from assay.explainability.importance import estimate_of, output_place
from assay.overview import HasOverview, Overview, with_interval
from assay.result import Estimate, Json

if TYPE_CHECKING:
    from assay.explainability.result import Explanation

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
SHOWN = 15
_TEXTS = ("output", "first", "second")


@dataclass(frozen=True, kw_only=True)
class PairImportance:
    """What two players do together beyond what each does alone, over the explained rows.

    Parameters
    ----------
    first, second, output : str
    estimate : Estimate
        Mean absolute Shapley interaction index, in units of the score.
    mean : Estimate
        Its signed mean.
    standard_error : float or None
        Of the mean absolute index, over rows and the choice of coalitions; None for a single row.
    sampling_error : float
        Its part from the choice of coalitions, at its largest; 0 where exact.
    """

    first: str
    second: str
    output: str
    estimate: Estimate
    mean: Estimate
    standard_error: float | None
    sampling_error: float

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "first": self.first,
            "second": self.second,
            "output": self.output,
            "mean_abs": self.estimate.to_dict(),
            "mean": self.mean.to_dict(),
            "standard_error": self.standard_error,
            "sampling_error": self.sampling_error,
        }


@dataclass(frozen=True, kw_only=True, repr=False)
class GlobalInteractions(HasOverview):
    """How much each pair of players does together over the explained rows.

    Parameters
    ----------
    pairs : tuple of PairImportance
        Output by output, the pair that does the most together first.
    n_rows : int
        Explained rows with some weight.
    scale : {"raw", "probability", "log_odds"}
        Of the scores.
    level : float
        Coverage of the intervals.
    exact : bool
        Whether each row's interactions are exact, so that the intervals are over rows alone.
    """

    pairs: tuple[PairImportance, ...]
    n_rows: int
    scale: str
    level: float
    exact: bool

    def to_frame(self) -> pl.DataFrame:
        """Return one line for each output and pair.

        Columns output, first, second, mean_abs, low, high, standard_error, sampling_error, mean,
        mean_low, mean_high.
        """
        lines = [
            {
                "output": each.output,
                "first": each.first,
                "second": each.second,
                "mean_abs": each.estimate.value,
                "low": each.estimate.low,
                "high": each.estimate.high,
                "standard_error": each.standard_error,
                "sampling_error": each.sampling_error,
                "mean": each.mean.value,
                "mean_low": each.mean.low,
                "mean_high": each.mean.high,
            }
            for each in self.pairs
        ]
        numbers = ("mean_abs", "low", "high", "standard_error", "sampling_error", "mean")
        names = (*_TEXTS, *numbers, "mean_low", "mean_high")
        schema: dict[str, Any] = {
            name: pl.String if name in _TEXTS else pl.Float64 for name in names
        }
        return pl.DataFrame(lines, schema=schema)

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {
            "n_rows": self.n_rows,
            "scale": self.scale,
            "level": self.level,
            "exact": self.exact,
            "pairs": [each.to_dict() for each in self.pairs],
        }

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows = [
            (
                each.first,
                each.second,
                each.output,
                with_interval(each.estimate),
                with_interval(each.mean),
            )
            for each in self.pairs[:SHOWN]
        ]
        columns = ("", "and", "output", "mean |interaction|", "mean interaction")
        exact = "exact" if self.exact else "sampled"
        return Overview(f"Interactions over {self.n_rows} rows ({exact})", columns, rows)


def global_interactions(
    explanation: "Explanation",
    output: str | None = None,
    *,
    most: int | None = None,
    weights: Sequence[float] | Floats | None = None,
) -> GlobalInteractions:
    """Aggregate the interactions of pairs of players over the explained rows.

    Parameters
    ----------
    explanation : Explanation
        Of at least one row, with interactions.
    output : str or None
        One output alone; None takes all.
    most : int or None
        So many pairs of each output, those that do the most together; None takes all.
    weights : sequence of float or None, length n_rows
        None takes the explanation's own, and where it has none counts all rows the same.

    Returns
    -------
    GlobalInteractions
        Intervals over rows and, by their largest effect, over the choice of coalitions, as those
        of `global_importance`: what noise adds to absolute values is taken off.

    Raises
    ------
    InputError
        If there are no interactions, no rows or no such output, or the weights do not fit.
    """
    if explanation.interactions is None:
        msg = (
            "the explanation has no interactions of pairs; explain with interactions=True "
            f"(why there are none where it was given: {explanation.reason})"
        )
        raise InputError(msg)
    if not len(explanation):
        msg = "no row is explained, so there is nothing to aggregate; explain at least one row"
        raise InputError(msg)
    weight = check_weights(
        explanation.row_weights if weights is None else weights, len(explanation)
    )
    places = [output_place(explanation, output)] if output else range(len(explanation.outputs))
    errors = explanation.interaction_errors
    return GlobalInteractions(
        pairs=tuple(pair for at in places for pair in _of_output(explanation, at, weight, most)),
        n_rows=int(np.count_nonzero(weight)),
        scale=explanation.output,
        level=explanation.level,
        exact=errors is not None and not errors.any(),
    )


def _of_output(
    explanation: "Explanation", place: int, weight: Floats, most: int | None
) -> Iterator[PairImportance]:
    assert explanation.interactions is not None
    first, second = np.triu_indices(len(explanation.players), k=1)
    every = explanation.interactions[:, first, second, place]
    errors = explanation.interaction_errors
    own = None if errors is None else errors[:, first, second, place]
    size = np.maximum(weight @ corrected_terms(every, own, "mean_abs"), 0.0)
    chosen = np.argsort(-size, kind="stable")[:most]
    values, own = every[:, chosen], None if own is None else own[:, chosen]

    def over_rows(how: Aggregation) -> Aggregated:
        return aggregate_with_errors(values, own, how, weight, level=explanation.level)

    sizes, means = over_rows("mean_abs"), over_rows("mean")
    for at, pair in enumerate(chosen.tolist()):
        yield PairImportance(
            first=explanation.players[first[pair]],
            second=explanation.players[second[pair]],
            output=explanation.outputs[place],
            estimate=estimate_of(sizes, at, weight, explanation, sampled=own is not None),
            mean=estimate_of(means, at, weight, explanation, sampled=own is not None),
            standard_error=None if sizes.errors is None else float(sizes.errors[at]),
            sampling_error=float(sizes.noise[at]),
        )
