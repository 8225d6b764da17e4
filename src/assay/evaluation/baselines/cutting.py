"""How the candidate's threshold came about in, the threshold of a simple model out."""

import numpy as np

from assay.errors import InputError
from assay.evaluation.baselines.rows import LadderRows
from assay.evaluation.comparison.parts import Parts
from assay.evaluation.comparison.small_tables import score_table
from assay.evaluation.goal import Costs, parse_goal
from assay.evaluation.threshold import Threshold, choose_threshold
from assay.models.baseline.rungs import FittedRung

ONE_HALF = 0.5


def threshold_like(
    chosen: Threshold | None,
    fitted: FittedRung,
    validation: LadderRows | None = None,
    *,
    costs: Costs | None = None,
    seed: int = 0,
) -> float:
    """Return the threshold of a simple model, chosen in the way that the candidate's was.

    A candidate whose threshold was tuned for a goal would else be held against models that were
    not tuned, and the comparison would be one of thresholds.

    Parameters
    ----------
    chosen : Threshold or None
        The candidate's; None is one half.
    fitted : FittedRung
        Binary.
    validation : LadderRows or None
        Rows that the goal was met on; without them the candidate's number counts, for simple
        models give probabilities.
    costs : Costs or None
        For the goal "cost".
    seed : int

    Returns
    -------
    float
        The candidate's number as well where these rows cannot keep the goal's bound.
    """
    if chosen is None:
        return ONE_HALF
    if validation is None or not chosen.goal or chosen.chosen_on != "validation":
        return chosen.value
    scores = fitted.numbers(validation.frame)[:, 1]
    table = score_table(Parts(validation.truth), validation.truth.truth == 1, scores)
    try:
        goal = parse_goal(chosen.goal, costs=costs)
        return choose_threshold(table, goal, rng=np.random.default_rng(seed)).value
    except InputError:
        return chosen.value
