"""Gain points in, the cumulative gain curve with its band out."""

from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.curves import GainPoints

if TYPE_CHECKING:
    import altair as alt


def plot_gain(points: GainPoints) -> "alt.LayerChart":
    """Draw the share of positives found by share of rows taken, with its interval as a band.

    The dashed line is a random order; how many times steeper the curve is from the origin to a
    point is the lift there.

    Parameters
    ----------
    points : GainPoints

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> import numpy as np
    >>> ends = np.array([0.0, 1.0])
    >>> chart = plot_gain(GainPoints(ends, ends, ends, ends, 0.2))
    >>> len(chart.to_dict()["layer"])
    3
    """
    import altair as alt

    rows = [
        {"x": float(x), "y": float(y), "low": float(low), "high": float(high)}
        for x, y, low, high in zip(points.share, points.gain, points.low, points.high, strict=True)
    ]
    unit = alt.Scale(domain=[0, 1])
    axis = alt.Axis(format="%")
    title = "share of positives found"
    base = alt.Chart(theme.values(rows)).encode(
        x=alt.X("x:Q", title="share of rows taken, highest scores first", scale=unit, axis=axis)
    )
    band = base.mark_area(color=theme.BLUE, opacity=theme.BAND_OPACITY).encode(
        y=alt.Y("low:Q", title=title, scale=unit, axis=axis), y2="high:Q"
    )
    curve = base.mark_line(color=theme.BLUE).encode(y=alt.Y("y:Q", scale=unit))
    note = "band: interval · dashed: random order"
    chance = theme.diagonal(0.0, 1.0)
    return theme.finish(chance, band, curve, height=theme.SQUARE, note=note)
