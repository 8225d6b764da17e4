"""Differences from a random order by query in, sorted bars out."""

from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.curves import QueryDifferences

if TYPE_CHECKING:
    import altair as alt


def plot_query_differences(points: QueryDifferences) -> "alt.LayerChart":
    """Draw what the order gains over a random one in each query, the worst query first.

    Parameters
    ----------
    points : QueryDifferences

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> import numpy as np
    >>> points = QueryDifferences(np.array([0.25, 0.75]), np.array([-0.1, 0.3]), 2, 0.5, "NDCG@10")
    >>> len(plot_query_differences(points).to_dict()["layer"])
    2
    """
    import altair as alt

    half = 0.5 / len(points.share)
    rows = [
        {"x": float(x) - half, "x2": float(x) + half, "y": float(y), "zero": 0.0, "side": _side(y)}
        for x, y in zip(points.share, points.difference, strict=True)
    ]
    shares = alt.Axis(format="%")
    base = alt.Chart(theme.values(rows)).encode(
        x=alt.X(
            "x:Q",
            title="share of queries, the worst first",
            axis=shares,
            scale=alt.Scale(domain=[0, 1]),
        ),
        x2="x2:Q",
    )
    colours = alt.Scale(domain=["better", "worse"], range=[theme.BLUE, theme.VERMILLION])
    bars = base.mark_rect(opacity=1).encode(
        y=alt.Y("zero:Q", title=f"gain in {points.metric}"),
        y2="y:Q",
        color=alt.Color("side:N", scale=colours, legend=None),
    )
    note = "above the dashed line: better than a random order"
    return theme.finish(bars, theme.level_line(0.0), note=note)


def _side(difference: float) -> str:
    return "better" if difference >= 0 else "worse"
