"""Whole numbers and lists of numbers that a caller gives, looked at before any work."""

from math import isfinite
from numbers import Integral, Real

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


def check_positive(name: str, value: object) -> None:
    """Refuse what is no finite number above 0; None passes.

    Raises
    ------
    InputError

    Examples
    --------
    >>> check_positive("tolerance", 0.01)
    >>> check_positive("tolerance", -1)
    Traceback (most recent call last):
    ...
    assay.errors.InputError: tolerance must be a number above 0; found -1
    """
    if value is None:
        return
    number = isinstance(value, Real) and not isinstance(value, bool) and isfinite(value)
    if not number or float(value) <= 0:  # type: ignore[arg-type]
        msg = f"{name} must be a number above 0; found {value!r}"
        raise InputError(msg)


def check_seed(seed: object) -> None:
    """Refuse what starts no generator of random numbers.

    Raises
    ------
    InputError

    Examples
    --------
    >>> check_seed(0)
    >>> check_seed(-1)
    Traceback (most recent call last):
    ...
    assay.errors.InputError: seed must be a whole number of 0 or more; found -1
    """
    if seed is None:
        msg = "seed must be a whole number of 0 or more; found None"
        raise InputError(msg)
    check_count("seed", seed, least=0)


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
