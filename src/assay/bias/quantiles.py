"""Sorted numbers of some groups in; a quantile with an interval of order statistics out."""

from functools import partial

import numpy as np

from assay.bias.group_scores import Flags, Floats, GroupScores
from assay.bias.side_numbers import SideNumber
from assay.metrics.few import few_rows
from assay.stats.interval import Interval
from assay.stats.rate import wilson
from assay.stats.spread import Spread, unit_spread
from assay.stats.sums import sums_by

LEAST_BEYOND = 10
"""Rows on the scarcer side of a quantile below which it is marked as resting on too few."""
MIN_ROWS = 30
WIDEST = 1 - 1e-12
"""The highest level at which an interval may be asked for; what lies further out is dropped."""
ONE_ERROR = 0.6826894921370859


def quantile_of(numbers: GroupScores, share: float, inside: Flags, of: str) -> SideNumber:
    """Return the number that a share of the rows of some groups do not exceed.

    Parameters
    ----------
    numbers : GroupScores
    share : float
        In (0, 1).
    inside : ndarray of bool, shape (n_groups,)
    of : str
        These groups, in words.

    Returns
    -------
    SideNumber
        The smallest number that at least that share of the weight does not exceed. In a binned
        table it is the middle of its bin, and the interval reaches to the ends of the bins.

    References
    ----------
    Woodruff 1952, JASA 47:635, doi:10.1080/01621459.1952.10483443.
    """
    n = int(numbers.rows[inside].sum())
    ranked = numbers.ranked(inside) if n else None
    weight = np.zeros(0) if ranked is None else ranked.levels.negative + ranked.levels.positive
    total = float(weight.sum())
    if ranked is None:
        return SideNumber.undefined(f"0 rows in {of}")
    if total <= 0:
        return SideNumber.undefined(f"the weights of {of} add up to 0", n=n)
    low, high = numbers.low[ranked.rank], numbers.high[ranked.rank]
    through = np.cumsum(weight) / total
    at = _place(through, share)
    squares = float(ranked.squares.negative.sum() + ranked.squares.positive.sum())
    spread, unit_sums = _spread(numbers, inside, int(ranked.rank[at]), total, squares)
    trials = _trials(through, at, share, spread, n)
    widest = wilson(share, trials, level=WIDEST, freedom=spread.freedom)
    first, last = _place(through, widest.low), _place(through, widest.high) + 1
    near = through[first:last].copy(), low[first:last].copy(), high[first:last].copy()
    interval = partial(_ends, near, share, trials, spread.freedom)
    half = interval(ONE_ERROR)
    scarce = round(min(share, 1 - share) * n, 6)
    least = f"rows beyond the {share:.0%} quantile in {of}"
    return SideNumber(
        value=float(low[at] + high[at]) / 2,
        n=n,
        interval=interval,
        spread=Spread(
            ((half.high - half.low) / 2) ** 2,
            n_effective=spread.n_effective,
            freedom=spread.freedom,
            unit=spread.unit,
            n_units=spread.n_units,
        ),
        unit_sums=unit_sums,
        method="order statistics"
        if numbers.exact
        else "order statistics, out to the ends of their bins",
        warnings=few_rows(n, least=MIN_ROWS, what=f"rows in {of}")
        + few_rows(scarce, least=LEAST_BEYOND, what=least),
    )


def _place(through: Floats, share: float) -> int:
    return min(int(np.searchsorted(through, share * (1 - 1e-12))), len(through) - 1)


def _spread(
    numbers: GroupScores, inside: Flags, rank: int, total: float, squares: float
) -> tuple[Spread, Floats | None]:
    """Return how the share of the rows up to a rank varies, and Σ w ψ in each declared unit."""
    units = numbers.by_unit
    if units is None:
        return Spread(0.0, n_effective=total**2 / squares if numbers.weighted else None), None
    held, used = numbers.unit_entries(inside)
    below = numbers.rank[units.cell[held]] <= rank
    share = float(units.w[held][below].sum()) / total
    unit = units.unit[held]
    sums = sums_by(unit, units.w[held] * (below - share) / total, units.n_units)
    rows = float(numbers.rows[inside].sum())
    spread = unit_spread(
        sums,
        plain_variance=share * (1 - share) / rows,
        n=rows,
        unit=units.kind,
        n_used=used,
    )
    return spread, -sums  # the more lies below, the lower the quantile


def _trials(through: Floats, at: int, share: float, spread: Spread, n: int) -> float:
    """Return the independent rows of equal weight that tell as much of the share below."""
    if spread.variance <= 0:
        return spread.n_effective or float(n)
    reached = min(max(float(through[at]), share), 1 - 0.5 / n)
    return max(1.0, reached * (1 - reached) / spread.variance)


def _ends(
    near: tuple[Floats, Floats, Floats],
    share: float,
    trials: float,
    freedom: float | None,
    level: float,
) -> Interval:
    through, low, high = near
    down, up = wilson(share, trials, level=min(level, WIDEST), freedom=freedom)
    return Interval(float(low[_place(through, down)]), float(high[_place(through, up)]))
