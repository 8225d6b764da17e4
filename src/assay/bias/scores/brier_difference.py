"""Brier score difference: whether probabilities are further off for one group."""

from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.score_differences import score_mean_difference
from assay.bias.split import Split


def brier_difference(split: Split) -> Measurement:
    """Mean squared gap of probability and label in facet a less that in facet d.

    Parameters
    ----------
    split : Split
        With scores.

    Returns
    -------
    Measurement
        In [-1, 1]; undefined where scores are no probabilities.

    Examples
    --------
    >>> from assay.bias.from_rows import tables_of_rows
    >>> tables = tables_of_rows(["a", "a", "d", "d"], score=[0.75, 0.25, 0.5, 0.25],
    ...                         positive=[True, False, True, False])
    >>> brier_difference(Split.of(tables, "d")).value
    -0.09375
    """
    return score_mean_difference(split, "brier", as_probabilities=True, bounds=(0.0, 1.0))


METRIC = BiasMetric(
    name="brier_difference",
    title="Brier score difference",
    stage="post_training",
    function=brier_difference,
    needs="scores",
    tolerated=(-0.05, 0.05),
    positive_means="squared errors of probabilities are smaller for {group} than for {rest}",
    negative_means="squared errors of probabilities are larger for {group} than for {rest}",
    help=(
        "The mean squared errors of probabilities in two groups.",
        "A group whose outcome hardly varies is easy: its error is small for any model.",
        "The AUC difference for the ranking, the calibration gap for the level.",
    ),
    reference="Brier 1950, Monthly Weather Review 78:1.",
)
