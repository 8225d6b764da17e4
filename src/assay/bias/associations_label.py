"""How evenly the label's classes are spread over all rows, whatever their group."""

from collections.abc import Callable
from math import log

import numpy as np
from numpy.typing import NDArray

from assay.bias.cells import Flags, GroupCells
from assay.bias.measurement import Measurement
from assay.metrics.cells import cell_spread
from assay.metrics.few import MIN_ROWS, few_rows, few_units
from assay.metrics.rates import CellRate, cell_rate
from assay.stats.interval import Interval
from assay.stats.quadratic import quadratic_interval
from assay.stats.rate import wilson
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
NO_LABEL = "there is no label"


def label_imbalance(cells: GroupCells) -> Measurement:
    """One less the entropy of the label's shares over that of equal shares.

    Parameters
    ----------
    cells : GroupCells

    Returns
    -------
    Measurement
        In [0, 1]: 0 where all classes that occur are as frequent, near 1 where one is nearly all.
        Undefined where one class alone occurs. For two classes the interval is that of the rate.

    Examples
    --------
    >>> cells = GroupCells.from_counts(["a", "d"], [[80, 10], [10, 0]])
    >>> round(label_imbalance(cells).value, 4)
    0.531
    """
    if cells.label is None:
        return Measurement.undefined(NO_LABEL)
    codes, place = np.unique(cells.label[cells.w > 0], return_inverse=True)
    if len(codes) < 2:
        what = "every row has the same label" if len(codes) else "0 rows with a label"
        return Measurement.undefined(f"{what}: there is nothing to be even", n_rest=cells.n_rows)
    weight = sums_by(place, cells.w[cells.w > 0], len(codes))
    shares = weight / weight.sum()
    if len(codes) == 2:
        rate = cell_rate(cells, cells.label == codes[1], np.ones(len(cells.n), dtype=bool))
        assert rate is not None
        return _of_two(cells, rate, float(_unevenness(shares)))
    return _of_many(cells, codes, shares)


def _unevenness(shares: Floats) -> Floats:
    """Return 1 - entropy / ln k over the last axis; a share of 0 adds nothing."""
    terms = shares * np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    return np.clip(1 + terms.sum(axis=-1) / log(shares.shape[-1]), 0.0, 1.0)


def _of_two(cells: GroupCells, rate: CellRate, value: float) -> Measurement:
    def interval(level: float) -> Interval:
        ends = np.array(_rate_ends(rate, level))
        low, high = _unevenness(np.stack([ends, 1 - ends], axis=-1))
        nearest = 0.0 if ends[0] <= 0.5 <= ends[1] else min(low, high)
        return Interval(float(nearest), float(max(low, high))).around(value)

    p = rate.value
    slope = log(p / (1 - p)) / log(2) if 0 < p < 1 else 0.0
    return _whole(cells, value, interval, slope * rate.influence, "Wilson score, folded at 1/2")


def _of_many(cells: GroupCells, codes: NDArray[np.int64], shares: Floats) -> Measurement:
    assert cells.label is not None
    value, full = float(_unevenness(shares)), log(len(codes))
    at = np.clip(np.searchsorted(codes, cells.label), 0, len(codes) - 1)
    total = float(cells.w.sum())
    slopes = np.log(shares) - float(shares @ np.log(shares))
    everywhere = np.ones(len(cells.n), dtype=bool)
    influence = slopes[at] / (full * total)
    spread = cell_spread(cells, influence, among=everywhere)
    bias = sum(
        cell_spread(cells, ((at == place) - share) / total, among=everywhere).variance / share
        for place, share in enumerate(shares)
    ) / (2 * full)

    def interval(level: float) -> Interval:
        ends = quadratic_interval(
            value,
            spread.variance,
            bias,
            dimensions=len(codes) - 1,
            freedom=spread.freedom,
            level=level,
        )
        return ends.clipped(0.0, 1.0).around(value)

    return _whole(cells, value, interval, influence, "scaled non-central chi-square")


def majority_share(cells: GroupCells) -> Measurement:
    """Share of the most frequent label.

    Parameters
    ----------
    cells : GroupCells

    Returns
    -------
    Measurement
        In (0, 1]: what always answering that class gets right.

    Examples
    --------
    >>> cells = GroupCells.from_counts(["a", "d"], [[80, 10], [10, 0]])
    >>> majority_share(cells).value
    0.9
    """
    if cells.label is None:
        return Measurement.undefined(NO_LABEL)
    weight = sums_by(cells.label, cells.w, int(cells.label.max(initial=0)) + 1)
    found = _share(cells, cells.label == int(np.argmax(weight)))
    if found is None:
        return Measurement.undefined("0 rows with a label")
    return _whole(
        cells,
        found.value,
        lambda level: _rate_ends(found, level),
        found.influence,
        "Wilson score",
    )


def label_difference(cells: GroupCells) -> Measurement:
    """Share of the positive labels less that of the negative ones.

    Parameters
    ----------
    cells : GroupCells

    Returns
    -------
    Measurement
        In [-1, 1]: (n⁺ - n⁻) / n.

    Examples
    --------
    >>> cells = GroupCells.from_counts(["a", "d"], [[80, 10], [10, 0]])
    >>> round(label_difference(cells).value, 4)
    -0.8
    """
    if cells.positive is None:
        return Measurement.undefined("there is no label with a positive outcome")
    found = _share(cells, cells.positive)
    if found is None:
        return Measurement.undefined("0 rows with a label")

    def interval(level: float) -> Interval:
        low, high = _rate_ends(found, level)
        return Interval(2 * low - 1, 2 * high - 1)

    return _whole(cells, 2 * found.value - 1, interval, 2 * found.influence, "Wilson score")


def _share(cells: GroupCells, counted: Flags) -> CellRate | None:
    return cell_rate(cells, counted, np.ones(len(cells.n), dtype=bool))


def _rate_ends(rate: CellRate, level: float) -> Interval:
    trials = float(rate.n) if rate.n_effective is None else max(1.0, rate.n_effective)
    return wilson(rate.value, trials, level=level, freedom=rate.spread.freedom)


def _whole(
    cells: GroupCells,
    value: float,
    interval: Callable[[float], Interval],
    influence: Floats,
    method: str,
) -> Measurement:
    """Return a measurement of all rows."""
    spread = cell_spread(cells, influence, among=np.ones(len(cells.n), dtype=bool))
    n = cells.n_rows
    return Measurement(
        value=value,
        n=n,
        n_rest=n,
        interval=interval,
        method=method,
        influence=influence,
        cells_used="cells",
        error=spread.error,
        n_effective=spread.n_effective,
        unit=spread.unit,
        warnings=(*few_rows(n, least=MIN_ROWS), *few_units(spread)),
    )
