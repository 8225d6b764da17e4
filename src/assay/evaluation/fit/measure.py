"""The one number by which fits are compared, as a value and as an error that falls to a floor."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.judged import Answers, JudgedRows

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measure:
    """A metric of answers.

    Parameters
    ----------
    name : str
        In the catalogue.
    title : str
    greater_is_better : bool
    value : callable
        Of rows and answers; None where it is undefined.
    """

    name: str
    title: str
    greater_is_better: bool
    value: Callable[[JudgedRows, Answers], float | None]

    def errors(self, values: Floats) -> Floats:
        """Return what is left to the best value, 1 of a metric that grows and 0 of a loss."""
        return 1 - values if self.greater_is_better else values

    def values(self, errors: Floats) -> Floats:
        """Return the values of these errors."""
        return 1 - errors if self.greater_is_better else errors

    def gain(self, now: float, then: float) -> float:
        """Return how much better `then` is than `now`; negative where it is worse."""
        return then - now if self.greater_is_better else now - then
