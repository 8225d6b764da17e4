"""Generalised entropy (GE): how unequally the benefit of predictions falls on single rows."""

from collections.abc import Callable
from math import inf

from assay.bias.arithmetic import ERRORS, MISSES, Term, rows_in_side, share_of
from assay.bias.arithmetic_cells import FN, FP, SIDES, Floats, SideCells, places, side_cells
from assay.bias.arithmetic_differences import worded
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split
from assay.metrics.few import few_rows, few_units
from assay.stats.interval import Interval
from assay.stats.mover import mover_sum


def generalized_entropy(split: Split) -> Measurement:
    """Half the squared coefficient of variation of the benefit ŷ - y + 1 over all rows.

    The benefit is 1 for a right prediction, 2 for a false positive and 0 for a miss; the index
    is ½ mean((b / mean b)² - 1), generalised entropy with α = 2. It is of all rows of the table,
    whatever the group: a facet does not change it.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        At least 0, without upper end; undefined when every row is a miss. It is a function of
        the error rate and of the share of misses among the errors; their Wilson intervals are
        carried over one at a time and joined by MOVER.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[[2, 1], [1, 4]], [[1, 0], [1, 0]]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(generalized_entropy(split).value, 5)
    0.17901
    """
    errors, misses = (share_of(split, share, None) for share in (ERRORS, MISSES))
    cells = side_cells(split)
    n_group, n_rest = (rows_in_side(split, side) for side in SIDES)
    if errors is None:
        return Measurement.undefined("the table has no rows")
    value = _index(errors.value or 0.0, 0.0 if misses is None else misses.value or 0.0)
    n = cells.rows(errors.among)
    if value == inf:
        reason = f"all {n:,} rows are false negatives, so that the mean benefit is 0"
        return Measurement.undefined(reason, n_group=n_group, n_rest=n_rest)
    influence = _influence(cells)
    spread = cells.spread(influence, errors.among)
    n_errors = 0 if misses is None else misses.n
    return Measurement(
        value=value,
        n=n,
        n_group=n_group,
        n_rest=n_rest,
        interval=_interval(cells, value, errors, misses),
        method=worded(cells, "MOVER of Wilson scores of error rate and share of misses"),
        influence=cells.spread_out(influence),
        cells_used="cells",
        error=spread.error,
        n_effective=spread.n_effective,
        unit=spread.unit,
        warnings=few_rows(n_errors, what="wrong predictions") + few_units(spread),
    )


def _index(errors: float, misses: float) -> float:
    """Return the index from the error rate and the share of misses among the errors."""
    lean = 1 - 2 * misses
    mean = 1 + errors * lean
    return (errors - (errors * lean) ** 2) / (2 * mean**2) if mean > 0 else inf


def _interval(
    cells: SideCells, value: float, errors: Term, misses: Term | None
) -> Callable[[float], Interval]:
    if misses is None:  # nothing is known of what the errors would be
        return lambda level: Interval(0.0, _index(errors.interval(level).high, 1.0))
    rate, mix = errors.value or 0.0, misses.value or 0.0
    correlation = cells.correlations([errors.influence, misses.influence])

    def interval(level: float) -> Interval:
        of_errors = errors.interval(level)
        along = [_index(each, mix) for each in (*of_errors, *_turn(of_errors, mix))]
        across = [_index(rate, share) for share in misses.interval(level)]
        parts = [Interval(min(each), max(each)).around(value) for each in (along, across)]
        if max(part.high for part in parts) == inf:
            return Interval(0.0, inf)
        low, high = mover_sum([value, value], parts, correlation=correlation)
        return Interval(max(0.0, low - value), high - value)

    return interval


def _turn(errors: Interval, misses: float) -> tuple[float, ...]:
    """Return the error rate inside an interval beyond which the index falls: FP alone do that."""
    lean = 1 - 2 * misses
    highest = 1 / (lean + 2 * lean**2) if lean > 0 else inf
    return (highest,) if errors.low < highest < errors.high else ()


def _influence(cells: SideCells) -> Floats:
    benefit = 1.0 + places(None, (FP,)) - places(None, (FN,))
    total = float(cells.w.sum())
    mean = float(cells.w @ benefit) / total
    square = float(cells.w @ benefit**2) / total
    slope = (benefit**2 - square) / mean**2 - 2 * square * (benefit - mean) / mean**3
    return slope / (2 * total)


METRIC = BiasMetric(
    name="generalized_entropy",
    title="Generalized entropy",
    acronym="GE",
    stage="post_training",
    function=generalized_entropy,
    needs="both",
    lower_bound=0.0,
    upper_bound=None,
    tolerated=None,  # of all rows, not of a group; its size follows the error rate
    positive_means="misses and wrongly predicted {outcome} spread its benefit unequally over rows",
    help=(
        "How unequally single rows fare: a false positive gains, a miss loses, the rest get what "
        "their label says. It is of all rows, whichever group is asked about.",
        "It grows with the error rate whoever errs, so that it is no measure of bias between "
        "groups by itself; misses weigh more than false positives.",
        "The error rates by group: recall and specificity (RD, SD).",
    ),
    reference="Speicher et al. 2018, KDD, doi:10.1145/3219819.3220046.",
    clarify=True,
)
