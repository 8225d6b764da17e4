"""Values of a column and attributions to it in; a scatter of rows out."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assay.charts import theme
from assay.charts.attribution_marks import ENDS, colours, value_look
from assay.tables.attribution_points import ScatterDot

if TYPE_CHECKING:
    import altair as alt

HEIGHT = 270
LEVELS = 3
LEVEL_LETTERS = 22
OTHER = "other values"
MAX_NAMED = 12


def plot_attribution_scatter(
    dots: Sequence[ScatterDot], *, column: str, other: str = ""
) -> "alt.LayerChart":
    """Draw attributions to a column against its values, coloured by another column.

    Parameters
    ----------
    dots : sequence of ScatterDot
        Numbers along the axis, or categories, of which the 12 most frequent have a place.
    column : str
        The column along the axis.
    other : str
        The column that gives the colour; "" where there is none.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> chart = plot_attribution_scatter([ScatterDot(0, 30.0, 0.2, 1.0)], column="age")
    >>> [layer["mark"]["type"] for layer in chart.to_dict()["layer"]]
    ['rule', 'point', 'point']
    """
    import altair as alt

    looks = _looks(dots, plain=not other)
    kept = _placed(dots)
    rows = [_row(each, looks) for each in dots if kept is None or each.x in kept]
    ticks = theme.number_axis([each.value for each in dots])
    y = alt.Y("value:Q", title="attribution", axis=ticks)
    colour = colours("look", looks, [str(each["look"]) for each in rows], columns=2)
    base = alt.Chart(theme.values(rows)).encode(
        x=_across(dots, kept, column),
        y=y,
        color=colour,
        opacity=alt.Opacity("opacity:Q", scale=None),
    )
    if kept is not None:
        spread = alt.Scale(domain=[-1.0, 1.0])
        base = base.encode(xOffset=alt.XOffset("jitter:Q", scale=spread))
    solid = base.transform_filter("datum.shown").mark_point(size=16, filled=True)
    hollow = base.transform_filter("!datum.shown").mark_point(size=13, strokeWidth=1.0)
    notes = [f"colour: {other}"] if other else []
    notes += ["hollow: interval holds 0"] if any(not each.shown for each in dots) else []
    zero = theme.level_line(0.0).encode(y=alt.Y("y:Q", title="attribution", axis=ticks))
    return theme.finish(zero, solid, hollow, height=HEIGHT, note=" · ".join(notes))


def _placed(dots: Sequence[ScatterDot]) -> list[str] | None:
    """Return the categories along the axis; None for numbers."""
    texts = [each.x for each in dots if isinstance(each.x, str)]
    if not texts:
        return None
    return [name for name, _ in Counter(texts).most_common(MAX_NAMED)]


def _across(dots: Sequence[ScatterDot], kept: Sequence[str] | None, column: str) -> "alt.X":
    import altair as alt

    if kept is not None:
        axis = alt.Axis(labelAngle=-35, labelLimit=90, labelOverlap=False, grid=False)
        return alt.X("x:N", title=column, sort=list(kept), scale=alt.Scale(domain=kept), axis=axis)
    ticks = theme.number_axis([each.x for each in dots if isinstance(each.x, float)])
    return alt.X("x:Q", title=column, axis=ticks, scale=alt.Scale(zero=False))


def _looks(dots: Sequence[ScatterDot], *, plain: bool) -> dict[str, str]:
    """Return the words of the legend and their colours."""
    if plain:
        return {"": theme.BLUE}
    named = Counter(each.level for each in dots if each.level)
    if not named:
        return dict(ENDS)
    words = [name for name, _ in named.most_common(LEVELS)]
    chosen: dict[str, str] = dict(zip(words, theme.SERIES, strict=False))
    return {**chosen, OTHER: theme.MUTED} if len(named) > LEVELS else chosen


def _row(dot: ScatterDot, looks: dict[str, str]) -> dict[str, Any]:
    if "" in looks:
        look, opacity = "", 0.7
    elif dot.level:
        look, opacity = (dot.level if dot.level in looks else OTHER), 0.75
    else:
        look, opacity = value_look(dot.shade)
    return {
        "x": dot.x,
        "value": dot.value,
        "look": look,
        "opacity": round(opacity, 3),
        "shown": dot.shown,
        "jitter": ((dot.row * 0.618034) % 1.0 - 0.5) * 0.9,
    }
