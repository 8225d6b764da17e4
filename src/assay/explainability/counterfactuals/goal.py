"""Scores in; whether they give the answer that is wanted, and how far they are from it, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.scores import Scores

Floats = NDArray[np.float64]
NUMBER = "prediction"
"""Name of the single output of a model that predicts a number."""


class Goal(Protocol):
    """The answer that is wanted."""

    @property
    def told(self) -> str:
        """The goal in words."""
        ...

    def gaps(self, scores: Floats) -> Floats:
        """Return how far each row is from the goal: below 0, or at 0, where it is reached.

        Parameters
        ----------
        scores : ndarray, shape (n_rows, n_outputs)

        Returns
        -------
        ndarray, shape (n_rows,)
        """
        ...


@dataclass(frozen=True)
class Above:
    """The single score at or above a threshold; above it where `strict`."""

    threshold: float
    told: str
    strict: bool = False

    def gaps(self, scores: Floats) -> Floats:
        """Return threshold - score."""
        gap = self.threshold - scores[:, 0]
        return np.where(gap == 0, np.finfo(np.float64).tiny, gap) if self.strict else gap


@dataclass(frozen=True)
class Below:
    """The single score below a threshold."""

    threshold: float
    told: str

    def gaps(self, scores: Floats) -> Floats:
        """Return score - threshold, a least step above 0 at the threshold itself."""
        gap = scores[:, 0] - self.threshold
        return np.where(gap == 0, np.finfo(np.float64).tiny, gap)


@dataclass(frozen=True)
class Within:
    """The single score from `low` to `high`, both included."""

    low: float
    high: float
    told: str

    def gaps(self, scores: Floats) -> Floats:
        """Return the distance to the nearer end, below 0 inside."""
        return np.maximum(self.low - scores[:, 0], scores[:, 0] - self.high)


@dataclass(frozen=True)
class ClassWins:
    """One of several classes has the largest score."""

    place: int
    told: str

    def gaps(self, scores: Floats) -> Floats:
        """Return the largest other score - its own; among equals the first class is the answer."""
        others = np.delete(scores, self.place, axis=1)
        gap = others.max(axis=1) - scores[:, self.place]
        wins = np.argmax(scores, axis=1) == self.place
        return np.where((gap == 0) & ~wins, np.finfo(np.float64).tiny, gap)


@dataclass(frozen=True)
class ClassLoses:
    """Any other of several classes has the largest score."""

    place: int
    told: str

    def gaps(self, scores: Floats) -> Floats:
        """Return its own score - the largest other; among equals the first class is the answer."""
        others = np.delete(scores, self.place, axis=1)
        gap = scores[:, self.place] - others.max(axis=1)
        wins = np.argmax(scores, axis=1) == self.place
        return np.where((gap == 0) & wins, np.finfo(np.float64).tiny, gap)


def usual_threshold(scores: Scores) -> float | None:
    """Return 0.5 for a probability, 0 for log-odds and margins, None for a predicted number."""
    if scores.output == "probability":
        return 0.5
    if scores.output == "log_odds" or scores.outputs != (NUMBER,):
        return 0.0
    return None


def goal_of(
    scores: Scores, own: Floats, target: object = None, threshold: float | None = None
) -> Goal:
    """Find which answer is wanted of a row.

    Parameters
    ----------
    scores : Scores
    own : ndarray, shape (n_outputs,)
        The row's own scores.
    target : None, a class, or (float or None, float or None)
        None: any other class than the row's own. A pair: a range of the single score.
    threshold : float or None
        At and above it the single score means the positive class; None takes above 0.5 of a
        probability and above 0 of log-odds and margins, as classifiers do.

    Returns
    -------
    Goal

    Raises
    ------
    InputError
        If there is no such class, a number is predicted and no range is wanted, or the range is
        none.

    Examples
    --------
    >>> scores = Scores(len, ("yes",), "probability")
    >>> goal_of(scores, np.array([0.2])).told
    'yes: more than 0.5'
    """
    names = [*scores.outputs]
    if isinstance(target, tuple):
        return _within(tuple(target), names)
    if len(names) > 1:
        return _of_classes(names, own, target)
    limit = usual_threshold(scores) if threshold is None else threshold
    if limit is None:
        msg = (
            "the model predicts a number, so say which one is wanted: target=(low, high), or "
            "threshold= where at or above it is the positive answer"
        )
        raise InputError(msg)
    if not isinstance(limit, Real):
        msg = f"threshold must be a number, not {limit!r}"
        raise InputError(msg)
    strict = threshold is None  # among equals a classifier answers its first class
    above = Above(limit, f"{names[0]}: {_from(limit, strict=strict)}", strict)
    below = Below(limit, f"{names[0]}: less than {limit:g}")
    if target is None:
        return above if above.gaps(own[None])[0] > 0 else below
    return above if str(target) == names[0] else below


def _from(limit: float, *, strict: bool) -> str:
    return f"more than {limit:g}" if strict else f"{limit:g} or more"


def _within(target: tuple[object, ...], names: Sequence[str]) -> Goal:
    ends = [None if end is None else float(str(end)) for end in target]
    if len(ends) != 2 or len(names) > 1 or all(end is None for end in ends):
        msg = f"target={target!r} must be (low, high) of a single score, one of them may be None"
        raise InputError(msg)
    low = -np.inf if ends[0] is None else ends[0]
    high = np.inf if ends[1] is None else ends[1]
    if not low <= high:
        msg = f"target={target!r} holds no number: the lower end comes first"
        raise InputError(msg)
    told = f"{names[0]}: {low:g} to {high:g}"
    return Within(float(low), float(high), told)


def _of_classes(names: Sequence[str], own: Floats, target: object) -> Goal:
    if target is None:
        place = int(np.argmax(own))
        return ClassLoses(place, f"not {names[place]}")
    if str(target) not in names:
        msg = f"no class {target!r}; the model has: {', '.join(names)}"
        raise InputError(msg)
    return ClassWins(names.index(str(target)), str(target))
