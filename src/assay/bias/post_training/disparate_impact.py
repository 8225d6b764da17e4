"""Disparate impact (DI): the ratio of the shares predicted positive."""

from assay.bias.arithmetic import PREDICTED
from assay.bias.arithmetic_ratios import ratio_of_shares
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def disparate_impact(split: Split) -> Measurement:
    """Share predicted positive in facet d over that in facet a: (n̂_d¹/n_d)/(n̂_a¹/n_a).

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [0, inf], with Miettinen and Nurminen's score interval; infinite when facet a alone has
        no row that is predicted positive, undefined when both have none or one is empty.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[[20, 10], [5, 65]], [[18, 5], [7, 20]]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(disparate_impact(split).value, 5)
    0.66667
    """
    return ratio_of_shares(split, PREDICTED, counted="predicted positive")


METRIC = BiasMetric(
    name="disparate_impact",
    title="Disparate impact",
    acronym="DI",
    stage="post_training",
    function=disparate_impact,
    needs="prediction",
    parity=1.0,
    lower_bound=0.0,
    upper_bound=None,
    tolerated=(0.8, 1.25),
    positive_means="{group} is predicted {outcome} more often than {rest}",
    negative_means="{group} is predicted {outcome} less often than {rest}",
    help=(
        "The share of this group that is predicted positive, for each one of the rest that is.",
        "For rare outcomes a ratio is large on small gaps, and for common ones near 1 on "
        "large gaps; it never looks at the labels.",
        "The difference of the same shares (DPPL), and the four-fifths verdict with its interval.",
    ),
    reference="Feldman et al. 2015, KDD, doi:10.1145/2783258.2783311.",
    clarify=True,
)
