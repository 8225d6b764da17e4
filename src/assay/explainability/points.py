"""Explanations in; the points of their charts out."""

from collections.abc import Sequence
from math import floor, log10
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from assay.explainability.player_values import numbers_of
from assay.stats.interval import two_sided_quantile
from assay.tables.attribution_points import (
    AttributionCell,
    GroupBar,
    ImportanceBar,
    ScatterDot,
    SwarmDot,
    Tone,
    WaterfallStep,
)

if TYPE_CHECKING:
    from assay.explainability.group_importance import GroupImportance
    from assay.explainability.importance import GlobalImportance
    from assay.explainability.result import Explanation

Floats = NDArray[np.float64]
BARS = 15
STEPS = 9
LINES = 10
DOTS = 2000
CELLS_ACROSS = 100
GROUP_PLAYERS = 8
OTHERS = "others"
_BINS = 60
_THINNEST = 0.18


def importance_points(
    importance: "GlobalImportance", output: str | None = None
) -> tuple[ImportanceBar, ...]:
    """Return the bars of the most important players of one output, the largest first."""
    signed = importance.aggregation in ("mean", "median")
    bars: list[ImportanceBar] = []
    for each in importance.of(output)[:BARS]:
        value, low, high = each.estimate.value, each.estimate.low, each.estimate.high
        assert value is not None  # an explanation has at least one row
        tone: Tone = each.direction
        if signed:
            tone = "raises" if value > 0 else "lowers"
        shown = not (signed and low is not None and high is not None and low <= 0 <= high)
        bars.append(ImportanceBar(each.player, value, low, high, tone, shown))
    return tuple(bars)


def group_importance_points(found: "GroupImportance") -> tuple[GroupBar, ...]:
    """Return the bars of the most important players, the reference's before the groups'."""
    size: dict[str, float] = {}
    for each in found.players:
        values = [each.in_group.value or 0.0, each.in_reference.value or 0.0]
        size[each.player] = max(size.get(each.player, 0.0), *map(abs, values))
    chosen = sorted(size, key=lambda player: -size[player])[:GROUP_PLAYERS]
    differing = {(each.player, each.group) for each in found.differing}
    groups = list(dict.fromkeys(each.group for each in found.players))
    one_reference = len(groups) == 1 or found.reference in dict(found.sizes)
    bars: list[GroupBar] = []
    for player in chosen:
        own = [each for each in found.players if each.player == player]
        if one_reference:
            e = own[0].in_reference
            bars.append(GroupBar(player, found.reference, e.value or 0.0, e.low, e.high))
        for each in own:
            e = each.in_group
            differs = (player, each.group) in differing
            bars.append(GroupBar(player, each.group, e.value or 0.0, e.low, e.high, differs))
    return tuple(bars)


def holds_zero(explanation: "Explanation", place: int) -> NDArray[np.bool_]:
    """Tell the attributions to one output whose interval holds 0, shape (n_rows, n_players).

    Attributions of 0 without error are no doubt: they are not among them.
    """
    values, errors = explanation.values[:, :, place], explanation.standard_errors
    if errors is None:
        return np.zeros(values.shape, dtype=bool)
    own = errors[:, :, place]
    return (own > 0) & (np.abs(values) <= two_sided_quantile(explanation.level) * own)


def ranked_players(explanation: "Explanation", place: int) -> list[int]:
    """Return the players' places by mean absolute attribution, the largest first."""
    mean = np.abs(explanation.values[:, :, place]).mean(axis=0)
    return np.argsort(-mean, kind="stable").tolist()


