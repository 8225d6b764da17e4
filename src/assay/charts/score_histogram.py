"""Score histogram in, the distribution of scores in each class out."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assay.charts import theme
from assay.tables.curves import ScoreHistogram

if TYPE_CHECKING:
    import altair as alt

Row = dict[str, object]


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
    shares = dict(zip(names, (points.negative, points.positive), strict=True))
    colours = alt.Scale(domain=names, range=[theme.BLUE, theme.VERMILLION])
    low, high = float(points.edges[0]), float(points.edges[-1])
    base = alt.Chart().encode(
        x=alt.X("x:Q", title="score", scale=alt.Scale(domain=[low, high], nice=False)),
        y=alt.Y("share:Q", title="share of the class", axis=alt.Axis(format="~%"), stack=None),
        color=alt.Color("class:N", sort=names, scale=colours),
    )
    steps = theme.values(_steps(points.edges, shares))
    area = base.mark_area(interpolate="step-after", opacity=0.28).properties(data=steps)
    line = base.mark_line(interpolate="step-after", strokeWidth=1.8).properties(data=steps)
    if points.threshold is None:
        return theme.finish(area, line)
    note = f"dashed: threshold {points.threshold:.3g}"
    return theme.finish(area, line, theme.mark_at(points.threshold), note=note)


def _steps(edges: NDArray[np.float64], shares: dict[str, NDArray[np.float64]]) -> list[Row]:
    # The last share is repeated at the last edge, else the last step would have no width.
    return [
        {"x": float(edge), "share": theme.finite(share), "class": name}
        for name, column in shares.items()
        for edge, share in zip(edges, [*column, *column[-1:]], strict=True)
    ]
