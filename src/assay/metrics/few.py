"""When a number rests on too few rows for its interval to be believed."""

from assay.result import Estimate
from assay.stats.spread import Spread

MIN_DENOMINATOR = 20
MIN_CLASS_ROWS = 30
MIN_UNITS = 20
MIN_ROWS = 30


def few_rows(n: float, *, least: int = MIN_DENOMINATOR, what: str = "rows") -> tuple[str, ...]:
    """Return the warning that a count is below its least, or nothing.

    Examples
    --------
    >>> few_rows(12, what="positive rows")
    ('too few: 12 positive rows, an interval needs 20 to be believed',)
    >>> few_rows(20)
    ()
    """
    if n >= least:
        return ()
    return (f"too few: {n:.0f} {what}, an interval needs {least} to be believed",)


def few_units(spread: Spread) -> tuple[str, ...]:
    """Return the warning that there are too few independent units, or nothing."""
    if spread.n_units is None:
        return ()
    return few_rows(spread.n_units, least=MIN_UNITS, what=f"{spread.unit}s")


def few_of_class(smallest: float, name: str) -> tuple[str, ...]:
    """Return the warning that the smallest class has too few rows, or nothing."""
    return few_rows(smallest, least=MIN_CLASS_ROWS, what=f"rows of class {name}")


def with_warnings(estimate: Estimate, *warnings: tuple[str, ...]) -> tuple[str, ...]:
    """Return an estimate's warnings and others, each once, in order."""
    joined = [*estimate.warnings, *(text for group in warnings for text in group)]
    return tuple(dict.fromkeys(joined))
