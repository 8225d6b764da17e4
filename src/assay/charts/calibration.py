"""Calibration bins in, observed shares with their intervals out."""

from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.curves import CalibrationBins

if TYPE_CHECKING:
    import altair as alt


def plot_calibration(
    points: CalibrationBins, *, axis: str = "observed share of positives"
) -> "alt.LayerChart":
    """Draw the observed share of positives against the mean score, bin by bin.

    A bar is the Wilson interval of the bin; on the dashed line a score means what it says.

    Parameters
    ----------
    points : CalibrationBins
    axis : str
        What the share is of.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> import numpy as np
    >>> p = np.array([0.2, 0.8])
    >>> chart = plot_calibration(CalibrationBins(np.array([50, 50]), p, p, p - 0.1, p + 0.1))
    >>> len(chart.to_dict()["layer"])
    4
    """
    import altair as alt

    rows = [
        {"x": float(x), "y": float(y), "low": float(low), "high": float(high), "n": int(n)}
        for x, y, low, high, n in zip(
            points.mean_score, points.observed, points.low, points.high, points.n, strict=True
        )
    ]
    unit = alt.Scale(domain=[0, 1])
    base = alt.Chart(theme.values(rows)).encode(
        x=alt.X("x:Q", title="mean score of the bin", scale=unit)
    )
    y = alt.Y("y:Q", title=axis, scale=unit)
    bars = base.mark_rule(color=theme.BLUE).encode(
        y=alt.Y("low:Q", title=axis, scale=unit), y2="high:Q"
    )
    line = base.mark_line(color=theme.BLUE, strokeWidth=1.2, opacity=0.6).encode(y=y)
    dots = base.mark_point(color=theme.BLUE, filled=True, size=42, opacity=1).encode(y=y)
    note = "bars: interval of the share · dashed: perfect"
    layers = (theme.diagonal(0.0, 1.0), line, bars, dots)
    return theme.finish(*layers, height=theme.SQUARE, note=note)
