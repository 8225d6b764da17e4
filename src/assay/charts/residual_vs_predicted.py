"""Binned means in, mean residual by predicted value out."""

from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.curves import BinnedMeans

if TYPE_CHECKING:
    import altair as alt


def plot_residual_vs_predicted(
    points: BinnedMeans, *, axis: str = "predicted value"
) -> "alt.LayerChart":
    """Draw the mean residual by bins of the predicted value, with its interval as a band.

    Parameters
    ----------
    points : BinnedMeans
    axis : str
        Title of the horizontal axis.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([1.0, 2.0])
    >>> chart = plot_residual_vs_predicted(BinnedMeans(x, x.astype(int), x, x - 1, x + 1))
    >>> len(chart.to_dict()["layer"])
    4
    """
    import altair as alt

    rows = [
        {
            "x": float(x),
            "n": int(n),
            "mean": theme.finite(mean),
            "low": theme.finite(low),
            "high": theme.finite(high),
        }
        for x, n, mean, low, high in zip(
            points.x, points.n, points.mean, points.low, points.high, strict=True
        )
    ]
    horizontal = theme.number_axis(points.x.tolist())
    vertical = theme.number_axis([*points.low.tolist(), *points.high.tolist()])
    base = alt.Chart(theme.values(rows)).encode(
        x=alt.X("x:Q", title=axis, axis=horizontal, scale=alt.Scale(zero=False))
    )
    title = "mean residual"
    band = base.mark_area(color=theme.BLUE, opacity=theme.BAND_OPACITY).encode(
        y=alt.Y("low:Q", title=title, axis=vertical), y2="high:Q"
    )
    line = base.mark_line(color=theme.BLUE).encode(y=alt.Y("mean:Q", title=title))
    dots = base.mark_point(color=theme.BLUE, filled=True, size=34, opacity=1).encode(
        y=alt.Y("mean:Q", title=title)
    )
    note = "band: interval of the mean · dashed: no error"
    return theme.finish(theme.level_line(0.0), band, line, dots, note=note)
