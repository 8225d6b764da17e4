"""Attributions of many rows in; a swarm of dots for each player out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.charts import theme
from assay.charts.attribution_marks import ENDS, colours, row_height, value_look
from assay.charts.named_rows import names_beside
from assay.tables.attribution_points import SwarmDot

if TYPE_CHECKING:
    import altair as alt

ROW = 36
FRAME = 92


def plot_beeswarm(
    dots: Sequence[SwarmDot], *, axis: str = "attribution: effect on the score"
) -> "alt.LayerChart":
    """Draw a dot for each row and player, coloured by the row's value of the player.

    Low values are green and high ones purple, paler towards the middle; what has no order is
    grey. Attributions whose interval holds 0 are hollow.

    Parameters
    ----------
    dots : sequence of SwarmDot
        Players from top to bottom in the order in which they occur.
    axis : str

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> chart = plot_beeswarm([SwarmDot("age", 0, 0.2, 0.0, 1.0)])
    >>> [layer["mark"]["type"] for layer in chart.to_dict()["layer"]]
    ['rule', 'point', 'point']
    """
    import altair as alt

    rows = [_row(each) for each in dots]
    labels = list(dict.fromkeys(str(each["label"]) for each in rows))
    ticks = theme.number_axis([each.value for each in dots])
    colour = colours("look", ENDS, [str(each["look"]) for each in rows], columns=3)
    base = alt.Chart(theme.values(rows)).encode(
        x=alt.X("value:Q", title=axis, axis=ticks),
        y=names_beside(labels),
        yOffset=alt.YOffset("offset:Q", scale=alt.Scale(domain=[-1.25, 1.25])),
        color=colour,
        opacity=alt.Opacity("opacity:Q", scale=None),
    )
    solid = base.transform_filter("datum.shown").mark_point(size=13, filled=True)
    hollow = base.transform_filter("!datum.shown").mark_point(size=11, strokeWidth=0.9)
    missing = any(not each.shown for each in dots)
    note = "colour: the value, paler in the middle" + (" · hollow: holds 0" if missing else "")
    height = row_height(labels, ROW) * max(len(labels), 1) + FRAME
    zero = theme.mark_at(0.0).encode(x=alt.X("x:Q", title=axis))
    return theme.finish(zero, solid, hollow, height=height, note=note)


def _row(dot: SwarmDot) -> dict[str, object]:
    look, opacity = value_look(dot.shade)
    return {
        "label": theme.wrapped(dot.player),
        "value": dot.value,
        "offset": dot.offset,
        "look": look,
        "opacity": round(opacity, 3),
        "shown": dot.shown,
    }
