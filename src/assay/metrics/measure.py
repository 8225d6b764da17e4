"""A metric and the small tables of an evaluation in, its estimate out."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.metrics.draws import CellDraws
from assay.metrics.metric import Metric
from assay.metrics.multilabel.label_draws import LabelDraws
from assay.result import Estimate
from assay.tables.cube import Cube, Level
from assay.tables.distribution import Distribution
from assay.tables.moments import Moments
from assay.tables.score_table import ScoreTable


@dataclass(frozen=True, kw_only=True, eq=False)
class MetricInputs:
    """The small tables that metrics are functions of; None where there is none.

    Parameters
    ----------
    cube : Cube or None
        Keys "label" and "prediction".
    draws : CellDraws or None
        Redraws of the cube, shared by all metrics.
    scores : ScoreTable or None
        Of the positive class.
    class_scores : sequence of ScoreTable or None
        One for each class against the rest.
    losses : ScoreTable, Moments or None
        With "log_loss" and "brier"; None falls back on `scores`.
    errors : Moments or None
        Of `regression_quantities`.
    relative_errors : Moments or None
        Of `relative_quantities`.
    absolute_errors, absolute_targets : Distribution or None
        Of |ŷ - y| and of |y|.
    targets : Distribution or None
        Of y.
    log_errors, deviances, gamma_deviances : Moments or None
        Of `log_quantities`, `deviance_quantities` and `gamma_quantities`.
    quantile_losses : Moments or None
        Of `quantile_quantities`.
    covered : Cube or None
        Key "covered": whether the target is not above a predicted quantile.
    quantile : float or None
        Which quantile is predicted.
    ranks : Cube or None
        Key "rank": how many classes score at least as high as the true one.
    label_matches : Cube or None
        Whether all labels of a row are right.
    label_answers, label_ranks : Moments or None
        Of `answer_quantities` and `rank_quantities`, for rows with many labels.
    label_draws : LabelDraws or None
        What redraws of rows with many labels give for each label.
    n_features : int or None
        Features that the model received.
    unit : str
        What is independent, for tables that do not know it themselves.
    """

    cube: Cube | None = None
    draws: CellDraws | None = None
    scores: ScoreTable | None = None
    class_scores: Sequence[ScoreTable] | None = None
    losses: ScoreTable | Moments | None = None
    errors: Moments | None = None
    relative_errors: Moments | None = None
    absolute_errors: Distribution | None = None
    absolute_targets: Distribution | None = None
    targets: Distribution | None = None
    log_errors: Moments | None = None
    deviances: Moments | None = None
    gamma_deviances: Moments | None = None
    quantile_losses: Moments | None = None
    covered: Cube | None = None
    quantile: float | None = None
    ranks: Cube | None = None
    label_matches: Cube | None = None
    label_answers: Moments | None = None
    label_ranks: Moments | None = None
    label_draws: LabelDraws | None = None
    n_features: int | None = None
    unit: str = "row"


def measure(
    metric: Metric, inputs: MetricInputs, *, of: Level = True, level: float = 0.95
) -> Estimate | None:
    """Compute one metric.

    Parameters
    ----------
    metric : Metric
    inputs : MetricInputs
    of : bool, int, float or str
        The class, for a metric that is given by class; True for a yes/no label.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate or None
        None when the table that the metric needs is not among the inputs.

    Examples
    --------
    >>> from assay.metrics.catalogue import find_metric
    >>> both = (False, True)
    >>> cube = Cube.from_counts({"label": both, "prediction": both}, [[60, 10], [10, 20]])
    >>> measure(find_metric("accuracy", task="binary"), MetricInputs(cube=cube)).value
    0.8
    """
    function, table = metric.function, _table(metric, inputs)
    if table is None:
        return None
    if metric.needs == "cube":
        which = {"of": of} if metric.per_class else {}
        return function(table, level=level, draws=inputs.draws, **which)
    if metric.needs == "relative_errors":
        if inputs.absolute_targets is None:
            return None
        return function(table, inputs.absolute_targets, level=level)
    more = {name: getattr(inputs, name) for name in metric.also}
    return function(table, level=level, **more)


def _table(metric: Metric, inputs: MetricInputs) -> object:
    if metric.needs == "losses" and inputs.losses is None:
        return inputs.scores
    return getattr(inputs, metric.needs)
