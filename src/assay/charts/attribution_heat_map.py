"""Attributions of rows and players in; a heat map out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.charts import theme
from assay.charts.attribution_marks import SIGNS, colours, row_height, sign_of
from assay.charts.named_rows import names_beside
from assay.tables.attribution_points import AttributionCell

if TYPE_CHECKING:
    import altair as alt

ROW = 20
FRAME = 92
PALEST = 0.04


def plot_attribution_heat_map(
    cells: Sequence[AttributionCell], *, title: str = "rows, the lowest prediction first"
) -> "alt.LayerChart":
    """Draw a column of cells for each row, the stronger the larger the attribution.

    Cells whose interval holds 0 are left blank.

    Parameters
    ----------
    cells : sequence of AttributionCell
        Players from top to bottom in the order in which they occur.
    title : str
        Of the axis along which the rows stand.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> chart = plot_attribution_heat_map([AttributionCell("age", 7, 0, -0.2)])
    >>> chart.to_dict()["layer"][0]["mark"]["type"]
    'rect'
    """
    import altair as alt

    largest = max((abs(each.value) for each in cells), default=0.0) or 1.0
    rows = [_row(each, largest) for each in cells if each.shown]
    labels = list(dict.fromkeys(theme.wrapped(each.player) for each in cells))
    n_rows = max((each.place for each in cells), default=-1) + 1
    across = list(range(n_rows))
    axis = alt.Axis(labels=False, ticks=False, domain=False, grid=False)
    base = alt.Chart(theme.values(rows)).encode(
        x=alt.X("place:O", title=title, scale=alt.Scale(domain=across, padding=0), axis=axis),
        y=names_beside(labels),
        color=colours("tone", SIGNS, [str(each["tone"]) for each in rows]),
        opacity=alt.Opacity("opacity:Q", scale=None),
    )
    notes = [f"full colour: {largest:,.0f}" if largest >= 1000 else f"full colour: {largest:.3g}"]
    notes += ["blank: interval holds 0"] if any(not each.shown for each in cells) else []
    height = row_height(labels, ROW) * max(len(labels), 1) + FRAME
    return theme.finish(base.mark_rect(stroke=None), height=height, note=" · ".join(notes))


def _row(cell: AttributionCell, largest: float) -> dict[str, object]:
    return {
        "label": theme.wrapped(cell.player),
        "place": cell.place,
        "opacity": round(PALEST + (1 - PALEST) * abs(cell.value) / largest, 2),
        "tone": sign_of(cell.value),
    }
