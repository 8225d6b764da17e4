"""Explanations of table rows: attributions with their doubt, and how they were made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.charts.saving import save_chart
from assay.explainability.importance import GlobalImportance, global_importance
from assay.explainability.pair_frame import pair_frame
from assay.explainability.pair_importance import GlobalInteractions, global_interactions
from assay.explainability.pictures import picture
from assay.explainability.shap_form import to_shap
from assay.explainability.storing import save_explanation
from assay.overview import HasOverview, Overview
from assay.result import Finding, Json, worst_first

Floats = NDArray[np.float64]
SHOWN = 15


@dataclass(frozen=True, kw_only=True, eq=False)
class BackgroundSummary:
    """The rows that fill in what is switched off.

    Parameters
    ----------
    kind : str
        "kmeans", "medoids", "sample", "median", "zero", "all" or "given".
    rows : polars.DataFrame
        The rows themselves.
    weights : ndarray, shape (n_rows,)
        Their sum is 1.
    n_from : int
        Rows that it stands for.
    source : str
        Where they are from, for people: "train", "the explained rows", a file's name.
    error : float or None
        Difference of the mean score of the summary and of up to 1,000 sampled rows, as a share
        of the range of the scores, the largest over outputs; None where nothing was left out.
    """

    kind: str
    rows: pl.DataFrame
    weights: Floats
    n_from: int
    source: str = ""
    error: float | None = None

    @property
    def told(self) -> str:
        """Return what it is, for people: "50 rows (kmeans) for 569 of the train rows"."""
        n, source = self.rows.height, self.source or "the background"
        if n == self.n_from and self.kind in ("all", "given"):
            return f"{n:,} of {source}" if n > 1 else f"one row of {source}"
        rows = "1 row" if n == 1 else f"{n:,} rows"
        return f"{rows} ({self.kind}) for {self.n_from:,} of {source}"

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; the rows are counted, not told."""
        return {
            "told": self.told,
            "kind": self.kind,
            "n_rows": self.rows.height,
            "n_from": self.n_from,
            "source": self.source,
            "error": self.error,
        }


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What an explanation cost.

    Parameters
    ----------
    calls : int
        Coalitions evaluated, over all rows.
    asked, made : int
        Predictions wanted, and made after repeated rows were asked once.
    batches : int
    model_seconds, other_seconds : float
        Within the model, and outside it.
    """

    calls: int = 0
    asked: int = 0
    made: int = 0
    batches: int = 0
    model_seconds: float = 0.0
    other_seconds: float = 0.0

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "calls": self.calls,
            "predictions_asked": self.asked,
            "predictions_made": self.made,
            "batches": self.batches,
            "model_seconds": self.model_seconds,
            "other_seconds": self.other_seconds,
        }


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Explanation(HasOverview):
    """Why a model gave some rows of a table their scores.

    Parameters
    ----------
    values : ndarray, shape (n_rows, n_players, n_outputs)
        Attributions; over the players they sum to prediction - base value.
    standard_errors : ndarray or None, shape (n_rows, n_players, n_outputs)
        Of the choice of coalitions alone; None where the method has none (exact methods have 0).
    base_values : ndarray, shape (n_rows, n_outputs)
        Score when everything is switched off.
    predictions : ndarray, shape (n_rows, n_outputs)
    data : polars.DataFrame
        The explained rows, the columns that the model reads.
    rows : tuple of int
        Their places in the table that they were taken from.
    players : tuple of str
    player_columns : tuple of tuple of str
        The columns of each player.
    outputs : tuple of str
        What each score is of: the class, or the name of the value.
    output : {"raw", "probability", "log_odds"}
    link : {"identity", "mean_then_logit", "logit_then_mean"}
    value_function : {"interventional", "path_dependent", "gradients"}
    method : str
        What was done, and why nothing else: for people.
    reason : str
        Why this method.
    exact, converged : ndarray of bool, shape (n_rows,)
    background : BackgroundSummary or None
    interactions : ndarray or None, shape (n_rows, n_players, n_players, n_outputs)
        Shapley interaction index of each pair, diagonal 0.
    interaction_errors : ndarray or None, shape (n_rows, n_players, n_players, n_outputs)
        Standard errors of the interactions, of the choice of coalitions alone: 0 where exact;
        None where there are no interactions, or their errors were not kept.
    row_weights : ndarray or None, shape (n_rows,)
        What each row counts in sums over rows; None: all the same.
    additivity_error : float
        Largest absolute difference of base + sum of attributions and prediction.
    cost : Cost
    seed : int
    level : float
    versions : mapping of str to str
        Of the libraries whose numbers these are.
    notes : tuple of Finding
        What was noticed on the way.
    """

    values: Floats
    standard_errors: Floats | None
    base_values: Floats
    predictions: Floats
    data: pl.DataFrame
    rows: tuple[int, ...]
    players: tuple[str, ...]
    player_columns: tuple[tuple[str, ...], ...]
    outputs: tuple[str, ...]
    output: str
    link: str
    value_function: str
    method: str
    reason: str
    exact: NDArray[np.bool_]
    converged: NDArray[np.bool_]
    background: BackgroundSummary | None
    interactions: Floats | None = None
    interaction_errors: Floats | None = None
    row_weights: Floats | None = None
    additivity_error: float = 0.0
    cost: Cost = field(default_factory=Cost)
    seed: int = 0
    level: float = 0.95
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    notes: tuple[Finding, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know, worst first."""
        return worst_first(self.notes)

    def value_of(self, place: int, player: int) -> Any:  # noqa: ANN401  a cell of any type
        """Return the row's own value of a player; a text of `name=value` for a group."""
        columns = self.player_columns[player]
        cells = [self.data[name][place] for name in columns]
        if len(cells) == 1:
            return cells[0]
        return ", ".join(f"{name}={cell}" for name, cell in zip(columns, cells, strict=True))

    def to_frame(self) -> pl.DataFrame:
        """Return one line for each row, output and player.

        Columns row, output, player, value, standard_error, data_value.
        """
        n_rows, n_players, n_outputs = self.values.shape
        errors = (
            np.zeros_like(self.values) if self.standard_errors is None else self.standard_errors
        )
        told = [
            ["" if (v := self.value_of(i, j)) is None else str(v) for j in range(n_players)]
            for i in range(n_rows)
        ]
        order = (0, 2, 1)
        frame = pl.DataFrame(
            {
                "row": np.repeat(np.array(self.rows, dtype=np.int64), n_players * n_outputs),
                "output": [name for name in self.outputs for _ in self.players] * n_rows,
                "player": [*self.players] * (n_rows * n_outputs),
                "value": self.values.transpose(order).reshape(-1),
                "standard_error": errors.transpose(order).reshape(-1),
                "data_value": [cell for row in told for _ in self.outputs for cell in row],
            }
        )
        if self.standard_errors is None:
            frame = frame.with_columns(pl.lit(None, dtype=pl.Float64).alias("standard_error"))
        return frame

    def interactions_to_frame(self) -> pl.DataFrame:
        """Return one line for each row, output and pair of players; none without interactions.

        Columns row, output, first, second, value, standard_error.
        """
        return pair_frame(self)

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        errors, pairs, pair_errors = (
            None if each is None else each.tolist()
            for each in (self.standard_errors, self.interactions, self.interaction_errors)
        )
        return {
            "method": self.method,
            "reason": self.reason,
            "value_function": self.value_function,
            "output": self.output,
            "link": self.link,
            "outputs": list(self.outputs),
            "players": [
                {"name": name, "columns": list(columns)}
                for name, columns in zip(self.players, self.player_columns, strict=True)
            ],
            "rows": list(self.rows),
            "base_values": self.base_values.tolist(),
            "predictions": self.predictions.tolist(),
            "values": self.values.tolist(),
            "standard_errors": errors,
            "interactions": pairs,
            "interaction_errors": pair_errors,
            "row_weights": None if self.row_weights is None else self.row_weights.tolist(),
            "exact": self.exact.tolist(),
            "converged": self.converged.tolist(),
            "additivity_error": self.additivity_error,
            "background": None if self.background is None else self.background.to_dict(),
            "cost": self.cost.to_dict(),
            "seed": self.seed,
            "level": self.level,
            "versions": dict(self.versions),
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def global_importance(
        self, agg: str = "mean_abs", output: str | None = None
    ) -> GlobalImportance:
        """Aggregate over the rows; see `importance.global_importance`."""
        return global_importance(self, agg, output)

    def global_interactions(
        self, output: str | None = None, *, most: int | None = None
    ) -> GlobalInteractions:
        """Aggregate pairs over the rows; see `pair_importance.global_interactions`."""
        return global_interactions(self, output, most=most)

    def plot(
        self,
        kind: str = "bar",
        row: int = 0,
        player: str | None = None,
        output: str | None = None,
    ) -> Any:  # noqa: ANN401  an Altair chart
        """Draw it: "bar", "beeswarm", "waterfall" of a row, "scatter" of a player, "heatmap".

        `pictures.picture` gives the same chart with its words and its table.
        """
        return picture(self, kind, row=row, player=player, output=output).chart

    def waterfall(self, row: int = 0, output: str | None = None) -> Any:  # noqa: ANN401
        """Draw how attributions lead from the base value to the prediction of one row."""
        return self.plot("waterfall", row=row, output=output)

    def save_plot(self, path: str | Path, kind: str = "bar", **about: Any) -> Path:  # noqa: ANN401
        """Write a chart as .png or .svg; further arguments are those of `plot`."""
        return save_chart(self.plot(kind, **about), path)

    def save(self, path: str | Path) -> Path:
        """Write one Parquet and one JSON file; `stored.load_explanation` reads them."""
        return save_explanation(self, path)

    def to_shap(self, output: str | None = None) -> Any:  # noqa: ANN401  shap is optional
        """Return a ``shap.Explanation``, for shap's plots; needs the extra `explain`."""
        return to_shap(self, output)

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        mean = np.average(np.abs(self.values).mean(axis=2), axis=0, weights=self.row_weights)
        order = np.argsort(-mean, kind="stable")[:SHOWN]
        rows = [(self.players[place], f"{mean[place]:.4g}") for place in order]
        return Overview(f"Explanation of {len(self)} rows ({self.method})", ("", "mean |φ|"), rows)
