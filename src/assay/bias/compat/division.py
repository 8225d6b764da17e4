"""What a share is where there is nothing to divide by."""

from collections.abc import Callable
from math import copysign, inf

Divide = Callable[[float, float], float | None]


def library_divide(numerator: float, denominator: float) -> float:
    """Divide as the original does: 0/0 is 0.0, and anything else by 0 is infinite.

    Examples
    --------
    >>> library_divide(0, 0), library_divide(3, 0), library_divide(-3, 0), library_divide(1, 2)
    (0.0, inf, -inf, 0.5)
    """
    if denominator != 0:
        return numerator / denominator
    return 0.0 if numerator == 0 else copysign(inf, numerator)


def textbook_divide(numerator: float, denominator: float) -> float | None:
    """Divide; None, which is undefined, where there is nothing to divide by.

    Examples
    --------
    >>> textbook_divide(0, 0), textbook_divide(3, 0), textbook_divide(1, 2)
    (None, None, 0.5)
    """
    return numerator / denominator if denominator != 0 else None


def subtract(first: float, second: float) -> float:
    """Return the difference; 0.0 where both are the same infinity, as the original has it.

    Examples
    --------
    >>> subtract(float("inf"), float("inf")), subtract(float("inf"), 1.0), subtract(0.5, 0.25)
    (0.0, inf, 0.25)
    """
    return 0.0 if first == second else first - second
