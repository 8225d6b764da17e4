"""Calibration gap: whether scores promise one group too much or too little."""

from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.score_differences import score_mean_difference
from assay.bias.split import Split


def calibration_gap(split: Split) -> Measurement:
    """Mean of label less probability in facet a less that in facet d.

    Parameters
    ----------
    split : Split
        With scores.

    Returns
    -------
    Measurement
        In [-2, 2]; undefined where scores are no probabilities.

    Examples
    --------
    >>> from assay.bias.from_rows import tables_of_rows
    >>> tables = tables_of_rows(["a", "a", "d", "d"], score=[0.75, 0.25, 0.5, 0.25],
    ...                         positive=[True, False, True, False])
    >>> calibration_gap(Split.of(tables, "d")).value
    -0.125
    """
    return score_mean_difference(split, "gap", as_probabilities=True, bounds=(-1.0, 1.0))


METRIC = BiasMetric(
    name="calibration_gap",
    title="Calibration gap",
    stage="post_training",
    function=calibration_gap,
    needs="scores",
    lower_bound=-2.0,
    upper_bound=2.0,
    tolerated=(-0.05, 0.05),
    positive_means="against what happened, probabilities are higher for {group} than for {rest}",
    negative_means="against what happened, probabilities are lower for {group} than for {rest}",
    help=(
        "How far probabilities lie from what happened, on average, in two groups.",
        "Errors at high and low probabilities can cancel within a group.",
        "Calibration within the group, over bins of the probability.",
    ),
)
