"""Values with two intervals each in; a forest plot with the tolerated range shaded out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.bias_points import NestedInterval

if TYPE_CHECKING:
    import altair as alt

ROW = 24
FRAME = 92
LEGEND_ROW = 16
TONES = {
    "shown": ("shown beyond", theme.VERMILLION),
    "plain": ("not shown", theme.BLUE),
    "few": ("too few rows", theme.MUTED),
}


def plot_nested_intervals(
    points: Sequence[NestedInterval],
    *,
    axis: str,
    parity: float = 0.0,
    tolerated: tuple[float, float] | None = None,
    bounds: tuple[float, float] | None = None,
    logarithmic: bool = False,
) -> "alt.LayerChart":
    """Draw a row for each value: thick its own interval, thin the simultaneous one.

    Parameters
    ----------
    points : sequence of NestedInterval
        Names that occur twice share a row. An interval without an end, or of too few rows and
        wider than all others, is drawn to the edge.
    axis : str
        What the values are.
    parity : float
        Where the dashed line stands.
    tolerated : (float, float) or None
        Shaded.
    bounds : (float, float) or None
        Beyond these no value lies.
    logarithmic : bool
        For ratios: a half is as far from 1 as the double.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> rows = [NestedInterval("Female", 0.2, 0.18, 0.22, 0.15, 0.25, "shown")]
    >>> chart = plot_nested_intervals(rows, axis="difference", tolerated=(-0.1, 0.1))
    >>> [layer["mark"]["type"] for layer in chart.to_dict()["layer"]]
    ['rect', 'rule', 'rule', 'rule', 'point']
    """
    import altair as alt

    domain = _domain(points, parity, tolerated, bounds)
    scale = alt.Scale(
        domain=domain, nice=False, clamp=True, type="log" if logarithmic else "linear"
    )
    names = list(dict.fromkeys(each.name for each in points))
    rows = [_row(each, domain) for each in points]
    label = alt.Axis(
        title=None,
        labelColor=theme.INK,
        labelOverlap=False,
        ticks=False,
        domain=False,
        minExtent=theme.label_extent(names),
    )
    tones = [tone for tone in TONES if any(each.tone == tone for each in points)] or ["plain"]
    colour = alt.Color(
        "tone:N",
        scale=alt.Scale(
            domain=[TONES[tone][0] for tone in tones], range=[TONES[tone][1] for tone in tones]
        ),
        legend=alt.Legend(columns=2),
    )
    shape = alt.Shape(
        "tone:N",
        scale=alt.Scale(
            domain=[TONES[tone][0] for tone in tones],
            range=[_SHAPES[tone] for tone in tones],
        ),
        legend=alt.Legend(columns=2),
    )
    base = alt.Chart(theme.values(rows)).encode(
        y=alt.Y("name:N", sort=names, scale=alt.Scale(domain=names), axis=label), color=colour
    )
    thin = base.mark_rule(strokeWidth=1.2).encode(
        x=alt.X("joint_low:Q", title=axis, scale=scale), x2="joint_high:Q"
    )
    thick = base.mark_rule(strokeWidth=4.5).encode(
        x=alt.X("low:Q", title=axis, scale=scale), x2="high:Q"
    )
    dot = base.mark_point(filled=True, size=64, opacity=1).encode(
        x=alt.X("value:Q", title=axis, scale=scale), shape=shape
    )
    layers = [theme.mark_at(parity), thin, thick, dot]
    note = "dashed: equal"
    if tolerated is not None:
        layers.insert(0, _shade(tolerated, domain, scale))
        note = "shaded: tolerated · dashed: equal"
    height = ROW * max(len(names), 1) + FRAME + (LEGEND_ROW if len(tones) > 2 else 0)
    return theme.finish(*layers, height=height, note=note)


_SHAPES = {"shown": "diamond", "plain": "circle", "few": "square"}


def _shade(
    tolerated: tuple[float, float], domain: Sequence[float], scale: "alt.Scale"
) -> "alt.Chart":
    import altair as alt

    low, high = (min(max(end, domain[0]), domain[1]) for end in tolerated)
    return (
        alt.Chart(theme.values([{"from": low, "to": high}]))
        .mark_rect(color=theme.GREEN, opacity=0.13)
        .encode(x=alt.X("from:Q", scale=scale), x2="to:Q")
    )


def _row(point: NestedInterval, domain: Sequence[float]) -> dict[str, object]:
    start, end = domain

    def inside(number: float | None, otherwise: float) -> float:
        return otherwise if number is None else min(max(number, start), end)

    has_own = point.low is not None or point.high is not None
    has_joint = point.joint_low is not None or point.joint_high is not None
    return {
        "name": point.name,
        "value": min(max(point.value, start), end),
        "low": inside(point.low, start if has_own else point.value),
        "high": inside(point.high, end if has_own else point.value),
        "joint_low": inside(point.joint_low, start if has_joint else point.value),
        "joint_high": inside(point.joint_high, end if has_joint else point.value),
        "tone": TONES[point.tone][0],
    }


def _domain(
    points: Sequence[NestedInterval],
    parity: float,
    tolerated: tuple[float, float] | None,
    bounds: tuple[float, float] | None,
) -> list[float]:
    """Return the ends of the axis: all that is drawn, and a little room around it."""
    numbers = [parity, *(tolerated or ())]
    for each in [each for each in points if each.tone != "few"] or points:
        ends = (each.value, each.low, each.high, each.joint_low, each.joint_high)
        numbers += [number for number in ends if number is not None]
    low, high = min(numbers), max(numbers)
    margin = 0.06 * ((high - low) or abs(high) or 1.0)
    wide = [low - margin, high + margin]
    if bounds is not None:
        wide = [max(wide[0], bounds[0]), min(wide[1], bounds[1])]
    return wide
