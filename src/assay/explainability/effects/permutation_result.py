"""How much worse a model gets when a column is shuffled: a frozen result."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.charts.permutation_importance import plot_permutation_importance
from assay.overview import HasOverview, Overview, with_interval
from assay.result import Estimate, Finding, Json, worst_first
from assay.tables.effect_points import ImportancePoint

if TYPE_CHECKING:
    import altair as alt

Floats = NDArray[np.float64]
SCHEMA = {
    "player": pl.String,
    "columns": pl.String,
    "importance": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
}
SHOWN = 15
RANKS_APART = 3
NAMED = 5


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PermutationImportance(HasOverview):
    """What the answers lose when a column, or a group of columns, is taken from other rows.

    Parameters
    ----------
    players : tuple of str
    player_columns : tuple of tuple of str
    importances : tuple of Estimate
        Growth of the mean loss, or drop of the metric.
    drops : ndarray, shape (n_players, repeats)
        Of each repetition.
    base : float
        The loss or metric of the rows as they are.
    metric : str
        Its name.
    of_loss : bool
        Whether it is a loss, which grows, and not a metric, which drops.
    repeats, n_rows, n_table_rows : int
    level : float
    seed : int
    notes : tuple of Finding
    """

    players: tuple[str, ...]
    player_columns: tuple[tuple[str, ...], ...]
    importances: tuple[Estimate, ...]
    drops: Floats
    base: float
    metric: str
    repeats: int
    n_rows: int
    n_table_rows: int
    of_loss: bool = True
    level: float = 0.95
    seed: int = 0
    notes: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know, worst first."""
        return worst_first(self.notes)

    def order(self) -> list[int]:
        """Return the places of the players, the most important first."""
        return np.argsort(
            [-(each.value or 0.0) for each in self.importances], kind="stable"
        ).tolist()

    def to_frame(self) -> pl.DataFrame:
        """Return one line for each player, the most important first."""
        lines = [
            (
                self.players[place],
                ", ".join(self.player_columns[place]),
                self.importances[place].value,
                self.importances[place].low,
                self.importances[place].high,
                self.importances[place].n,
            )
            for place in self.order()
        ]
        return pl.DataFrame(lines, schema=SCHEMA, orient="row")

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {
            "metric": self.metric,
            "of_loss": self.of_loss,
            "base": self.base,
            "players": [
                {
                    "name": self.players[place],
                    "columns": list(self.player_columns[place]),
                    "importance": self.importances[place].to_dict(),
                    "drops": self.drops[place].tolist(),
                }
                for place in self.order()
            ],
            "repeats": self.repeats,
            "n_rows": self.n_rows,
            "n_table_rows": self.n_table_rows,
            "level": self.level,
            "seed": self.seed,
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def plot(self) -> "alt.LayerChart":
        """Draw a bar with its interval for each of the 15 most important players."""
        points = [
            ImportancePoint(row["player"], row["importance"], row["low"], row["high"])
            for row in self.to_frame().head(SHOWN).iter_rows(named=True)
        ]
        return plot_permutation_importance(
            points,
            axis=f"{'growth' if self.of_loss else 'drop'} of {self.metric.replace('_', ' ')}",
        )

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows = [
            (self.players[place], with_interval(self.importances[place]))
            for place in self.order()[:SHOWN]
        ]
        title = f"Permutation importance over {self.n_rows:,} rows ({self.metric})"
        return Overview(title, ("", "importance"), rows)


def differing_ranks(
    attribution: Mapping[str, float], importance: PermutationImportance
) -> Finding | None:
    """Compare the order of columns by what moves the score with that by what the answers need.

    A column is named when its rank by attribution is 3 or more away from its rank by permutation
    and outside the ranks that the intervals of the permutation importance allow.

    Parameters
    ----------
    attribution : mapping of str to float
        Mean |φ| of each player.
    importance : PermutationImportance

    Returns
    -------
    Finding or None
    """
    both = [name for name in importance.players if name in attribution]
    held = {n: importance.importances[importance.players.index(n)] for n in both}
    by_score = {n: 1 + sum(attribution[m] > attribution[n] for m in both) for n in both}
    apart: dict[str, Json] = {}
    for name, own in held.items():
        if own.value is None or own.low is None or own.high is None:
            continue
        low, high, value = own.low, own.high, own.value
        best = 1 + sum(m.low is not None and m.low > high for m in held.values())
        worst = sum(m.high is None or m.high >= low for m in held.values())
        rank = 1 + sum((m.value or 0.0) > value for m in held.values())
        said = by_score[name]
        if abs(said - rank) >= RANKS_APART and not best <= said <= worst:
            apart[name] = [said, rank]
    if not apart:
        return None
    named = ", ".join(map(repr, [*apart][:NAMED]))
    more = f" and {len(apart) - NAMED:,} more" if len(apart) > NAMED else ""
    return Finding(
        rule="importance_ranks_differ",
        severity="info",
        message=f"What moves the score is not what makes it right: the ranks of "
        f"{named}{more} differ.",
        where={"columns": [*list(apart)[:NAMED]]},
        evidence={"ranks_by_attribution_and_permutation": apart},
        cause=(
            "A column may move scores without making them better (noise that was learnt), or be "
            "needed for few rows with a large loss, or share its part with a correlated one."
        ),
        advice="Look at the effect of these columns, and join correlated ones with players=.",
    )
