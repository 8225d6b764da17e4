"""Ratios: of the shares of two facets, and of two counts inside one facet."""

from collections.abc import Callable
from dataclasses import replace
from math import inf, isfinite

import numpy as np

from assay.bias.arithmetic import (
    Share,
    Term,
    few_in_side,
    name_of,
    no_term,
    rows_in_side,
    share_term,
    too_few,
)
from assay.bias.arithmetic_cells import (
    N_PLACES,
    SIDES,
    Floats,
    Side,
    SideCells,
    places,
    side_cells,
)
from assay.bias.arithmetic_differences import measured, undefined
from assay.bias.cells import Flags
from assay.bias.measurement import Measurement
from assay.bias.split import Split
from assay.stats.interval import Interval
from assay.stats.mover import mover_ratio
from assay.stats.paired_ratio import paired_ratio
from assay.stats.ratio import miettinen_nurminen_ratio
from assay.stats.spread import Spread


def ratio_of_shares(split: Split, share: Share, *, counted: str) -> Measurement:
    """Return a share in facet d over the same share in facet a.

    Parameters
    ----------
    split : Split
    share : Share
    counted : str
        What the counted rows are, behind "rows in this group are".

    Returns
    -------
    Measurement
        In [0, inf]; infinite where the share is 0 in facet a alone, undefined where it is 0 in
        both or one is empty. Intervals are Miettinen and Nurminen's, with effective counts
        where rows are weighted; of declared units MOVER's, with their correlation.
    """
    group, rest = terms = [share_term(split, share, side) for side in SIDES]
    if group.value is None or rest.value is None:
        return undefined(terms, [term for term in terms if term.value is None])
    none_in = [
        f"0 of {term.n:,} rows in {name_of(split, side)} are {counted}"
        for term, side in zip(terms, SIDES, strict=True)
        if term.value == 0
    ]
    if len(none_in) > 1:
        return replace(undefined(terms, []), reason=", ".join(none_in))
    cells = side_cells(split)
    value = group.value / rest.value if rest.value > 0 else inf
    influence = np.zeros(N_PLACES)
    if rest.value > 0:
        influence = (group.influence - value * rest.influence) / rest.value
    units = cells.moments is not None
    interval = _hybrid(cells, group, rest) if units else _score(group, rest)
    method = "MOVER ratio of Wilson scores" if units else "Miettinen-Nurminen score"
    reason = none_in[0] if rest.value == 0 else None
    return measured(cells, terms, value, influence, interval, method=method, reason=reason)


def _score(group: Term, rest: Term) -> Callable[[float], Interval]:
    first, second = group.value or 0.0, rest.value or 0.0

    def interval(level: float) -> Interval:
        return miettinen_nurminen_ratio(
            first * group.trials, group.trials, second * rest.trials, rest.trials, level=level
        )

    return interval


def _hybrid(cells: SideCells, group: Term, rest: Term) -> Callable[[float], Interval]:
    law = cells.correlations([group.influence, rest.influence])
    correlation = 0.0 if law is None else float(law[0, 1])
    first, second = group.value or 0.0, rest.value or 0.0

    def interval(level: float) -> Interval:
        ends = group.interval(level), rest.interval(level)
        if second == 0:
            return Interval(ends[0].low / ends[1].high, inf)
        return mover_ratio(first, ends[0], second, ends[1], correlation=correlation)

    return interval


def count_ratio_term(
    split: Split,
    side: Side,
    *,
    above: tuple[int, ...],
    below: tuple[int, ...],
    words: tuple[str, str],
) -> Term:
    """Return the weight of some rows over that of others of the same facet.

    Parameters
    ----------
    split : Split
    side : {"group", "rest"}
    above, below : tuple of int
        Which of `TN`, `FP`, `FN` and `TP` are in the numerator and in the denominator; these
        share an outcome.
    words : (str, str)
        What the rows of the numerator and of the denominator are.

    Returns
    -------
    Term
        In [0, inf], with Bonett and Price's interval of paired ratios.
    """
    cells = side_cells(split)
    first, second = places(side, above), places(side, below)
    top, bottom = float(cells.w[first].sum()), float(cells.w[second].sum())
    n, name = rows_in_side(split, side), name_of(split, side)
    none = f"0 of {n:,} rows in {name} are {words[1]}" if n else f"0 rows in {name}"
    if bottom <= 0 and top <= 0:
        return no_term(split, side, f"{none} or {words[0]}" if n else none)
    either = first | second
    if bottom <= 0:
        ends = _ends_above(cells.equal_rows(either))
        few = few_in_side(split, side)
        nothing = np.zeros(N_PLACES)
        return Term(
            value=inf, reason=none, interval=ends, influence=nothing, among=either, warnings=few
        )
    value = top / bottom
    influence: Floats = ((first - value * second) / bottom).astype(np.float64)
    spread = cells.spread(influence, either)
    term = Term(
        value=value,
        n=cells.rows(second),
        interval=_paired(cells, first, second, value, spread),
        influence=influence,
        among=either,
        spread=spread,
    )
    return replace(term, warnings=too_few(split, side, term, rows=words[1]))


def _ends_above(trials: float) -> Callable[[float], Interval]:
    """Return the ends of an infinite ratio: no row of the second kind among some trials."""
    return lambda level: paired_ratio(0.0, trials, 0.0, level=level)


def _paired(
    cells: SideCells, first: Flags, second: Flags, value: float, spread: Spread
) -> Callable[[float], Interval]:
    """Return the interval of a paired ratio with the counts that show its variance."""
    parts = first & second, first & ~second, second & ~first
    both, top, bottom = (float(cells.w[part].sum()) for part in parts)
    if value > 0 and spread.variance > 0:
        plain = (top + bottom) / ((both + top) * (both + bottom))
        scale = plain * value**2 / spread.variance
    else:
        scale = cells.equal_rows(first | second) / (both + top + bottom)

    def interval(level: float) -> Interval:
        counts = scale * both, scale * top, scale * bottom
        return paired_ratio(*counts, level=level, freedom=spread.freedom)

    return interval


def mapped(
    term: Term, function: Callable[[float], float], *, slope: Callable[[float], float]
) -> Term:
    """Return an increasing function of a term.

    Parameters
    ----------
    term : Term
    function : callable
        May be infinite at an end of the term's range.
    slope : callable
        Its derivative, asked for where the function is finite.
    """
    if term.value is None:
        return term
    value, interval = function(term.value), term.interval
    grows = slope(term.value) if isfinite(value) else 0.0
    return replace(
        term,
        value=value,
        interval=lambda level: Interval(*(function(end) for end in interval(level))),
        influence=grows * term.influence,
    )
