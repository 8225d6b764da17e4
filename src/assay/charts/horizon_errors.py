"""Errors by periods ahead in, a line with its interval out."""

from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.forecast_curves import HorizonErrors

if TYPE_CHECKING:
    import altair as alt


def plot_horizon_errors(points: HorizonErrors) -> "alt.LayerChart":
    """Draw the error by how many periods ahead a forecast was.

    Parameters
    ----------
    points : HorizonErrors

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> points = HorizonErrors(
    ...     "MASE", (1, 2), (1, 2), (9, 9), (0.5, 0.8), (0.4, None), (0.6, None))
    >>> len(plot_horizon_errors(points).to_dict()["layer"])
    3
    """
    import altair as alt

    rows = [
        {"x": (start + end) / 2, "y": value, "low": low, "high": high}
        for start, end, value, low, high in zip(
            points.step_from, points.step_to, points.value, points.low, points.high, strict=True
        )
        if value is not None
    ]
    ends = [row for row in rows if row["low"] is not None]
    scale = alt.Scale(zero=True)
    axis = theme.number_axis(
        number for row in rows for number in (row["y"], row["high"]) if number is not None
    )
    steps = alt.Axis(format="d", tickMinStep=1)
    x = alt.X("x:Q", title="periods ahead", axis=steps, scale=alt.Scale(zero=False, nice=False))
    base = alt.Chart(theme.values(rows)).encode(x=x)
    y = alt.Y("y:Q", title=points.metric, scale=scale, axis=axis)
    line = base.mark_line(color=theme.BLUE).encode(y=y)
    dots = base.mark_point(color=theme.BLUE, filled=True, size=30, opacity=1).encode(y=y)
    if not ends:
        return theme.finish(line, dots)
    band = (
        alt.Chart(theme.values(ends))
        .mark_area(color=theme.BLUE, opacity=theme.BAND_OPACITY)
        .encode(x=x, y=alt.Y("low:Q", title=points.metric, scale=scale, axis=axis), y2="high:Q")
    )
    return theme.finish(band, line, dots, note="band: interval of the mean")
