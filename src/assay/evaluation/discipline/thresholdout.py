"""Answers about holdout rows that stay trustworthy for many questions (thresholdout)."""

from dataclasses import dataclass

import numpy as np

from assay.errors import InputError
from assay.result import Json

THRESHOLD = 0.02
SCALE = 0.01
BUDGET = 50


@dataclass(frozen=True)
class Answer:
    """What thresholdout says to one question.

    Parameters
    ----------
    value : float
    from_holdout : bool
        Whether the holdout rows were used; if not, the value is the training rows' own.
    budget_left : int
        Answers from the holdout rows that are left.
    """

    value: float
    from_holdout: bool
    budget_left: int

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "value": self.value,
            "from_holdout": self.from_holdout,
            "budget_left": self.budget_left,
        }


class Thresholdout:
    """Say what a model scores without telling more of the holdout rows than is needed.

    While training and holdout rows agree, the answer is the training rows' number, and nothing is
    learned of the holdout rows. Where they differ by more than a threshold, blurred anew after
    each such answer, it is the holdout rows' number with noise, and one of the budget is spent.

    Parameters
    ----------
    rng : numpy.random.Generator
    threshold : float
        Difference from which the model counts as overfitted, in units of the metric.
    scale : float
        Scale of the Laplace noise, on the threshold and on the answers.
    budget : int
        How many answers may be given from the holdout rows.

    Raises
    ------
    InputError
        If the threshold, the scale or the budget is not above 0; from `ask` when the budget is
        spent: cut fresh holdout rows.

    References
    ----------
    Dwork, Feldman, Hardt, Pitassi, Reingold and Roth 2015, Science, doi:10.1126/science.aaa9375.

    Examples
    --------
    >>> holdout = Thresholdout(np.random.default_rng(0))
    >>> holdout.ask(train=0.81, holdout=0.805)
    Answer(value=0.81, from_holdout=False, budget_left=50)
    >>> holdout.ask(train=0.99, holdout=0.80).from_holdout
    True
    """

    def __init__(
        self,
        rng: np.random.Generator,
        *,
        threshold: float = THRESHOLD,
        scale: float = SCALE,
        budget: int = BUDGET,
    ) -> None:
        if threshold <= 0 or scale <= 0 or budget < 1:
            msg = (
                "thresholdout takes a threshold, a scale and a budget above 0; found "
                f"{threshold}, {scale} and {budget}"
            )
            raise InputError(msg)
        self._rng, self._threshold, self._scale = rng, threshold, scale
        self._left = budget
        self._blurred = threshold + rng.laplace(0.0, scale)

    @property
    def budget_left(self) -> int:
        """Answers from the holdout rows that are left."""
        return self._left

    def ask(self, *, train: float, holdout: float) -> Answer:
        """Return the answer to one question: a model's number on both parts.

        Raises
        ------
        InputError
            If a number is not finite, or the budget is spent.
        """
        if not np.isfinite([train, holdout]).all():
            msg = f"thresholdout compares two finite numbers; found {train} and {holdout}"
            raise InputError(msg)
        if self._left == 0:
            msg = (
                "the budget of answers from the holdout rows is spent; cut fresh holdout rows "
                "from newer data (assay data split)"
            )
            raise InputError(msg)
        if abs(train - holdout) <= self._blurred + self._rng.laplace(0.0, self._scale):
            return Answer(train, from_holdout=False, budget_left=self._left)
        self._left -= 1
        self._blurred = self._threshold + self._rng.laplace(0.0, self._scale)
        value = holdout + float(self._rng.laplace(0.0, self._scale))
        return Answer(value, from_holdout=True, budget_left=self._left)
