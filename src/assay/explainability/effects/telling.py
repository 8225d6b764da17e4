"""Values of a grid and outputs as results tell them."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.effects.axis import Axis, Cell
from assay.result import Json

Floats = NDArray[np.float64]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?$")
DAY = re.compile(r"\d{4}-\d\d-\d\d(T|$)")
WRITTEN_OUT = 1e7
"""Numbers below it are written without an exponent."""


def told(cell: Cell) -> str:
    """Return a value of a grid for people.

    Examples
    --------
    >>> told(None), told(0.30000000000000004), told(True)
    ('missing', '0.3', 'True')
    """
    if cell is None:
        return "missing"
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell)


def all_told(grid: Sequence[Cell]) -> list[str]:
    """Return the values of a grid for people; none is told as another one is.

    Examples
    --------
    >>> all_told(["missing", None]), all_told([1.0, None])
    (['missing', 'missing (no value)'], ['1', 'missing'])
    """
    made = [told(cell) for cell in grid]
    if len(set(made)) < len(made):
        made = [repr(c) if isinstance(c, float) else told(c) for c in grid]
    return [
        f"{text} (no value)" if cell is None and made.count(text) > 1 else text
        for cell, text in zip(grid, made, strict=True)
    ]


def short(grid: Sequence[Cell]) -> list[str]:
    """Return the values of a grid with as few digits as tell them apart, three at least.

    Times are told by their days where these differ, else to the minute.

    Examples
    --------
    >>> short([0.12345, 0.5, 12345.6, None])
    ['0.123', '0.5', '12346', 'missing']
    >>> short(["2021-01-03T07:16:00Z", "2021-01-05T07:41:00Z"])
    ['2021-01-03', '2021-01-05']
    """
    for digits in range(3, 7):
        made = [_rounded(c, digits) if isinstance(c, float) else told(c) for c in grid]
        if len(set(made)) == len(grid):
            return _shorter_times(made)
    return all_told(grid)


def _rounded(number: float, digits: int) -> str:
    text = f"{number:.{digits}g}"
    return f"{number:.0f}" if "e" in text and 1 <= abs(number) < WRITTEN_OUT else text


def _shorter_times(made: list[str]) -> list[str]:
    if not made or not all(TIME.match(text) or text == told(None) for text in made):
        return made
    for pattern in (r"T.*$", r":\d\d(?=Z?$)"):
        cut = [re.sub(pattern, "", text) for text in made]
        if len(set(cut)) == len(made):
            return cut
    return made


def listed(numbers: Floats | None) -> Json:
    """Return numbers as lists, the outputs first; None stays None."""
    return None if numbers is None else np.moveaxis(numbers, -1, 0).tolist()


def along_an_axis(grid: Sequence[Cell]) -> bool:
    """Whether the values of a grid are numbers or times, which have an order of their own.

    Examples
    --------
    >>> along_an_axis([1, 2.5, None]), along_an_axis(["2021-01-03"]), along_an_axis([True, None])
    (True, True, False)
    """
    return all(
        DAY.match(cell) is not None if isinstance(cell, str) else not isinstance(cell, bool)
        for cell in grid
    )


def ends_of(values: Floats, half: Floats, output: str) -> tuple[Floats, Floats]:
    """Return the ends of intervals; those of probabilities do not leave 0 to 1.

    Examples
    --------
    >>> low, high = ends_of(np.array([0.1]), np.array([0.2]), "probability")
    >>> low.tolist(), np.round(high, 9).tolist()
    ([0.0], [0.3])
    """
    low, high = values - half, values + half
    if output == "probability":
        return np.minimum(np.maximum(low, 0.0), values), np.maximum(np.minimum(high, 1.0), values)
    return low, high


def placed(axis: Axis) -> tuple[float | None, ...]:
    """Return the positions along an axis as builtins; None for a missing value."""
    return tuple(None if np.isnan(place) else float(place) for place in axis.positions)


def frozen(numbers: Floats) -> Floats:
    """Return a copy that cannot be written to."""
    kept = numbers.copy()
    kept.flags.writeable = False
    return kept


def chosen_outputs(outputs: Sequence[str], wanted: str | None) -> list[str]:
    """Return the outputs to draw: one, or all.

    Raises
    ------
    InputError
        If there is no such output.
    """
    if wanted is None:
        return list(outputs)
    if wanted not in outputs:
        msg = f"no output {wanted!r}; there are: {', '.join(outputs)}"
        raise InputError(msg)
    return [wanted]
