"""Which players matter more to one group than to another: a frozen result."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from assay.charts.group_importance import plot_group_importance
from assay.explainability.aggregation import Aggregation
from assay.explainability.importance import WORDS
from assay.explainability.points import group_importance_points
from assay.overview import HasOverview, Overview, with_interval
from assay.result import Estimate, Finding, Json


@dataclass(frozen=True, kw_only=True)
class GroupPlayer:
    """How important a player is in a group and in what it is compared with.

    Parameters
    ----------
    player, group : str
    in_group, in_reference : Estimate
    difference : Estimate
        Group minus reference.
    p_value : float
        That there is no difference, two-sided, by Welch's test.
    adjusted_p_value : float
        For the number of players and groups (Holm).
    """

    player: str
    group: str
    in_group: Estimate
    in_reference: Estimate
    difference: Estimate
    p_value: float | None
    adjusted_p_value: float | None

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "player": self.player,
            "group": self.group,
            "in_group": self.in_group.to_dict(),
            "in_reference": self.in_reference.to_dict(),
            "difference": self.difference.to_dict(),
            "p_value": self.p_value,
            "adjusted_p_value": self.adjusted_p_value,
        }


@dataclass(frozen=True, kw_only=True, repr=False)
class GroupImportance(HasOverview):
    """Differential feature importance: what matters more to one group than to another.

    Parameters
    ----------
    aggregation : {"mean_abs", "mean_sq", "mean"}
    output : str
    reference : str
        Group that the others are compared with; "all others" where each is compared with the
        rest.
    sizes : tuple of (str, int)
        Group and its rows, the largest first.
    players : tuple of GroupPlayer
        Group by group, the players in the order of the explanation.
    disagreement : tuple of (str, Estimate)
        Group and 1 - nDCG of the reference's order scored on the group's importances: 0 where
        the orders agree.
    level : float
    seed : int
    """

    aggregation: Aggregation
    output: str
    reference: str
    sizes: tuple[tuple[str, int], ...]
    players: tuple[GroupPlayer, ...]
    disagreement: tuple[tuple[str, Estimate], ...]
    level: float
    seed: int

    @property
    def differing(self) -> tuple[GroupPlayer, ...]:
        """Players whose importance differs beyond chance, the largest difference first."""
        alpha = 1 - self.level
        found = [
            each
            for each in self.players
            if each.adjusted_p_value is not None and each.adjusted_p_value < alpha
        ]
        return tuple(sorted(found, key=lambda each: -abs(each.difference.value or 0.0)))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know: one finding for all players that differ."""
        if not self.differing:
            return ()
        first = self.differing[0]
        others = len(self.differing) - 1
        more = f", and {others} more" if others else ""
        which = "more" if (first.difference.value or 0) > 0 else "less"
        return (
            Finding(
                rule="importance_differs_by_group",
                severity="info",
                message=f"{first.player} matters {which} for {first.group} than for "
                f"{self.reference}: {WORDS[self.aggregation]} {first.in_group.value:.3g} against "
                f"{first.in_reference.value:.3g}{more}",
                where={"columns": [each.player for each in self.differing]},
                evidence={
                    "difference": first.difference.to_dict(),
                    "adjusted_p_value": first.adjusted_p_value,
                },
                cause="The groups differ in this column's values, or the model uses it "
                "differently for them.",
                advice="Compare the column's values by group, and its effect within each group.",
            ),
        )

    def to_frame(self) -> pl.DataFrame:
        """Return one line for each group and player.

        Columns group, player, in_group, in_group_low, in_group_high, in_reference,
        in_reference_low, in_reference_high, difference, low, high, p_value, adjusted_p_value.
        """
        lines = [
            {
                "group": each.group,
                "player": each.player,
                "in_group": each.in_group.value,
                "in_group_low": each.in_group.low,
                "in_group_high": each.in_group.high,
                "in_reference": each.in_reference.value,
                "in_reference_low": each.in_reference.low,
                "in_reference_high": each.in_reference.high,
                "difference": each.difference.value,
                "low": each.difference.low,
                "high": each.difference.high,
                "p_value": each.p_value,
                "adjusted_p_value": each.adjusted_p_value,
            }
            for each in self.players
        ]
        texts = {"group": pl.String, "player": pl.String}
        schema = {name: texts.get(name, pl.Float64) for name in (lines[0] if lines else [])}
        return pl.DataFrame(lines, schema=schema)

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {
            "aggregation": self.aggregation,
            "output": self.output,
            "reference": self.reference,
            "sizes": dict(self.sizes),
            "players": [each.to_dict() for each in self.players],
            "disagreement": {group: each.to_dict() for group, each in self.disagreement},
            "level": self.level,
            "seed": self.seed,
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def plot(self) -> Any:  # noqa: ANN401  an Altair chart
        """Draw the most important players' importances, group beside group."""
        return plot_group_importance(group_importance_points(self), axis=WORDS[self.aggregation])

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows = [
            (
                each.group,
                each.player,
                with_interval(each.in_group),
                with_interval(each.in_reference),
                "–" if each.adjusted_p_value is None else f"{each.adjusted_p_value:.3g}",
            )
            for each in (self.differing or self.players)[:15]
        ]
        columns = ("group", "", "in the group", f"in {self.reference}", "p, adjusted")
        return Overview("Importance by group", columns, rows)
