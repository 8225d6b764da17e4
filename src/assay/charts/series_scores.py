"""Scores of an item's values along time in, a heat map of time steps × series out."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.charts import theme
from assay.charts.matrix import matrix_axis
from assay.tables.series_scores import ScoreCell, SeriesScores

if TYPE_CHECKING:
    import altair as alt

WHOLE_MINUTE = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:00")
ROW = 34
SMALL_ROW = 15
FEW_ROWS = 6
FRAME = 108
TICKS = 4
UP, DOWN = "raises it", "lowers it"
ROUNDING = 1e-9
"""A score below this share of the largest is what rounding leaves of 0."""
FAINT = 0.04
"""Opacity of a score of 0, so that its cell is seen to be there."""


def plot_series_scores(scores: SeriesScores) -> "alt.LayerChart":
    """Draw a cell for each time step and series: blue raises the forecast, vermillion lowers it.

    The stronger the colour, the larger the score; the strongest is written above. A cell whose
    interval holds 0 is hollow. A dashed line stands where the forecast begins.

    Parameters
    ----------
    scores : SeriesScores

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> cells = (ScoreCell(0, "demand", 0.4), ScoreCell(1, "demand", -0.2))
    >>> drawn = plot_series_scores(SeriesScores(cells, ("00:00", "00:30"), ("demand",), None, ""))
    >>> len(drawn.to_dict()["layer"])
    2
    """
    import altair as alt

    largest = max((abs(cell.score) for cell in scores.cells), default=0.0) or 1.0
    data = theme.values([_cell(cell, largest) for cell in scores.cells])
    base = alt.Chart(data).encode(
        x=_along_time(scores),
        x2="end:Q",
        y=alt.Y("row:N", **matrix_axis(scores.row_title, scores.rows, across=False)),
    )
    colour = alt.Color(
        "sign:N",
        scale=alt.Scale(domain=[UP, DOWN], range=[theme.BLUE, theme.VERMILLION]),
        legend=alt.Legend(symbolType="square"),
    )
    strength = alt.FillOpacity(
        "size:Q", scale=alt.Scale(domain=[0, largest], range=[FAINT, 1]), legend=None
    )
    layers: list[alt.Chart] = [
        base.transform_filter(alt.datum.settled)
        .mark_rect(stroke=None)
        .encode(color=colour, fillOpacity=strength),
        base.transform_filter("!datum.settled").mark_rect(
            fillOpacity=0, stroke=theme.AXIS, strokeWidth=0.8, strokeDash=[2, 2]
        ),
    ]
    if scores.origin is not None:
        layers.append(theme.mark_at(scores.origin))
    row = ROW if len(scores.rows) <= FEW_ROWS else SMALL_ROW
    height = row * max(len(scores.rows), 1) + FRAME
    return theme.finish(*layers, height=height, note=_note(scores, largest))


def _note(scores: SeriesScores, largest: float) -> str:
    parts = [f"strongest: {float(f'{largest:.3g}'):,g}"]
    if scores.summed > 1:
        parts.append(f"{scores.summed} steps a column, added up")
    if any(not cell.settled for cell in scores.cells):
        parts.append("hollow: may be 0")
    if scores.origin is not None:
        parts.append("dashed: the forecast begins")
    return "; ".join(parts)


def _along_time(scores: SeriesScores) -> "alt.X":
    """Return the axis of time: some columns have their time written below."""
    import altair as alt

    n = len(scores.columns)
    step = max(1, -(-n // TICKS))
    names = _short(scores.columns)
    named = {place: names[place] for place in range(0, n, step)}
    told = [f"datum.value === {place} ? {_quoted(name)}" for place, name in named.items()]
    axis = alt.Axis(
        values=list(named),
        labelExpr=" : ".join([*told, "''"]),
        title=None,
        grid=False,
        domain=False,
        labelAngle=-30,
        labelLimit=140,
        labelOverlap=False,
        labelAlign="right",
    )
    return alt.X("column:Q", scale=alt.Scale(domain=[0, n], nice=False), axis=axis)


def _short(names: Sequence[str]) -> Sequence[str]:
    """Leave out the seconds where they are all 0."""
    return [each[:-3] for each in names] if all(map(WHOLE_MINUTE.fullmatch, names)) else names


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _cell(cell: ScoreCell, largest: float) -> dict[str, object]:
    return {
        "column": cell.column,
        "end": cell.column + 1,
        "row": cell.row,
        "score": cell.score,
        "size": abs(cell.score),
        "sign": UP if cell.score >= -ROUNDING * largest else DOWN,
        "settled": cell.settled,
    }
