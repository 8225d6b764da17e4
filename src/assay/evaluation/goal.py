"""A wish in words in; what a threshold is judged by, out."""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.result import Json

Floats = NDArray[np.float64]
Kind = Literal["f_beta", "mcc", "balanced_accuracy", "recall", "false_positive_rate", "cost"]
NAMES = "f1, f2, f0.5, mcc, balanced_accuracy, recall>=0.9, fpr<=0.05, cost"


@dataclass(frozen=True)
class Costs:
    """What each outcome costs, in any one unit; a gain is a negative cost.

    Parameters
    ----------
    false_positive, false_negative : float
        Cost of a false alarm and of a miss.
    true_positive, true_negative : float
        Cost of the two right answers.

    Raises
    ------
    InputError
        If a mistake does not cost more than the right answer to the same case.

    Examples
    --------
    >>> Costs(false_positive=1, false_negative=4).threshold
    0.2
    """

    false_positive: float
    false_negative: float
    true_positive: float = 0.0
    true_negative: float = 0.0

    def __post_init__(self) -> None:
        alarm = self.false_positive - self.true_negative
        miss = self.false_negative - self.true_positive
        if not (np.isfinite([alarm, miss]).all() and alarm > 0 and miss > 0):
            msg = (
                "a mistake must cost more than the right answer to the same case; found false "
                f"positive {self.false_positive:g} against true negative {self.true_negative:g}, "
                f"false negative {self.false_negative:g} against true positive "
                f"{self.true_positive:g}"
            )
            raise InputError(msg)

    @property
    def threshold(self) -> float:
        """Probability above which acting is cheaper, if the scores are true probabilities."""
        alarm = self.false_positive - self.true_negative
        miss = self.false_negative - self.true_positive
        return alarm / (alarm + miss)

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "false_positive": self.false_positive,
            "false_negative": self.false_negative,
            "true_positive": self.true_positive,
            "true_negative": self.true_negative,
        }


@dataclass(frozen=True)
class Outcomes:
    """Weights of the four outcomes; each a float or an array of one shape."""

    true_positive: Floats
    false_positive: Floats
    false_negative: Floats
    true_negative: Floats


