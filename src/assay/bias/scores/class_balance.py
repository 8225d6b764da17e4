"""Balance for a class: whether equal outcomes are given unequal scores."""

from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.score_differences import score_mean_difference
from assay.bias.split import Split

REFERENCE = "Kleinberg, Mullainathan and Raghavan 2017, ITCS, arXiv:1609.05807."


def positive_class_balance(split: Split) -> Measurement:
    """Mean score among the positive rows of facet a less that of facet d.

    Parameters
    ----------
    split : Split
        With scores and labels.

    Returns
    -------
    Measurement
        In [-1, 1] where scores are probabilities; undefined where a facet has no positive row.

    References
    ----------
    Kleinberg, Mullainathan and Raghavan 2017, ITCS, arXiv:1609.05807.

    Examples
    --------
    >>> from assay.bias.from_rows import tables_of_rows
    >>> tables = tables_of_rows(["a", "a", "d", "d"], score=[0.75, 0.25, 0.5, 0.25],
    ...                         positive=[True, False, True, False])
    >>> positive_class_balance(Split.of(tables, "d")).value
    0.25
    """
    return score_mean_difference(
        split, "score", of=lambda scores: scores.positive_means, bounds=(0.0, 1.0)
    )


def negative_class_balance(split: Split) -> Measurement:
    """Mean score among the negative rows of facet a less that of facet d.

    Parameters
    ----------
    split : Split
        With scores and labels.

    Returns
    -------
    Measurement
        In [-1, 1] where scores are probabilities; undefined where a facet has no negative row.

    References
    ----------
    Kleinberg, Mullainathan and Raghavan 2017, ITCS, arXiv:1609.05807.
    """
    return score_mean_difference(
        split, "score", of=lambda scores: scores.negative_means, bounds=(0.0, 1.0)
    )


METRICS = (
    BiasMetric(
        name="positive_class_balance",
        title="Balance for the positive class",
        stage="post_training",
        function=positive_class_balance,
        needs="scores",
        lower_bound=None,
        upper_bound=None,
        positive_means="among rows of the positive label, scores are lower for {group} than for "
        "{rest}",
        negative_means="among rows of the positive label, scores are higher for {group} than for "
        "{rest}",
        help=(
            "The mean scores of two groups among rows that did turn out positive.",
            "With unequal base rates it cannot be 0 together with calibration, but for a perfect "
            "model.",
            "The recall difference (RD), where one threshold is used.",
        ),
        reference=REFERENCE,
    ),
    BiasMetric(
        name="negative_class_balance",
        title="Balance for the negative class",
        stage="post_training",
        function=negative_class_balance,
        needs="scores",
        lower_bound=None,
        upper_bound=None,
        positive_means="among rows of the negative label, scores are lower for {group} than for "
        "{rest}",
        negative_means="among rows of the negative label, scores are higher for {group} than for "
        "{rest}",
        help=(
            "The mean scores of two groups among rows that did not turn out positive.",
            "With unequal base rates it cannot be 0 together with calibration, but for a perfect "
            "model.",
            "The specificity difference (SD), where one threshold is used.",
        ),
        reference=REFERENCE,
    ),
)
