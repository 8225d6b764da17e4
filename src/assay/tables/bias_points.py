"""The points behind the charts of bias; charts draw them and decide nothing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NestedInterval:
    """A row of a forest plot: a value with its own and its simultaneous interval.

    Parameters
    ----------
    name : str
    value : float
    low, high : float or None
        Of the interval of this number alone; None for an end that is not there.
    joint_low, joint_high : float or None
        Of the interval that holds for all numbers together.
    tone : {"plain", "shown", "few"}
        Whether the difference is beyond what is tolerated, or rests on too few rows.
    """

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    joint_low: float | None = None
    joint_high: float | None = None
    tone: str = "plain"


@dataclass(frozen=True)
class GroupRatePoint:
    """A rate of one group.

    Parameters
    ----------
    group, rate : str
        Which group, and which rate in words.
    value : float or None
    low, high : float or None
    few : bool
        Whether it rests on too few rows.
    """

    group: str
    rate: str
    value: float | None
    low: float | None = None
    high: float | None = None
    few: bool = False


@dataclass(frozen=True)
class HeatMapCell:
    """A rate in one combination of two facets' groups.

    Parameters
    ----------
    row, column : str
    value : float or None
        In [0, 1]; None where it is undefined.
    n : int
    few : bool
        Whether the combination is too small to be judged.
    """

    row: str
    column: str
    value: float | None
    n: int
    few: bool = False


@dataclass(frozen=True)
class LabelSharesOfGroup:
    """How a group's labels are distributed; `shares` in the order of the classes."""

    group: str
    shares: tuple[float, ...]


@dataclass(frozen=True)
class TradeOffPoint:
    """One choice of thresholds by group: what it costs and what it gives.

    Parameters
    ----------
    gap : float
        Largest difference between two groups of the rates that are meant to be equal, in [0, 1].
    accuracy : float
    accuracy_low, accuracy_high : float or None
    in_use : bool
        Whether this is what the model does now.
    """

    gap: float
    accuracy: float
    accuracy_low: float | None = None
    accuracy_high: float | None = None
    in_use: bool = False
