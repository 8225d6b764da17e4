"""Changes of differences between two versions in, a forest plot out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.charts.nested_intervals import plot_nested_intervals
from assay.tables.bias_points import NestedInterval

if TYPE_CHECKING:
    import altair as alt


def plot_bias_change(
    points: Sequence[NestedInterval], *, tolerated: tuple[float, float] | None = None
) -> "alt.LayerChart":
    """Draw by how much each difference changed: thick its interval, thin the simultaneous one.

    Parameters
    ----------
    points : sequence of NestedInterval
        Later minus earlier.
    tolerated : (float, float) or None
        Changes that make no finding, shaded.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> chart = plot_bias_change([NestedInterval("sex = Female: DPL", 0.02, 0.0, 0.04)])
    >>> chart.to_dict()["layer"][0]["mark"]["type"]
    'rule'
    """
    return plot_nested_intervals(
        points, axis="change (later minus earlier)", parity=0.0, tolerated=tolerated
    )
