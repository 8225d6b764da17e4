"""A number of facet d less the same number of facet a, or the other way round."""

from collections.abc import Callable, Sequence
from functools import partial
from math import inf, isfinite

import numpy as np

from assay.bias.arithmetic import NO_SPREAD, Share, Term, share_term
from assay.bias.arithmetic_cells import N_PLACES, SIDES, Floats, Side, SideCells, side_cells
from assay.bias.measurement import Measurement
from assay.bias.split import Split
from assay.stats.interval import Interval
from assay.stats.mover import mover_sum

Part = Callable[[Split, Side], Term]
NEWCOMBE = "Newcombe's hybrid score"
MOVER_OF_SCORES = "MOVER of Wilson scores"


def difference_of_shares(split: Split, *shares: Share, minuend: Side) -> Measurement:
    """Return the difference between the facets of a share, or of the mean of several.

    Parameters
    ----------
    split : Split
    *shares : Share
        Of rows that do not overlap, where there are several.
    minuend : {"group", "rest"}
        Which facet the other is taken from: "rest" gives a - d, "group" gives d - a.

    Returns
    -------
    Measurement
        In [-1, 1], with Newcombe's interval; undefined where a share is 0/0.
    """
    parts = [partial(_share, share) for share in shares]
    method = NEWCOMBE if len(shares) == 1 else MOVER_OF_SCORES
    return difference(split, parts, minuend=minuend, method=method, bounds=(-1.0, 1.0))


def _share(share: Share, split: Split, side: Side) -> Term:
    return share_term(split, share, side)


def difference(
    split: Split,
    parts: Sequence[Part],
    *,
    minuend: Side,
    method: str,
    bounds: tuple[float, float] = (-inf, inf),
) -> Measurement:
    """Return the mean of some terms in one facet less their mean in the other.

    The terms' own intervals are joined by MOVER: as independent for plain rows, else with their
    correlation: declared units may hold rows of several of them.

    Parameters
    ----------
    split : Split
    parts : sequence of callable
        Split and side → `Term`.
    minuend : {"group", "rest"}
    method : str
        Of the interval.
    bounds : (float, float)
        Range of the difference.

    Returns
    -------
    Measurement
    """
    terms = [part(split, side) for side in SIDES for part in parts]
    share = 1 / len(parts)
    of_group = share if minuend == "group" else -share
    factors = [of_group] * len(parts) + [-of_group] * len(parts)
    values = [term.value for term in terms if term.value is not None]
    if len(values) < len(terms):
        return undefined(terms, [term for term in terms if term.value is None])
    infinite = [term for term in terms if term.value == inf]
    if len(infinite) > 1:
        return undefined(terms, infinite, because="; infinity less infinity")
    cells = side_cells(split)
    correlation = cells.correlations([term.influence for term in terms])
    value = sum(factor * each for factor, each in zip(factors, values, strict=True))

    def interval(level: float) -> Interval:
        ends = [term.interval(level) for term in terms]
        if not all(isfinite(end) for each in ends for end in each):
            return _box(ends, factors).around(value)
        joined = mover_sum(values, ends, coefficients=factors, correlation=correlation)
        return joined.clipped(*bounds).around(value)

    return measured(
        cells,
        terms,
        value,
        sum((f * t.influence for f, t in zip(factors, terms, strict=True)), np.zeros(N_PLACES)),
        interval,
        method=method,
        reason="; ".join(term.reason for term in infinite) or None,
    )


def _box(ends: Sequence[Interval], factors: Sequence[float]) -> Interval:
    """Return all that the sum may be while each term is inside its own interval."""
    low = high = 0.0
    for each, factor in zip(ends, factors, strict=True):
        low += factor * (each.low if factor > 0 else each.high)
        high += factor * (each.high if factor > 0 else each.low)
    return Interval(low, high)


def measured(
    cells: SideCells,
    terms: Sequence[Term],
    value: float,
    influence: Floats,
    interval: Callable[[float], Interval],
    *,
    method: str,
    reason: str | None = None,
    p_value: float | None = None,
) -> Measurement:
    """Return the measurement of a number that is made of some terms.

    Parameters
    ----------
    cells : SideCells
    terms : sequence of Term
        Those of the group, then as many of the rest.
    value : float
        May be infinite; then it has no influence and no standard error.
    influence : ndarray of float, shape (12,)
    interval : callable
        Level → ends.
    method : str
        Of the interval, for plain rows.
    reason : str or None
    p_value : float or None
    """
    finite = isfinite(value)
    among = np.logical_or.reduce([term.among for term in terms])
    spread = cells.spread(influence, among) if finite else NO_SPREAD
    n_group, n_rest = rows_of(terms)
    return Measurement(
        value=value,
        reason=reason,
        n=n_group + n_rest,
        n_group=n_group,
        n_rest=n_rest,
        interval=interval,
        method=worded(cells, method),
        influence=cells.spread_out(influence) if finite else None,
        cells_used="cells" if finite else None,
        error=spread.error if finite else None,
        n_effective=spread.n_effective,
        unit=cells.kind,
        p_value=p_value,
        warnings=warnings_of(terms),
    )


def worded(cells: SideCells, method: str) -> str:
    """Return the method, with what was done about weights and units."""
    if cells.moments is not None:
        return f"{method}, effective sample size over {cells.kind}s"
    return f"{method}, effective sample size" if cells.weighted else method


def undefined(
    terms: Sequence[Term], because_of: Sequence[Term], *, because: str = ""
) -> Measurement:
    """Return the measurement that some terms leave undefined, naming their zero counts."""
    reasons = dict.fromkeys(term.reason for term in because_of)
    n_group, n_rest = rows_of(terms)
    return Measurement.undefined(
        ", ".join(reasons) + because, n_group=n_group, n_rest=n_rest, warnings=warnings_of(terms)
    )


def rows_of(terms: Sequence[Term]) -> tuple[int, int]:
    """Return the rows in the denominators of the group's terms and of the rest's."""
    half = len(terms) // 2
    return sum(term.n for term in terms[:half]), sum(term.n for term in terms[half:])


def warnings_of(terms: Sequence[Term]) -> tuple[str, ...]:
    """Return the warnings of several terms, each once."""
    return tuple(dict.fromkeys(text for term in terms for text in term.warnings))
