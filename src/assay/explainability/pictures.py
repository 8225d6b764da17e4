"""An explanation in; its charts out, each with its words and the table behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from assay.charts.attribution_heat_map import plot_attribution_heat_map
from assay.charts.attribution_scatter import plot_attribution_scatter
from assay.charts.beeswarm import plot_beeswarm
from assay.charts.importance_bars import plot_importance_bars
from assay.charts.waterfall import plot_waterfall
from assay.errors import InputError
from assay.explainability.importance import (
    WORDS,
    GlobalImportance,
    global_importance,
    output_place,
)
from assay.explainability.likeliest import likeliest_partner
from assay.explainability.player_values import numbers_of
from assay.explainability.points import (
    heat_map_points,
    importance_points,
    ranked_players,
    scatter_points,
    swarm_points,
    waterfall_points,
)
from assay.result import Estimate
from assay.tables.attribution_points import WaterfallStep

if TYPE_CHECKING:
    from assay.explainability.result import Explanation

Kind = Literal["bar", "beeswarm", "waterfall", "scatter", "heatmap"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Cell = None | bool | int | float | str | Estimate


@dataclass(frozen=True, eq=False)
class Picture:
    """A chart, its words, and its numbers as a table.

    Parameters
    ----------
    title : str
        What is seen.
    alternative : str
        The chart in words, with its main numbers.
    chart : altair chart
    columns : tuple of str
        Of the table.
    rows : tuple of tuple
        Of the table, for readers of tables and screen readers.
    """

    title: str
    alternative: str
    chart: Any
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def picture(
    explanation: "Explanation",
    kind: str = "bar",
    *,
    row: int = 0,
    player: str | None = None,
    output: str | None = None,
) -> Picture:
    """Draw an explanation.

    Parameters
    ----------
    explanation : Explanation
        Of at least one row.
    kind : {"bar", "beeswarm", "waterfall", "scatter", "heatmap"}
    row : int
        Place among the explained rows, for the waterfall; negative ones count from the end.
    player : str or None
        For the scatter; None takes the most important one.
    output : str or None
        None takes the first.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        If there is no such kind, row, player or output, or no row is explained.
    """
    if kind not in KINDS:
        msg = f"unknown kind of chart {kind!r}; choose one of: {', '.join(KINDS)}"
        raise InputError(msg)
    if not len(explanation):
        msg = "no row is explained, so there is nothing to draw; explain at least one row"
        raise InputError(msg)
    place = output_place(explanation, output)
    if kind == "bar":
        return bar_picture(global_importance(explanation, output=explanation.outputs[place]))
    if kind == "waterfall":
        return _waterfall(explanation, _row(explanation, row), place)
    if kind == "scatter":
        return _scatter(explanation, _player(explanation, player, place), place)
    return _beeswarm(explanation, place) if kind == "beeswarm" else _heat_map(explanation, place)


def bar_picture(importance: GlobalImportance, output: str | None = None) -> Picture:
    """Draw global importances as bars; the table holds all players."""
    word = WORDS[importance.aggregation]
    found = importance.of(output)
    first = found[0]
    rows = tuple(
        (
            each.player,
            each.estimate,
            "–" if each.share is None else f"{each.share:.1%}",
            _span(each.rank_low, each.rank_high),
            {"raises": "raises", "lowers": "lowers", "mixed": "neither"}[each.direction],
        )
        for each in found
    )
    return Picture(
        title=f"What matters most{_of_output(importance.outputs, first.output)}",
        alternative=f"Bars of the {word} of each column; {_listed(found)}.",
        chart=plot_importance_bars(importance_points(importance, output), axis=word),
        columns=("column", word, "share", "rank", "a higher value"),
        rows=rows,
    )


def _waterfall(explanation: "Explanation", row: int, place: int) -> Picture:
    steps = waterfall_points(explanation, row, place)
    told = ", ".join(f"{_step(each)} {each.printed}" for each in steps[1:4] if each.kind == "step")
    rows = tuple(
        (
            _step(each),
            each.printed,
            "" if each.low is None or each.high is None else f"±{(each.high - each.low) / 2:.2g}",
            each.end,
        )
        for each in steps
    )
    output = explanation.outputs[place]
    return Picture(
        title=f"Row {explanation.rows[row]}: from {steps[0].printed} to {steps[-1].printed}"
        + _of_output(explanation.outputs, output),
        alternative=f"Waterfall from the base value {steps[0].printed} to the prediction "
        f"{steps[-1].printed}; the largest steps: {told}.",
        chart=plot_waterfall(steps, axis=_score(explanation, place)),
        columns=("step", "attribution", "interval", "score so far"),
        rows=rows,
    )


def _step(step: WaterfallStep) -> str:
    return f"{step.label} = {step.told}" if step.told else step.label


def _beeswarm(explanation: "Explanation", place: int) -> Picture:
    dots = swarm_points(explanation, place)
    by_player: dict[str, list[float]] = {}
    for dot in dots:
        by_player.setdefault(dot.player, []).append(dot.value)
    rows = tuple((name, len(each), *_quartiles(each)) for name, each in by_player.items())
    named, name = ", ".join(list(by_player)[:3]), explanation.outputs[place]
    return Picture(
        title="Attributions of all rows" + _of_output(explanation.outputs, name),
        alternative=f"A dot for each row and column; the columns with the largest attributions "
        f"are {named}.",
        chart=plot_beeswarm(dots, axis=f"attribution: effect on {_score(explanation, place)}"),
        columns=(
            "column",
            "rows",
            "lowest",
            "lower quarter",
            "median",
            "upper quarter",
            "highest",
        ),
        rows=rows,
    )


def _scatter(explanation: "Explanation", player: int, place: int) -> Picture:
    other = likeliest_partner(explanation, player, place)
    dots = scatter_points(explanation, player, other, place)
    name = explanation.players[player]
    partner = "" if other is None else explanation.players[other]
    return Picture(
        title=f"Attribution of {name} by its value",
        alternative=f"A dot for each row: attribution of {name} against its value"
        + (f", coloured by {partner}, which most likely interacts with it." if partner else "."),
        chart=plot_attribution_scatter(dots, column=name, other=partner),
        columns=(name, "rows", "mean attribution", "lowest", "highest"),
        rows=_by_value(explanation, player, place),
    )


def _heat_map(explanation: "Explanation", place: int) -> Picture:
    cells = heat_map_points(explanation, place)
    players = list(dict.fromkeys(each.player for each in cells))
    drawn = list(dict.fromkeys(each.row for each in cells))
    by_cell = {(each.row, each.player): each.value for each in cells}
    return Picture(
        title="Rows and columns" + _of_output(explanation.outputs, explanation.outputs[place]),
        alternative=f"Attributions of {len(drawn)} rows, ordered by prediction, to "
        f"{len(players)} columns, the most important one on top.",
        chart=plot_attribution_heat_map(cells),
        columns=("row", *players),
        rows=tuple((row, *(by_cell[row, name] for name in players)) for row in drawn),
    )


def _by_value(explanation: "Explanation", player: int, place: int) -> tuple[tuple[Cell, ...], ...]:
    """Return attributions by tenth of the values, or by category, the most frequent first."""
    phi = explanation.values[:, player, place]
    numbers = numbers_of(explanation, player)
    if numbers is None:
        told = [explanation.value_of(i, player) for i in range(len(explanation))]
        names = ["missing" if each is None else str(each) for each in told]
        groups = [
            (name, np.array([each == name for each in names])) for name in dict.fromkeys(names)
        ]
        groups = sorted(groups, key=lambda pair: -int(pair[1].sum()))[:20]
    else:
        known = np.sort(numbers[np.isfinite(numbers)])
        tenths = [known[len(known) * k // 10] for k in range(1, 10)] if len(known) else []
        place_of = np.searchsorted(np.unique(tenths), numbers, side="right")
        groups = []
        for which in np.unique(place_of[np.isfinite(numbers)]):
            inside = (place_of == which) & np.isfinite(numbers)
            ends = float(numbers[inside].min()), float(numbers[inside].max())
            groups.append((_span(*(f"{end:.4g}" for end in ends)), inside))
        if not np.isfinite(numbers).all():
            groups.append(("missing", ~np.isfinite(numbers)))
    return tuple(
        (name, int(inside.sum()), *(float(f(phi[inside])) for f in (np.mean, np.min, np.max)))
        for name, inside in groups
    )


def _quartiles(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(np.quantile(values, (0, 0.25, 0.5, 0.75, 1)).tolist())


def _span(low: object, high: object) -> str:
    return str(low) if low == high else f"{low} to {high}"


def _listed(found: Sequence[Any]) -> str:
    return ", ".join(f"{each.player} {each.estimate.value:.3g}" for each in found[:3])


def _of_output(outputs: Sequence[str], output: str) -> str:
    return f", output {output}" if len(outputs) > 1 else ""


def _score(explanation: "Explanation", place: int) -> str:
    name = explanation.outputs[place]
    scale = {"probability": "probability", "log_odds": "log-odds"}.get(explanation.output)
    return name if scale is None else f"{scale} of {name}"


def _row(explanation: "Explanation", row: int) -> int:
    if not -len(explanation) <= row < len(explanation):
        msg = f"no row {row}; {len(explanation)} row(s) are explained, counted from 0"
        raise InputError(msg)
    return row % len(explanation)


def _player(explanation: "Explanation", player: str | None, place: int) -> int:
    if player is None:
        return ranked_players(explanation, place)[0]
    if player not in explanation.players:
        shown = ", ".join(explanation.players[:30])
        msg = f"no player {player!r}; the explanation has: {shown}"
        raise InputError(msg)
    return explanation.players.index(player)
