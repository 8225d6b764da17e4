"""Which labels are wrong together in, a matrix of shaded pairs out."""

from typing import TYPE_CHECKING

import numpy as np

from assay.charts import theme
from assay.charts.matrix import SLANTED_ROOM, fits_across, matrix_axis
from assay.tables.curves import ErrorPairs

if TYPE_CHECKING:
    import altair as alt

SHOW_SHARES = 10


def plot_error_pairs(points: ErrorPairs) -> "alt.LayerChart":
    """Draw for each label how often the others are wrong where it is wrong.

    A cell is shaded by the share of the rows of its label's errors in which the other label is
    wrong too; up to 10 labels it shows that share. The diagonal is left blank, and so are
    labels that are never wrong.

    Parameters
    ----------
    points : ErrorPairs

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> share = np.array([[0.2, 0.1], [0.1, 0.3]])
    >>> chart = plot_error_pairs(ErrorPairs(("a", "b"), share, share))
    >>> chart.to_dict()["layer"][0]["mark"]["type"]
    'rect'
    """
    import altair as alt

    labels = list(points.labels)
    slanted = not fits_across(labels)
    base = alt.Chart(theme.values(_cells(points))).encode(
        x=alt.X("other:N", **matrix_axis("wrong as well", labels, across=True, slanted=slanted)),
        y=alt.Y("label:N", **matrix_axis("where this is wrong", labels, across=False)),
    )
    opacity = alt.Scale(domain=[0, 1], range=list(theme.SHADE_OPACITY))
    shade = base.mark_rect(stroke=None, color=theme.VERMILLION).encode(
        fillOpacity=alt.FillOpacity("share:Q", scale=opacity, legend=None)
    )
    texts = []
    if len(labels) <= SHOW_SHARES:
        texts.append(base.mark_text(fontSize=12).encode(text="percent:N"))
    height = theme.SQUARE + (SLANTED_ROOM if slanted else 0)
    return theme.finish(shade, *texts, height=height)


def _cells(points: ErrorPairs) -> list[dict[str, object]]:
    alone = np.diag(points.share)
    cells: list[dict[str, object]] = []
    for i, j in np.argwhere(points.share >= 0):
        if i == j or alone[i] <= 0:
            continue
        share = min(float(points.share[i, j] / alone[i]), 1.0)
        cells.append(
            {
                "label": points.labels[i],
                "other": points.labels[j],
                "share": share,
                "percent": f"{share:.0%}",
            }
        )
    return cells
