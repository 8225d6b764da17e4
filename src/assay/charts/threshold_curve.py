"""Threshold curve in, precision, recall and F1 by threshold out."""

from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.curves import ThresholdCurve

if TYPE_CHECKING:
    import altair as alt

NAMES = ("precision", "recall", "F1")


def plot_threshold_curve(points: ThresholdCurve) -> "alt.LayerChart":
    """Draw precision, recall and F1 against the threshold; the chosen one is a dashed line.

    Parameters
    ----------
    points : ThresholdCurve
        A value that is not finite (precision where nothing is predicted positive) is a gap.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> import numpy as np
    >>> t = np.array([0.2, 0.8])
    >>> chart = plot_threshold_curve(ThresholdCurve(t, t, t[::-1], t, chosen=0.5))
    >>> chart.to_dict()["title"]["text"]
    'dashed: chosen threshold 0.5'
    """
    import altair as alt

    rows = [
        {"x": theme.finite(threshold), "y": theme.finite(value), "metric": name}
        for name, series in zip(NAMES, (points.precision, points.recall, points.f1), strict=True)
        for threshold, value in zip(points.threshold, series, strict=True)
    ]
    names = list(NAMES)
    dashes = [list(dash) for dash in theme.DASHES[: len(names)]]
    lines = (
        alt.Chart(theme.values(rows))
        .mark_line()
        .encode(
            x=alt.X("x:Q", title="threshold"),
            y=alt.Y("y:Q", title="value", scale=alt.Scale(domain=[0, 1])),
            color=alt.Color(
                "metric:N",
                sort=names,
                scale=alt.Scale(domain=names, range=list(theme.SERIES[: len(names)])),
            ),
            strokeDash=alt.StrokeDash(
                "metric:N", sort=names, scale=alt.Scale(domain=names, range=dashes)
            ),
        )
    )
    if points.chosen is None:
        return theme.finish(lines)
    note = f"dashed: chosen threshold {points.chosen:.3g}"
    return theme.finish(lines, theme.mark_at(points.chosen), note=note)
