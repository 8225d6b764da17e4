"""Rows of a group and the rows it is compared with in; differences of importance out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.aggregation import Aggregated, Aggregation, aggregate_with_errors
from assay.explainability.ranks import attribution_ndcg, ndcg_rows
from assay.result import Estimate
from assay.stats.mean_difference import mean_difference
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
GIVEN = "the fitted model and the background"


@dataclass(frozen=True)
class ComparedSides:
    """The importances of a group and of what it is compared with, player by player.

    Parameters
    ----------
    in_group, in_reference, differences : list of Estimate
    p_values : list of (float or None)
        Two-sided, of Welch's test; None where a side has a single row.
    disagreement : Estimate
        1 - nDCG of the reference's order scored on the group.
    """

    in_group: list[Estimate]
    in_reference: list[Estimate]
    differences: list[Estimate]
    p_values: list[float | None]
    disagreement: Estimate


def compare_sides(
    explanation: "Explanation",
    how: Aggregation,
    place: int,
    inside: Flags,
    outside: Flags,
    rng: np.random.Generator,
) -> ComparedSides:
    """Compare the importance of every player among the rows inside and outside a group.

    Parameters
    ----------
    explanation : Explanation
    how : {"mean_abs", "mean_sq", "mean"}
    place : int
        Of the output.
    inside, outside : ndarray of bool, shape (n_rows,)
    rng : numpy.random.Generator
        Of the redraws of rows.
    """
    found = [_aggregated(explanation, how, place, side) for side in (inside, outside)]
    terms = [each.terms for each in found]
    sizes = [len(each) for each in terms]
    values = [each.values for each in found]
    drawn = _drawn(terms, rng) if min(sizes) >= 2 and max(sizes) <= DRAWN_ROWS else None
    level, shared = explanation.level, [each.noise for each in found]
    differences: list[Estimate] = []
    p_values: list[float | None] = []
    for j in range(len(explanation.players)):
        noise = float(np.hypot(shared[0][j], shared[1][j]))
        estimate, p = _difference([t[:, j] for t in terms], _column(drawn, j), noise, level)
        differences.append(estimate)
        p_values.append(p)
    sides = [_importances(each, level) for each in found]
    disagreement = _disagreement(values, drawn, sizes, level)
    return ComparedSides(sides[0], sides[1], differences, p_values, disagreement)


def _importances(found: Aggregated, level: float) -> list[Estimate]:
    """Return the importance of each player among the rows, with Student's interval."""
    n, lows, highs = len(found.terms), found.lows, found.highs
    return [
        Estimate(
            value=float(value),
            low=None if lows is None else float(lows[j]),
            high=None if highs is None else float(highs[j]),
            n=n,
            method="Student's interval over rows, mended for skew",
            reason="one row says nothing of others" if lows is None else None,
            level=level,
            conditional_on=GIVEN,
            warnings=_few(n),
        )
        for j, value in enumerate(found.values)
    ]


def _aggregated(
    explanation: "Explanation", how: Aggregation, place: int, side: Flags
) -> Aggregated:
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
        "conditional_on": GIVEN,
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
        conditional_on=GIVEN,
        warnings=_few(n),
    )
