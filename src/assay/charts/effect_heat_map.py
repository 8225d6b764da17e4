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


def plot_effect_heat_map(
    cells: Sequence[EffectCell],
    *,
    rows: str = "",
    columns: str = "",
    title: str = "mean prediction",
    signed: bool = False,
) -> "alt.LayerChart":
    """Draw a cell for each pair of values, shaded by the score; cells without rows are hatched.

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
    slanted = not fits_across(across)
    numbers = [each.value for each in cells]
    ends = (min(numbers, default=0.0), max(numbers, default=1.0))
    base = alt.Chart(theme.values([_row(each, ends, signed=signed) for each in cells])).encode(
        x=alt.X("column:N", **matrix_axis(columns, across, across=True, slanted=slanted)),
        y=alt.Y("row:N", **matrix_axis(rows, down[::-1], across=False)),
    )
    sides = ["above 0", "below 0"] if signed else ["above 0"]
    colour = alt.Color(
        "side:N",
        scale=alt.Scale(domain=sides, range=[theme.BLUE, theme.VERMILLION][: len(sides)]),
        legend=alt.Legend() if signed else None,
    )
    scale = alt.Scale(domain=[0, 1], range=[0.04, 0.95])
    layers: list[Any] = [
        base.mark_rect(stroke=None).encode(
            color=colour, fillOpacity=alt.FillOpacity("depth:Q", scale=scale, legend=None)
        )
    ]
    empty = any(each.n == 0 for each in cells)
    if empty:
        hatch = base.transform_filter(alt.datum.n == 0)
        layers.append(hatch.mark_text(fontSize=15, color=theme.INK).encode(text="hatch:N"))
    height = ROW * max(len(down), 1) + FRAME + (SLANTED_ROOM if slanted else 0)
    return theme.finish(
        *layers, height=height, note=_note(title, ends, empty=empty, signed=signed)
    )


def _row(cell: EffectCell, ends: tuple[float, float], *, signed: bool) -> dict[str, object]:
    low, high = ends
    largest = max(abs(low), abs(high)) or 1.0
    depth = abs(cell.value) / largest if signed else (cell.value - low) / ((high - low) or 1.0)
    return {
        "row": cell.row,
        "column": cell.column,
        "value": cell.value,
        "n": cell.n,
        "depth": depth,
        "side": "below 0" if signed and cell.value < 0 else "above 0",
        "hatch": "///",
    }


def _note(title: str, ends: tuple[float, float], *, empty: bool, signed: bool) -> str:
    low, high = ends
    said = [f"{title} {low:.3g} to {high:.3g}" + ("" if signed else " (dark)")]
    if empty:
        said.append("///: no rows")
    return " · ".join(said)
