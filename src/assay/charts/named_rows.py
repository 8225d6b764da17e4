"""Rows of a chart that have names beside them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.charts import theme

if TYPE_CHECKING:
    import altair as alt


def names_beside(labels: Sequence[str], *, field: str = "label") -> "alt.Y":
    """Return the vertical channel of rows with long names: whole, in ink, in their order.

    Parameters
    ----------
    labels : sequence of str
        As they stand in the data, broken by `theme.wrapped` where they are long.
    field : str
    """
    import altair as alt

    axis = alt.Axis(
        title=None,
        labelColor=theme.INK,
        labelOverlap=False,
        ticks=False,
        domain=False,
        labelExpr=theme.LINES,
        minExtent=theme.label_extent(theme.lines_of(labels)),
    )
    scale = alt.Scale(domain=list(labels))
    return alt.Y(f"{field}:N", sort=list(labels), scale=scale, axis=axis)
