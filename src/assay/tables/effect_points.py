"""The points of what a column does to the predictions; a chart draws them and decides nothing."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class EffectPoint:
    """The effect at one value of the grid.

    Parameters
    ----------
    label : str
        The value, for people.
    position : float or None
        Along an axis of numbers or times (milliseconds since 1970); None for a missing value.
    output : str
        Which score.
    value : float
    low, high : float or None
    share : float
        Share of the rows nearest to it.
    outside : bool
        Beyond the 1st or 99th percentile of the column.
    """

    label: str
    position: float | None
    output: str
    value: float
    low: float | None
    high: float | None
    share: float
    outside: bool = False


@dataclass(frozen=True)
class EffectPoints:
    """The effect of one column.

    Parameters
    ----------
    feature : str
    title : str
        Of the axis of scores.
    scale : {"number", "time", "category"}
    points : tuple of EffectPoint
        By output, then in the order of the grid.
    curves : tuple of tuple of float
        Of single rows, over the grid values that have a position; those of one output.
    density : tuple of (float, float, float)
        From, to, and the share of rows between.
    extent : tuple of (float, float) or None
        Stretch of the axis that is drawn, where the grid has ends far away; None for all of it.
    """

    feature: str
    title: str
    scale: Literal["number", "time", "category"]
    points: tuple[EffectPoint, ...]
    curves: tuple[tuple[float, ...], ...] = ()
    density: tuple[tuple[float, float, float], ...] = ()
    extent: tuple[float, float] | None = None


@dataclass(frozen=True)
class EffectCell:
    """The joint effect of two columns at one pair of values.

    Parameters
    ----------
    row, column : str
        The values, for people.
    value : float
    n : int
        Rows nearest to the pair; 0: the model was asked about what no row is like.
    shown : bool
        Whether it is shown to differ from 0; an interaction whose interval holds 0 is not.
    """

    row: str
    column: str
    value: float
    n: int
    shown: bool = True


@dataclass(frozen=True)
class ImportancePoint:
    """The drop in a metric when a column, or a group of columns, is shuffled.

    Parameters
    ----------
    name : str
    value : float
    low, high : float or None
    """

    name: str
    value: float
    low: float | None
    high: float | None
