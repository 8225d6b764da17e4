"""Whole numbers and lists of numbers that a caller gives, looked at before any work."""

from numbers import Integral

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError


def check_count(name: str, value: object, least: int = 1) -> None:
    """Refuse what is no whole number of at least `least`; None passes.

    Raises
    ------
    InputError

    Examples
    --------
    >>> check_count("repeats", 10)
    >>> check_count("repeats", "10")
    Traceback (most recent call last):
    ...
    assay.errors.InputError: repeats must be a whole number of 1 or more; found '10'
    """
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < least:
        msg = f"{name} must be a whole number of {least} or more; found {value!r}"
        raise InputError(msg)


def weights_given(weights: object) -> NDArray[np.float64]:
    """Return weights as numbers.

    Raises
    ------
    InputError
        If they are none.

    Examples
    --------
    >>> weights_given([1, 2]).tolist()
    [1.0, 2.0]
    """
    try:
        return np.asarray(weights, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = f"weights must be numbers, one for each row; found {type(weights).__name__}"
        raise InputError(msg) from error
