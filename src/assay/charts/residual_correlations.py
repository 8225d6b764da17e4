"""Autocorrelations of residuals in, bars with the bound of chance out."""

from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.forecast_curves import ResidualCorrelations

if TYPE_CHECKING:
    import altair as alt


def plot_residual_correlations(points: ResidualCorrelations) -> "alt.LayerChart":
    """Draw the autocorrelation of residuals by lag.

    Parameters
    ----------
    points : ResidualCorrelations

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> points = ResidualCorrelations((1, 2), (0.5, 0.1), 0.2, 1, "all forecasts")
    >>> len(plot_residual_correlations(points).to_dict()["layer"])
    3
    """
    import altair as alt

    rows = [
        {"x": lag - 0.3, "x2": lag + 0.3, "y": value, "zero": 0.0}
        for lag, value in zip(points.lag, points.value, strict=True)
        if value is not None
    ]
    whole = alt.Axis(format="d", tickMinStep=1)
    bars = (
        alt.Chart(theme.values(rows))
        .mark_rect(color=theme.BLUE, opacity=1)
        .encode(
            x=alt.X("x:Q", title="periods apart", axis=whole, scale=alt.Scale(nice=False)),
            x2="x2:Q",
            y=alt.Y("zero:Q", title="autocorrelation"),
            y2="y:Q",
        )
    )
    note = "between the dashed lines: as chance brings it"
    low, high = theme.level_line(-points.bound), theme.level_line(points.bound)
    return theme.finish(bars, low, high, note=note)
