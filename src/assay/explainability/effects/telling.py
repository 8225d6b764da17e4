"""Values of a grid and outputs as results tell them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.effects.axis import Axis, Cell
from assay.result import Json

Floats = NDArray[np.float64]


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


def short(grid: Sequence[Cell]) -> list[str]:
    """Return the values of a grid with as few digits as tell them apart, three at least.

    Examples
    --------
    >>> short([0.12345, 0.5, None])
    ['0.123', '0.5', 'missing']
    """
    for digits in range(3, 7):
        made = [f"{c:.{digits}g}" if isinstance(c, float) else told(c) for c in grid]
        if len(set(made)) == len(grid):
            return made
    made = [told(cell) if not isinstance(cell, float) else repr(cell) for cell in grid]
    return [
        f"{text} (no value)" if cell is None and made.count(text) > 1 else text
        for cell, text in zip(grid, made, strict=True)
    ]


def listed(numbers: Floats | None) -> Json:
    """Return numbers as lists, the outputs first; None stays None."""
    return None if numbers is None else np.moveaxis(numbers, -1, 0).tolist()


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
