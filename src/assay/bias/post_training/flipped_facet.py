"""What changes when only the facet is changed in each row."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from assay.bias.facet_flip import FlippedAnswers
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split
from assay.metrics.few import MIN_ROWS, few_rows, few_units
from assay.stats.interval import Interval
from assay.stats.mean import mean_interval
from assay.stats.rate import wilson
from assay.stats.spread import Spread, skewness, unit_spread
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]


def flipped_facet_gap(split: Split) -> Measurement:
    """Return how much higher a group's scores are with another value of the facet.

    The mean over rows of facet d of the score with the other values, less that with their own:
    the features, the model and the rows are the same, so that nothing but the value acts.

    Parameters
    ----------
    split : Split
        With `tables.answers`.

    Returns
    -------
    Measurement
        Probability of the positive outcome, or share of rows where the model gives none, or the
        predicted number; undefined where the model was not asked.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> answers = FlippedAnswers(
    ...     groups=("a", "d"), group=np.array([1, 1]), gap=np.array([0.1, 0.3]),
    ...     changed=np.array([0.0, 1.0]), n_data=np.array([2, 2]))
    >>> cells = GroupCells.from_counts(["a", "d"], [[1, 1], [2, 0]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells, answers=answers), "d")
    >>> flipped_facet_gap(split).value, flipped_facet_changes(split).value
    (0.2, 0.5)
    """
    answers = split.tables.answers
    if answers is None or answers.reason:
        return _not_asked(answers)
    bounds = None if answers.of == "number" else (-1.0, 1.0)
    return _mean(split, answers, answers.gap, partial(_gap_interval, bounds))


def flipped_facet_changes(split: Split) -> Measurement:
    """Return the share of a group's answers that are others with another value of the facet.

    Parameters
    ----------
    split : Split
        With `tables.answers`.

    Returns
    -------
    Measurement
        In [0, 1]; undefined where the model was not asked.
    """
    answers = split.tables.answers
    if answers is None or answers.reason:
        return _not_asked(answers)
    return _mean(split, answers, answers.changed, _share_interval)


def _not_asked(answers: FlippedAnswers | None) -> Measurement:
    said = "there is no model to ask about rows with another value of the facet"
    return Measurement.undefined(said if answers is None else answers.reason)


def _mean(
    split: Split,
    answers: FlippedAnswers,
    values: Floats,
    interval: Callable[[float, Spread, int, float], Interval],
) -> Measurement:
    rows = np.flatnonzero(split.group[answers.group])
    if not len(rows):
        return Measurement.undefined(f"no row of {split.group_name} was asked about")
    weight = np.ones(len(rows)) if answers.weight is None else answers.weight[rows]
    if weight.sum() <= 0:
        return Measurement.undefined(f"the rows of {split.group_name} have no weight")
    share = weight / weight.sum()
    value = float(share @ values[rows])
    spread = _spread(answers, rows, share, values[rows] - value)
    known = int(answers.n_data[split.group].sum())
    return Measurement(
        value=value,
        n=len(rows),
        n_group=len(rows),
        interval=partial(interval, value, spread, len(rows)),
        method=f"mean over {len(rows):,} of {known:,} rows, with {answers.how}",
        error=spread.error,
        n_effective=spread.n_effective,
        unit=spread.unit,
        seed=answers.seed,
        warnings=(
            *few_rows(len(rows), least=MIN_ROWS, what=f"rows of {split.group_name}"),
            *few_units(spread),
        ),
    )


def _spread(
    answers: FlippedAnswers, rows: NDArray[np.intp], share: Floats, centred: Floats
) -> Spread:
    terms = share * centred
    plain = float(np.sum(share * centred**2)) / max(1, len(rows) - 1)
    if answers.unit is not None:
        _, place = np.unique(answers.unit[rows], return_inverse=True)
        sums = sums_by(place.reshape(-1), terms, int(place.max()) + 1)
        return unit_spread(sums, plain_variance=plain, n=len(rows), unit=answers.unit_kind)
    grown = len(rows) / max(1, len(rows) - 1)
    variance = grown * float(terms @ terms)
    skew = skewness(float(np.sum(terms**3)), variance)
    kish = None if answers.weight is None else 1 / float(share @ share)
    return Spread(variance, skew, kish, max(1, len(rows) - 1))


def _gap_interval(
    bounds: tuple[float, float] | None, value: float, spread: Spread, n: int, level: float
) -> Interval:
    del n
    found = mean_interval(
        value, spread.error, skew=spread.skew, freedom=spread.freedom, level=level
    )
    return found if bounds is None else found.clipped(*bounds).around(value)


def _share_interval(value: float, spread: Spread, n: int, level: float) -> Interval:
    trials = spread.n_units or spread.n_effective or n
    if 0 < value < 1 and spread.variance > 0:
        trials = value * (1 - value) / spread.variance
    freedom = None if spread.unit == "row" else spread.freedom
    return wilson(min(1.0, max(0.0, value)), trials, level=level, freedom=freedom)


GAP = BiasMetric(
    name="flipped_facet_gap",
    title="Score gap when only the facet is changed",
    stage="post_training",
    function=flipped_facet_gap,
    needs="answers",
    positive_means="The model gives rows of {group} a higher score for {outcome} when nothing but "
    "the facet is changed.",
    negative_means="The model gives rows of {group} a lower score for {outcome} when nothing but "
    "the facet is changed.",
    help=(
        "What the model says of each row of the group, against what it says of the same row with "
        "another value of the facet.",
        "Not as proof that the facet has no influence: other columns may stand for it, and the "
        "changed rows may be unlike any real one.",
        "The matched difference in predictions, which also sees columns that stand for the facet.",
    ),
    reference="Kusner et al. 2017, NeurIPS, for the question; only the column itself is changed",
)
NUMBER_GAP = BiasMetric(
    name="flipped_facet_number_gap",
    title="Gap in predicted numbers when only the facet is changed",
    stage="post_training",
    function=flipped_facet_gap,
    needs="answers",
    tasks=("regression",),
    lower_bound=None,
    upper_bound=None,
    tolerated=None,
    positive_means="The model predicts higher numbers for rows of {group} when nothing but the "
    "facet is changed.",
    negative_means="The model predicts lower numbers for rows of {group} when nothing but the "
    "facet is changed.",
    help=GAP.help,
    reference=GAP.reference,
)
CHANGES = BiasMetric(
    name="flipped_facet_changes",
    title="Answers that change when only the facet is changed",
    stage="post_training",
    function=flipped_facet_changes,
    needs="answers",
    lower_bound=0.0,
    tolerated=None,
    positive_means="For that share of the rows of {group} the model gives another answer when "
    "nothing but the facet is changed, to the better or the worse.",
    help=(
        "How many answers hang on the facet alone, in whichever direction.",
        "Not for the direction: answers that turn to the better and to the worse both count.",
        "The score gap when only the facet is changed.",
    ),
    reference=GAP.reference,
)
METRICS = (GAP, NUMBER_GAP, CHANGES)
