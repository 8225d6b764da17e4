"""How labels are distributed in each group in, a stacked bar for each group out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from assay.charts import theme
from assay.tables.bias_points import LabelSharesOfGroup

if TYPE_CHECKING:
    import altair as alt

ROW = 30
FRAME = 76
MAX_CLASSES = 4
OTHERS = "all others"
OPACITY = 0.45
LEAST_WRITTEN = 0.09


def plot_label_shares(
    points: Sequence[LabelSharesOfGroup], classes: Sequence[str]
) -> "alt.LayerChart":
    """Draw a bar for each group, divided by the shares of the label's classes.

    Of more than four classes the three most frequent are drawn and the others together.

    Parameters
    ----------
    points : sequence of LabelSharesOfGroup
    classes : sequence of str

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> chart = plot_label_shares([LabelSharesOfGroup("Female", (0.9, 0.1))], ["no", "yes"])
    >>> [layer["mark"]["type"] for layer in chart.to_dict()["layer"]]
    ['bar', 'text']
    """
    import altair as alt

    names, shares = _gathered(points, classes)
    groups = [each.group for each in points]
    label = alt.Axis(
        title=None,
        labelColor=theme.INK,
        labelOverlap=False,
        ticks=False,
        domain=False,
        minExtent=theme.label_extent(groups),
    )
    colour = alt.Color(
        "class:N",
        sort=names,
        scale=alt.Scale(domain=names, range=list(theme.SERIES[: len(names)])),
    )
    base = alt.Chart(theme.values(_pieces(groups, names, shares))).encode(
        y=alt.Y("group:N", sort=groups, scale=alt.Scale(domain=groups), axis=label)
    )
    unit = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(format=".0%")
    bar = base.mark_bar(opacity=OPACITY, height=alt.RelativeBandSize(0.72)).encode(
        x=alt.X("start:Q", title="share of the group's rows", scale=unit, axis=axis),
        x2="end:Q",
        color=colour,
    )
    text = base.mark_text(fontSize=11).encode(x=alt.X("middle:Q", scale=unit), text="percent:N")
    return theme.finish(bar, text, height=ROW * max(len(groups), 1) + FRAME)


def _gathered(
    points: Sequence[LabelSharesOfGroup], classes: Sequence[str]
) -> tuple[list[str], np.ndarray]:
    """Return at most four classes and the groups' shares of them, shape (n_groups, n_classes)."""
    shares = np.array([each.shares for each in points], dtype=np.float64)
    shares = shares.reshape(len(points), len(classes))
    if len(classes) <= MAX_CLASSES:
        return list(classes), shares
    largest = np.sort(np.argsort(-shares.sum(axis=0), kind="stable")[: MAX_CLASSES - 1])
    rest = 1 - shares[:, largest].sum(axis=1, keepdims=True)
    names = [str(classes[at]) for at in largest.tolist()]
    return [*names, OTHERS], np.hstack([shares[:, largest], rest])


def _pieces(
    groups: Sequence[str], names: Sequence[str], shares: np.ndarray
) -> list[dict[str, object]]:
    ends = np.cumsum(shares, axis=1)
    starts = ends - shares
    return [
        {
            "group": group,
            "class": name,
            "start": float(starts[i, j]),
            "end": min(float(ends[i, j]), 1.0),
            "middle": float(starts[i, j] + shares[i, j] / 2),
            "percent": f"{shares[i, j]:.0%}" if shares[i, j] >= LEAST_WRITTEN else "",
        }
        for i, group in enumerate(groups)
        for j, name in enumerate(names)
    ]
