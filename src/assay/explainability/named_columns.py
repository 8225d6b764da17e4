"""Arrays that know what their columns are called."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


class NamedColumns(np.ndarray[Any, Any]):
    """An array of two axes with the names that its columns have in the table it was taken from.

    Models that were fitted on arrays are given arrays; people are told the names.
    """

    names: tuple[str, ...] = ()

    def __array_finalize__(self, obj: object) -> None:
        """Take over the names from what this was made of."""
        self.names = getattr(obj, "names", ())


def with_names(array: NDArray[Any], names: Sequence[str]) -> NDArray[Any]:
    """Return the same array with names for its columns.

    Examples
    --------
    >>> names_of(with_names(np.zeros((2, 2)), ["age", "income"])[:1])
    ('age', 'income')
    """
    named = array.view(NamedColumns)
    named.names = tuple(names)
    return named


def names_of(array: NDArray[Any]) -> tuple[str, ...]:
    """Return the names of an array's columns: x0, x1, … where it does not know any.

    Examples
    --------
    >>> names_of(np.zeros((2, 2)))
    ('x0', 'x1')
    """
    names = tuple(getattr(array, "names", ()))
    if len(names) == array.shape[1]:
        return names
    return tuple(f"x{place}" for place in range(array.shape[1]))
