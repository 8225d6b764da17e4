"""Values with intervals in, rows of dots and bars out: a forest plot."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from assay.charts import theme
from assay.charts.named_rows import names_beside
from assay.tables.curves import MetricIntervals

if TYPE_CHECKING:
    import altair as alt

ROW = 24
MARK = 15
FRAME = 76


def plot_metric_intervals(
    points: MetricIntervals, *, axis: str = "value", reference: str = "reference"
) -> "alt.LayerChart":
    """Draw a row for each name, a dot with its interval for each series in it.

    One series is a forest plot with its values written beside; several (precision, recall, F1
    of each class) stand below each other in their row, told apart by colour and shape.

    Parameters
    ----------
    points : MetricIntervals
        Undefined values are left out of the drawing; a row keeps its place.
    axis : str
        Title of the value axis.
    reference : str
        What the points' reference value is, for the note on its dashed line.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> chart = plot_metric_intervals(
    ...     MetricIntervals(("accuracy",), ("",), (0.8,), (0.7,), (0.9,)))
    >>> chart.to_dict()["layer"][0]["mark"]["type"]
    'rule'
    """
    import altair as alt

    series = list(dict.fromkeys(points.series))
    names = list(dict.fromkeys(map(theme.wrapped, points.name)))
    several = len(series) > 1
    base = alt.Chart(theme.values(_marks(points))).encode(**_places(names, series))
    scale = alt.Scale(zero=False, nice=True, domain=_domain(points), clamp=True)
    value = alt.X("value:Q", title=axis, scale=scale)
    bar = base.mark_rule(strokeWidth=2, color=theme.BLUE).encode(
        x=alt.X("low:Q", title=axis, scale=scale), x2="high:Q"
    )
    dot = base.mark_point(filled=True, size=48, opacity=1, color=theme.BLUE).encode(x=value)
    if several:
        dot = dot.encode(shape=alt.Shape("series:N", sort=series, scale=alt.Scale(domain=series)))
    layers: list[Any] = [bar, dot]
    if not several:
        layers.append(
            base.mark_text(dy=-9, fontSize=11, color=theme.INK).encode(x=value, text="label:N")
        )
    if points.reference is not None:
        layers.insert(0, theme.mark_at(points.reference))
    rows = len(names) * (MARK * len(series) + 10 if several else ROW + 8)
    note = "" if points.reference is None else f"dashed: {reference} {points.reference:.3g}"
    return theme.finish(*layers, height=rows + FRAME, note=note)


def _marks(points: MetricIntervals) -> list[dict[str, object]]:
    columns = (points.name, points.series, points.value, points.low, points.high)
    form = _form(points.value)
    return [
        {
            "name": theme.wrapped(name),
            "series": series,
            "value": value,
            "low": value if low is None else low,
            "high": value if high is None else high,
            "label": format(value, form),
        }
        for name, series, value, low, high in zip(*columns, strict=True)
        if value is not None
    ]


def _form(values: Iterable[float | None]) -> str:
    """Return how numbers are written beside each other: whole ones from thousands on."""
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    if largest >= 1000:
        return ",.0f"
    return ".3f" if largest >= 0.01 or largest == 0 else ".2g"


def _places(names: list[str], series: list[str]) -> dict[str, Any]:
    import altair as alt

    y = names_beside(names, field="name")
    if len(series) == 1:
        return {"y": y}
    colours = [theme.SERIES[i % len(theme.SERIES)] for i in range(len(series))]
    return {
        "y": y,
        "yOffset": alt.YOffset("series:N", sort=series, scale=alt.Scale(domain=series)),
        "color": alt.Color("series:N", sort=series, scale=alt.Scale(domain=series, range=colours)),
    }


def _domain(points: MetricIntervals) -> list[float]:
    numbers = [
        number
        for column in (points.value, points.low, points.high, (points.reference,))
        for number in column
        if number is not None
    ]
    if not numbers:
        return [0.0, 1.0]
    low, high = min(numbers), max(numbers)
    margin = 0.04 * ((high - low) or abs(high) or 1.0)
    inside_unit = low >= 0 and high <= 1
    low, high = low - margin, high + margin
    return [max(low, 0.0), min(high, 1.0)] if inside_unit else [low, high]
