"""One look for every chart: colours with a role, sizes that stay readable on a phone.

A chart is drawn in the colours of the light theme. Each of them stands for a role, so a report can
replace the colour by a variable of its style sheet and one drawing serves light and dark pages.
"""

import json
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt

INK = "#1f2328"
MUTED = "#59636e"
AXIS = "#868f99"
GRID = "#e4e7ea"
BLUE = "#0072b2"
VERMILLION = "#d55e00"
GREEN = "#00875f"
PURPLE = "#a64d83"
SERIES = (BLUE, VERMILLION, GREEN, PURPLE)
DASHES = ((1, 0), (7, 3), (2, 2), (8, 3, 2, 3))


@dataclass(frozen=True)
class Role:
    """What a colour of the charts stands for.

    Parameters
    ----------
    name : str
        The style sheet's variable, without the leading dashes.
    light, dark : str
        The colour as ``#rrggbb`` on a light and on a dark page.
    """

    name: str
    light: str
    dark: str


ROLES = (
    Role("chart-ink", INK, "#e6edf3"),
    Role("chart-muted", MUTED, "#a9b3bd"),
    Role("chart-axis", AXIS, "#7d8791"),
    Role("chart-grid", GRID, "#2b323a"),
    Role("chart-blue", BLUE, "#5bb8f0"),
    Role("chart-vermillion", VERMILLION, "#f2905a"),
    Role("chart-green", GREEN, "#35c79a"),
    Role("chart-purple", PURPLE, "#d99abf"),
)
"""Okabe and Ito's colours, darkened where needed: a line has 3:1 against the page, text 4.5:1."""

WIDTH = 360
SQUARE = 300
WIDE = 236
LABEL = 12
LABEL_LIMIT = 124
BREAK = "\u2002"
"""A space of its own, for names may hold any other; line breaks are shown as what they are."""
LINES = f"split(datum.value, {json.dumps(BREAK)})"
"""Draws a label with breaks in lines."""

BAND_OPACITY = 0.2
"""Opacity of an interval's band, so that the grid shows through."""

SHADE_OPACITY = (0.06, 0.5)
"""Opacity of the lightest and the darkest cell; text in ink stays readable on both."""


def values(rows: Sequence[Mapping[str, object]]) -> "alt.Data":
    """Return rows as the data of a chart; no number is changed and none is left out."""
    import altair as alt

    return alt.Data(values=[dict(row) for row in rows])


def number_axis(numbers: Iterable[float]) -> "alt.Axis":
    """Return an axis that writes 20k rather than 20,000 where the numbers are large.

    Parameters
    ----------
    numbers : iterable of float
        What is drawn along the axis; values that are not finite are passed over.

    Examples
    --------
    >>> number_axis([0.0, 1.0]).to_dict()
    {}
    >>> number_axis([-200_000, 750_000]).to_dict()["format"]
    '~s'
    """
    import altair as alt

    thousands = 10_000
    largest = max((abs(number) for number in numbers if isfinite(number)), default=0.0)
    if largest < thousands:
        return alt.Axis()
    return alt.Axis(format="~s", labelExpr="datum.value === 0 ? '0' : datum.label")


def label_extent(labels: Iterable[str]) -> float:
    """Return the room in pixels to keep for labels, measured for a wide typeface.

    The drawing is laid out with one typeface and read in another; without room to spare the
    start of a long label would be cut.

    Examples
    --------
    >>> label_extent(["no", "yes"]) < label_extent(["balanced accuracy"]) <= LABEL_LIMIT + 6
    True
    """
    per_letter = 0.62 * LABEL
    longest = max((len(label) for label in labels), default=0)
    return min(longest * per_letter, LABEL_LIMIT) + 6 if longest else 0.0


def wrapped(label: str, letters: int = 17) -> str:
    """Break a long label between words into two lines; see `LINES` for how they are drawn.

    Examples
    --------
    >>> wrapped("lot_area: from 11,700").split(BREAK), wrapped("short")
    (['lot_area: from', '11,700'], 'short')
    """
    if len(label) <= letters:
        return label
    lines = textwrap.wrap(label, letters, break_long_words=False, break_on_hyphens=False)
    return BREAK.join([lines[0], " ".join(lines[1:])]) if len(lines) > 1 else label


