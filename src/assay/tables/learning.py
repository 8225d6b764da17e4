"""The points of a learning curve; a chart draws them and decides nothing."""

from dataclasses import dataclass

Point = tuple[int, float, float, float]
"""Rows, value, low, high."""


@dataclass(frozen=True)
class LearningPoints:
    """How good a procedure is, fitted on more and more rows.

    Parameters
    ----------
    title : str
        The metric.
    judged, own : tuple of Point
        On rows kept apart, and on the rows that each fit had.
    ahead : tuple of Point
        What is expected of more rows, with its band.
    """

    title: str
    judged: tuple[Point, ...]
    own: tuple[Point, ...] = ()
    ahead: tuple[Point, ...] = ()
