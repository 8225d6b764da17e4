"""What the user wants of the threshold in; the threshold out, chosen on validation rows only."""

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.evaluation.checks import Use
from assay.evaluation.choose import choose_threshold_on
from assay.evaluation.goal import Costs
from assay.evaluation.task import Target
from assay.evaluation.threshold import Threshold


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
        Rows to choose on, with scores; when they are the judged rows a finding says so.
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
        If the task or the data have no use for a threshold, or the goal cannot be met.
    """
    if wanted is None and costs is None:
        return None
    what = "a threshold" if wanted is not None else "costs of the two mistakes"
    if target.task == "multilabel":
        return _for_every_label(wanted, data)
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
    same = validation.fingerprint().order_free == data.fingerprint().order_free
    return choose_threshold_on(
        validation,
        wanted or "cost",
        target=target,
        costs=costs,
        use=use,
        chosen_on="test" if same else "validation",
        seed=seed,
    )


def _for_every_label(wanted: float | str | None, data: Dataset) -> Threshold:
    """Return one number for all labels; a goal or costs would need one threshold a label."""
    if not isinstance(wanted, int | float):
        what = "costs were" if wanted is None else f"the goal {wanted!r} was"
        msg = (
            f"{what} given, and a row may have many labels: give one number that all of them use, "
            "such as --threshold 0.3, or columns of labels that were chosen with a threshold each "
            "(--prediction)"
        )
        raise InputError(msg)
    if not data.schema.scores:
        msg = "a threshold was given, but there are no scores: name their columns with --score"
        raise InputError(msg)
    return Threshold.given(float(wanted))


def _by_prices(costs: Costs) -> Threshold:
    why = "what the costs ask for if the scores are true probabilities; none was chosen on rows"
    return Threshold(value=costs.threshold, chosen_on="given", goal="cost", why=why)
