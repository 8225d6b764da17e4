"""Attributions under redrawn backgrounds in; how much the order of players rests on them out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.charts.forest import plot_forest
from assay.errors import InputError
from assay.explainability.aggregation import Aggregation, aggregate, check_aggregation
from assay.explainability.ranks import kendall_tau, rank_of, top_overlap
from assay.overview import HasOverview, Overview, with_interval
from assay.result import Estimate, Finding, Json
from assay.stats.percentile import bca_interval
from assay.tables.forest import ForestRow

Floats = NDArray[np.float64]
Redraw = Literal["bootstrap", "halves"]
BOOTSTRAPS = 20
GAME_BOOTSTRAPS = 1000
HALVES = 5
SETTLED = 0.8
"""Mean share of the leading players that every background agrees on, below which it is said."""


@dataclass(frozen=True, kw_only=True)
class PlayerStability:
    """How much one player's importance varies with the background.

    Parameters
    ----------
    player : str
    importance : Estimate
        On the background itself; the interval is that of its redraws, bias corrected.
    spread : float
        Standard deviation over the redraws.
    rank, rank_low, rank_high : int
        On the background itself, and the range over the middle redraws.
    in_top : float
        Share of the redraws in which it is among the leading players.
    """

    player: str
    importance: Estimate
    spread: float
    rank: int
    rank_low: int
    rank_high: int
    in_top: float

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "player": self.player,
            "importance": self.importance.to_dict(),
            "spread": self.spread,
            "rank": self.rank,
            "rank_low": self.rank_low,
            "rank_high": self.rank_high,
            "in_top": self.in_top,
        }


@dataclass(frozen=True, kw_only=True, repr=False)
class RankStability(HasOverview):
    """How far the order of importance rests on which background rows were chosen.

    Parameters
    ----------
    players : tuple of PlayerStability
        The most important first.
    agreement : Estimate
        Mean Kendall's τ_b of the orders on redrawn backgrounds and on the background itself.
    top_agreement : Estimate
        Mean share of the leading players that are also leading on a redrawn background.
    top : int
        How many players count as leading.
    output : str
    aggregation : {"mean_abs", "median", "mean_sq", "mean", "median_abs"}
    redraw : {"bootstrap", "halves"}
    n_draws : int
        Redrawn backgrounds.
    n_background : int
        Rows of the background with some weight.
    seed : int
    """

    players: tuple[PlayerStability, ...]
    agreement: Estimate
    top_agreement: Estimate
    top: int
    output: str
    aggregation: Aggregation
    redraw: Redraw
    n_draws: int
    n_background: int
    seed: int

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One finding where the leading players rest on the choice of the background."""
        shared = self.top_agreement.value
        if shared is None or shared >= SETTLED:
            return ()
        unsure = [each.player for each in self.players if 0.05 < each.in_top < 0.95]
        return (
            Finding(
                rule="background_rules_the_order",
                severity="info",
                message=f"Which {self.top} columns lead rests on the choice of the background: "
                f"other draws of it share {shared:.0%} of them",
                where={"columns": [*unsure[:15]]},
                evidence={"top_agreement": shared, "n_background": self.n_background},
                cause=f"{self.n_background} background rows, and columns of nearly the same "
                "importance.",
                advice="Give more background rows, or treat these columns as equally important.",
            ),
        )

    def to_frame(self) -> pl.DataFrame:
        """Return one line for each player, the most important first.

        Columns player, importance, low, high, spread, rank, rank_low, rank_high, in_top.
        """
        return pl.DataFrame(
            {
                "player": [each.player for each in self.players],
                "importance": [each.importance.value for each in self.players],
                "low": [each.importance.low for each in self.players],
                "high": [each.importance.high for each in self.players],
                "spread": [each.spread for each in self.players],
                "rank": [each.rank for each in self.players],
                "rank_low": [each.rank_low for each in self.players],
                "rank_high": [each.rank_high for each in self.players],
                "in_top": [each.in_top for each in self.players],
            }
        )

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {
            "output": self.output,
            "aggregation": self.aggregation,
            "redraw": self.redraw,
            "n_draws": self.n_draws,
            "n_background": self.n_background,
            "seed": self.seed,
            "top": self.top,
            "agreement": self.agreement.to_dict(),
            "top_agreement": self.top_agreement.to_dict(),
            "players": [each.to_dict() for each in self.players],
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def plot(self) -> Any:  # noqa: ANN401  an Altair chart
        """Draw importances with what redrawn backgrounds make of them."""
        rows = [
            ForestRow(e.player, e.importance.value, e.importance.low, e.importance.high)
            for e in self.players[:15]
        ]
        return plot_forest(rows, axis="importance over redrawn backgrounds", reference=None)

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows = [
            (each.player, with_interval(each.importance), f"{each.rank_low}–{each.rank_high}")
            for each in self.players[:15]
        ]
        return Overview("Order over redrawn backgrounds", ("", "importance", "rank"), rows)


def stability_over_background(
    explain_with: Callable[[Floats], Floats],
    weights: Sequence[float] | Floats,
    players: Sequence[str],
    *,
    output: int = 0,
    output_name: str = "",
    redraw: Redraw = "bootstrap",
    n_draws: int | None = None,
    top: int = 5,
    agg: str = "mean_abs",
    row_weights: Floats | None = None,
    seed: int = 0,
    level: float = 0.95,
) -> RankStability:
    """Explain again on redrawn backgrounds and say what stays of the order.

    Parameters
    ----------
    explain_with : callable
        Background weights, shape (n_background,), sum 1 → attributions of the same rows, shape
        (n_rows, n_players, n_outputs). It is asked once for the weights themselves and once for
        each redraw: that is the cost.
    weights : sequence of float, length n_background
        Of the background rows.
    players : sequence of str
    output : int
        Place of the output.
    output_name : str
    redraw : {"bootstrap", "halves"}
        Rows drawn with replacement, as many as have the same precision (1/Σω²); or random halves,
        both halves of each split, which shows the spread between backgrounds of half the size.
    n_draws : int or None
        Redraws; None makes 20, or 5 splits into halves.
    top : int
        How many leading players are looked at.
    agg : {"mean_abs", "median", "mean_sq", "mean", "median_abs"}
    row_weights : ndarray or None, shape (n_rows,)
        What each explained row counts.
    seed : int
    level : float

    Returns
    -------
    RankStability

    Raises
    ------
    InputError
        If there are fewer than two background rows with weight, or the weights are no shares.
    """
    shares = _shares(weights)
    rng = np.random.default_rng(seed)
    drawn = _redraws(shares, redraw, n_draws, rng)
    how = check_aggregation(agg)

    def importance(each: Floats) -> Floats:
        return aggregate(explain_with(each)[:, :, output], how, row_weights)

    own = importance(shares)
    redrawn = np.stack([importance(each) for each in drawn])
    about = {"redraw": redraw, "output": output_name, "seed": seed, "aggregation": how}
    n_background = int(np.count_nonzero(shares))
    return _summed_up(own, redrawn, players, top, n_background, level, **about)


def stability_of_games(
    values: Floats,
    weights: Sequence[float] | Floats,
    players: Sequence[str],
    *,
    output: int = 0,
    output_name: str = "",
    n_draws: int = GAME_BOOTSTRAPS,
    top: int = 5,
    agg: str = "mean_abs",
    row_weights: Floats | None = None,
    seed: int = 0,
    level: float = 0.95,
) -> RankStability:
    """Bootstrap the background from attributions to each of its rows alone: no further calls.

    Attributions against a background are the weighted mean of those against its single rows,
    because the game is. That holds for raw scores, probabilities and log-odds averaged after the
    logit, not for the logit of a mean.

    Parameters
    ----------
    values : ndarray, shape (n_background, n_rows, n_players, n_outputs)
        Attributions against each background row alone.
    weights : sequence of float, length n_background
    players : sequence of str
    output, output_name, top, agg, row_weights, seed, level
        As in `stability_over_background`.
    n_draws : int
        Redraws of the background.

    Returns
    -------
    RankStability

    Raises
    ------
    InputError
        If there are fewer than two background rows with weight, or the weights are no shares.
    """
    single = values[..., output]

    def explain_with(shares: Floats) -> Floats:
        return np.tensordot(shares, single, axes=1)[:, :, None]

    return stability_over_background(
        explain_with,
        weights,
        players,
        output_name=output_name,
        n_draws=n_draws,
        top=top,
        agg=agg,
        row_weights=row_weights,
        seed=seed,
        level=level,
    )


def _shares(weights: Sequence[float] | Floats) -> Floats:
    given = np.asarray(weights, dtype=np.float64)
    if given.ndim != 1 or not np.isfinite(given).all() or (given < 0).any():
        msg = "background weights must be finite numbers of 0 or more, one a background row"
        raise InputError(msg)
    if np.count_nonzero(given) < 2:
        msg = (
            f"{np.count_nonzero(given)} background row(s) have weight; redrawing a background "
            "takes two or more"
        )
        raise InputError(msg)
    return given / given.sum()


def _redraws(
    shares: Floats, redraw: Redraw, n_draws: int | None, rng: np.random.Generator
) -> Iterable[Floats]:
    if redraw == "bootstrap":
        size = max(2, round(1 / float(shares @ shares)))
        counts = rng.multinomial(size, shares, size=n_draws or BOOTSTRAPS)
        return (each / size for each in counts)
    if redraw != "halves":
        msg = f"unknown redraw {redraw!r}; choose bootstrap or halves"
        raise InputError(msg)
    there = np.flatnonzero(shares)
    halves: list[Floats] = []
    for _ in range(n_draws or HALVES):
        order = rng.permutation(there)
        for half in (order[: len(order) // 2], order[len(order) // 2 :]):
            part = np.zeros_like(shares)
            part[half] = shares[half] / shares[half].sum()
            halves.append(part)
    return halves


def _summed_up(
    own: Floats,
    redrawn: Floats,
    names: Sequence[str],
    top: int,
    n_background: int,
    level: float,
    **about: Any,  # noqa: ANN401  what the result repeats
) -> RankStability:
    sizes, many = np.abs(own), np.abs(redrawn)
    tails = [(1 - level) / 2, (1 + level) / 2]
    ranks = np.stack([rank_of(each) for each in many])
    low_ranks = np.quantile(ranks, tails[0], axis=0, method="lower")
    high_ranks = np.quantile(ranks, tails[1], axis=0, method="higher")
    ends = [bca_interval(float(own[j]), redrawn[:, j], level=level) for j in range(len(own))]
    leading = (ranks <= top).mean(axis=0)
    own_ranks = rank_of(sizes)
    told = {
        "level": level,
        "n": n_background,
        "unit": "background row",
        "method": f"{about['redraw']} of the background, {len(redrawn)} redraws",
        "conditional_on": "the fitted model and the explained rows",
        "seed": about["seed"],
    }
    players = [
        PlayerStability(
            player=str(names[j]),
            importance=Estimate(
                value=float(own[j]),
                low=ends[j].low,
                high=ends[j].high,
                **told,
            ),
            spread=float(redrawn[:, j].std(ddof=1)),
            rank=int(own_ranks[j]),
            rank_low=min(int(low_ranks[j]), int(own_ranks[j])),
            rank_high=max(int(high_ranks[j]), int(own_ranks[j])),
            in_top=float(leading[j]),
        )
        for j in np.argsort(-sizes, kind="stable").tolist()
    ]
    taus = [kendall_tau(sizes, each) for each in many]
    shared = [top_overlap(sizes, each, top) for each in many]
    return RankStability(
        players=tuple(players),
        agreement=_mean([tau for tau in taus if tau is not None], tails, told),
        top_agreement=_mean(shared, tails, told),
        top=min(top, len(names)),
        n_draws=len(redrawn),
        n_background=n_background,
        **about,
    )


def _mean(found: Sequence[float], tails: Sequence[float], told: dict[str, Any]) -> Estimate:
    """Return the mean agreement, with the middle of the redraws as its interval."""
    if not found:
        return Estimate.undefined("all players are equally important", n=told["n"])
    low, high = np.quantile(found, tails)
    mean = float(np.mean(found))
    return Estimate(value=mean, low=min(float(low), mean), high=max(float(high), mean), **told)
