"""Two candidates and the user's prices in; which answers cost less, and how sure that is, out."""

from assay.evaluation.comparison.compare import check_answers, comparison_of
from assay.evaluation.comparison.labels import by_cells
from assay.evaluation.comparison.paired import Pair
from assay.evaluation.comparison.parts import Parts
from assay.evaluation.comparison.result import Comparison
from assay.evaluation.comparison.small_tables import inputs_for
from assay.evaluation.comparison.words import check_margin
from assay.evaluation.goal import Costs
from assay.evaluation.judged import Answers, JudgedRows
from assay.evaluation.mean_cost import HELP, TITLE, mean_cost, price_range
from assay.metrics.metric import Metric
from assay.metrics.smooth import smooth_estimate
from assay.result import Estimate

NAME = "expected_cost"


def compare_costs(
    rows: JudgedRows,
    candidate: Answers,
    baseline: Answers,
    costs: Costs,
    *,
    margin: float = 0.0,
    level: float = 0.95,
    seed: int = 0,
) -> Comparison:
    """Compare two candidates by what their answers cost on average.

    The mean cost of a row is a linear function of the joint cells of truth and both answers,
    which are redrawn: the paired bootstrap of the rows (or units).

    Parameters
    ----------
    rows : JudgedRows
        Of a binary label.
    candidate, baseline : Answers
        With labels.
    costs : Costs
    margin : float
        The smallest saving of a row worth having.
    level : float
    seed : int

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If answers have no labels or are not for these rows.

    Examples
    --------
    >>> import numpy as np
    >>> truth = np.tile([0, 1], 50)
    >>> rows = JudgedRows(task="binary", truth=truth, classes=("no", "yes"))
    >>> no, all_ = (Answers(name=str(c), labels=np.full(100, c)) for c in (0, 1))
    >>> found = compare_costs(rows, all_, no, Costs(false_positive=1, false_negative=4))
    >>> found.baseline_value.value, found.difference.value, found.verdict
    (2.0, 1.5, 'better')
    """
    check_margin(margin)
    check_answers(rows, candidate, baseline)
    pair = Pair(rows=rows, candidate=candidate, baseline=baseline, level=level, seed=seed)
    first, second = (
        cost_of(rows, each, costs, level=level, seed=seed, parts=pair.parts)
        for each in (candidate, baseline)
    )
    low, high = price_range(costs)
    paired = by_cells(mean_cost(costs), reach=high - low)(pair)
    return comparison_of(pair, cost_metric(costs), (first, second), paired, margin=margin)


def cost_of(
    rows: JudgedRows,
    answers: Answers,
    costs: Costs,
    *,
    level: float = 0.95,
    seed: int = 0,
    parts: Parts | None = None,
) -> Estimate:
    """Return what a candidate's answers cost on average, as an evaluation of the rows gives it.

    Parameters
    ----------
    rows : JudgedRows
    answers : Answers
        With labels.
    costs : Costs
    level : float
    seed : int
    parts : Parts or None
        Of the same rows, where they were laid out already.
    """
    if not rows.n:
        return Estimate.undefined("there are no rows", level=level)
    inputs = inputs_for("cube", parts or Parts(rows), answers, seed=seed)
    assert inputs.cube is not None  # it was asked for
    return smooth_estimate(
        inputs.cube,
        mean_cost(costs),
        undefined="the table has no rows",
        draws=inputs.draws,
        level=level,
        bounds=price_range(costs),
    )


def cost_metric(costs: Costs) -> Metric:
    """Return the expected cost by these prices, described as the metrics of the catalogue are."""
    low, high = price_range(costs)
    return Metric(
        name=NAME,
        title=TITLE,
        tasks=("binary",),
        needs="cube",
        function=lambda cube, *, level: smooth_estimate(
            cube, mean_cost(costs), undefined="the table has no rows", level=level
        ),
        greater_is_better=False,
        lower_bound=low,
        upper_bound=high,
        best=costs.true_positive if costs.true_positive == costs.true_negative else None,
        help=HELP,
    )
