"""A rate in each combination of two facets in, a matrix of shaded cells out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.charts import theme
from assay.charts.matrix import SLANTED_ROOM, fits_across, matrix_axis
from assay.tables.bias_points import HeatMapCell

if TYPE_CHECKING:
    import altair as alt

ROW = 44
FEW_ROW = 62
SMALL_ROW = 20
FRAME = 66
MAX_WRITTEN_ACROSS = 6


def plot_intersection_heat_map(
    cells: Sequence[HeatMapCell], *, rows: str = "", columns: str = ""
) -> "alt.LayerChart":
    """Draw a cell for each combination, shaded by its rate, with the rate and n written in it.

    A combination with too few rows has a dashed border, no shade, and its rate in brackets.
    Combinations without rows are blank. With more than 6 columns only rates are written.

    Parameters
    ----------
    cells : sequence of HeatMapCell
    rows, columns : str
        Names of the two facets.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> chart = plot_intersection_heat_map([HeatMapCell("woman", "Black", 0.1, 400)])
    >>> chart.to_dict()["layer"][0]["mark"]["type"]
    'rect'
    """
    import altair as alt

    down = list(dict.fromkeys(each.row for each in cells))
    across = list(dict.fromkeys(each.column for each in cells))
    slanted = not fits_across(across)
    written = len(across) <= MAX_WRITTEN_ACROSS
    base = alt.Chart(theme.values([_cell(each) for each in cells])).encode(
        x=alt.X("column:N", **matrix_axis(columns, across, across=True, slanted=slanted)),
        y=alt.Y("row:N", **matrix_axis(rows, down, across=False)),
    )
    known = alt.datum.kind == "enough"
    opacity = alt.Scale(domain=[0, _highest(cells)], range=list(theme.SHADE_OPACITY))
    shade = (
        base.transform_filter(known)
        .mark_rect(stroke=None, color=theme.BLUE)
        .encode(fillOpacity=alt.FillOpacity("rate:Q", scale=opacity, legend=None))
    )
    border = base.transform_filter(alt.datum.kind == "few").mark_rect(
        fillOpacity=0, stroke=theme.AXIS, strokeDash=[3, 3], strokeWidth=1
    )
    layers: list[alt.Chart] = [shade, border]
    if written:
        layers += [
            base.mark_text(dy=-7, fontSize=13, fontWeight=600).encode(text="percent:N"),
            base.mark_text(dy=9, fontSize=11, color=theme.MUTED).encode(text="n:N"),
        ]
    else:
        layers.append(base.mark_text(fontSize=10).encode(text="short:N"))
    each_row = (FEW_ROW if len(down) < 4 else ROW) if written else max(SMALL_ROW, 26)
    height = each_row * max(len(down), 1) + FRAME + (SLANTED_ROOM if slanted else 0)
    few = any(each.few for each in cells)
    return theme.finish(
        *layers, height=height, note="dashed border: too few rows to be judged" if few else ""
    )


def _highest(cells: Sequence[HeatMapCell]) -> float:
    return max((each.value for each in cells if each.value is not None), default=0.0) or 1.0


def _cell(cell: HeatMapCell) -> dict[str, object]:
    undefined = cell.value is None
    said = "undefined" if cell.value is None else f"{cell.value:.1%}"
    short = "–" if cell.value is None else f"{100 * cell.value:.0f}"
    return {
        "row": cell.row,
        "column": cell.column,
        "rate": 0.0 if cell.value is None else cell.value,
        "kind": "few" if cell.few or undefined else "enough",
        "percent": f"({said})" if cell.few else said,
        "short": f"({short})" if cell.few else short,
        "n": f"n {cell.n:,}",
    }
