"""What the user wants of the threshold in; the threshold out, chosen on validation rows only."""

import numpy as np

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.evaluation.checks import Use
from assay.evaluation.goal import Costs, parse_goal
from assay.evaluation.plan import plan_evaluation
from assay.evaluation.task import Target
from assay.evaluation.threshold import Threshold, choose_threshold
from assay.tables.score_table import ScoreTable


def settle_threshold(
    wanted: float | str | None,
    *,
    data: Dataset,
    validation: Dataset | None,
    target: Target,
    costs: Costs | None = None,
    use: Use | None = None,
    seed: int = 0,
) -> Threshold | None:
    """Turn a number, a goal or costs into a threshold.

    Parameters
    ----------
    wanted : float, str or None
        A number, a goal (see `parse_goal`), or None: then costs ask for one, else the answers
        are taken as they are.
    data : Dataset
        The rows to be judged, with scores; no threshold is chosen on them.
    validation : Dataset or None
        Rows to choose on, with scores.
    target : Target
    costs : Costs or None
        Without validation rows they give the threshold that true probabilities need.
    use : {"probability", "ranking"} or None
    seed : int

    Returns
    -------
    Threshold or None

    Raises
    ------
    InputError
        If the task or the data have no use for a threshold, or there are no rows to choose on.
    """
    if wanted is None and costs is None:
        return None
    what = "a threshold" if wanted is not None else "costs of the two mistakes"
    if target.task != "binary":
        msg = f"{what} was given, but the task is {target.task}: it needs a label of two values"
        raise InputError(msg)
    if not data.schema.scores:
        if wanted is None:
            return None  # the cost of given answers needs no threshold
        msg = f"{what} was given, but there are no scores: name their column with --score"
        raise InputError(msg)
    if isinstance(wanted, int | float):
        return Threshold.given(float(wanted))
    if validation is None:
        assert costs is not None  # a goal without validation rows was refused before reading
        return _by_prices(costs)
    goal = parse_goal(wanted or "cost", costs=costs)
    same = validation.fingerprint().order_free == data.fingerprint().order_free
    return choose_threshold(
        _score_table(validation, target, use),
        goal,
        chosen_on="test" if same else "validation",
        rng=np.random.default_rng(seed),
    )


def _by_prices(costs: Costs) -> Threshold:
    why = "what the costs ask for if the scores are true probabilities; none was chosen on rows"
    return Threshold(value=costs.threshold, chosen_on="given", goal="cost", why=why)


def _score_table(validation: Dataset, target: Target, use: Use | None) -> ScoreTable:
    plan = plan_evaluation(validation, target=target, use=use)
    table = plan.data.scan({"scores": plan.requests["scores"]})["scores"]
    assert isinstance(table, ScoreTable)
    return table
