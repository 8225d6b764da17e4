"""Changes of differences between two versions in, a forest plot out."""

from typing import TYPE_CHECKING, Any

from assay.charts.nested_intervals import plot_nested_intervals
from assay.tables.bias_points import NestedInterval

if TYPE_CHECKING:
    import altair as alt
    import polars as pl

MAX_ROWS = 40


def plot_bias_change(frame: "pl.DataFrame") -> "alt.LayerChart":
    """Draw by how much each difference changed: thick its interval, thin the simultaneous one.

    Only differences with a tolerated change are drawn; ratios and distances stay in the table.

    Parameters
    ----------
    frame : polars.DataFrame
        What ``BiasChange.to_frame()`` returns, or some of its rows; of more than 40 the largest
        changes are drawn.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> from assay.bias.changes import BiasChange
    >>> plot_bias_change(BiasChange().to_frame()).to_dict()["width"]
    360
    """
    drawn = sorted(
        (row for row in frame.to_dicts() if is_drawn(row)),
        key=lambda row: (row["too_few"], -abs(row["change"])),
    )[:MAX_ROWS]
    one_facet = len({row["facet"] for row in drawn}) == 1
    ranges = {(row["tolerated_low"], row["tolerated_high"]) for row in drawn}
    return plot_nested_intervals(
        [_point(row, with_facet=not one_facet) for row in drawn],
        axis="change (later minus earlier)",
        tolerated=ranges.pop() if len(ranges) == 1 else None,
    )


def is_drawn(row: dict[str, Any]) -> bool:
    """Whether a row is the change of a difference, with a value and a tolerated range."""
    known = row["change"] is not None and row["tolerated_low"] is not None
    return known and row["kind"] == "difference"


def _point(row: dict[str, Any], *, with_facet: bool) -> NestedInterval:
    low, high = row["simultaneous_low"], row["simultaneous_high"]
    beyond = (low is not None and low > row["tolerated_high"]) or (
        high is not None and high < row["tolerated_low"]
    )
    name = f"{row['acronym'] or row['metric'].replace('_', ' ')}: {row['group']}"
    return NestedInterval(
        name=f"{name} ({row['facet']})" if with_facet else name,
        value=row["change"],
        low=row["low"],
        high=row["high"],
        joint_low=low,
        joint_high=high,
        tone="few" if row["too_few"] else "shown" if beyond else "plain",
    )
