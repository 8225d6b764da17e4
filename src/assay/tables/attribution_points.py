"""The points behind the charts of attributions; charts draw them and decide nothing."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["raises", "lowers", "mixed"]


@dataclass(frozen=True)
class ImportanceBar:
    """The importance of one player over all rows.

    Parameters
    ----------
    player : str
    value : float
    low, high : float or None
    tone : {"raises", "lowers", "mixed"}
        The sign of a signed importance; else whether higher values of the column raise the score.
    shown : bool
        False where the interval of a signed importance holds 0: drawn hollow.
    """

    player: str
    value: float
    low: float | None = None
    high: float | None = None
    tone: Tone = "mixed"
    shown: bool = True


@dataclass(frozen=True)
class SwarmDot:
    """One row's attribution to one player.

    Parameters
    ----------
    player : str
    row : int
        Which row it is.
    value : float
    offset : float
        From the middle of the player's line, in [-1, 1].
    shade : float or None
        Place of the row's value among all values of the column, 0 the lowest and 1 the highest;
        None for what has no order.
    told : str
        The row's value.
    shown : bool
        False where the interval of the attribution holds 0: drawn hollow.
    """

    player: str
    row: int
    value: float
    offset: float
    shade: float | None
    told: str = ""
    shown: bool = True


@dataclass(frozen=True)
class WaterfallStep:
    """A step on the way from the base value to the prediction.

    Parameters
    ----------
    label : str
    kind : {"base", "step", "rest", "prediction"}
    start, end : float
        Equal to 0 and the value itself for the base value and the prediction.
    printed : str
        Printed numbers add up: base and steps to the prediction.
    low, high : float or None
        Where the step's end may lie.
    shown : bool
        False where the interval of the step holds 0: drawn hollow.
    told : str
        The row's value of the player; "" where it has none.
    """

    label: str
    kind: Literal["base", "step", "rest", "prediction"]
    start: float
    end: float
    printed: str
    low: float | None = None
    high: float | None = None
    shown: bool = True
    told: str = ""


@dataclass(frozen=True)
class ScatterDot:
    """A row's value of one player and its attribution.

    Parameters
    ----------
    row : int
    x : float or str
        A number, or a category.
    value : float
    shade : float or None
        Place of another column's value, 0 the lowest and 1 the highest; None where it has no
        order.
    level : str
        The other column's value where it has no order.
    shown : bool
        False where the interval of the attribution holds 0: drawn hollow.
    """

    row: int
    x: float | str
    value: float
    shade: float | None = None
    level: str = ""
    shown: bool = True


@dataclass(frozen=True)
class AttributionCell:
    """A row's attribution to one player, a cell of a heat map.

    Parameters
    ----------
    player : str
    row : int
    place : int
        From left to right.
    value : float
    shown : bool
        False where the interval of the attribution holds 0: left blank.
    """

    player: str
    row: int
    place: int
    value: float
    shown: bool = True


@dataclass(frozen=True)
class GroupBar:
    """The importance of a player in one group.

    Parameters
    ----------
    player, group : str
    value : float
    low, high : float or None
    differs : bool
        Whether it differs from the reference beyond chance.
    """

    player: str
    group: str
    value: float
    low: float | None = None
    high: float | None = None
    differs: bool = False
