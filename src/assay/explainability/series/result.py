"""Why a model forecasts what it forecasts: one value for each player and each step ahead."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from assay.explainability.maskers.series import Floats, SeriesItem, SeriesPlayer, Stamp
from assay.explainability.result import Cost
from assay.overview import HasOverview, Overview
from assay.result import Finding, Json, worst_first

if TYPE_CHECKING:
    import altair as alt

SHOWN = 15


@dataclass(frozen=True, kw_only=True, eq=False)
class ItemExplanation:
    """Why one item is forecast as it is.

    Parameters
    ----------
    item : SeriesItem
    players : tuple of SeriesPlayer
        Along time, statics first.
    offset : ndarray, shape (horizon,)
        The forecast when all players are switched off.
    forecast : ndarray, shape (horizon,)
    scores : ndarray, shape (n_players, horizon)
        For each step ahead, `offset` + their sum = `forecast`.
    standard_errors : ndarray, shape (n_players, horizon)
        Of the choice of orders or coalitions alone: 0 where exact, NaN where one order tells
        none. Few orders make them larger, by Student's factor, so that ±1.96 of them hold.
    exact : bool
    method : str
        What was done, for people.
    calls : int
        Coalitions that the scores come from.
    """

    item: SeriesItem
    players: tuple[SeriesPlayer, ...]
    offset: Floats
    forecast: Floats
    scores: Floats
    standard_errors: Floats
    exact: bool
    method: str
    calls: int

    @property
    def additivity_error(self) -> float:
        """Largest difference of offset + sum of the scores and the forecast, over its size."""
        gap = np.abs(self.offset + self.scores.sum(axis=0) - self.forecast)
        return float((gap / (1 + np.abs(self.forecast))).max())

    def stamp(self, player: SeriesPlayer, *, last: bool = False) -> Stamp | None:
        """Return the timestamp at which a player's steps begin, or end; None for statics."""
        step = player.last if last else player.first
        return None if step is None else self.item.timestamps[step]

    def lag(self, player: SeriesPlayer) -> int | None:
        """Return how many steps before the forecast's origin a player ends; below 0 after it."""
        return None if player.last is None else self.item.n_past - 1 - player.last

    def by_step(self) -> Floats:
        """Return the scores of players of the same moment added up, shape (n_moments, horizon)."""
        order = [(player.first, player.last) for player in self.players]
        moments = list(dict.fromkeys(order))
        places = np.array([moments.index(each) for each in order])
        made = np.zeros((len(moments), self.scores.shape[1]))
        np.add.at(made, places, self.scores)
        return made

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        errors = np.where(np.isnan(self.standard_errors), None, self.standard_errors)  # type: ignore[call-overload]
        return {
            "item_id": self.item.item_id,
            "n_past": self.item.n_past,
            "n_steps": self.item.n_steps,
            "offset": self.offset.tolist(),
            "forecast": self.forecast.tolist(),
            "exact": self.exact,
            "method": self.method,
            "calls": self.calls,
            "additivity_error": self.additivity_error,
            "players": [
                {
                    "kind": player.kind,
                    "feature": player.feature,
                    "timestamp": self.stamp(player),
                    "until": self.stamp(player, last=True),
                    "scores": scores.tolist(),
                    "standard_errors": errors[place].tolist(),
                }
                for place, (player, scores) in enumerate(
                    zip(self.players, self.scores, strict=True)
                )
            ],
        }


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SeriesExplanation(HasOverview):
    """Why a model forecasts some items as it does: asymmetric Shapley values along time.

    Parameters
    ----------
    items : tuple of ItemExplanation
    direction : {"chronological", "anti_chronological", "bidirectional", "any order"}
        The orders in which steps may enter; "any order" for symmetric values.
    granularity : {"timewise", "fine_grained"}
    baseline : str
        What fills what is switched off, for people.
    segments : int or None
    cost : Cost
    seed : int
    notes : tuple of Finding

    References
    ----------
    Frye, Rowat and Feige 2020, NeurIPS, "Asymmetric Shapley values: incorporating causal
    knowledge into model-agnostic explainability".
    """

    items: tuple[ItemExplanation, ...]
    direction: str
    granularity: str
    baseline: str
    segments: int | None = None
    cost: Cost = field(default_factory=Cost)
    seed: int = 0
    notes: tuple[Finding, ...] = ()

    def __len__(self) -> int:
        return len(self.items)

    @property
    def exact(self) -> bool:
        """Whether all scores are exact."""
        return all(each.exact for each in self.items)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know, worst first."""
        return worst_first(self.notes)

    def to_frame(self) -> pl.DataFrame:
        """Return one line for each item, player and step ahead.

        Columns item, kind, feature, timestamp, until (texts), lag (steps before the origin of the
        forecast, 0 for the last observed one), ahead (from 1), score, standard_error.
        """
        parts = [_frame(each) for each in self.items]
        return pl.concat(parts) if parts else pl.DataFrame(schema=_SCHEMA)

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {
            "direction": self.direction,
            "granularity": self.granularity,
            "baseline": self.baseline,
            "segments": self.segments,
            "exact": self.exact,
            "items": [each.to_dict() for each in self.items],
            "cost": self.cost.to_dict(),
            "seed": self.seed,
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def plot(self, item: str | int = 0, *, ahead: int | None = None) -> "alt.LayerChart":
        """Return a heat map of one item.

        fine_grained: time steps × series, the mean over the steps ahead, or those of one step
        `ahead` (from 1). timewise: time steps × steps ahead.

        Parameters
        ----------
        item : str or int
            Its name, or its place.
        ahead : int or None

        Raises
        ------
        InputError
            If there is no such item or step.
        """
        from assay.charts.series_scores import plot_series_scores  # noqa: PLC0415
        from assay.explainability.series.cells import score_cells  # noqa: PLC0415

        return plot_series_scores(score_cells(self, item, ahead=ahead))

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows: Sequence[Sequence[object]] = [
            (
                each.item.item_id,
                len(each.players),
                f"{each.offset.mean():.4g}",
                f"{each.forecast.mean():.4g}",
                "exact" if each.exact else each.method,
            )
            for each in self.items[:SHOWN]
        ]
        title = f"{self.granularity}, {self.direction}: {len(self)} forecasts explained"
        return Overview(title, ("item", "players", "mean offset", "mean forecast", ""), rows)


_SCHEMA = {
    "item": pl.String,
    "kind": pl.String,
    "feature": pl.String,
    "timestamp": pl.String,
    "until": pl.String,
    "lag": pl.Int64,
    "ahead": pl.Int64,
    "score": pl.Float64,
    "standard_error": pl.Float64,
}


def _frame(each: ItemExplanation) -> pl.DataFrame:
    n_players, horizon = each.scores.shape
    texts = {
        "kind": [player.kind for player in each.players],
        "feature": [player.feature for player in each.players],
        "timestamp": [_text(each.stamp(player)) for player in each.players],
        "until": [_text(each.stamp(player, last=True)) for player in each.players],
        "lag": [each.lag(player) for player in each.players],
    }
    repeated = {name: [v for v in told for _ in range(horizon)] for name, told in texts.items()}
    columns = {
        "item": [each.item.item_id] * (n_players * horizon),
        **repeated,
        "ahead": [*range(1, horizon + 1)] * n_players,
        "score": each.scores.reshape(-1),
        "standard_error": each.standard_errors.reshape(-1),
    }
    return pl.DataFrame(columns, schema=_SCHEMA).with_columns(
        pl.col("standard_error").fill_nan(None)
    )


def _text(stamp: Stamp | None) -> str | None:
    return None if stamp is None else str(stamp)
