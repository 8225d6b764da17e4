"""Shares of rows in facet d and in facet a: what the metrics of counts are made of."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from assay.bias.arithmetic_cells import ALL, FN, FP, TN, TP, Floats, Side, places, side_cells
from assay.bias.cells import Flags
from assay.bias.split import Split
from assay.metrics.few import MIN_UNITS, few_rows
from assay.stats.interval import Interval
from assay.stats.rate import wilson
from assay.stats.spread import Spread

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


LABELLED = Share(counted=(FN, TP), among=ALL)
PREDICTED = Share(counted=(FP, TP), among=ALL)
ERRORS = Share(counted=(FP, FN), among=ALL)
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
    influence : ndarray of float, shape (12,)
        By place; see `SideCells`.
    among : ndarray of bool, shape (12,)
        The places that it is made from.
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


def name_of(split: Split, side: Side) -> str:
    """Return what the facet is called."""
    return split.group_name if side == "group" else split.rest_name


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
    found = share_of(split, share, side)
    if found is None:
        return no_term(split, side, zero_count(split, side, share.rows))
    return replace(found, warnings=too_few(split, side, found, rows=share.rows))


def share_of(split: Split, share: Share, side: Side | None) -> Term | None:
    """Return a share in one facet or, for None, in all rows; without warnings.

    Returns
    -------
    Term or None
        None where the rows that it is a share of hold no weight.
    """
    cells = side_cells(split)
    counted, among = places(side, share.counted), places(side, share.among)
    below = float(cells.w[among].sum())
    if below <= 0:
        return None
    value = min(1.0, float(cells.w[counted].sum()) / below)
    influence: Floats = ((counted - value * among) / below).astype(np.float64)
    spread, n = cells.spread(influence, among), cells.rows(among)
    if 0 < value < 1 and spread.variance > 0:
        trials = value * (1 - value) / spread.variance
    else:
        trials = n if spread.n_effective is None else cells.equal_rows(among)
    return Term(
        value=value,
        n=n,
        interval=cache(  # several metrics are made of one share
            lambda level: wilson(value, trials, level=level, freedom=spread.freedom)
        ),
        trials=trials,
        influence=influence,
        among=among,
        spread=spread,
    )


def no_term(split: Split, side: Side, reason: str) -> Term:
    """Return a term that is 0/0."""
    nothing = places(side, ())
    return Term(
        value=None,
        reason=reason,
        influence=nothing.astype(np.float64),
        among=nothing,
        warnings=few_in_side(split, side),
    )


def zero_count(split: Split, side: Side, rows: str) -> str:
    """Return the words for a count of zero: which rows a facet has none of."""
    n, name = rows_in_side(split, side), name_of(split, side)
    return f"0 of {n:,} rows in {name} are {rows}" if n and rows else f"0 rows in {name}"


def rows_in_side(split: Split, side: Side) -> int:
    """Return the number of rows of a facet."""
    return side_cells(split).rows(places(side))


def few_in_side(split: Split, side: Side) -> tuple[str, ...]:
    """Return the warning that a facet has too few rows, or nothing."""
    n = rows_in_side(split, side)
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
