"""Facet imbalance inside each class of the label: who the positives are, and the negatives."""

from assay.bias.arithmetic_cells import FN, FP, TN, TP
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.pre_training.facet_imbalance import imbalance_among
from assay.bias.split import Split

HELP = (
    "The sizes of two groups among the rows of one label: what a model sees of each group when "
    "it learns that label.",
    "Like the sizes of the groups themselves it may be so in the world; it changes with the "
    "group's share of the rows and with its base rate alike.",
    "The difference of the base rates (DPL), which the sizes of the groups do not move.",
)


def facet_imbalance_among_positives(split: Split) -> Measurement:
    """(n_a¹ - n_d¹) / (n_a¹ + n_d¹): imbalance among the rows that are labelled positive.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [-1, 1], with Wilson's interval carried over; undefined when a facet has no such row.
    """
    return imbalance_among(split, (FN, TP), rows="labelled positive")


def facet_imbalance_among_negatives(split: Split) -> Measurement:
    """(n_a⁰ - n_d⁰) / (n_a⁰ + n_d⁰): imbalance among the rows that are labelled negative.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [-1, 1], with Wilson's interval carried over; undefined when a facet has no such row.
    """
    return imbalance_among(split, (TN, FP), rows="labelled negative")


METRICS = (
    BiasMetric(
        name="facet_imbalance_among_positives",
        title="Facet imbalance among positive labels",
        stage="pre_training",
        function=facet_imbalance_among_positives,
        needs="label",
        tolerated=None,  # as for facet imbalance
        positive_means="the share of {group} among rows labelled {outcome} is smaller than that "
        "of {rest}",
        negative_means="the share of {group} among rows labelled {outcome} is larger than that "
        "of {rest}",
        help=HELP,
        reference="Amazon SageMaker Clarify, Class Imbalance (CI), inside a class of the label.",
    ),
    BiasMetric(
        name="facet_imbalance_among_negatives",
        title="Facet imbalance among negative labels",
        stage="pre_training",
        function=facet_imbalance_among_negatives,
        needs="label",
        tolerated=None,
        positive_means="the share of {group} among rows not labelled {outcome} is smaller than "
        "that of {rest}",
        negative_means="the share of {group} among rows not labelled {outcome} is larger than "
        "that of {rest}",
        help=HELP,
        reference="Amazon SageMaker Clarify, Class Imbalance (CI), inside a class of the label.",
    ),
)
