"""The last stretch of one series in; truth, forecast and its interval along time out."""

from typing import TYPE_CHECKING

import numpy as np

from assay.charts import theme
from assay.tables.forecast_curves import ForecastWindows

if TYPE_CHECKING:
    import altair as alt


def plot_forecast_window(points: ForecastWindows, series: str) -> "alt.LayerChart":
    """Draw the truth of one series with its forecast, and the predicted interval as a band.

    Parameters
    ----------
    points : ForecastWindows
    series : str
        One of its series.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> one = (1.0, 2.0)
    >>> points = ForecastWindows(
    ...     ("a", "a"), ("1", "2"), one, (None, 2.5), (None, 2.0), (None, 3.0), 0.8, False)
    >>> len(plot_forecast_window(points, "a").to_dict()["layer"])
    3
    """
    import altair as alt

    rows = [
        {
            "x": _place(time, temporal=points.temporal),
            "truth": actual,
            "forecast": forecast,
            "low": low,
            "high": high,
            "shown": "truth",
            "made": "forecast",
        }
        for name, time, actual, forecast, low, high in zip(
            points.series,
            points.time,
            points.actual,
            points.forecast,
            points.low,
            points.high,
            strict=True,
        )
        if name == series
    ]
    made = [row for row in rows if row["forecast"] is not None]
    x = alt.X("x:T", title=None, scale=alt.Scale(type="utc"))
    if not points.temporal:
        x = alt.X("x:Q", title="time", scale=alt.Scale(zero=False, nice=False))
    columns = ("truth", "forecast", "low", "high")
    numbers = [float(row[n]) for row in rows for n in columns if row[n] is not None]
    scale = alt.Scale(zero=False)
    axis = theme.number_axis(numbers)
    kinds = alt.Scale(domain=["truth", "forecast"], range=[theme.INK, theme.BLUE])
    layers: list[alt.Chart] = []
    if any(row["low"] is not None for row in made):
        layers.append(
            alt.Chart(theme.values(made))
            .mark_area(color=theme.BLUE, opacity=theme.BAND_OPACITY)
            .encode(x=x, y=alt.Y("low:Q", title=None, scale=scale, axis=axis), y2="high:Q")
        )
    for data, column, kind in ((rows, "truth", "shown"), (made, "forecast", "made")):
        layers.append(
            alt.Chart(theme.values(data))
            .mark_line(strokeWidth=1.8, point=len(made) == 1)
            .encode(
                x=x,
                y=alt.Y(f"{column}:Q", title=None, scale=scale, axis=axis),
                color=alt.Color(f"{kind}:N", scale=kinds),
            )
        )
    level = "" if points.level is None else f"{points.level * 100:g} % "
    note = f"band: predicted {level}interval" if len(layers) > 2 else ""
    return theme.finish(*layers, note=note)


def _place(time: str, *, temporal: bool) -> float:
    """Return a time as milliseconds since 1970, or a number as it is."""
    if not temporal:
        return float(time)
    return float(np.datetime64(time.replace(" ", "T"), "ms").astype(np.int64))
