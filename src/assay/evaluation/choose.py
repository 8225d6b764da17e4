"""Validation rows with scores in, the threshold that meets a goal on them out."""

import narwhals as nw
import numpy as np

from assay.data.dataset import Dataset
from assay.data.requests import ScoreTableRequest
from assay.data.shared_request import Shared
from assay.errors import InputError
from assay.evaluation.checks import Use, check_predictions
from assay.evaluation.goal import Costs, Goal, parse_goal
from assay.evaluation.plan import resolve_data_target
from assay.evaluation.score_columns import positive_score
from assay.evaluation.task import Target
from assay.evaluation.threshold import Threshold, choose_threshold
from assay.tables.score_table import ScoreTable


def choose_threshold_on(
    data: Dataset,
    goal: Goal | str,
    *,
    target: Target | None = None,
    costs: Costs | None = None,
    use: Use | None = None,
    chosen_on: str = "validation",
    seed: int = 0,
) -> Threshold:
    """Choose the threshold on the rows of a Dataset with labels and scores.

    Parameters
    ----------
    data : Dataset
        Validation rows: neither fitted on nor judged on.
    goal : Goal or str
        For example "f1", "recall>=0.9" or "cost" (see `parse_goal`).
    target : Target or None
        What is predicted, where it is known already.
    costs : Costs or None
        Needed by the goal "cost".
    use : {"probability", "ranking"} or None
    chosen_on : str
        "validation", or "test" when there is no choice: that adds an error finding.
    seed : int
        Of the redraws behind the standard error.

    Returns
    -------
    Threshold

    Raises
    ------
    InputError
        If the label has not two values, there are no scores, or the goal cannot be met.

    Examples
    --------
    >>> data = Dataset.from_arrays(y_true=[0, 0, 1, 1], y_score=[0.1, 0.3, 0.6, 0.9])
    >>> choose_threshold_on(data, "f1").achieved
    1.0
    """
    if isinstance(goal, str):
        goal = parse_goal(goal, costs=costs)
    if target is None:
        target = resolve_data_target(data, positive=data.schema.positive)
    if target.task != "binary" or not data.schema.scores:
        what = "scores" if target.task == "binary" else "a label with two values"
        msg = f"a threshold for {goal.name} needs {what} on the {chosen_on} rows"
        raise InputError(msg)
    table = count_scores(data, target, use=use)
    return choose_threshold(table, goal, chosen_on=chosen_on, rng=np.random.default_rng(seed))


def count_scores(data: Dataset, target: Target, *, use: Use | None = None) -> ScoreTable:
    """Count positives and negatives at each score of a Dataset.

    Parameters
    ----------
    data : Dataset
        With labels and scores.
    target : Target
        Binary.
    use : {"probability", "ranking"} or None

    Returns
    -------
    ScoreTable

    Raises
    ------
    InputError
        If a score is none that can be used.
    """
    column = positive_score(data, target)
    assert column is not None
    check_predictions(data, target, use=use)
    data = data.with_units()
    request = ScoreTableRequest(
        score=nw.col(column).cast(nw.Float64),
        positive=nw.col(data.schema.label or "") == nw.lit(target.positive),
        **Shared.of(data).fields,
    )
    table = data.scan({"scores": request})["scores"]
    assert isinstance(table, ScoreTable)
    return table
