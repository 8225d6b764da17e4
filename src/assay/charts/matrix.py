"""The axes of a matrix of shaded cells, with names beside its rows and over its columns."""

from collections.abc import Sequence
from typing import Any

from assay.charts import theme

NAME_ALL = 18
"""Above so many names only some fit beside an axis."""
SLANTED_ROOM = 60


def fits_across(labels: Sequence[str]) -> bool:
    """Whether names fit over their columns without being slanted.

    Examples
    --------
    >>> fits_across(["no", "yes"])
    True
    """
    return theme.label_extent(labels) <= 0.7 * theme.WIDTH / max(len(labels), 1)


def matrix_axis(
    title: str, labels: Sequence[str], *, across: bool, slanted: bool = False
) -> dict[str, Any]:
    """Return what a channel of the matrix needs: order, scale and axis.

    Parameters
    ----------
    title : str
    labels : sequence of str
    across : bool
        Whether they stand over the columns, else beside the rows.
    slanted : bool
        Slanted labels go below, where they lean towards the matrix and not out of the chart.
    """
    import altair as alt

    about: dict[str, Any] = {
        "orient": ("bottom" if slanted else "top") if across else "left",
        "title": title,
        "ticks": False,
        "domain": False,
        "grid": False,
        "labelColor": theme.INK,
        "labelLimit": 84,
        "minExtent": 0 if across else min(theme.label_extent(labels), 96),
        "labelOverlap": "greedy" if len(labels) > NAME_ALL else False,
        "labelAngle": -45 if slanted else 0,
    }
    scale = alt.Scale(domain=list(labels), paddingInner=0.03, paddingOuter=0)
    return {"sort": list(labels), "scale": scale, "axis": alt.Axis(**about)}
