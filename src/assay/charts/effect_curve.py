"""The effect of one column in; its curve, single rows' curves and where the rows lie out."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from assay.charts import theme
from assay.charts.metric_intervals import plot_metric_intervals
from assay.tables.curves import MetricIntervals
from assay.tables.effect_points import EffectPoint, EffectPoints

if TYPE_CHECKING:
    import altair as alt

HEIGHT = 280
RUG = 0.11
"""Height of the strip that shows where the rows lie, as a share of the drawing."""
BESIDE = 0.07
"""A missing value is drawn beside the axis, so much of its length further right."""
HALF_A_YEAR, MANY_YEARS = 183, 8 * 365
"""In days."""
MAX_COLOURS = len(theme.SERIES)


def plot_effect(points: EffectPoints) -> "alt.LayerChart":
    """Draw the effect of a column.

    On an axis of numbers or times: the curve with the band of its interval, dashed beyond the
    1st and 99th percentile, and cut off where ends are far away; thin lines are single rows; the
    strip below shows where the rows lie; a missing value is a dot at the right. Categories are
    dots with intervals. Of more than four outputs the first four are drawn.

    Parameters
    ----------
    points : EffectPoints

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> ends = [EffectPoint(f"{x:g}", x, "prediction", x, x - 1, x + 1, 0.5) for x in (0.0, 1.0)]
    >>> chart = plot_effect(EffectPoints("age", "mean prediction", "number", tuple(ends)))
    >>> [layer["mark"]["type"] for layer in chart.to_dict()["layer"]]
    ['area', 'line']
    """
    if points.scale == "category":
        return _levels(points)
    return _curve(points)


def _levels(points: EffectPoints) -> "alt.LayerChart":
    outputs = _outputs(points)
    held = [each for each in points.points if each.output in outputs]
    several = len(outputs) > 1
    shown = MetricIntervals(
        name=tuple(f"{each.label} ({each.share:.0%})" for each in held),
        series=tuple(each.output if several else "" for each in held),
        value=tuple(each.value for each in held),
        low=tuple(each.low for each in held),
        high=tuple(each.high for each in held),
    )
    return plot_metric_intervals(shown, axis=points.title)


def _curve(points: EffectPoints) -> "alt.LayerChart":
    import altair as alt

    outputs = _outputs(points)
    on_axis = [each for each in points.points if each.position is not None]
    on_axis = [each for each in on_axis if each.output in outputs]
    beside = [each for each in points.points if each.position is None and each.output in outputs]
    low, high = _extent(points, on_axis)
    right = high + BESIDE * (high - low) if beside else high
    drawn = [each for each in on_axis if low <= (each.position or 0.0) <= high]
    values = _heights(points, drawn + beside)
    bottom, top = min(values), max(values)
    margin = 0.05 * ((top - bottom) or abs(top) or 1.0)
    rug = RUG * (top - bottom + 2 * margin) if points.density else 0.0
    y_scale = alt.Scale(domain=[bottom - margin - rug, top + margin], nice=False, zero=False)
    x_scale = alt.Scale(domain=[low, right + (0.01 * (high - low) if beside else 0)], nice=False)
    x = alt.X(
        f"x:{'T' if points.scale == 'time' else 'Q'}",
        title=points.feature,
        scale=alt.Scale(domain=[low, right], type="utc") if points.scale == "time" else x_scale,
        axis=_time_axis(low, high) if points.scale == "time" else theme.number_axis([low, high]),
    )
    y = alt.Y("y:Q", title=points.title, scale=y_scale, axis=theme.number_axis(values))
    layers = _rug(points, x, y_scale, bottom - margin - rug, rug)
    layers += _single_rows(points, on_axis, x, y)
    layers += _bands(on_axis, outputs, x, y)
    layers += _lines(on_axis, outputs, x, y)
    layers += _missing(beside, outputs, right, x, y)
    return theme.finish(*layers, height=HEIGHT, note=_note(points, on_axis, beside))


def _time_axis(low: float, high: float) -> "alt.Axis":
    """Return an axis of times that writes months with their year over more than half a year."""
    import altair as alt

    days = (high - low) / 86_400_000
    if days < HALF_A_YEAR:
        return alt.Axis()
    return alt.Axis(format="%b %Y" if days < MANY_YEARS else "%Y", tickCount=4)


def _outputs(points: EffectPoints) -> list[str]:
    return list(dict.fromkeys(each.output for each in points.points))[:MAX_COLOURS]


def _extent(points: EffectPoints, on_axis: Sequence[EffectPoint]) -> tuple[float, float]:
    """Return the ends of the axis: those of the grid, and of the rows where they are near."""
    places = [each.position for each in on_axis if each.position is not None]
    if not places:
        return 0.0, 1.0
    if points.extent is not None:
        return points.extent
    low, high = min(places), max(places)
    if low == high:
        room = abs(low) * 0.05 or 0.5
        return low - room, high + room
    room = 0.1 * (high - low)
    ends = [end for start, stop, _ in points.density for end in (start, stop)]
    first = max(min([low, *ends]), low - room)
    return first, min(max([high, *ends]), high + room)


def _heights(points: EffectPoints, held: Sequence[EffectPoint]) -> list[float]:
    """Return what the vertical axis has to hold; single rows count less at their extremes."""
    values = [
        number
        for each in held
        for number in (each.value, each.low, each.high)
        if number is not None
    ]
    singles = sorted(number for curve in points.curves for number in curve)
    if singles:
        tenth = len(singles) // 20
        values += [singles[tenth], singles[-1 - tenth]]
    return values or [0.0, 1.0]


def _rug(points: EffectPoints, x: Any, scale: Any, bottom: float, height: float) -> list[Any]:  # noqa: ANN401
    import altair as alt

    tallest = max((share for _, _, share in points.density), default=0.0)
    if tallest <= 0:
        return []
    rows = [
        {"x": start, "x2": stop, "y": bottom, "y2": bottom + height * 0.85 * share / tallest}
        for start, stop, share in points.density
        if share > 0
    ]
    return [
        alt.Chart(theme.values(rows))
        .mark_rect(color=theme.AXIS, opacity=0.5, clip=True, stroke=None)
        .encode(x=x, x2="x2", y=alt.Y("y:Q", scale=scale), y2="y2")
    ]


def _single_rows(
    points: EffectPoints,
    on_axis: Sequence[EffectPoint],
    x: Any,  # noqa: ANN401
    y: Any,  # noqa: ANN401
) -> list[Any]:
    import altair as alt

    if not points.curves:
        return []
    places = [each.position for each in on_axis]
    rows = [
        {"x": place, "y": value, "row": name}
        for name, curve in enumerate(points.curves)
        for place, value in zip(places, curve, strict=True)
    ]
    return [
        alt.Chart(theme.values(rows))
        .mark_line(color=theme.MUTED, strokeWidth=0.7, opacity=0.28, clip=True)
        .encode(x=x, y=y, detail="row:N")
    ]


def _bands(on_axis: Sequence[EffectPoint], outputs: list[str], x: Any, y: Any) -> list[Any]:  # noqa: ANN401
    import altair as alt

    rows = [
        {"x": each.position, "low": each.low, "high": each.high, "output": each.output}
        for each in on_axis
        if each.low is not None
    ]
    if not rows:
        return []
    low = alt.Y("low:Q", title=y["title"], scale=y["scale"])
    mark = alt.Chart(theme.values(rows)).mark_area(opacity=theme.BAND_OPACITY, clip=True)
    return [mark.encode(x=x, y=low, y2="high:Q", color=_colour(outputs))]


def _lines(on_axis: Sequence[EffectPoint], outputs: list[str], x: Any, y: Any) -> list[Any]:  # noqa: ANN401
    """Return solid lines within the 1st to 99th percentile, and dashed ones beyond."""
    import altair as alt

    solid, dashed = [], []
    for output in outputs:
        own = [each for each in on_axis if each.output == output]
        for place, (here, there) in enumerate(pairwise(own)):
            into = dashed if here.outside or there.outside else solid
            into += [
                {"x": each.position, "y": each.value, "output": output, "piece": place}
                for each in (here, there)
            ]
        if len(own) == 1:
            into = {"x": own[0].position, "y": own[0].value, "output": output, "piece": 0}
            solid.append(into)
    colour = _colour(outputs)
    if all(len([e for e in on_axis if e.output == output]) == 1 for output in outputs):
        dot = alt.Chart(theme.values(solid)).mark_point(filled=True, size=48, opacity=1)
        return [dot.encode(x=x, y=y, color=colour)]
    layers: list[Any] = []
    for rows, dash in ((solid, [1, 0]), (dashed, [4, 4])):
        if rows:
            line = alt.Chart(theme.values(rows)).mark_line(
                strokeDash=dash, strokeCap="round" if dash[1] == 0 else "butt", clip=True
            )
            layers.append(line.encode(x=x, y=y, color=colour, detail="piece:N"))
    return layers


def _missing(
    beside: Sequence[EffectPoint],
    outputs: list[str],
    place: float,
    x: Any,  # noqa: ANN401
    y: Any,  # noqa: ANN401
) -> list[Any]:
    import altair as alt

    if not beside:
        return []
    rows = [
        {
            "x": place,
            "y": each.value,
            "low": each.value if each.low is None else each.low,
            "high": each.value if each.high is None else each.high,
            "output": each.output,
        }
        for each in beside
    ]
    base = alt.Chart(theme.values(rows)).encode(x=x, color=_colour(outputs))
    low = alt.Y("low:Q", title=y["title"], scale=y["scale"])
    return [
        base.mark_rule(strokeWidth=2).encode(y=low, y2="high:Q"),
        base.mark_point(filled=True, size=60, opacity=1, shape="diamond").encode(y=y),
    ]


def _colour(outputs: list[str]) -> "alt.Color":
    import altair as alt

    scale = alt.Scale(domain=outputs, range=list(theme.SERIES[: len(outputs)]))
    told: dict[str, Any] = {} if len(outputs) > 1 else {"legend": None}
    return alt.Color("output:N", sort=outputs, scale=scale, **told)


def _note(
    points: EffectPoints, on_axis: Sequence[EffectPoint], beside: Sequence[EffectPoint]
) -> str:
    said = []
    if points.curves:
        said.append("thin: rows")
    if points.extent is not None:
        said.append("cut: ends beyond 1–99 %")
    elif any(each.outside for each in on_axis):
        said.append("dashed: beyond 1–99 %")
    if beside:
        said.append("diamond: missing")
    return " · ".join(said)
