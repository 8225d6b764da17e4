"""Value histogram in, distribution of the residuals out."""

from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.curves import ValueHistogram

if TYPE_CHECKING:
    import altair as alt


def plot_residual_histogram(
    points: ValueHistogram, *, axis: str = "residual (predicted − actual)"
) -> "alt.LayerChart":
    """Draw how often each residual occurs; the dashed line is no error.

    Parameters
    ----------
    points : ValueHistogram
    axis : str
        Title of the horizontal axis: says which way the difference is taken.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> import numpy as np
    >>> points = ValueHistogram(np.array([-1.0, 0.0, 1.0]), np.array([0.5, 0.5]))
    >>> len(plot_residual_histogram(points).to_dict()["layer"])
    2
    """
    import altair as alt

    rows = [
        {"x": float(left), "x2": float(right), "share": float(share), "zero": 0}
        for left, right, share in zip(
            points.edges[:-1], points.edges[1:], points.share, strict=True
        )
    ]
    low, high = float(points.edges[0]), float(points.edges[-1])
    bars = (
        alt.Chart(theme.values(rows))
        .mark_rect(color=theme.BLUE, fillOpacity=0.55, stroke=theme.BLUE, strokeWidth=0.8)
        .encode(
            x=alt.X(
                "x:Q",
                title=axis,
                axis=theme.number_axis((low, high)),
                scale=alt.Scale(domain=[low, high], nice=False, zero=False),
            ),
            x2="x2:Q",
            y=alt.Y("zero:Q", title="share of rows", axis=alt.Axis(format="~%")),
            y2="share:Q",
        )
    )
    if not low <= 0 <= high:
        return theme.finish(bars)
    return theme.finish(bars, theme.mark_at(0.0), note="dashed: no error")
