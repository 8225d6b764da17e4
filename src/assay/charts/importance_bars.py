"""Importances of players in; bars with their intervals out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.charts import theme
from assay.charts.attribution_marks import LOWERS, RAISES, colours, row_height
from assay.charts.named_rows import names_beside
from assay.tables.attribution_points import ImportanceBar, Tone

if TYPE_CHECKING:
    import altair as alt

ROW = 24
FRAME = 84
LOOKS: dict[Tone, tuple[str, str]] = {
    "raises": ("higher raises the score", theme.BLUE),
    "lowers": ("higher lowers the score", theme.VERMILLION),
    "mixed": ("neither, or no order", theme.MUTED),
}
SIGNED_LOOKS: dict[Tone, tuple[str, str]] = {
    **LOOKS,
    "raises": (RAISES, theme.BLUE),
    "lowers": (LOWERS, theme.VERMILLION),
}


def plot_importance_bars(
    bars: Sequence[ImportanceBar], *, axis: str = "mean |attribution|"
) -> "alt.LayerChart":
    """Draw a bar for each player with its interval, the most important on top.

    Parameters
    ----------
    bars : sequence of ImportanceBar
        From top to bottom. Those that are not shown to differ from 0 are hollow.
    axis : str
        What the importances are.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> chart = plot_importance_bars([ImportanceBar("age", 0.2, 0.1, 0.3, "raises")])
    >>> [layer["mark"]["type"] for layer in chart.to_dict()["layer"]]
    ['bar', 'bar', 'rule']
    """
    import altair as alt

    looks = SIGNED_LOOKS if any(each.value < 0 or not each.shown for each in bars) else LOOKS
    rows = [_row(each, looks) for each in bars]
    ends = [
        end for each in bars for end in (0.0, each.value, each.low, each.high) if end is not None
    ]
    ticks = theme.number_axis(ends)
    colour = colours("tone", dict(looks.values()), [str(each["tone"]) for each in rows], columns=1)
    base = alt.Chart(theme.values(rows)).encode(
        y=names_beside([str(each["label"]) for each in rows])
    )
    x = alt.X("value:Q", title=axis, axis=ticks)
    solid = base.transform_filter("datum.shown").mark_bar(height=13).encode(x=x, color=colour)
    hollow = base.transform_filter("!datum.shown").mark_bar(
        height=12, filled=False, strokeWidth=1.4
    )
    whisker = (
        base.transform_filter("isValid(datum.low)")
        .mark_rule(color=theme.INK, strokeWidth=1.6)
        .encode(x=alt.X("low:Q", title=axis, axis=ticks), x2="high:Q")
    )
    tones = len({each["tone"] for each in rows})
    height = (
        row_height([str(each["label"]) for each in rows], ROW) * max(len(bars), 1)
        + FRAME
        + (16 * tones if tones > 1 else 0)
    )
    missing = any(not each.shown for each in bars)
    note = "line: interval" + (" · hollow: the interval holds 0" if missing else "")
    layers = (solid, hollow.encode(x=x, color=colour), whisker)
    return theme.finish(*layers, height=height, note=note)


def _row(bar: ImportanceBar, looks: dict[Tone, tuple[str, str]]) -> dict[str, object]:
    return {
        "label": theme.wrapped(bar.player),
        "value": bar.value,
        "low": bar.low,
        "high": bar.high,
        "tone": looks[bar.tone][0],
        "shown": bar.shown,
    }
