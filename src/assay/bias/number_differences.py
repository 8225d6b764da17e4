"""Numbers of the two facets in; the difference of their means or quantiles out."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import inf, sqrt

from assay.bias.group_numbers import GroupNumbers
from assay.bias.group_scores import GroupScores
from assay.bias.measurement import Measurement
from assay.bias.quantiles import quantile_of
from assay.bias.side_numbers import Flags, SideNumber, side_difference
from assay.bias.split import Split
from assay.metrics.few import few_rows
from assay.stats.interval import Interval

TOLERATED_DEVIATIONS = 0.1
MIN_SQUARE_ROWS = 75
"""Rows for a mean of squares: of fewer, intervals hold about 90 % where errors have a tail."""
NO_NUMBERS = "there are no numbers"


def tolerance(numbers: GroupNumbers) -> tuple[float, float] | None:
    """Return a tenth of the label's standard deviation over all rows, to both sides."""
    deviation = numbers.means.deviation("label")
    if deviation is None:
        return None
    return -TOLERATED_DEVIATIONS * deviation, TOLERATED_DEVIATIONS * deviation


def mean_difference(split: Split, name: str, *, lower: float = -inf) -> Measurement:
    """Return the mean of a quantity in facet a less that in facet d.

    Parameters
    ----------
    split : Split
    name : str
        "label", "prediction", "error" or "absolute_error".
    lower : float
        Least value of the mean.

    Returns
    -------
    Measurement
        In units of the label; tolerates a tenth of its standard deviation.
    """
    numbers = split.tables.numbers
    if numbers is None:
        return Measurement.undefined(NO_NUMBERS)
    number = partial(numbers.means.mean, name, bounds=(lower, inf))
    return side_difference(split, number, tolerated=tolerance(numbers))


def root_mean_square(numbers: GroupNumbers, inside: Flags, of: str) -> SideNumber:
    """Return the root of the mean squared error of some groups, with the root of its interval.

    Squares of errors are so skewed that more rows are needed than for other means.
    """
    square = numbers.means.mean("squared_error", inside, of, bounds=(0.0, inf))
    if square.value is None:
        return square
    few = few_rows(square.n, least=MIN_SQUARE_ROWS, what=f"rows in {of} for a mean of squares")
    others = tuple(text for text in square.warnings if not text.startswith("too few"))
    root, factor = sqrt(square.value), 0.0 if square.value == 0 else 0.5 / sqrt(square.value)
    return replace(square, warnings=few + others).carried(
        root, factor, lambda ends: Interval(sqrt(max(0.0, ends.low)), sqrt(ends.high))
    )


def quantile_difference(
    split: Split, share: float, of: Callable[[GroupNumbers], GroupScores | None], what: str
) -> Measurement:
    """Return a quantile of a number in facet a less that in facet d.

    Parameters
    ----------
    split : Split
    share : float
        Which quantile, in (0, 1).
    of : callable
        Which number.
    what : str
        It, in words.

    Returns
    -------
    Measurement
        In units of the label; tolerates a tenth of its standard deviation.
    """
    numbers = split.tables.numbers
    if numbers is None:
        return Measurement.undefined(NO_NUMBERS)
    values = of(numbers)
    if values is None:
        return Measurement.undefined(f"there are no {what}")
    number = partial(quantile_of, values, share)
    return side_difference(split, number, tolerated=tolerance(numbers))
