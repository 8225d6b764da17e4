"""Columns and how well each alone tells the label in; a chart of dots out."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from assay.charts.forest import plot_forest
from assay.tables.forest import ForestRow

if TYPE_CHECKING:
    import altair as alt

SHOWN = 20
SUSPECT = 0.75


def plot_column_skills(skills: Mapping[str, float]) -> "alt.LayerChart":
    """Draw how well each column alone tells the label, the best of them first.

    Parameters
    ----------
    skills : mapping of str to float
        Column → normalised skill, in [0, 1]; the best 20 are drawn.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> plot_column_skills({"age": 0.4, "refund": 0.98}).to_dict()["layer"] != []
    True
    """
    best = sorted(skills.items(), key=lambda pair: -pair[1])[:SHOWN]
    rows = [ForestRow(name, value, value, value, "plain") for name, value in best]
    return plot_forest(
        rows,
        axis="skill of the column alone: 0 nothing, 1 the label itself",
        reference=SUSPECT,
        reference_word="from here on a column is looked at",
        words={"plain": "column"},
    )
