"""Names and seconds in; a row of dots on a logarithmic axis out."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from assay.charts import theme
from assay.charts.named_rows import names_beside

if TYPE_CHECKING:
    import altair as alt

ROW = 34
FRAME = 76
LEAST = 1e-4
"""Seconds below which a time says nothing but that it is short."""


def plot_fit_times(seconds: Mapping[str, float]) -> "alt.LayerChart":
    """Draw how long each model took to fit, the axis logarithmic.

    Parameters
    ----------
    seconds : mapping of str to float
        Name → seconds, from top to bottom; less than a ten-thousandth is drawn there.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> chart = plot_fit_times({"mean": 0.0001, "boosting": 1.5})
    >>> [layer["mark"]["type"] for layer in chart.to_dict()["layer"]]
    ['point', 'text']
    """
    import altair as alt

    names = [theme.wrapped(name) for name in seconds]
    drawn = [
        {"name": theme.wrapped(name), "seconds": max(spent, LEAST), "text": _said(spent)}
        for name, spent in seconds.items()
    ]
    most = max((float(each["seconds"]) for each in drawn), default=1.0)
    scale = alt.Scale(type="log", domain=[LEAST / 2, max(most * 4, 1.0)], nice=False)
    x = alt.X(
        "seconds:Q",
        title="seconds to fit (logarithmic)",
        scale=scale,
        axis=alt.Axis(values=[10.0**power for power in range(-4, 5)], format="~g"),
    )
    base = alt.Chart(theme.values(drawn)).encode(x=x, y=names_beside(names, field="name"))
    dot = base.mark_point(filled=True, size=64, opacity=1, color=theme.BLUE)
    text = base.mark_text(dy=-10, fontSize=11, color=theme.INK).encode(text="text:N")
    return theme.finish(dot, text, height=ROW * max(len(names), 1) + FRAME)


def _said(seconds: float) -> str:
    return f"{seconds:.2g} s" if seconds >= LEAST else "≈ 0 s"
