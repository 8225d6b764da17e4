"""NDCG by cut-off in, its curve with a band and that of a random order out."""

from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.curves import NdcgByCutoff

if TYPE_CHECKING:
    import altair as alt


def plot_ndcg_by_cutoff(points: NdcgByCutoff) -> "alt.LayerChart":
    """Draw NDCG of the first k places by k, with its interval as a band.

    The dashed line is what a random order of the same documents scores.

    Parameters
    ----------
    points : NdcgByCutoff

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> import numpy as np
    >>> ks, ends = np.array([1, 5]), np.array([0.4, 0.6])
    >>> len(plot_ndcg_by_cutoff(NdcgByCutoff(ks, ends, ends, ends, ends)).to_dict()["layer"])
    4
    """
    import altair as alt

    columns = (points.k, points.value, points.low, points.high, points.random)
    rows = [
        {"x": float(k), "y": float(y), "low": float(low), "high": float(high), "random": float(r)}
        for k, y, low, high, r in zip(*columns, strict=True)
    ]
    unit = alt.Scale(domain=[0, 1])
    counts = alt.Axis(format="d", tickMinStep=1)
    base = alt.Chart(theme.values(rows)).encode(
        x=alt.X(
            "x:Q", title="first k places", axis=counts, scale=alt.Scale(zero=False, nice=False)
        )
    )
    band = base.mark_area(color=theme.BLUE, opacity=theme.BAND_OPACITY).encode(
        y=alt.Y("low:Q", title="NDCG@k", scale=unit), y2="high:Q"
    )
    chance = base.mark_line(color=theme.MUTED, strokeWidth=1.4, strokeDash=[5, 4]).encode(
        y=alt.Y("random:Q", scale=unit)
    )
    curve = base.mark_line(color=theme.BLUE).encode(y=alt.Y("y:Q", scale=unit))
    dots = base.mark_point(filled=True, size=30, opacity=1, color=theme.BLUE).encode(
        y=alt.Y("y:Q", scale=unit)
    )
    note = "band: interval · dashed: random order"
    return theme.finish(chance, band, curve, dots, note=note)
