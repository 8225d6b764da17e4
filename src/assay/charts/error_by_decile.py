"""Errors by tenth of the prediction in, mean absolute errors with their intervals out."""

from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.curves import DecileErrors

if TYPE_CHECKING:
    import altair as alt


def plot_error_by_decile(points: DecileErrors) -> "alt.LayerChart":
    """Draw the mean absolute error of each tenth of the predictions, the lowest first.

    A bar is the interval of the mean.

    Parameters
    ----------
    points : DecileErrors

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([1.0, 2.0])
    >>> chart = plot_error_by_decile(DecileErrors(x.astype(int), *[x] * 12))
    >>> len(chart.to_dict()["layer"])
    2
    """
    import altair as alt

    rows = [
        {"tenth": number, "y": float(y), "low": float(low), "high": float(high)}
        for number, (y, low, high) in enumerate(
            zip(
                points.absolute_error,
                points.absolute_error_low,
                points.absolute_error_high,
                strict=True,
            ),
            start=1,
        )
    ]
    vertical = theme.number_axis(points.absolute_error_high.tolist())
    title = "mean absolute error"
    base = alt.Chart(theme.values(rows)).encode(
        x=alt.X(
            "tenth:O",
            title="tenth of the predictions, the lowest first",
            axis=alt.Axis(labelAngle=0, grid=False),
        )
    )
    bars = base.mark_rule(color=theme.BLUE, strokeWidth=2).encode(
        y=alt.Y("low:Q", title=title, axis=vertical), y2="high:Q"
    )
    dots = base.mark_point(color=theme.BLUE, filled=True, size=48, opacity=1).encode(
        y=alt.Y("y:Q", title=title)
    )
    return theme.finish(bars, dots, note="bars: interval of the mean")
