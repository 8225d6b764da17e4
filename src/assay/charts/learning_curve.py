"""Learning points in; quality against train rows, with what more rows would bring, out."""

from typing import TYPE_CHECKING, Any

from assay.charts import theme
from assay.tables.learning import LearningPoints

if TYPE_CHECKING:
    import altair as alt

HEIGHT = 300


def plot_learning_curve(points: LearningPoints) -> "alt.LayerChart":
    """Draw quality on rows kept apart and on the fitted rows, against how many were fitted.

    The dashed line goes on to what more rows would bring, its band an 80 % one; the bars are the
    smallest and largest of the repetitions.

    Parameters
    ----------
    points : LearningPoints

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> judged = ((100, 0.7, 0.68, 0.72), (200, 0.75, 0.74, 0.76), (400, 0.78, 0.77, 0.79))
    >>> ahead = ((800, 0.8, 0.79, 0.81),)
    >>> chart = plot_learning_curve(LearningPoints("accuracy", judged, ahead=ahead))
    >>> [layer["mark"]["type"] for layer in chart.to_dict()["layer"]]
    ['area', 'line', 'rule', 'line', 'point', 'text', 'text']
    """
    import altair as alt

    lines = [("rows kept apart", points.judged), ("rows fitted on", points.own)]
    rows = [_row(name, *point) for name, held in lines for point in held]
    further = [_row("rows kept apart", *point) for point in (points.judged[-1:] + points.ahead)]
    everything = rows + further
    sizes = [each["rows"] for each in everything]
    x = alt.X(
        "rows:Q",
        title="train rows",
        scale=alt.Scale(type="log", domain=[min(sizes), max(sizes)], nice=False),
        axis=alt.Axis(values=sorted(set(sizes)), format=".2~s", labelOverlap="greedy"),
    )
    ends = [each[end] for each in everything for end in ("low", "high")]
    scale = alt.Scale(domain=_padded(min(ends), max(ends)), nice=True, zero=False)
    y = alt.Y("value:Q", title=points.title, scale=scale, axis=theme.number_axis(ends))
    names = [name for name, held in lines if held]
    colour = alt.Color(
        "name:N",
        scale=alt.Scale(domain=names, range=list(theme.SERIES[: len(names)])),
        legend=None,
    )
    base = alt.Chart(theme.values(rows)).encode(x=x, color=colour)
    layers: list[Any] = []
    if points.ahead:
        more = alt.Chart(theme.values(further)).encode(x=x)
        band = more.mark_area(color=theme.BLUE, opacity=theme.BAND_OPACITY)
        layers.append(band.encode(y=alt.Y("low:Q", title=points.title, scale=scale), y2="high:Q"))
        dashed = more.mark_line(color=theme.BLUE, strokeDash=[6, 4])
        layers.append(dashed.encode(y=y))
    layers += [
        base.mark_rule(strokeWidth=2).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q"),
        base.mark_line().encode(y=y),
        base.mark_point(filled=True, size=50, opacity=1).encode(y=y),
    ]
    for (name, held), above in zip(lines, _above(points), strict=True):
        told = theme.values([_row(name, *point) for point in held[:1]])
        place = -12 if above else 16
        label = alt.Chart(told).mark_text(align="left", dx=6, dy=place, fontSize=12)
        layers.append(label.encode(x=x, y=y, text="name:N", color=alt.value(theme.INK)))
    note = "bars: repetitions" + (" · dashed: expected, 80 % band" if points.ahead else "")
    return theme.finish(*layers, height=HEIGHT, note=note)


def _above(points: LearningPoints) -> tuple[bool, bool]:
    """Say of each line whether its name is written above it, away from the other line."""
    if not points.judged or not points.own:
        return True, True
    higher = points.judged[0][1] >= points.own[0][1]
    return higher, not higher


def _row(name: str, rows: int, value: float, low: float, high: float) -> dict[str, Any]:
    return {"name": name, "rows": rows, "value": value, "low": low, "high": high}


def _padded(low: float, high: float) -> list[float]:
    space = 0.08 * (high - low) or 0.05 * abs(high) or 0.05
    return [low - space, high + space]
