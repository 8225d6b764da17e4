"""Rows of disparities in, a forest plot with the tolerated range out."""

from typing import TYPE_CHECKING, Any

from assay.charts.nested_intervals import plot_nested_intervals
from assay.tables.bias_points import NestedInterval

if TYPE_CHECKING:
    import altair as alt
    import polars as pl

MAX_ROWS = 40


def plot_disparities(frame: "pl.DataFrame") -> "alt.LayerChart":
    """Draw differences between groups: thick the interval of each, thin the simultaneous one.

    Only differences around 0 with a tolerated range are drawn; ratios, distances and values
    that are undefined or infinite stay in the table. Rows are named by what varies: metrics of
    one group, or groups.

    Parameters
    ----------
    frame : polars.DataFrame
        What ``BiasResult.to_frame()`` returns, or some of its rows; of more than 40 the largest
        are drawn.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> from assay.bias.result import BiasResult
    >>> empty = BiasResult(task="binary", positive="", facets=())
    >>> plot_disparities(empty.to_frame()).to_dict()["width"]
    360
    """
    drawn = [row for row in frame.to_dicts() if is_drawn(row)]
    names = _names(drawn)
    pairs = sorted(zip(names, drawn, strict=True), key=lambda pair: -abs(pair[1]["value"]))
    kept = {name for name, _ in pairs[:MAX_ROWS]}
    pairs = [pair for pair in zip(names, drawn, strict=True) if pair[0] in kept]
    points = [_point(name, row) for name, row in pairs]
    ranges = {(row["tolerated_low"], row["tolerated_high"]) for _, row in pairs}
    return plot_nested_intervals(
        points,
        axis="difference from the rest",
        tolerated=ranges.pop() if len(ranges) == 1 else None,
        bounds=(-1.0, 1.0) if all(abs(each.value) <= 1 for each in points) else None,
    )


def is_drawn(row: dict[str, Any]) -> bool:
    """Whether a row is a difference around 0 that has a value and a tolerated range."""
    known = row["value"] is not None and row["tolerated_low"] is not None
    return known and row["parity"] == 0.0 and row["p_value"] is None


def _names(rows: list[dict[str, Any]]) -> list[str]:
    """Return a name for each row, of what is not the same in all of them."""
    parts = [
        [row[key] for row in rows] for key in ("facet", "group") if len({r[key] for r in rows}) > 1
    ]
    metrics = [row["acronym"] or row["metric"].replace("_", " ") for row in rows]
    if len(set(metrics)) > 1 or not parts:
        parts.append(metrics)
    return [": ".join(name) for name in zip(*parts, strict=True)]


def _point(name: str, row: dict[str, Any]) -> NestedInterval:
    low, high = row["simultaneous_low"], row["simultaneous_high"]
    beyond = (low is not None and low > row["tolerated_high"]) or (
        high is not None and high < row["tolerated_low"]
    )
    return NestedInterval(
        name=name,
        value=row["value"],
        low=row["low"],
        high=row["high"],
        joint_low=low,
        joint_high=high,
        tone="few" if row["too_few"] else "shown" if beyond else "plain",
    )
