"""Means by period in, a line with its band along time out."""

from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.period_means import PeriodMeans

if TYPE_CHECKING:
    import altair as alt


def plot_period_means(points: PeriodMeans, *, axis: str = "mean loss") -> "alt.LayerChart":
    """Draw the mean of each period, its interval as a band, and mark those that are worse.

    Parameters
    ----------
    points : PeriodMeans
    axis : str
        Title of the vertical axis.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> means = PeriodMeans(("2024-01-01", "2024-02-01"), True, (9, 9), (0.1, 0.2), (0.0, 0.1),
    ...                     (0.2, 0.3), (False, True))
    >>> len(plot_period_means(means).to_dict()["layer"])
    4
    """
    import altair as alt

    columns = (points.name, points.n, points.mean, points.low, points.high, points.worse)
    rows = [
        {
            "period": f"{name}:00Z" if points.calendar and "T" in name else name,
            "n": n,
            "mean": mean,
            "low": mean if low is None else low,
            "high": mean if high is None else high,
            "worse": worse,
        }
        for name, n, mean, low, high, worse in zip(*columns, strict=True)
    ]
    ends = [*points.mean, *(high for high in points.high if high is not None)]
    vertical = theme.number_axis(ends)
    if points.calendar:
        x = alt.X("period:T", title=None, scale=alt.Scale(type="utc"))
    else:
        x = alt.X("period:O", sort=None, title=None)
    base = alt.Chart(theme.values(rows)).encode(x=x)
    scale = alt.Scale(zero=False)
    band = base.mark_area(color=theme.BLUE, opacity=theme.BAND_OPACITY).encode(
        y=alt.Y("low:Q", title=axis, axis=vertical, scale=scale), y2="high:Q"
    )
    line = base.mark_line(color=theme.BLUE).encode(y=alt.Y("mean:Q", title=axis, scale=scale))
    dots = base.mark_point(color=theme.BLUE, filled=True, size=34, opacity=1).encode(y="mean:Q")
    marked = (
        base.transform_filter("datum.worse")
        .mark_point(color=theme.VERMILLION, shape="diamond", filled=True, size=110, opacity=1)
        .encode(y="mean:Q")
    )
    note = "band: interval of the mean"
    if any(points.worse):
        note += " · diamond: worse beyond chance"
    return theme.finish(band, line, dots, marked, note=note)
