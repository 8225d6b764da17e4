"""AUC difference: whether scores rank one group's rows less well."""

from functools import partial

from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.ranking import area_of
from assay.bias.score_differences import NO_SCORES, missing
from assay.bias.side_numbers import side_difference
from assay.bias.split import Split


def auc_difference(split: Split) -> Measurement:
    """Area under the ROC curve within facet a less that within facet d.

    Each is the chance that a positive row of the facet scores above a negative row of the same
    facet; ties count one half.

    Parameters
    ----------
    split : Split
        With scores.

    Returns
    -------
    Measurement
        In [-1, 1]; undefined where a facet lacks one of the labels. DeLong's variance of each on
        the logit scale, joined by MOVER.

    References
    ----------
    DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44:837, doi:10.2307/2531595.

    Examples
    --------
    >>> from assay.bias.from_rows import tables_of_rows
    >>> tables = tables_of_rows(["a", "a", "a", "d", "d", "d"],
    ...                         score=[0.1, 0.2, 0.9, 0.1, 0.9, 0.5],
    ...                         positive=[False, False, True, False, False, True])
    >>> auc_difference(Split.of(tables, "d")).value
    0.5
    """
    scores = split.tables.scores
    lacking = missing(split)
    if lacking is not None or scores is None:
        return lacking or Measurement.undefined(NO_SCORES)
    return side_difference(split, partial(area_of, scores), bounds=(-1.0, 1.0))


METRIC = BiasMetric(
    name="auc_difference",
    title="AUC difference",
    stage="post_training",
    function=auc_difference,
    needs="scores",
    tolerated=(-0.05, 0.05),
    positive_means="scores tell positive from negative rows less well within {group} than within "
    "{rest}",
    negative_means="scores tell positive from negative rows better within {group} than within "
    "{rest}",
    help=(
        "How well scores rank rows within each of two groups, whatever the threshold.",
        "It compares rows of one group with each other: scores that are shifted for the whole "
        "group leave it as it is.",
        "The calibration gap, and the difference of mean scores: they see a shift.",
    ),
    reference="DeLong et al. 1988, Biometrics 44:837, doi:10.2307/2531595.",
)
