"""What a simple model is to predict, and what one that has learnt it offers."""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from assay.models.baseline.tables import Floats, Table

BaselineTask = Literal["binary", "multiclass", "multilabel", "regression"]
Truth = NDArray[np.generic]


class CannotFitError(ValueError):
    """These training rows do not allow this model; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is predicted, and by which loss.

    Parameters
    ----------
    task : {"binary", "multiclass", "multilabel", "regression"}
    n_classes : int
        Classes, or labels that a row may have; 0 for regression.
    names : tuple of str
        Of the classes, for rules that people read; () names them by their places.
    absolute : bool
        Of regression: whether the absolute error is what counts, and not the squared one.
    seed : int
    """

    task: BaselineTask
    n_classes: int = 0
    names: tuple[str, ...] = ()
    absolute: bool = False
    seed: int = 0

    @property
    def target_type(self) -> Literal["binary", "multiclass", "continuous"]:
        """The word of scikit-learn's TargetEncoder; a label of many is binary."""
        if self.task == "regression":
            return "continuous"
        return "multiclass" if self.task == "multiclass" else "binary"

    @property
    def width(self) -> int:
        """Numbers that a model gives for each row: one a class or label, or the value."""
        return max(self.n_classes, 1)

    def of_label(self) -> "Problem":
        """Return the problem of one label of many: whether a row has it."""
        return Problem(task="binary", n_classes=2, seed=self.seed)


class Learned(Protocol):
    """A simple model that has learnt."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know."""
        ...

    @property
    def rules(self) -> tuple[str, ...]:
        """The model in words, where it can be read."""
        ...

    def numbers(self, table: Table) -> Floats:
        """Return probabilities of classes or labels, or the value; shape (n_rows, width)."""
        ...


def as_target(y: Truth, problem: Problem) -> Floats:
    """Return what the numbers of a model are held against, shape (n_rows, width).

    Examples
    --------
    >>> as_target(np.array([0, 2]), Problem(task="multiclass", n_classes=3)).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    if problem.task in ("regression", "multilabel"):
        return y.astype(np.float64).reshape(y.shape[0], -1)
    return (y[:, None] == np.arange(problem.n_classes)).astype(np.float64)
