"""Shares of rows in facet d and in facet a: what the metrics of counts are made of."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assay.bias.cells import Flags, GroupCells
from assay.bias.split import Split
from assay.metrics.few import MIN_UNITS, few_rows
from assay.metrics.rates import cell_rate
from assay.stats.interval import Interval
from assay.stats.spread import Spread

Floats = NDArray[np.float64]
Side = Literal["group", "rest"]
SIDES: tuple[Side, Side] = ("group", "rest")
TN, FP, FN, TP = range(4)
MIN_GROUP_ROWS = 30
NO_SPREAD = Spread(0.0)


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share of rows, by label and prediction.

    Parameters
    ----------
    counted, among : tuple of int
        Which of `TN`, `FP`, `FN` and `TP` are counted, and among which they are.
    rows : str
        What `among` is in words, behind "rows in this group are"; "" for all rows.
    """

    counted: tuple[int, ...]
    among: tuple[int, ...]
    rows: str = ""


ALL = (TN, FP, FN, TP)
LABELLED = Share(counted=(FN, TP), among=ALL)
PREDICTED = Share(counted=(FP, TP), among=ALL)
ACCURACY = Share(counted=(TN, TP), among=ALL)
RECALL = Share(counted=(TP,), among=(FN, TP), rows="labelled positive")
SPECIFICITY = Share(counted=(TN,), among=(TN, FP), rows="labelled negative")
FALSE_POSITIVES = Share(counted=(FP,), among=(TN, FP), rows="labelled negative")
PRECISION = Share(counted=(TP,), among=(FP, TP), rows="predicted positive")
NEGATIVE_PRECISION = Share(counted=(TN,), among=(TN, FN), rows="predicted negative")
JACCARD = Share(counted=(TP,), among=(FP, FN, TP), rows="labelled or predicted positive")
MISSES = Share(counted=(FN,), among=(FP, FN), rows="predicted wrongly")


@dataclass(frozen=True, kw_only=True, eq=False)
class Term:
    """One number of one facet, from which differences and ratios are made.

    Parameters
    ----------
    value : float or None
        None where it is 0/0; infinite where only the denominator is 0.
    reason : str
        The zero count, where the value is not a finite number.
    n : int
        Rows in the denominator.
    interval : callable
        Level → ends.
    trials : float
        Independent rows of equal weight that give the interval.
    influence : ndarray of float, shape (n_cells,)
    among : ndarray of bool, shape (n_cells,)
        The cells that it is made from.
    spread : Spread
    warnings : tuple of str
    """

    value: float | None
    reason: str = ""
    n: int = 0
    interval: Callable[[float], Interval] = lambda level: Interval(0.0, 0.0)
    trials: float = 0.0
    influence: Floats
    among: Flags
    spread: Spread = NO_SPREAD
    warnings: tuple[str, ...] = ()


def outcome_of(split: Split) -> NDArray[np.int64]:
    """Return `TN`, `FP`, `FN` or `TP` for each cell; of labels alone `TN` or `FN`."""
    known = split.cache.get("outcome")
    if not isinstance(known, np.ndarray):
        cells = split.tables.cells
        zero = np.zeros(len(cells.n), dtype=np.int64)
        label = zero if cells.positive is None else cells.positive.astype(np.int64)
        answer = zero if cells.predicted is None else cells.predicted.astype(np.int64)
        known = split.cache["outcome"] = 2 * label + answer
    return known


def cells_with(split: Split, outcomes: tuple[int, ...]) -> Flags:
    """Return which cells have one of the outcomes, in whichever group; shape (n_cells,)."""
    has = np.zeros(len(ALL), dtype=bool)
    has[list(outcomes)] = True
    return has[outcome_of(split)]


def in_side(split: Split, side: Side) -> Flags:
    """Return which cells belong to facet d ("group") or facet a ("rest"), shape (n_cells,)."""
    cells = split.tables.cells
    return split.in_group(cells) if side == "group" else split.in_rest(cells)


def name_of(split: Split, side: Side) -> str:
    """Return what the facet is called."""
    return split.group_name if side == "group" else split.rest_name


def rows_in(cells: GroupCells, among: Flags) -> int:
    """Return the number of rows in some cells."""
    return int(cells.n[among].sum())


def share_term(split: Split, share: Share, side: Side) -> Term:
    """Return a share in one facet, with Wilson's interval; it is kept with the split.

    Weights and declared units make the effective number of rows smaller.

    Parameters
    ----------
    split : Split
    share : Share
    side : {"group", "rest"}

    Returns
    -------
    Term
    """
    key = f"{side} {share.counted} {share.among}"
    known = split.cache.get(key)
    if not isinstance(known, Term):
        known = split.cache[key] = _share_term(split, share, side)
    return known


def _share_term(split: Split, share: Share, side: Side) -> Term:
    cells, inside = split.tables.cells, in_side(split, side)
    among = inside & cells_with(split, share.among)
    rate = cell_rate(cells, inside & cells_with(split, share.counted), among)
    if rate is None:
        return no_term(split, side, zero_count(split, side, share.rows))
    found = Term(
        value=rate.value,
        n=rate.n,
        interval=rate.at,
        trials=rate.trials,
        influence=rate.influence,
        among=among,
        spread=rate.spread,
    )
    return replace(found, warnings=too_few(split, side, found, rows=share.rows))


def no_term(split: Split, side: Side, reason: str) -> Term:
    """Return a term that is 0/0."""
    cells = split.tables.cells
    return Term(
        value=None,
        reason=reason,
        influence=np.zeros(len(cells.n)),
        among=np.zeros(len(cells.n), dtype=bool),
        warnings=few_in_side(split, side),
    )


def zero_count(split: Split, side: Side, rows: str) -> str:
    """Return the words for a count of zero: which rows a facet has none of."""
    n = rows_in(split.tables.cells, in_side(split, side))
    name = name_of(split, side)
    return f"0 of {n:,} rows in {name} are {rows}" if n and rows else f"0 rows in {name}"


def few_in_side(split: Split, side: Side) -> tuple[str, ...]:
    """Return the warning that a facet has too few rows, or nothing."""
    n = rows_in(split.tables.cells, in_side(split, side))
    return few_rows(n, least=MIN_GROUP_ROWS, what=f"rows in {name_of(split, side)}")


def too_few(split: Split, side: Side, term: Term, *, rows: str) -> tuple[str, ...]:
    """Return the warnings that a term rests on too few rows, effective rows or units."""
    name, spread = name_of(split, side), term.spread
    such = f" that are {rows}" if rows else ""
    found = few_rows(term.n, what=f"rows in {name}{such}")
    if not found and spread.n_effective is not None:
        found = few_rows(spread.n_effective, what=f"effective rows in {name}{such}")
    if spread.n_units is not None:
        what = f"{spread.unit}s in {name}{such}"
        found += few_rows(spread.n_units, least=MIN_UNITS, what=what)
    return few_in_side(split, side) + found
