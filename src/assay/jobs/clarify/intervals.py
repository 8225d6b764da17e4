"""Intervals as segment_config writes them: ``[1, 4]``, ``(5, 6]``."""

import re
from dataclasses import dataclass
from math import inf

NUMBER = r"[+-]?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+|inf)"
INTERVAL = re.compile(rf"\s*([\[(])\s*({NUMBER})\s*,\s*({NUMBER})\s*([\])])\s*")


@dataclass(frozen=True)
class Interval:
    """A range of numbers with open or closed ends."""

    low: float
    high: float
    closed_low: bool
    closed_high: bool


def read_interval(text: str) -> Interval | None:
    """Return the interval that a text writes; None if it writes none, or an empty one.

    Examples
    --------
    >>> read_interval("(5, 6]")
    Interval(low=5.0, high=6.0, closed_low=False, closed_high=True)
    >>> read_interval("(6, 5]") is None
    True
    """
    found = INTERVAL.fullmatch(text)
    if found is None:
        return None
    low, high = float(found[2]), float(found[3])
    closed = found[1] == "[", found[4] == "]"
    empty = low > high or (low == high and not all(closed)) or low == inf
    return None if empty else Interval(low, high, *closed)


def looks_like_interval(text: str) -> bool:
    """Whether a text was meant as an interval."""
    stripped = text.strip()
    return stripped[:1] in ("[", "(") and stripped[-1:] in ("]", ")") and "," in stripped
