"""Importances of players by group in; bars beside each other out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.charts import theme
from assay.charts.attribution_marks import colours
from assay.charts.named_rows import names_beside
from assay.tables.attribution_points import GroupBar

if TYPE_CHECKING:
    import altair as alt

BAR = 13
GAP = 12
FRAME = 78
DRAWN_GROUPS = 4


def plot_group_importance(
    bars: Sequence[GroupBar], *, axis: str = "mean |attribution|"
) -> "alt.LayerChart":
    """Draw for each player a bar with its interval for each group, the first four groups.

    A star stands beside a bar that differs from the reference beyond chance.

    Parameters
    ----------
    bars : sequence of GroupBar
        Players and groups in the order in which they occur.
    axis : str
        What the importances are.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> bars = [GroupBar("age", "men", 0.2, 0.1, 0.3), GroupBar("age", "women", 0.4, 0.3, 0.5)]
    >>> [layer["mark"]["type"] for layer in plot_group_importance(bars).to_dict()["layer"]]
    ['bar', 'rule', 'text']
    """
    import altair as alt

    groups = list(dict.fromkeys(each.group for each in bars))[:DRAWN_GROUPS]
    rows = [_row(each) for each in bars if each.group in groups]
    players = list(dict.fromkeys(str(each["label"]) for each in rows))
    ends = [end for each in bars for end in (0.0, each.value, each.high) if end is not None]
    about = {"title": axis, "axis": theme.number_axis(ends)}
    known = dict(zip(groups, theme.SERIES, strict=False))
    offset = alt.YOffset("group:N", sort=groups, scale=alt.Scale(domain=groups, paddingInner=0.12))
    base = alt.Chart(theme.values(rows)).encode(y=names_beside(players), yOffset=offset)
    bar = base.mark_bar().encode(
        x=alt.X("value:Q", **about), color=colours("group", known, groups)
    )
    whisker = (
        base.transform_filter("isValid(datum.low)")
        .mark_rule(color=theme.INK, strokeWidth=1.4)
        .encode(x=alt.X("low:Q", **about), x2="high:Q")
    )
    star = (
        base.transform_filter("datum.differs")
        .mark_text(align="left", dx=5, dy=3, fontSize=15, text="*")
        .encode(x=alt.X("right:Q", **about), color=alt.value(theme.INK))
    )
    height = len(players) * (BAR * max(len(groups), 1) + GAP) + FRAME + 16 * (len(groups) > 2)
    differs = any(each.differs for each in bars)
    note = "line: interval" + (" · *: differs beyond chance" if differs else "")
    return theme.finish(bar, whisker, star, height=height, note=note)


def _row(bar: GroupBar) -> dict[str, object]:
    return {
        "label": theme.wrapped(bar.player),
        "group": bar.group,
        "value": bar.value,
        "low": bar.low,
        "high": bar.high,
        "right": max(bar.value, bar.high or bar.value, 0.0),
        "differs": bar.differs,
    }
