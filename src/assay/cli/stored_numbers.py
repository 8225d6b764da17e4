"""A number as results.json has it in; its value and its interval as text out."""

from collections.abc import Mapping
from typing import Any

from assay.reports.format import estimate_numbers
from assay.result import Estimate

ENOUGH = ("value", "low", "high", "level", "n", "method")


def value_and_interval(stored: Mapping[str, Any]) -> tuple[str, str]:
    """Return a value and its interval in brackets, "" without one.

    Parameters
    ----------
    stored : mapping
        The fields of an Estimate whose value is defined.

    Examples
    --------
    >>> value_and_interval(
    ...     {"value": 0.5, "low": 0.25, "high": 0.75, "level": 0.95, "n": 9, "method": "Wilson"})
    ('0.5000', '[0.2500, 0.7500]')
    """
    value, low, high = estimate_numbers(Estimate(**{key: stored[key] for key in ENOUGH}))
    return value, f"[{low}, {high}]" if low and high else ""
