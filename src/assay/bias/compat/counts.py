"""Rows of facet d and of facet a, counted by label and prediction."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Confusion:
    """Rows of one group; where there are no predictions, all count as predicted negative.

    Parameters
    ----------
    tp, fp, fn, tn : int
        Predicted positive and rightly so, wrongly so; predicted negative wrongly, rightly.

    Examples
    --------
    >>> both = Confusion(65, 10, 5, 20) + Confusion(20, 5, 7, 18)
    >>> both.n, both.positives, both.predicted_positives
    (150, 97, 100)
    """

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def n(self) -> int:
        """All rows."""
        return self.tp + self.fp + self.fn + self.tn

    @property
    def positives(self) -> int:
        """Rows whose label is positive."""
        return self.tp + self.fn

    @property
    def negatives(self) -> int:
        """Rows whose label is not positive."""
        return self.fp + self.tn

    @property
    def predicted_positives(self) -> int:
        """Rows that are predicted positive."""
        return self.tp + self.fp

    @property
    def predicted_negatives(self) -> int:
        """Rows that are not predicted positive."""
        return self.fn + self.tn

    def __add__(self, other: "Confusion") -> "Confusion":
        return Confusion(
            self.tp + other.tp, self.fp + other.fp, self.fn + other.fn, self.tn + other.tn
        )

    def __sub__(self, other: "Confusion") -> "Confusion":
        return Confusion(
            self.tp - other.tp, self.fp - other.fp, self.fn - other.fn, self.tn - other.tn
        )


@dataclass(frozen=True, eq=False)
class Strata:
    """The same rows by the group variable; rows without a value of it are in no subgroup.

    Parameters
    ----------
    d, a : ndarray of int, shape (n_strata, 4)
        Rows of facet d and of facet a as TP, FP, FN, TN.
    """

    d: Ints
    a: Ints


@dataclass(frozen=True)
class Flips:
    """What the neighbours in facet a say of the rows of facet d.

    Parameters
    ----------
    up, down : int
        Rows of d that are predicted negative and would be positive as a; the reverse.
    """

    up: int
    down: int


def no_flips() -> Flips:
    """Stand for rows that were not read.

    Raises
    ------
    RuntimeError
        Always: the flip test was asked for and its rows are not there.
    """
    msg = "the flip test reads rows, and none were read"
    raise RuntimeError(msg)


@dataclass(frozen=True, eq=False)
class Comparison:
    """All that the cells of one report are made from.

    Parameters
    ----------
    d, a : Confusion
        Rows of the reported group, and all others.
    strata : Strata or None
        None without a group variable.
    flips : callable
        Makes the `Flips`; may raise `MetricFailure`.
    """

    d: Confusion
    a: Confusion
    strata: Strata | None = None
    flips: Callable[[], Flips] = field(default=no_flips)

    @property
    def whole(self) -> Confusion:
        """All rows."""
        return self.d + self.a
