"""What each choice of thresholds by group gives in, accuracy against the gap out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.charts import theme
from assay.tables.bias_points import TradeOffPoint

if TYPE_CHECKING:
    import altair as alt

IN_USE, CHOICE = "single threshold", "by group"


def plot_fairness_accuracy(
    points: Sequence[TradeOffPoint], *, gap: str = "largest gap between groups"
) -> "alt.LayerChart":
    """Draw the best accuracy for each gap that is allowed between the groups.

    Parameters
    ----------
    points : sequence of TradeOffPoint
    gap : str
        Which difference is meant to vanish.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> points = [TradeOffPoint(0.0, 0.8), TradeOffPoint(0.2, 0.85, in_use=True)]
    >>> len(plot_fairness_accuracy(points).to_dict()["layer"])
    4
    """
    import altair as alt

    rows = [
        {
            "x": each.gap,
            "y": each.accuracy,
            "low": each.accuracy if each.accuracy_low is None else each.accuracy_low,
            "high": each.accuracy if each.accuracy_high is None else each.accuracy_high,
            "mark": IN_USE if each.in_use else CHOICE,
        }
        for each in points
    ]
    ends = [float(row[key]) for row in rows for key in ("low", "high")]  # type: ignore[arg-type]
    margin = 0.06 * ((max(ends, default=1) - min(ends, default=0)) or 1.0)
    scale = alt.Scale(
        domain=[max(0, min(ends, default=0) - margin), min(1, max(ends, default=1) + margin)],
        nice=False,
    )
    base = alt.Chart(theme.values(rows)).encode(x=alt.X("x:Q", title=gap))
    choices = base.transform_filter(alt.datum.mark == CHOICE)
    band = choices.mark_area(color=theme.BLUE, opacity=theme.BAND_OPACITY).encode(
        y=alt.Y("low:Q", title="accuracy", scale=scale), y2="high:Q"
    )
    line = choices.mark_line(color=theme.BLUE).encode(
        y=alt.Y("y:Q", title="accuracy", scale=scale)
    )
    marks = [CHOICE, IN_USE]
    look = {
        "y": alt.Y("y:Q", title="accuracy", scale=scale),
        "color": alt.Color(
            "mark:N",
            sort=marks,
            scale=alt.Scale(domain=marks, range=[theme.BLUE, theme.VERMILLION]),
        ),
        "shape": alt.Shape(
            "mark:N", sort=marks, scale=alt.Scale(domain=marks, range=["circle", "diamond"])
        ),
    }
    dots = choices.mark_point(filled=True, opacity=1, size=26).encode(**look)
    now = base.transform_filter(alt.datum.mark == IN_USE)
    used = now.mark_point(filled=True, opacity=1, size=120).encode(**look)
    return theme.finish(band, line, dots, used)