def lines_of(labels: Iterable[str]) -> list[str]:
    """Return the lines that labels are drawn in."""
    return [line for label in labels for line in label.split(BREAK)]


def finish(*layers: "alt.Chart", height: int = WIDE, note: str = "") -> "alt.LayerChart":
    """Lay drawings over each other and give them the common size, fonts, axes and colours.

    Parameters
    ----------
    *layers : altair chart
        The lowest first.
    height : int
        In pixels at the chart's own size, axes and legend included.
    note : str
        What a dashed line or a band means; shown above the chart.

    Returns
    -------
    altair.LayerChart
        `WIDTH` pixels wide as a whole.
    """
    import altair as alt

    fit = alt.AutoSizeParams(type="fit", contains="padding")
    properties: dict[str, Any] = {"width": WIDTH, "height": height, "autosize": fit}
    if note:
        properties["title"] = alt.TitleParams(note)
    return alt.LayerChart(layer=list(layers), **properties).configure(**_config())


def finite(number: float) -> float | None:
    """Return a number as a builtin, None where it is not finite: a gap in the drawing.

    Examples
    --------
    >>> finite(float("nan")) is None, finite(2)
    (True, 2.0)
    """
    return float(number) if isfinite(number) else None


def diagonal(low: float, high: float) -> "alt.Chart":
    """Return a dashed line from (low, low) to (high, high), to be layered with a chart."""
    import altair as alt

    ends = values([{"x": low, "y": low}, {"x": high, "y": high}])
    return _reference(alt.Chart(ends).mark_line).encode(x="x:Q", y="y:Q")


def level_line(height: float) -> "alt.Chart":
    """Return a dashed line across the chart at one height."""
    import altair as alt

    return _reference(alt.Chart(values([{"y": height}])).mark_rule).encode(y="y:Q")


def mark_at(place: float) -> "alt.Chart":
    """Return a dashed line from top to bottom at one place of the horizontal axis."""
    import altair as alt

    return _reference(alt.Chart(values([{"x": place}])).mark_rule).encode(x="x:Q")


def _reference(mark: "Callable[..., alt.Chart]") -> "alt.Chart":
    return mark(color=MUTED, strokeWidth=1.4, strokeDash=[5, 4], opacity=1)


def _config() -> dict[str, Any]:
    label = {"labelFontSize": LABEL, "labelColor": MUTED, "titleFontSize": LABEL}
    return {
        "aria": False,
        "background": "transparent",
        "font": "sans-serif",
        "padding": {"left": 4, "right": 14, "top": 4, "bottom": 2},
        "view": {"stroke": "transparent"},
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "fontSize": LABEL,
            "fontWeight": "normal",
            "color": MUTED,
            "offset": 8,
        },
        "axis": {
            **label,
            "titleColor": INK,
            "titleFontWeight": "normal",
            "titlePadding": 8,
            "domainColor": AXIS,
            "tickColor": AXIS,
            "tickSize": 4,
            "gridColor": GRID,
            "labelPadding": 4,
            "labelLimit": LABEL_LIMIT - 14,
            "labelFlush": False,
            "labelOverlap": "greedy",
            "labelSeparation": 6,
            "tickCount": 5,
        },
        "legend": {
            **label,
            "labelColor": INK,
            "title": None,
            "orient": "top",
            "direction": "horizontal",
            "offset": 8,
            "padding": 0,
            "columns": 3,
            "columnPadding": 14,
            "symbolSize": 110,
            "symbolOpacity": 1,
            "symbolStrokeWidth": 2.5,
            "labelLimit": 96,
        },
        "text": {"color": INK, "fontSize": LABEL},
        "line": {"strokeWidth": 2.2, "strokeJoin": "round"},
        "rule": {"strokeWidth": 1.6},
    }
