"""ROC points in, the curve with its band out."""

from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.curves import RocPoints

if TYPE_CHECKING:
    import altair as alt


def plot_roc(points: RocPoints) -> "alt.LayerChart":
    """Draw the ROC curve, its interval as a band, and chance as a dashed line.

    Parameters
    ----------
    points : RocPoints

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> import numpy as np
    >>> ends = np.array([0.0, 1.0])
    >>> chart = plot_roc(RocPoints(ends, ends, ends, ends, ends))
    >>> len(chart.to_dict()["layer"])
    3
    """
    import altair as alt

    rows = [
        {"x": float(x), "y": float(y), "low": float(low), "high": float(high)}
        for x, y, low, high in zip(
            points.false_positive_rate,
            points.true_positive_rate,
            points.low,
            points.high,
            strict=True,
        )
    ]
    unit = alt.Scale(domain=[0, 1])
    base = alt.Chart(theme.values(rows)).encode(
        x=alt.X("x:Q", title="false positive rate", scale=unit)
    )
    band = base.mark_area(color=theme.BLUE, opacity=theme.BAND_OPACITY).encode(
        y=alt.Y("low:Q", title="true positive rate", scale=unit), y2="high:Q"
    )
    curve = base.mark_line(color=theme.BLUE).encode(y=alt.Y("y:Q", scale=unit))
    chance = theme.diagonal(0.0, 1.0)
    note = "band: interval of the curve · dashed: chance"
    return theme.finish(chance, band, curve, height=theme.SQUARE, note=note)
