"""Rows of the two halves in; how weak a slice must be to be seen, out."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.slices.result import Sensitivity
from assay.evaluation.slices.search import MAX_KEPT, Searched, conditions_joined, size_limits
from assay.evaluation.slices.significance import LossRows
from assay.stats.mean_difference import mean_difference
from assay.stats.special import normal_cdf, normal_quantile

Floats = NDArray[np.float64]
POWER = 0.85
"""Above the 0.8 that is said: simulations (docs/slices.md) see some points fewer than two normal
laws promise."""
ABOVE_LEAST = 1.2
"""A slice of just the least size is passed over on half of the halvings."""
LARGER = (0.15, 0.3)
MUCH_LARGER = 2.0
MOST_ERRORS = 40.0
BY_PARTS = 0.5
"""How much further the worst part of a large slice stands out than the slice, by chance alone, for
each condition that is joined: read off simulations (docs/slices.md)."""
_STEPS = 40
_UNIT_DRAWS = 5


@dataclass(frozen=True)
class _Half:
    """What decides on one half: its rows, the mean and spread of their losses.

    Parameters
    ----------
    n : int
    mean, spread : float
        Of the losses.
    inflation : float
        Squared error of a difference over that of as many rows that count alike and are
        independent.
    counted, scaled : bool
        Losses of 0 and 1; losses that are never negative, whose spread grows as they do.
    """

    n: int
    mean: float
    spread: float
    inflation: float
    counted: bool
    scaled: bool

    def error(self, share: float, excess: float) -> float:
        """Return the standard error of the difference for a slice that is worse by so much."""
        inside, outside = self.variances(excess)
        return sqrt(self.inflation * self.per_row(inside / share, outside / (1 - share)))

    def pooled_error(self, share: float, excess: float) -> float:
        """Return the same from the variance of all rows, the slice among them."""
        inside, outside = self.variances(excess)
        all_rows = share * inside + (1 - share) * outside + share * (1 - share) * excess**2
        return sqrt(self.inflation * self.per_row(all_rows / share, all_rows / (1 - share)))

    def per_row(self, inside: float, outside: float) -> float:
        """Return the squared error of a difference."""
        return max((inside + outside) / max(self.n, 1), 1e-24)

    def variances(self, excess: float) -> tuple[float, float]:
        """Return the variance of a loss inside and outside of the slice."""
        outside = self.spread**2
        if self.counted:
            worse = min(self.mean + excess, 1.0)
            return worse * (1 - worse), outside
        if self.scaled and self.mean > 0:
            return outside * (1 + excess / self.mean) ** 2, outside
        return outside, outside


def sensitivity_of(
    searched: Searched, judged: LossRows, *, bar: float, tested: int, alpha: float
) -> Sensitivity:
    """Say how much worse than the rest the smallest slice would have to be.

    A slice is seen when it is kept of the search, and confirmed: both have their power, and their
    product is held at what simulations show to be 80 %. On the first half its z (of pooled
    variance) has to exceed the z of the weakest slice that was kept. On the second the test of
    the worst of all that are tested asks for ``alpha / tested``: for counts, Fisher's exact test
    by its normal law with a correction for continuity and skewness; else Welch's t. In the slice
    losses of 0 and 1 vary as a share does; losses that are never negative are all larger by one
    factor, and vary more by it.

    Parameters
    ----------
    searched : Searched
        The half that was searched.
    judged : LossRows
        The other half.
    bar : float
        The z that a slice must exceed on the first.
    tested : int
        Slices that would be tested on the second.
    alpha : float
        Share of false slices among the confirmed.

    Returns
    -------
    Sensitivity

    References
    ----------
    Cornish and Fisher 1938 for the quantile of a skewed law.
    """
    plain = LossRows(searched.losses, searched.weight, searched.unit, judged.unit_kind)
    first, second = _half(plain, searched.clipped), _half(judged, judged.losses)
    asked = -normal_quantile(alpha / min(max(tested, 1), MAX_KEPT))
    n = searched.n + judged.n
    joined = conditions_joined(searched.n)
    share = min(ABOVE_LEAST * size_limits(searched.n)[0] / max(searched.n, 1), 0.5)
    told = [(share, _needed(first, second, share, bar, asked))]
    told += [(s, _needed(first, second, s, bar - BY_PARTS * joined, asked)) for s in LARGER]
    larger = tuple(each for each in told[1:] if each[0] >= MUCH_LARGER * share)
    if told[0][1] is None:
        text = f"{n:,} rows are too few to see any weak slice of {share:.0%}."
    else:
        text = _sentence([told[0], *larger], counted=judged.counted)
    return Sensitivity(share=share, difference=told[0][1], text=text, larger=larger)


def _needed(first: _Half, second: _Half, share: float, bar: float, asked: float) -> float | None:
    """Return the excess that is seen in 80 % of searches; None where there is none."""
    most = 1 - second.mean if second.counted else np.inf
    low, high = 0.0, MOST_ERRORS * max(first.error(share, 0.0), second.error(share, 0.0))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        seen = _kept(first, share, bar, middle) * _confirmed(second, share, asked, middle)
        low, high = (low, middle) if seen >= POWER else (middle, high)
    return None if high >= most else high


def _kept(half: _Half, share: float, bar: float, excess: float) -> float:
    """Return the chance that the search keeps the slice."""
    beyond = excess - bar * half.pooled_error(share, excess)
    least = size_limits(half.n)[0]
    varies = sqrt(share * (1 - share) * half.n / 2)  # of its rows, a random half is here
    large = normal_cdf((share * half.n - least + 0.5) / max(varies, 1e-12))
    return large * normal_cdf(beyond / half.error(share, excess))


def _confirmed(half: _Half, share: float, asked: float, excess: float) -> float:
    """Return the chance that the other half confirms the slice."""
    error = half.error(share, excess)
    if not half.counted:
        return normal_cdf(excess / error - asked)
    n_inside = max(share * half.n, 1.0)
    all_wrong = half.mean + share * excess
    spread = sqrt(n_inside * max(all_wrong * (1 - all_wrong), 1e-12) * (1 - share))
    skew = (1 - 2 * all_wrong) * (1 - 2 * share) / spread
    count = (asked + skew * (asked**2 - 1) / 6) * spread + 0.5
    return normal_cdf((excess - count / (n_inside * (1 - share))) / error)


def _half(rows: LossRows, losses: Floats) -> _Half:
    mean = float(np.average(losses, weights=rows.weight)) if rows.n else 0.0
    spread = sqrt(float(np.average((losses - mean) ** 2, weights=rows.weight))) if rows.n else 0.0
    return _Half(
        n=rows.n,
        mean=mean,
        spread=max(spread, 1e-12),
        inflation=_inflation(rows, spread),
        counted=rows.counted,
        scaled=bool(rows.n) and float(losses.min()) >= 0,
    )


def _inflation(rows: LossRows, spread: float) -> float:
    """Return how much weights and units widen the squared error of a difference.

    Units are drawn as a whole into a slice of half of the rows: a slice that a column of the
    units makes. The median of a few draws is taken.
    """
    if rows.unit is None:
        if rows.weight is None or not rows.n:
            return 1.0
        return rows.n * float(rows.weight @ rows.weight) / float(rows.weight.sum()) ** 2
    n_units = int(rows.unit.max()) + 1 if rows.n else 0
    if n_units < 4 or spread <= 0:
        return 1.0
    rng = np.random.default_rng(rows.n)
    found: list[float] = []
    for _ in range(_UNIT_DRAWS):
        chosen = rng.permutation(n_units) < n_units // 2
        inside = chosen[rows.unit]
        error = mean_difference(rows.losses, inside, weight=rows.weight, unit=rows.unit).error
        n = np.count_nonzero(inside)
        found.append(error**2 / (spread**2 * (1 / n + 1 / (rows.n - n))))
    return float(np.median(found))


def _sentence(told: list[tuple[float, float | None]], *, counted: bool) -> str:
    share, difference = told[0]
    assert difference is not None  # the caller has another sentence for that
    failing = f"one whose mean loss exceeds the rest's by {difference:.3g}"
    if counted:
        failing = f"one failing {100 * difference:.1f} points more often than the rest"
    text = f"Of the slices with {share:.0%} of the rows, {failing} is seen in 80 % of searches"
    more = [
        f"with {share:.0%}, " + (f"{100 * needed:.1f} points" if counted else f"{needed:.3g}")
        for share, needed in told[1:]
        if needed is not None
    ]
    return f"{text}; {'; '.join(more)}." if more else f"{text}."
