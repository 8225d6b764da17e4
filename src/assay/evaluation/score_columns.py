"""A Dataset's score columns in; which column belongs to which class out."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from assay.errors import InputError
from assay.evaluation.task import Target
from assay.tables.cube import Level

if TYPE_CHECKING:
    from assay.data.dataset import Dataset


def positive_score(data: "Dataset", target: Target) -> str | None:
    """Return the column with the score of the positive class, None when there are no scores.

    Raises
    ------
    InputError
        If there are several score columns and none can be told to be the positive's.
    """
    scores = data.schema.scores
    if not scores:
        return None
    if len(scores) == 1 and data.classes is None:
        return scores[0]
    return class_scores(data, target.classes)[target.positive]


def class_scores(data: "Dataset", classes: Sequence[Level]) -> Mapping[Level, str]:
    """Return the score column of each class.

    The classes come from the Dataset where a model made the scores, else from the columns' names:
    ``p_<class>``, or any one prefix before all class names.

    Parameters
    ----------
    data : Dataset
    classes : sequence
        The label's values.

    Returns
    -------
    mapping of class to column
        Also classes that no row of the label has.

    Raises
    ------
    InputError
        If a class has no column, or the columns do not tell their class.
    """
    scores = data.schema.scores
    if data.classes is not None and len(data.classes) == len(scores):
        found: dict[Level, str] = dict(zip(data.classes, scores, strict=True))
    elif data.classes is not None and len(scores) == 1 and len(data.classes) == 2:
        found = {data.classes[1]: scores[0]}
    else:
        found = _by_name(scores, classes)
    missing = [value for value in classes if value not in found]
    if missing and len(scores) > 1:
        listed = ", ".join(repr(value) for value in missing)
        msg = (
            f"no score column for the classes {listed}; the score columns are "
            f"{', '.join(scores)}: name them p_<class>, one for each class"
        )
        raise InputError(msg)
    return found


def _by_name(scores: Sequence[str], classes: Sequence[Level]) -> dict[Level, str]:
    by_text = {str(value): value for value in classes}
    prefix = _common_prefix(scores, by_text)
    return {by_text.get(name[len(prefix) :], name[len(prefix) :]): name for name in scores}


def _common_prefix(scores: Sequence[str], by_text: Mapping[str, Level]) -> str:
    """Return what stands before the class in every column's name."""
    if all(name.startswith("p_") for name in scores):
        return "p_"
    for text in by_text:
        for name in scores:
            if not name.endswith(text):
                continue
            prefix = name[: len(name) - len(text)]
            if all(other.startswith(prefix) for other in scores):
                return prefix
    return ""
