"""Places of the first relevant documents in, bars beside those of a random order out."""

from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.curves import FirstRelevant

if TYPE_CHECKING:
    import altair as alt


def plot_first_relevant(points: FirstRelevant) -> "alt.LayerChart":
    """Draw at which place the first relevant document of a query stands.

    Parameters
    ----------
    points : FirstRelevant

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> import numpy as np
    >>> points = FirstRelevant(("1", "2"), np.array([0.8, 0.2]), np.array([0.5, 0.5]))
    >>> len(plot_first_relevant(points).to_dict()["layer"])
    2
    """
    import altair as alt

    rows = [
        {"place": place, "share": float(share), "random": float(random)}
        for place, share, random in zip(points.place, points.share, points.random, strict=True)
    ]
    order = list(points.place)
    share = alt.Axis(format="%")
    base = alt.Chart(theme.values(rows)).encode(
        x=alt.X(
            "place:N",
            sort=order,
            title="place of the first relevant document",
            axis=alt.Axis(labelAngle=0, labelOverlap=False),
        ),
    )
    bars = base.mark_bar(color=theme.BLUE).encode(
        y=alt.Y("share:Q", title="share of queries", axis=share)
    )
    ticks = base.mark_tick(color=theme.VERMILLION, thickness=2.5, width=28).encode(
        y=alt.Y("random:Q", axis=share)
    )
    return theme.finish(bars, ticks, note="bar: the model · mark: a random order")
