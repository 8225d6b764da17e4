"""What one column holds."""

from dataclasses import dataclass

from assay.tables.cube import Level


@dataclass(frozen=True)
class ColumnProfile:
    """Counts and summary numbers of one column.

    Parameters
    ----------
    name : str
    kind : str
        "continuous", "categorical", "boolean", "time", "text", "id" or "empty".
    n : int
        Rows.
    n_null, n_nan, n_infinite : int
        Rows without a value, with NaN, with an infinite value.
    n_distinct : int
        Distinct values, null not counted; approximate when `distinct_exact` is False.
    minimum, maximum, mean, std : float or None
        Over finite values; None for columns that are not numbers.
    quantiles : tuple of (float, float)
        Pairs of a probability and the value there, for numbers.
    top : tuple of (value, int)
        Most frequent values with their rows, for all but continuous columns.
    first, last : str or None
        ISO time of the earliest and the latest row, for times.
    """

    name: str
    kind: str
    n: int
    n_null: int
    n_distinct: int
    n_nan: int = 0
    n_infinite: int = 0
    distinct_exact: bool = True
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    std: float | None = None
    quantiles: tuple[tuple[float, float], ...] = ()
    top: tuple[tuple[Level, int], ...] = ()
    first: str | None = None
    last: str | None = None