@dataclass(frozen=True)
class Goal:
    """What a threshold shall achieve.

    Parameters
    ----------
    kind : str
        "f_beta", "mcc", "balanced_accuracy", "recall", "false_positive_rate" or "cost".
    beta : float
        Weight of recall against precision, for "f_beta".
    bound : float or None
        Least recall, or largest false positive rate, for these two kinds.
    costs : Costs or None
        For "cost".
    """

    kind: Kind
    beta: float = 1.0
    bound: float | None = None
    costs: Costs | None = None

    @property
    def name(self) -> str:
        """The goal as it is written in a config or on the command line."""
        if self.kind == "f_beta":
            return f"f{self.beta:g}"
        if self.kind == "recall":
            return f"recall>={self.bound:g}"
        if self.kind == "false_positive_rate":
            return f"fpr<={self.bound:g}"
        return self.kind

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the metrics that tell whether the goal was met, the main one first."""
        if self.kind == "f_beta":
            return ({1.0: "f1", 2.0: "f2"}.get(self.beta, "f_beta"), "precision", "recall")
        return {
            "mcc": ("mcc", "precision", "recall"),
            "balanced_accuracy": ("balanced_accuracy", "recall", "specificity"),
            "recall": ("precision", "recall"),
            "false_positive_rate": ("recall", "specificity"),
            "cost": ("expected_cost", "precision", "recall"),
        }[self.kind]

    @property
    def words(self) -> str:
        """The goal as people say it."""
        return {
            "f_beta": f"highest F{self.beta:g}",
            "mcc": "highest Matthews correlation",
            "balanced_accuracy": "highest balanced accuracy",
            "recall": f"best precision with a recall of at least {self.bound}",
            "false_positive_rate": (
                f"highest recall with a false positive rate of at most {self.bound}"
            ),
            "cost": "lowest cost",
        }[self.kind]

    def value(self, at: Outcomes) -> Floats:
        """Return what is to be as large as possible, for each threshold.

        Undefined ratios count as 0: a threshold that makes them undefined is no one's aim.
        """
        tp, fp = at.true_positive, at.false_positive
        fn, tn = at.false_negative, at.true_negative
        if self.kind == "f_beta":
            square = self.beta**2
            return _ratio((1 + square) * tp, (1 + square) * tp + square * fn + fp)
        if self.kind == "mcc":
            scale = np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
            return _ratio(tp * tn - fp * fn, scale)
        if self.kind == "balanced_accuracy":
            return (_ratio(tp, tp + fn) + _ratio(tn, tn + fp)) / 2
        if self.kind == "recall":
            return _ratio(tp, tp + fp)
        if self.kind == "false_positive_rate":
            return _ratio(tp, tp + fn)
        costs = self.costs
        assert costs is not None  # parse_goal and choose_threshold see to it
        total = tp + fp + fn + tn
        spent = (
            costs.false_positive * fp
            + costs.false_negative * fn
            + costs.true_positive * tp
            + costs.true_negative * tn
        )
        return -_ratio(spent, total)

    def allowed(self, at: Outcomes) -> NDArray[np.bool_]:
        """Return which thresholds keep the bound."""
        if self.bound is None:
            return np.ones(np.shape(at.true_positive), dtype=bool)
        if self.kind == "recall":
            return _ratio(at.true_positive, at.true_positive + at.false_negative) >= self.bound
        return _ratio(at.false_positive, at.false_positive + at.true_negative) <= self.bound


def _ratio(over: Floats, under: Floats) -> Floats:
    over, under = np.asarray(over, dtype=np.float64), np.asarray(under, dtype=np.float64)
    return np.divide(over, under, out=np.zeros_like(over), where=under > 0)


def parse_goal(text: str, *, costs: Costs | None = None) -> Goal:
    """Read a goal as it is written on the command line.

    Parameters
    ----------
    text : str
        ``f1`` (or another F: ``f2``, ``f0.5``), ``mcc``, ``balanced_accuracy``, ``recall>=0.9``,
        ``fpr<=0.05`` or ``cost``.
    costs : Costs or None
        Needed by ``cost``.

    Returns
    -------
    Goal

    Raises
    ------
    InputError
        If the text is none of these, a bound is outside (0, 1), or costs are missing.

    Examples
    --------
    >>> parse_goal("recall>=0.9").bound
    0.9
    """
    plain = text.replace(" ", "").lower()
    if plain == "cost":
        if costs is None:
            msg = "the goal cost needs costs: say what a false positive and a false negative cost"
            raise InputError(msg)
        return Goal("cost", costs=costs)
    if plain in {"mcc", "balanced_accuracy"}:
        return Goal("mcc" if plain == "mcc" else "balanced_accuracy")
    if found := re.fullmatch(r"f(\d+(?:\.\d+)?)", plain):
        if float(found[1]) > 0:
            return Goal("f_beta", beta=float(found[1]))
    elif found := re.fullmatch(r"(recall>=|fpr<=)(0?\.\d+)", plain):
        kind: Kind = "recall" if found[1] == "recall>=" else "false_positive_rate"
        if 0 < float(found[2]) < 1:
            return Goal(kind, bound=float(found[2]))
    msg = f"unknown goal {text!r} for the threshold; it is one of {NAMES}"
    raise InputError(msg)


def stated_goal(name: str) -> Goal | None:
    """Return the goal that a threshold was chosen for, by its name; None where there is none.

    Examples
    --------
    >>> stated_goal("recall>=0.9").metrics, stated_goal("")
    (('precision', 'recall'), None)
    """
    try:
        return parse_goal(name, costs=Costs(false_positive=1.0, false_negative=1.0))
    except InputError:
        return None  # chosen by hand, or for an aim that no metric here is made for
