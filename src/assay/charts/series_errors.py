"""Errors of series in, a sorted curve out."""

from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.forecast_curves import SeriesErrors

if TYPE_CHECKING:
    import altair as alt


def plot_series_errors(points: SeriesErrors, *, reference: float | None) -> "alt.LayerChart":
    """Draw the error of each series, the worst first.

    Parameters
    ----------
    points : SeriesErrors
    reference : float or None
        An error to compare with, drawn as a dashed line.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> points = SeriesErrors("MASE", ("a", "b"), (1.2, 0.7), (9, 9), 2, 0.5)
    >>> len(plot_series_errors(points, reference=1.0).to_dict()["layer"])
    2
    """
    import altair as alt

    n = len(points.series)
    rows = [
        {
            "x": at / n,
            "x2": (at + 1) / n,
            "y": value,
            "zero": 0.0,
            "side": "worse" if reference is not None and (value or 0.0) > reference else "better",
        }
        for at, value in enumerate(points.value)
    ]
    colours = alt.Scale(domain=["better", "worse"], range=[theme.BLUE, theme.VERMILLION])
    axis = theme.number_axis(value for value in points.value if value is not None)
    bars = (
        alt.Chart(theme.values(rows))
        .mark_rect(opacity=1)
        .encode(
            x=alt.X(
                "x:Q",
                title="share of series, the worst first",
                axis=alt.Axis(format="%"),
                scale=alt.Scale(domain=[0, 1]),
            ),
            x2="x2:Q",
            y=alt.Y("zero:Q", title=points.metric.split(" (")[0], axis=axis),
            y2="y:Q",
            color=alt.Color("side:N", scale=colours, legend=None),
        )
    )
    if reference is None:
        return theme.finish(bars)
    note = "above the dashed line: worse than naive forecasts"
    return theme.finish(bars, theme.level_line(reference), note=note)
