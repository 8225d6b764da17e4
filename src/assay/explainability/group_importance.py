"""Attributions and groups of rows in; which players matter more to one group than another out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.charts.group_importance import plot_group_importance
from assay.errors import InputError
from assay.explainability.aggregation import Aggregation, aggregate_with_errors, check_aggregation
from assay.explainability.importance import WORDS, output_place
from assay.explainability.points import group_importance_points
from assay.explainability.ranks import attribution_ndcg, ndcg_rows
from assay.result import Estimate, Finding, Json, html_table
from assay.stats.mean_difference import mean_difference
from assay.stats.multiple import holm
from assay.stats.percentile import bca_interval, expanded_level
from assay.stats.redraw import redraw_units
from assay.stats.special import student_cdf

if TYPE_CHECKING:
    from assay.explainability.result import Explanation

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
DRAWS = 2000
DRAWN_ROWS = 5000
FEW = 30
REST = "all others"


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


@dataclass(frozen=True, kw_only=True)
class GroupImportance:
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

    def _repr_html_(self) -> str:
        rows = [
            (
                each.group,
                each.player,
                f"{each.in_group.value:.4g}",
                f"{each.in_reference.value:.4g}",
                "–" if each.adjusted_p_value is None else f"{each.adjusted_p_value:.3g}",
            )
            for each in (self.differing or self.players)[:15]
        ]
        columns = ("group", "", "in the group", f"in {self.reference}", "p, adjusted")
        return html_table("Importance by group", columns, rows)


def importance_by_group(
    explanation: "Explanation",
    groups: Sequence[object],
    agg: str = "mean_abs",
    *,
    output: str | None = None,
    reference: object = None,
    seed: int = 0,
) -> GroupImportance:
    """Compare how important each player is in groups of the explained rows.

    Parameters
    ----------
    explanation : Explanation
        One background for all rows, so that groups differ by themselves alone.
    groups : sequence, length n_rows
        Group of each row; rows with None are left out.
    agg : {"mean_abs", "mean_sq", "mean"}
    output : str or None
        None is the first.
    reference : object
        Group that the others are compared with; None compares each with the rest, and the larger
        of two groups with the smaller.
    seed : int
        Of the bootstrap.

    Returns
    -------
    GroupImportance
        Differences with bootstrap intervals (2,000 redraws of rows within each side, bias
        corrected and accelerated; above 5,000 rows on a side Welch's, mended for skew). Groups
        of fewer than 30 rows say so; of fewer than 2 they have no interval.

    Raises
    ------
    InputError
        If the groups are not one a row, there are fewer than two, the reference is none of them,
        or the aggregation is a median.

    References
    ----------
    Efron 1987, JASA 82:171, for the intervals.
    """
    how = check_aggregation(agg)
    if how.startswith("median"):
        msg = f"groups are compared by means, and agg is {agg!r}; choose mean_abs, mean_sq or mean"
        raise InputError(msg)
    names = _names(groups, len(explanation))
    place = output_place(explanation, output)
    sizes = _sizes(names)
    sides, against = _sides(names, sizes, reference)
    rng = np.random.default_rng(seed)
    compared = [
        _compare(explanation, how, place, inside, outside, rng) for _, inside, outside in sides
    ]
    adjusted = iter(_holm([p for each in compared for p in each.p_values]))
    players = [
        GroupPlayer(
            player=player,
            group=group,
            in_group=each.in_group[j],
            in_reference=each.in_reference[j],
            difference=each.differences[j],
            p_value=each.p_values[j],
            adjusted_p_value=next(adjusted),
        )
        for (group, _, _), each in zip(sides, compared, strict=True)
        for j, player in enumerate(explanation.players)
    ]
    return GroupImportance(
        aggregation=how,
        output=explanation.outputs[place],
        reference=against,
        sizes=tuple(sizes.items()),
        players=tuple(players),
        disagreement=tuple(
            (group, each.disagreement) for (group, _, _), each in zip(sides, compared, strict=True)
        ),
        level=explanation.level,
        seed=seed,
    )


@dataclass(frozen=True)
class _Compared:
    in_group: list[Estimate]
    in_reference: list[Estimate]
    differences: list[Estimate]
    p_values: list[float | None]
    disagreement: Estimate


def _names(groups: Sequence[object], n_rows: int) -> list[str | None]:
    if len(groups) != n_rows:
        msg = f"{len(groups):,} groups were given for {n_rows:,} explained rows; give one a row"
        raise InputError(msg)
    return [None if each is None or each != each else str(each) for each in groups]


def _sizes(names: Sequence[str | None]) -> dict[str, int]:
    known = [name for name in names if name is not None]
    counts = {name: known.count(name) for name in dict.fromkeys(known)}
    if len(counts) < 2:
        told = f"only {next(iter(counts))!r}" if counts else "none"
        msg = f"two groups or more are needed to compare importance, and the rows have {told}"
        raise InputError(msg)
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))


def _sides(
    names: Sequence[str | None], sizes: dict[str, int], reference: object
) -> tuple[list[tuple[str, Flags, Flags]], str]:
    """Return each group with its rows and the rows it is compared with."""
    told = np.array([name or "" for name in names], dtype=object)
    known = np.array([name is not None for name in names])
    against = None if reference is None else str(reference)
    if against is None and len(sizes) == 2:
        against = next(iter(sizes))
    if against is not None and against not in sizes:
        msg = f"the reference {against!r} is no group; there are: {', '.join(sizes)}"
        raise InputError(msg)
    sides: list[tuple[str, Flags, Flags]] = []
    for group in sizes:
        if group == against:
            continue
        inside = known & (told == group)
        outside = known & ((told == against) if against is not None else (told != group))
        sides.append((group, inside, outside))
    return sides, against or REST


def _compare(
    explanation: "Explanation",
    how: Aggregation,
    place: int,
    inside: Flags,
    outside: Flags,
    rng: np.random.Generator,
) -> _Compared:
    found = [_aggregated(explanation, how, place, side) for side in (inside, outside)]
    terms = [each.terms for each in found]
    sizes = [len(each) for each in terms]
    values = [each.values for each in found]
    drawn = _drawn(terms, rng) if min(sizes) >= 2 and max(sizes) <= DRAWN_ROWS else None
    level, shared = explanation.level, [each.noise for each in found]
    about = {"level": level, "conditional_on": "the fitted model and the background"}
    differences: list[Estimate] = []
    p_values: list[float | None] = []
    for j in range(len(explanation.players)):
        noise = float(np.hypot(shared[0][j], shared[1][j]))
        estimate, p = _difference([t[:, j] for t in terms], _column(drawn, j), noise, level)
        differences.append(estimate)
        p_values.append(p)
    sides = [
        [
            Estimate(
                value=float(each.values[j]),
                low=None if each.lows is None else float(each.lows[j]),
                high=None if each.highs is None else float(each.highs[j]),
                n=n,
                method="Student's interval over rows, mended for skew",
                reason="one row says nothing of others" if each.lows is None else None,
                warnings=_few(n),
                **about,
            )
            for j in range(len(explanation.players))
        ]
        for each, n in zip(found, sizes, strict=True)
    ]
    disagreement = _disagreement(values, drawn, sizes, level)
    return _Compared(sides[0], sides[1], differences, p_values, disagreement)


def _aggregated(explanation: "Explanation", how: Aggregation, place: int, side: Flags) -> Any:  # noqa: ANN401
    errors = explanation.standard_errors
    own = None if errors is None else errors[side, :, place]
    values = explanation.values[side, :, place]
    return aggregate_with_errors(values, own, how, np.ones(len(values)), level=explanation.level)


def _drawn(terms: Sequence[Floats], rng: np.random.Generator) -> list[Floats]:
    """Redraw the rows of both sides; means, shape (n_draws, n_players) each."""
    return [redraw_units(each, n_draws=DRAWS, rng=rng) / len(each) for each in terms]


def _column(drawn: list[Floats] | None, j: int) -> Floats | None:
    return None if drawn is None else drawn[0][:, j] - drawn[1][:, j]


def _few(n: int) -> tuple[str, ...]:
    return (f"too few: {n} explained rows",) if n < FEW else ()


def _difference(
    terms: Sequence[Floats], drawn: Floats | None, noise: float, level: float
) -> tuple[Estimate, float | None]:
    n = min(len(each) for each in terms)
    value = float(terms[0].mean() - terms[1].mean())
    about: dict[str, Any] = {
        "value": value,
        "level": level,
        "n": sum(len(each) for each in terms),
        "conditional_on": "the fitted model and the background",
        "warnings": _few(n),
    }
    if n < 2:
        return Estimate(**about, reason="a side has a single row"), None
    inside = np.arange(len(terms[0]) + len(terms[1])) < len(terms[0])
    welch = mean_difference(np.concatenate(terms), inside)
    error = float(np.hypot(welch.error, noise))
    if drawn is None:
        low, high = welch.interval(level)
        method = "Welch, mended for skew"
    else:
        asked = expanded_level(level, n, freedom=welch.freedom)
        low, high = bca_interval(value, drawn, acceleration=welch.skew / 6, level=asked)
        method = f"bootstrap of rows, {DRAWS:,} draws, bias corrected and accelerated"
    if welch.error > 0:
        low, high = (value + (end - value) * error / welch.error for end in (low, high))
    elif noise > 0:
        low, high = value - 2 * noise, value + 2 * noise
    return Estimate(**about, low=low, high=high, method=method), _p_value(value, error, welch)


def _p_value(value: float, error: float, welch: Any) -> float:  # noqa: ANN401
    if error == 0:
        return 1.0 if value == 0 else 0.0
    return 2 * student_cdf(-abs(value) / error, welch.freedom)


def _holm(p_values: Sequence[float | None]) -> list[float | None]:
    known = [p for p in p_values if p is not None]
    adjusted = iter(holm(known).tolist()) if known else iter(())
    return [None if p is None else next(adjusted) for p in p_values]


def _disagreement(
    values: Sequence[Floats], drawn: list[Floats] | None, sizes: Sequence[int], level: float
) -> Estimate:
    """Return 1 - nDCG of the reference's order scored on the group, with percentiles."""
    found = attribution_ndcg(values[0], values[1])
    n = min(sizes)
    if found is None:
        return Estimate.undefined("every attribution of the group is 0", n=n)
    if drawn is None:
        reason = "a side has a single row" if n < 2 else f"more than {DRAWN_ROWS:,} rows on a side"
        return Estimate(value=1 - found, n=n, level=level, reason=reason, warnings=_few(n))
    redrawn = ndcg_rows(drawn[0], drawn[1])
    known = 1 - redrawn[np.isfinite(redrawn)]
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(known, tails) if len(known) else (1 - found, 1 - found)
    return Estimate(
        value=1 - found,
        low=min(float(low), 1 - found),
        high=max(float(high), 1 - found),
        level=level,
        n=n,
        method=f"bootstrap of rows, {DRAWS:,} draws, percentiles",
        conditional_on="the fitted model and the background",
        warnings=_few(n),
    )
