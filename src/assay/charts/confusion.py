"""Confusion table in, matrix of shaded cells out."""

from typing import TYPE_CHECKING

import numpy as np

from assay.charts import theme
from assay.charts.matrix import SLANTED_ROOM, fits_across, matrix_axis
from assay.tables.curves import ConfusionTable

if TYPE_CHECKING:
    import altair as alt

SHOW_COUNTS = 6
SHOW_SHARES = 10


def plot_confusion(points: ConfusionTable) -> "alt.LayerChart":
    """Draw the confusion matrix: rows true, columns predicted.

    A cell is shaded by its share of its row, right answers in one colour and mistakes in
    another. Up to 6 classes a cell shows its count and the share, up to 10 the share alone;
    an empty cell is left blank. Above 18 classes only some of the names fit beside the axes.

    Parameters
    ----------
    points : ConfusionTable

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> counts = np.array([[50, 10], [5, 35]])
    >>> chart = plot_confusion(ConfusionTable(("no", "yes"), counts, counts.astype(float)))
    >>> chart.to_dict()["layer"][0]["mark"]["type"]
    'rect'
    """
    import altair as alt

    n_classes = len(points.labels)
    slanted = n_classes > SHOW_COUNTS or not fits_across(points.labels)
    base = alt.Chart(theme.values(_cells(points))).encode(
        x=alt.X(
            "predicted:N",
            **matrix_axis("predicted", points.labels, across=True, slanted=slanted),
        ),
        y=alt.Y("true:N", **matrix_axis("true", points.labels, across=False)),
    )
    opacity = alt.Scale(domain=[0, 1], range=list(theme.SHADE_OPACITY))
    shade = base.mark_rect(stroke=None).encode(
        color=alt.Color(
            "right:N",
            scale=alt.Scale(domain=["right", "wrong"], range=[theme.BLUE, theme.VERMILLION]),
            legend=None,
        ),
        fillOpacity=alt.FillOpacity("share:Q", scale=opacity, legend=None),
    )
    return theme.finish(
        shade,
        *_texts(base, n_classes),
        height=theme.SQUARE + (SLANTED_ROOM if slanted else 0),
        note="numbers: % of the true class" if SHOW_COUNTS < n_classes <= SHOW_SHARES else "",
    )


def _texts(base: "alt.Chart", n_classes: int) -> "list[alt.Chart]":
    if n_classes <= SHOW_COUNTS:
        count = base.mark_text(dy=-8, fontSize=14, fontWeight=600).encode(text="count:N")
        return [count, base.mark_text(dy=9).encode(text="percent:N")]
    if n_classes <= SHOW_SHARES:
        return [base.mark_text(fontSize=11).encode(text="percent:N")]
    return []


def _cells(points: ConfusionTable) -> list[dict[str, object]]:
    weights = np.asarray(points.weights, dtype=np.float64)
    totals = weights.sum(axis=1)
    cells: list[dict[str, object]] = []
    for i, j in np.argwhere(np.asarray(points.counts) > 0):
        share = float(weights[i, j] / totals[i]) if totals[i] else 0.0
        cells.append(
            {
                "i": int(i),
                "j": int(j),
                "true": points.labels[i],
                "predicted": points.labels[j],
                "share": share,
                "count": f"{int(points.counts[i, j]):,}",
                "percent": f"{share:.1%}"
                if len(points.labels) <= SHOW_COUNTS
                else f"{100 * share:.0f}",
                "right": "right" if i == j else "wrong",
            }
        )
    return cells
