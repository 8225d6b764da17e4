"""How the candidate's threshold came about in; where the scores of others become answers, out."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from assay.data.folds import fold_codes
from assay.errors import InputError
from assay.evaluation.baselines.rows import LadderRows
from assay.evaluation.comparison.parts import Parts
from assay.evaluation.comparison.small_tables import score_table
from assay.evaluation.goal import Costs, Goal, parse_goal
from assay.evaluation.judged import Answers, Floats
from assay.evaluation.threshold import DEFAULT, Threshold, choose_threshold

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

HELD_OUT_FOLDS = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Cutting:
    """Where scores become the positive answer, for all that are compared.

    A candidate whose threshold was tuned for a goal would else be held against models that were
    not tuned, and the comparison would be one of thresholds.

    Parameters
    ----------
    goal : Goal or None
        What each one's threshold is chosen for; None takes `fixed` for all.
    fixed : float
        The one threshold of all, where none is chosen.
    told : bool
        Whether a person named the number for the model: it need not suit the others' scores.
    rows : LadderRows or None
        What thresholds are chosen on, neither fitted on nor judged.
    apart : (LadderRows, LadderRows) or None
        For simple models in place of `rows`: the train rows to fit on, and those held out to
        choose on.
    on : str
        What the thresholds come from, for people; "" where none is chosen.
    seed : int
    """

    goal: Goal | None = None
    fixed: float = DEFAULT
    told: bool = False
    rows: LadderRows | None = None
    apart: tuple[LadderRows, LadderRows] | None = None
    on: str = ""
    seed: int = 0

    def choose(self, scores: Floats, rows: LadderRows) -> float:
        """Choose the threshold that meets the goal with these scores of the rows to choose on.

        Raises
        ------
        InputError
            If it cannot be met there.
        """
        assert self.goal is not None  # else there is nothing to choose
        table = score_table(Parts(rows.truth), rows.truth.truth == 1, scores)
        return choose_threshold(table, self.goal, rng=np.random.default_rng(self.seed)).value


def cut(answers: Answers, threshold: float) -> Answers:
    """Return the answers that scores give at a threshold.

    Examples
    --------
    >>> cut(Answers(name="m", scores=np.array([0.2, 0.4])), 0.3).labels.tolist()
    [0, 1]
    """
    assert answers.scores is not None  # answers without scores have no threshold
    above = answers.scores >= threshold
    return replace(answers, labels=above if above.ndim > 1 else above.astype(np.int64))


def cutting_like(
    threshold: Threshold | None,
    costs: Costs | None = None,
    *,
    task: str,
    rows: LadderRows | None = None,
    seed: int = 0,
) -> Cutting:
    """Say how the others' thresholds come about: as the candidate's did.

    Parameters
    ----------
    threshold : Threshold or None
        Of the candidate; None where it gave its answers, or there is none.
    costs : Costs or None
        Where no goal was stated they ask for a threshold themselves.
    task : str
    rows : LadderRows or None
        Validation rows.
    seed : int

    Returns
    -------
    Cutting

    Examples
    --------
    >>> cutting_like(Threshold.given(0.3), task="binary").fixed
    0.3
    """
    if task not in ("binary", "multilabel"):
        return Cutting(seed=seed)
    name = "" if threshold is None else threshold.goal
    name = name or ("cost" if costs is not None and _free(threshold) else "")
    if task == "binary" and name and (name != "cost" or costs is not None):
        goal = parse_goal(name, costs=costs)
        chosen = rows is not None if threshold is None else threshold.chosen_on != "given"
        if goal.costs is not None and not chosen:
            return Cutting(fixed=goal.costs.threshold, on="the costs", seed=seed)
        where = "" if rows is None else f"the {rows.n:,} validation rows"
        return Cutting(goal=goal, rows=rows, on=where, seed=seed)
    if threshold is not None and threshold.chosen_on == "given":
        return Cutting(fixed=threshold.value, told=True, seed=seed)
    return Cutting(seed=seed)


def _free(threshold: Threshold | None) -> bool:
    """Whether nobody named a number."""
    return threshold is None or threshold.chosen_on != "given"


def with_train_rows(cutting: Cutting, train: "Dataset", rows: LadderRows, task: str) -> Cutting:
    """Let simple models choose on a fifth of the train rows, where other rows lack their columns.

    Parameters
    ----------
    cutting : Cutting
        With a goal.
    train : Dataset
    rows : LadderRows
        The train rows, read.
    task : str

    Returns
    -------
    Cutting
        As it was where validation rows have the columns, or the train rows cannot be parted.
    """
    if cutting.rows is not None and set(rows.frame.columns) <= set(cutting.rows.frame.columns):
        return cutting
    kind = "stratified" if task == "binary" else "random"
    if train.schema.group is not None:
        kind = "group"
    elif train.schema.time is not None:
        kind = "time"
    try:
        codes = fold_codes(train, HELD_OUT_FOLDS, kind=kind, salt=str(cutting.seed))
    except InputError:
        return cutting
    held = codes == (HELD_OUT_FOLDS - 1 if kind == "time" else 0)
    fitted, chosen = (rows.take(np.flatnonzero(part)) for part in (~held, held))
    on = f"{chosen.n:,} train rows that were held out for it"
    if cutting.on:
        on = f"{cutting.on} (those of simple models: on {on})"
    return replace(cutting, apart=(fitted, chosen), on=on)
