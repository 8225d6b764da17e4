"""The joint effect of two columns in, a matrix of shaded cells out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assay.charts import theme
from assay.charts.matrix import SLANTED_ROOM, fits_across, matrix_axis
from assay.tables.effect_points import EffectCell

if TYPE_CHECKING:
    import altair as alt

ROW = 24
FRAME = 96
FITS_THREE = 12
"""Columns of cells wide enough for three strokes."""


def plot_effect_heat_map(
    cells: Sequence[EffectCell],
    *,
    rows: str = "",
    columns: str = "",
    title: str = "mean prediction",
    signed: bool = False,
    upward: bool = True,
) -> "alt.LayerChart":
    """Draw a cell for each pair of values, shaded by the score.

    Cells without rows are hatched. Cells that are not shown to differ from 0 are hollow.

    Parameters
    ----------
    cells : sequence of EffectCell
    rows, columns : str
        Names of the two columns.
    title : str
        What the shade means.
    signed : bool
        Blue above 0 and vermillion below, the darker the further away; else one colour from the
        lowest to the highest value.
    upward : bool
        Whether the rows' values begin at the bottom, as along an axis; else on top, as in a list.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> chart = plot_effect_heat_map([EffectCell("1", "a", 0.2, 4), EffectCell("1", "b", 0.4, 0)])
    >>> [layer["mark"]["type"] for layer in chart.to_dict()["layer"]]
    ['rect', 'text']
    """
    import altair as alt

    down = list(dict.fromkeys(each.row for each in cells))
    across = list(dict.fromkeys(each.column for each in cells))
    down = down[::-1] if upward else down
    slanted = not fits_across(across)
    numbers = [each.value for each in cells]
    ends = (min(numbers, default=0.0), max(numbers, default=1.0))
    hatching = "///" if len(across) <= FITS_THREE else "/"
    sides = _sides(ends) if signed else [""]
    made = [{**_row(each, ends, sides), "hatch": hatching} for each in cells]
    base = alt.Chart(theme.values(made)).encode(
        x=alt.X("column:N", **matrix_axis(columns, across, across=True, slanted=slanted)),
        y=alt.Y("row:N", **matrix_axis(rows, down, across=False)),
    )
    colour = alt.Color(
        "side:N",
        scale=alt.Scale(domain=sides, range=[theme.BLUE, theme.VERMILLION][: len(sides)]),
        legend=alt.Legend(columns=2, labelLimit=150, columnPadding=24) if signed else None,
    )
    scale = alt.Scale(domain=[0, 1], range=[0.04, 0.95])
    shade = alt.FillOpacity("depth:Q", scale=scale, legend=None)
    hollow = any(not each.shown for each in cells)
    solid = base.transform_filter("datum.shown") if hollow else base
    layers: list[Any] = [solid.mark_rect(stroke=None).encode(color=colour, fillOpacity=shade)]
    if hollow:
        outline = base.transform_filter("!datum.shown").mark_rect(
            filled=False, strokeWidth=1, strokeOpacity=0.7
        )
        layers.append(outline.encode(color=colour))
    notes = [title if signed else f"{title} {_told(ends[0])} to {_told(ends[1])} (dark)"]
    if any(each.n == 0 for each in cells):
        hatch = base.transform_filter(alt.datum.n == 0)
        layers.append(hatch.mark_text(fontSize=15, color=theme.INK).encode(text="hatch:N"))
        notes.append(f"{hatching}: no rows")
    notes += ["hollow: holds 0"] if hollow else []
    height = ROW * max(len(down), 1) + FRAME + (SLANTED_ROOM if slanted else 0)
    return theme.finish(*layers, height=height, note=" · ".join(notes))


def _sides(ends: tuple[float, float]) -> list[str]:
    """Return the words of the legend: both signs, with the value of the full colour's side."""
    low, high = ends
    return [
        f"up to {_told(high)}" if high > 0 else "above 0",
        f"down to {_told(low)}" if low < 0 else "below 0",
    ]


def _told(value: float) -> str:
    """Return a number in three digits, in thousands or millions where it is large."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def _row(cell: EffectCell, ends: tuple[float, float], sides: Sequence[str]) -> dict[str, object]:
    low, high = ends
    signed = len(sides) > 1
    largest = max(abs(low), abs(high)) or 1.0
    depth = abs(cell.value) / largest if signed else (cell.value - low) / ((high - low) or 1.0)
    return {
        "row": cell.row,
        "column": cell.column,
        "value": cell.value,
        "n": cell.n,
        "depth": depth,
        "side": sides[1] if signed and cell.value < 0 else sides[0],
        "shown": cell.shown,
    }
