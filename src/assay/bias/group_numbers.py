"""Numbers by group: means and quantiles of any union of groups."""

from dataclasses import dataclass

from assay.bias.facet import Facet
from assay.bias.group_means import GroupMeans, by_group
from assay.bias.group_scores import GroupScores
from assay.tables.group_moments import GroupMoments


@dataclass(frozen=True, eq=False)
class GroupNumbers:
    """What the metrics of regression are made from.

    Parameters
    ----------
    groups : tuple of str
    means : GroupMeans
        Of those of "label", "prediction", "error" (predicted less true), "absolute_error" and
        "squared_error" that there are.
    predictions, errors : GroupScores or None
        Predicted numbers, and predicted less true numbers, sorted: for quantiles.
    """

    groups: tuple[str, ...]
    means: GroupMeans
    predictions: GroupScores | None = None
    errors: GroupScores | None = None


def group_numbers(
    facet: Facet,
    table: GroupMoments,
    *,
    predictions: GroupScores | None = None,
    errors: GroupScores | None = None,
) -> GroupNumbers:
    """Put the cells of a table together as the groups of a facet; what has no group is left out.

    Parameters
    ----------
    facet : Facet
        The table was made by its keys.
    table : GroupMoments
    predictions, errors : GroupScores or None

    Returns
    -------
    GroupNumbers
    """
    group = facet.place(table.levels, table.codes)
    means = GroupMeans(facet.groups, by_group(table, group, facet.groups))
    return GroupNumbers(facet.groups, means, predictions, errors)
