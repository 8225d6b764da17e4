"""Mean score difference: whether one group is given lower scores."""

from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.score_differences import score_mean_difference
from assay.bias.split import Split


def mean_score_difference(split: Split) -> Measurement:
    """Mean score in facet a less that in facet d.

    Parameters
    ----------
    split : Split
        With scores.

    Returns
    -------
    Measurement
        In [-1, 1] where scores are probabilities, else without bounds; there a tenth of the
        standard deviation of all scores is tolerated.

    Examples
    --------
    >>> from assay.bias.from_rows import tables_of_rows
    >>> tables = tables_of_rows(["a", "a", "d", "d"], score=[0.75, 0.25, 0.5, 0.25],
    ...                         positive=[True, False, True, False])
    >>> mean_score_difference(Split.of(tables, "d")).value
    0.125
    """
    return score_mean_difference(split, "score", labelled=False, bounds=(0.0, 1.0))


METRIC = BiasMetric(
    name="mean_score_difference",
    title="Mean score difference",
    stage="post_training",
    function=mean_score_difference,
    needs="scores",
    lower_bound=None,
    upper_bound=None,
    positive_means="scores are lower for {group} than for {rest}",
    negative_means="scores are higher for {group} than for {rest}",
    help=(
        "The mean scores of two groups, before any threshold.",
        "Groups whose outcomes differ get different scores from a perfect model too.",
        "The calibration gap: it takes what happened into account.",
    ),
)
