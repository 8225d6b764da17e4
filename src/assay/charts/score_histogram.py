"""Score histogram in, the distribution of scores in each class out."""

from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.curves import ScoreHistogram

if TYPE_CHECKING:
    import altair as alt


def plot_score_histogram(
    points: ScoreHistogram, *, positive: str = "positive", negative: str = "negative"
) -> "alt.LayerChart":
    """Draw how the scores of each class are spread, and the threshold as a dashed line.

    Parameters
    ----------
    points : ScoreHistogram
    positive, negative : str
        What the classes are called.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> import numpy as np
    >>> share = np.array([0.4, 0.6])
    >>> chart = plot_score_histogram(ScoreHistogram(np.array([0, 0.5, 1]), share, share, 0.5))
    >>> chart.to_dict()["title"]["text"]
    'dashed: threshold 0.5'
    """
    import altair as alt

    # Equal names would merge the two classes into one legend entry and one outline.
    names = [negative, positive] if negative != positive else [negative, f"{positive} (positive)"]
    rows = [
        {"x": float(left), "x2": float(right), "share": float(share), "class": name}
        for name, shares in zip(names, (points.negative, points.positive), strict=True)
        for left, right, share in zip(points.edges[:-1], points.edges[1:], shares, strict=True)
    ]
    low, high = float(points.edges[0]), float(points.edges[-1])
    colours = alt.Scale(domain=names, range=[theme.BLUE, theme.VERMILLION])
    bars = (
        alt.Chart(theme.values(rows))
        .mark_rect(fillOpacity=0.35, strokeOpacity=0.9, strokeWidth=0.8)
        .encode(
            x=alt.X("x:Q", title="score", scale=alt.Scale(domain=[low, high], nice=False)),
            x2="x2:Q",
            y=alt.Y("zero:Q", title="share of the class", axis=alt.Axis(format="~%")),
            y2="share:Q",
            fill=alt.Fill("class:N", scale=colours, sort=names),
            stroke=alt.Stroke("class:N", scale=colours, legend=None, sort=names),
        )
        .transform_calculate(zero="0")
    )
    if points.threshold is None:
        return theme.finish(bars)
    note = f"dashed: threshold {points.threshold:.3g}"
    return theme.finish(bars, theme.mark_at(points.threshold), note=note)
