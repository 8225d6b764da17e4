"""Precision-recall points in, the stepped curve out."""

from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.curves import PrecisionRecallPoints

if TYPE_CHECKING:
    import altair as alt


def plot_precision_recall(points: PrecisionRecallPoints) -> "alt.LayerChart":
    """Draw precision against recall in steps; the dashed line is the prevalence.

    Parameters
    ----------
    points : PrecisionRecallPoints

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> import numpy as np
    >>> ends = np.array([0.0, 1.0])
    >>> chart = plot_precision_recall(PrecisionRecallPoints(ends, ends, ends[::-1], 0.25))
    >>> chart.to_dict()["title"]["text"]
    'dashed: prevalence 0.25, the precision of chance'
    """
    import altair as alt

    rows = [
        {"x": float(x), "y": float(y)}
        for x, y in zip(points.recall, points.precision, strict=True)
    ]
    unit = alt.Scale(domain=[0, 1])
    curve = (
        alt.Chart(theme.values(rows))
        .mark_line(color=theme.BLUE, interpolate="step-after")
        .encode(
            x=alt.X("x:Q", title="recall", scale=unit),
            y=alt.Y("y:Q", title="precision", scale=unit),
            order=alt.Order("x:Q"),
        )
    )
    prevalence = theme.level_line(points.prevalence)
    note = f"dashed: prevalence {points.prevalence:.3g}, the precision of chance"
    return theme.finish(prevalence, curve, height=theme.SQUARE, note=note)
