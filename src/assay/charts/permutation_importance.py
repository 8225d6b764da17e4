"""Importances with intervals in, a bar for each column out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.charts import theme
from assay.charts.attribution_marks import row_height
from assay.charts.named_rows import names_beside
from assay.tables.effect_points import ImportancePoint

if TYPE_CHECKING:
    import altair as alt

ROW = 24
FRAME = 76


def plot_permutation_importance(
    points: Sequence[ImportancePoint], *, axis: str = "growth of the loss"
) -> "alt.LayerChart":
    """Draw a bar for each column, with its interval; hollow where the interval holds 0.

    Parameters
    ----------
    points : sequence of ImportancePoint
        In the order of the rows.
    axis : str
        Title of the axis of importances.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> chart = plot_permutation_importance([ImportancePoint("age", 0.2, 0.1, 0.3)])
    >>> [layer["mark"]["type"] for layer in chart.to_dict()["layer"]]
    ['bar', 'rule']
    """
    import altair as alt

    names = list(dict.fromkeys(theme.wrapped(each.name) for each in points))
    known = [each for each in points if each.value is not None]
    ends = [x for p in known for x in (p.value, p.low, p.high) if x is not None]
    low, high = min([0.0, *ends]), max([0.0, *ends]) or 1.0
    margin = 0.04 * (high - low)
    domain = [low - margin if low < 0 else 0.0, high + margin]
    scale = alt.Scale(domain=domain, nice=False, zero=True)
    base = alt.Chart(theme.values([_row(each) for each in known])).encode(
        y=names_beside(names, field="name")
    )
    x = alt.X("value:Q", title=axis, scale=scale, axis=theme.number_axis(ends))
    opacity = alt.condition("datum.hollow", alt.value(0.0), alt.value(0.75))
    bar = base.mark_bar(color=theme.BLUE, stroke=theme.BLUE, strokeWidth=1, height={"band": 0.6})
    rule = base.mark_rule(strokeWidth=1.6, color=theme.INK)
    layers = [
        bar.encode(x=x, fillOpacity=opacity),
        rule.encode(x=alt.X("low:Q", title=axis, scale=scale), x2="high:Q"),
    ]
    hollow = any(row["hollow"] for row in map(_row, known))
    note = "hollow: the interval holds 0" if hollow else ""
    return theme.finish(
        *layers, height=row_height(names, ROW) * max(len(names), 1) + FRAME, note=note
    )


def _row(point: ImportancePoint) -> dict[str, object]:
    low = point.value if point.low is None else point.low
    high = point.value if point.high is None else point.high
    return {
        "name": theme.wrapped(point.name),
        "value": point.value,
        "low": low,
        "high": high,
        "hollow": low <= 0 <= high,
    }
