"""Density grid in, predicted against actual values out."""

from typing import TYPE_CHECKING

import numpy as np

from assay.charts import theme
from assay.tables.curves import DensityGrid

if TYPE_CHECKING:
    import altair as alt


def plot_predicted_vs_actual(points: DensityGrid) -> "alt.LayerChart":
    """Draw where the rows lie: actual value across, predicted value up.

    A stronger cell holds more rows (logarithmic); on the dashed line the two are equal.

    Parameters
    ----------
    points : DensityGrid
        x is the actual, y the predicted value.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> edges = np.array([0.0, 1.0, 2.0])
    >>> chart = plot_predicted_vs_actual(DensityGrid(edges, edges, np.array([[3, 0], [1, 4]])))
    >>> len(chart.to_dict()["layer"])
    2
    """
    import altair as alt

    edges = np.concatenate([points.x_edges, points.y_edges])
    low, high = float(edges.min()), float(edges.max())
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)
    axis = theme.number_axis((low, high))
    rows = [
        {
            "x": float(points.x_edges[i]),
            "x2": float(points.x_edges[i + 1]),
            "y": float(points.y_edges[j]),
            "y2": float(points.y_edges[j + 1]),
            "depth": float(np.log1p(points.counts[i, j])),
        }
        for i, j in np.argwhere(np.asarray(points.counts) > 0)
    ]
    cells = (
        alt.Chart(theme.values(rows))
        .mark_rect(color=theme.BLUE, stroke=None)
        .encode(
            x=alt.X("x:Q", title="actual", scale=scale, axis=axis),
            x2="x2:Q",
            y=alt.Y("y:Q", title="predicted", scale=scale, axis=axis),
            y2="y2:Q",
            fillOpacity=alt.FillOpacity(
                "depth:Q", scale=alt.Scale(zero=True, range=[0.1, 1]), legend=None
            ),
        )
    )
    note = "stronger: more rows · dashed: predicted = actual"
    return theme.finish(cells, theme.diagonal(low, high), height=theme.SQUARE, note=note)
