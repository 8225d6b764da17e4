"""Cost by threshold in, the curve with its band and the thresholds that matter out."""

from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.curves import CostCurve

if TYPE_CHECKING:
    import altair as alt

MARKS = ("in use", "cheapest on these rows", "by the prices")


def plot_cost_curve(points: CostCurve) -> "alt.LayerChart":
    """Draw the mean cost of a row against the threshold, with its interval as a band.

    Up to three thresholds are marked on the curve: the one in use, the cheapest one, and the one
    that the prices ask for. The dashed line is the cheaper constant answer.

    Parameters
    ----------
    points : CostCurve

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> import numpy as np
    >>> t = np.array([0.2, 0.8])
    >>> chart = plot_cost_curve(CostCurve(t, t, t - 0.1, t + 0.1, 0.2, 0.5, chosen=0.5))
    >>> chart.to_dict()["title"]["text"]
    'band: interval · dashed: a constant answer'
    """
    import altair as alt

    rows = [
        {"x": float(x), "y": float(y), "low": float(low), "high": float(high)}
        for x, y, low, high in zip(
            points.threshold, points.cost, points.low, points.high, strict=True
        )
    ]
    x = alt.X("x:Q", title="threshold", scale=alt.Scale(zero=False, nice=False))
    y = alt.Y("y:Q", title="mean cost of a row")
    base = alt.Chart(theme.values(rows)).encode(x=x)
    band = base.mark_area(color=theme.BLUE, opacity=theme.BAND_OPACITY).encode(
        y=alt.Y("low:Q", title="mean cost of a row"), y2="high:Q"
    )
    curve = base.mark_line(color=theme.BLUE, interpolate="step-before").encode(y=y)
    marks = [
        {"x": float(place), "y": _cost_at(points, place), "mark": name}
        for place, name in zip((points.chosen, points.lowest, points.by_costs), MARKS, strict=True)
        if place is not None
    ]
    names = [str(mark["mark"]) for mark in marks]
    colours = [theme.SERIES[1 + MARKS.index(name)] for name in names]
    legend = alt.Legend(orient="bottom", direction="vertical", columns=1, labelLimit=220)
    dots = (
        alt.Chart(theme.values(marks))
        .mark_point(filled=True, size=90, opacity=1)
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "mark:N", sort=names, scale=alt.Scale(domain=names, range=colours), legend=legend
            ),
            shape=alt.Shape("mark:N", sort=names, scale=alt.Scale(domain=names), legend=legend),
        )
    )
    note = "band: interval · dashed: a constant answer"
    layers = (theme.level_line(points.constant), band, curve, dots)
    return theme.finish(*layers, height=theme.SQUARE, note=note)


def _cost_at(points: CostCurve, place: float) -> float:
    """Return the cost of a threshold: that of the next one drawn, since answers change there."""
    at = int((points.threshold < place).sum())
    return float(points.cost[min(at, len(points.cost) - 1)])