def swarm_points(explanation: "Explanation", place: int = 0) -> tuple[SwarmDot, ...]:
    """Return at most 2,000 dots: a line for each of the nine most important players, and others.

    Rows are thinned at random with a fixed seed. Dots lie beside each other where many rows have
    nearly the same attribution.
    """
    order = ranked_players(explanation, place)
    top, rest = (order, []) if len(order) <= LINES else (order[: LINES - 1], order[LINES - 1 :])
    kept = _thinned(len(explanation), DOTS // (len(top) + bool(rest)))
    values, doubtful = explanation.values[:, :, place], holds_zero(explanation, place)
    span = float(np.ptp(np.append(values[kept].reshape(-1), 0.0))) or 1.0
    dots: list[SwarmDot] = []
    for j in top:
        shades = _shades(numbers_of(explanation, j), len(explanation))
        offsets = _offsets(values[kept, j], span)
        dots += [
            SwarmDot(
                explanation.players[j],
                explanation.rows[i],
                float(values[i, j]),
                offset,
                shades[i],
                str(explanation.value_of(i, j)),
                not doubtful[i, j],
            )
            for i, offset in zip(kept.tolist(), offsets, strict=True)
        ]
    if rest:
        sums = values[:, rest].sum(axis=1)
        offsets = _offsets(sums[kept], span)
        name = f"{len(rest)} {OTHERS}"
        dots += [
            SwarmDot(name, explanation.rows[i], float(sums[i]), offset, None)
            for i, offset in zip(kept.tolist(), offsets, strict=True)
        ]
    return tuple(dots)


def waterfall_points(
    explanation: "Explanation", row: int = 0, place: int = 0
) -> tuple[WaterfallStep, ...]:
    """Return the steps from the base value over the nine largest attributions to the prediction.

    Parameters
    ----------
    explanation : Explanation
    row : int
        Place among the explained rows.
    place : int
        Of the output.
    """
    phi = explanation.values[row, :, place]
    errors = explanation.standard_errors
    own = np.zeros_like(phi) if errors is None else errors[row, :, place]
    order = np.argsort(-np.abs(phi), kind="stable")
    top = order if len(order) <= STEPS + 1 else order[:STEPS]
    rest = order[len(top) :]
    sizes = [*phi[top].tolist(), *([float(phi[rest].sum())] if len(rest) else [])]
    named = [(explanation.players[j], _cell(explanation, row, j)) for j in top.tolist()]
    spread = own[top].tolist()
    if len(rest):
        named.append((f"{len(rest)} {OTHERS}", ""))
        # all attributions together have no error, so the rest has at most that of the top
        spread.append(float(min(own[rest].sum(), own[top].sum())))
    base = float(explanation.base_values[row, place])
    prediction = float(explanation.predictions[row, place])
    printed = additive_digits(base, sizes, prediction)
    sure = two_sided_quantile(explanation.level)
    steps = [WaterfallStep("base value", "base", 0.0, base, printed[0])]
    at = base
    for place_of, ((label, told), size, error) in enumerate(
        zip(named, sizes, spread, strict=True)
    ):
        end, half = at + size, sure * error
        kind: Literal["step", "rest"] = "rest" if place_of >= len(top) else "step"
        low, high = (end - half, end + half) if error > 0 else (None, None)
        shown = not (error > 0 and abs(size) <= half)
        steps.append(
            WaterfallStep(label, kind, at, end, printed[1 + place_of], low, high, shown, told)
        )
        at = end
    steps.append(WaterfallStep("prediction", "prediction", 0.0, prediction, printed[-1]))
    return tuple(steps)


def additive_digits(base: float, steps: Sequence[float], prediction: float) -> list[str]:
    """Print base, steps and prediction with digits that add up.

    Each number is off by less than one unit of its last digit (largest remainders); base and
    prediction are rounded as always.

    Parameters
    ----------
    base : float
    steps : sequence of float
    prediction : float

    Returns
    -------
    list of str
        Base, steps with their signs, prediction.

    Examples
    --------
    >>> additive_digits(0.1004, [0.2004, 0.3004], 0.6012)
    ['0.100', '+0.201', '+0.300', '0.601']
    """
    largest = max([abs(step) for step in steps if step], default=abs(prediction) or 1.0)
    digits = min(max(2 - floor(log10(largest)), 0), 12)
    unit = 10.0**digits
    ends = round(base * unit), round(prediction * unit)
    scaled = np.array(steps) * unit
    units = np.floor(scaled)
    missing = ends[1] - ends[0] - int(units.sum())
    each, more = divmod(missing, len(units)) if len(units) else (0, 0)
    units += each
    units[np.argsort(-(scaled - units), kind="stable")[:more]] += 1
    signed = [f"{number / unit:+,.{digits}f}" if number else "0" for number in units.tolist()]
    first, last = (f"{number / unit:,.{digits}f}" for number in ends)
    return [first, *signed, last]


def scatter_points(
    explanation: "Explanation", player: int, other: int | None, place: int = 0
) -> tuple[ScatterDot, ...]:
    """Return at most 2,000 rows' values of a player and attributions, without missing numbers.

    Parameters
    ----------
    explanation : Explanation
    player : int
        Its place.
    other : int or None
        Place of the player that gives the colour.
    place : int
        Of the output.
    """
    kept = _thinned(len(explanation), DOTS)
    numbers = numbers_of(explanation, player)
    doubtful = holds_zero(explanation, place)[:, player]
    others = None if other is None else numbers_of(explanation, other)
    shades = _shades(others, len(explanation))
    dots: list[ScatterDot] = []
    for i in kept.tolist():
        x = explanation.value_of(i, player) if numbers is None else float(numbers[i])
        if numbers is not None and not np.isfinite(numbers[i]):
            continue
        level = "" if other is None or others is not None else str(explanation.value_of(i, other))
        told = x if isinstance(x, float) else ("missing" if x is None else str(x))
        value = float(explanation.values[i, player, place])
        dots.append(
            ScatterDot(explanation.rows[i], told, value, shades[i], level, not doubtful[i])
        )
    return tuple(dots)


def heat_map_points(explanation: "Explanation", place: int = 0) -> tuple[AttributionCell, ...]:
    """Return the cells of at most 100 rows, ordered by prediction, and the 15 largest players."""
    kept = _thinned(len(explanation), CELLS_ACROSS)
    kept = kept[np.argsort(explanation.predictions[kept, place], kind="stable")]
    doubtful = holds_zero(explanation, place)
    return tuple(
        AttributionCell(
            explanation.players[j],
            explanation.rows[i],
            across,
            float(explanation.values[i, j, place]),
            not doubtful[i, j],
        )
        for j in ranked_players(explanation, place)[:BARS]
        for across, i in enumerate(kept.tolist())
    )


def _thinned(n_rows: int, most: int) -> NDArray[np.intp]:
    if n_rows <= most:
        return np.arange(n_rows)
    return np.sort(np.random.default_rng(0).choice(n_rows, size=most, replace=False))


def _shades(numbers: Floats | None, n_rows: int) -> list[float | None]:
    """Return each value's place among the others, equal values in the middle of theirs."""
    if numbers is None or len(known := np.sort(numbers[np.isfinite(numbers)])) < 2:
        return [None] * n_rows
    if known[0] == known[-1]:
        return [0.5 if np.isfinite(each) else None for each in numbers]
    below = np.searchsorted(known, numbers, side="left")
    above = len(known) - np.searchsorted(known, numbers, side="right")
    places = 0.5 + (below - above) / (2 * len(known))
    at_ends = (places - places.min()) / np.ptp(places)
    return [float(p) if np.isfinite(n) else None for p, n in zip(at_ends, numbers, strict=True)]


def _offsets(values: Floats, span: float) -> list[float]:
    """Stack dots of nearly the same value outwards from the middle of the line."""
    bins = np.round(values / span * _BINS).astype(np.int64)
    _, back, counts = np.unique(bins, return_inverse=True, return_counts=True)
    step = min(_THINNEST, 2 / max(int(counts.max()), 1)) if len(counts) else 0.0
    seen = np.zeros(len(counts), dtype=np.int64)
    out: list[float] = []
    for which in back.tolist():
        out.append(step * float((seen[which] + 1) // 2) * (1 if seen[which] % 2 else -1))
        seen[which] += 1
    return out


def _cell(explanation: "Explanation", row: int, player: int) -> str:
    cell = explanation.value_of(row, player)
    if cell is None:
        return "missing"
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)
