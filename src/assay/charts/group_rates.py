"""Rates of groups with their intervals in, a row of dots and bars for each group out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.bias_points import GroupRatePoint

if TYPE_CHECKING:
    import altair as alt

MARK = 15
FRAME = 76
SHAPES = ("circle", "square", "diamond", "triangle-up")


def plot_group_rates(points: Sequence[GroupRatePoint]) -> "alt.LayerChart":
    """Draw for each group a dot with its interval for each rate.

    A rate that rests on too few rows is hollow; one that is undefined is left out, and its
    group keeps its row.

    Parameters
    ----------
    points : sequence of GroupRatePoint
        Groups and rates in the order in which they occur.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> point = GroupRatePoint("Female", "selection rate", 0.2, 0.18, 0.22)
    >>> chart = plot_group_rates([point])
    >>> [layer["mark"]["type"] for layer in chart.to_dict()["layer"]]
    ['rule', 'point', 'point']
    """
    import altair as alt

    groups = list(dict.fromkeys(each.group for each in points))
    rates = list(dict.fromkeys(each.rate for each in points))
    label = alt.Axis(
        title=None,
        labelColor=theme.INK,
        labelOverlap=False,
        ticks=False,
        domain=False,
        minExtent=theme.label_extent(groups),
    )
    colours = [theme.SERIES[i % len(theme.SERIES)] for i in range(len(rates))]
    shapes = [SHAPES[i % len(SHAPES)] for i in range(len(rates))]
    ends = [x for p in points for x in (p.value, p.low, p.high) if x is not None]
    scale = alt.Scale(domain=[0.0, min(1.0, 1.06 * max(ends, default=1.0)) or 1.0], nice=True)
    axis = alt.Axis(format=".0%" if max(ends, default=1.0) > 0.04 else ".1%")
    base = alt.Chart(theme.values([_row(each) for each in points if each.value is not None]))
    base = base.encode(
        y=alt.Y("group:N", sort=groups, scale=alt.Scale(domain=groups), axis=label),
        yOffset=alt.YOffset("rate:N", sort=rates, scale=alt.Scale(domain=rates)),
        color=alt.Color("rate:N", sort=rates, scale=alt.Scale(domain=rates, range=colours)),
    )
    bar = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title="share of the group's rows", scale=scale, axis=axis), x2="high:Q"
    )
    shape = alt.Shape("rate:N", sort=rates, scale=alt.Scale(domain=rates, range=shapes))
    at = {"x": alt.X("value:Q", title="share of the group's rows", scale=scale), "shape": shape}
    solid = base.transform_filter("!datum.few").mark_point(size=52, filled=True, opacity=1)
    hollow = base.transform_filter("datum.few").mark_point(size=52, strokeWidth=1.6, opacity=1)
    height = len(groups) * (MARK * max(len(rates), 1) + 8) + FRAME
    note = "hollow: too few rows" if any(each.few for each in points) else ""
    return theme.finish(bar, solid.encode(**at), hollow.encode(**at), height=height, note=note)


def _row(point: GroupRatePoint) -> dict[str, object]:
    return {
        "group": point.group,
        "rate": point.rate,
        "value": point.value,
        "low": point.value if point.low is None else point.low,
        "high": point.value if point.high is None else point.high,
        "few": point.few,
    }
