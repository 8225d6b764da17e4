"""A cube in the words of its columns in, the same cube in the words of the label out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assay.errors import InputError
from assay.evaluation.task import Target
from assay.tables.cube import Cube, Level


def in_words(cube: Cube, target: Target, words: Mapping[Level, Level]) -> Cube:
    """Return the cube of outcomes with the label's classes on both axes.

    Parameters
    ----------
    cube : Cube
        Keys "label" and "prediction"; for binary whether each is positive.
    target : Target
    words : mapping
        Predicted value → class; values that are not in it stay as they are.

    Returns
    -------
    Cube

    Raises
    ------
    InputError
        If there were too many combinations of classes for the rows to count them.

    Examples
    --------
    >>> both = (False, True)
    >>> cube = Cube.from_counts({"label": both, "prediction": both}, [[5, 1], [2, 4]])
    >>> in_words(cube, Target("binary", ("no", "yes"), "yes"), {}).levels
    (('no', 'yes'), ('no', 'yes'))
    """
    if cube.folded:
        msg = (
            "there are too many combinations of label and prediction to count them apart; gather "
            "rare classes into one, or use --task regression for a quantity"
        )
        raise InputError(msg)
    labels, predictions = cube.levels
    if target.task == "binary":
        names = {False: target.classes[0], True: target.classes[1]}
        both = [tuple(names[bool(value)] for value in axis) for axis in (labels, predictions)]
        return replace(cube, levels=(both[0], both[1]))
    return replace(cube, levels=(labels, tuple(words.get(value, value) for value in predictions)))


def of_label(cube: Cube, name: Level) -> Cube:
    """Return a cube of true and false in the words of the label that it is about.

    Examples
    --------
    >>> both = (False, True)
    >>> cube = Cube.from_counts({"label": both, "prediction": both}, [[5, 1], [2, 4]])
    >>> of_label(cube, "news").levels[0]
    ('not news', 'news')
    """
    words = {False: f"not {name}", True: name}
    both = [tuple(words[bool(value)] for value in axis) for axis in cube.levels]
    return replace(cube, levels=(both[0], both[1]))


def all_classes(cube: Cube | None, target: Target, scored: Sequence[Level]) -> tuple[Level, ...]:
    """Return every class that is a label, a prediction or has a score, in one order.

    Binary has the label's own order, and so have rows with many labels; else all are sorted.

    Examples
    --------
    >>> all_classes(None, Target("multiclass", ("a", "c")), ("a", "b", "c"))
    ('a', 'b', 'c')
    """
    if target.task in {"binary", "multilabel"}:
        return target.classes
    found = dict.fromkeys(target.classes)
    found |= dict.fromkeys(scored)
    if cube is not None:
        found |= dict.fromkeys(value for axis in cube.levels for value in axis)
    known = [value for value in found if value is not None]
    return tuple(sorted(known, key=lambda value: (isinstance(value, str), value)))
