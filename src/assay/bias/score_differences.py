"""Scores of the two facets in; the difference of a number that is made from them out."""

from collections.abc import Callable
from functools import partial
from math import inf

from assay.bias.group_means import GroupMeans
from assay.bias.group_scores import GroupScores
from assay.bias.measurement import Measurement
from assay.bias.side_numbers import side_difference
from assay.bias.split import Split

TOLERATED_DEVIATIONS = 0.1
NO_SCORES = "there are no scores"
NO_LABELS = "there are no labels"
NO_PROBABILITIES = "the scores are not probabilities"
Means = Callable[[GroupScores], GroupMeans]


def missing(
    split: Split, *, labelled: bool = True, as_probabilities: bool = False
) -> Measurement | None:
    """Return the undefined measurement where the scores lack something, or None."""
    scores = split.tables.scores
    if scores is None:
        return Measurement.undefined(NO_SCORES)
    n_group, n_rest = (int(scores.rows[side].sum()) for side in (split.group, split.rest))
    if labelled and not scores.labelled:
        return Measurement.undefined(NO_LABELS, n_group=n_group, n_rest=n_rest)
    if as_probabilities and not scores.as_probabilities:
        return Measurement.undefined(NO_PROBABILITIES, n_group=n_group, n_rest=n_rest)
    return None


def score_mean_difference(
    split: Split,
    name: str,
    *,
    of: Means = lambda scores: scores.means,
    labelled: bool = True,
    as_probabilities: bool = False,
    bounds: tuple[float, float] = (-inf, inf),
) -> Measurement:
    """Return the mean of a number made from score and label in facet a less that in facet d.

    Parameters
    ----------
    split : Split
    name : str
        "score", "gap" (label less score) or "brier".
    of : callable
        Which rows: the means of all, of the positive or of the negative ones.
    labelled, as_probabilities : bool
        What the number is undefined without.
    bounds : (float, float)
        Range of the number in probabilities.

    Returns
    -------
    Measurement
        Tolerates a tenth of the scores' standard deviation where they are no probabilities.
    """
    lacking = missing(split, labelled=labelled, as_probabilities=as_probabilities)
    scores = split.tables.scores
    if lacking is not None or scores is None:
        return lacking or Measurement.undefined(NO_SCORES)
    tolerated = None
    if not scores.as_probabilities:
        bounds = (-inf, inf)
        deviation = (scores.means.deviation("score") or 0.0) * TOLERATED_DEVIATIONS
        tolerated = (-deviation, deviation)
    width = bounds[1] - bounds[0]
    number = partial(of(scores).mean, name, bounds=bounds)
    return side_difference(split, number, bounds=(-width, width), tolerated=tolerated)
