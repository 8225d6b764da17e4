"""Scores of some groups in; how well they rank, with DeLong's variance, out."""

from functools import partial

import numpy as np

from assay.bias.group_scores import Flags, Floats, GroupScores, RankSums
from assay.bias.side_numbers import Ends, SideNumber
from assay.metrics.few import MIN_CLASS_ROWS, few_rows
from assay.stats.interval import Interval, two_sided_quantile
from assay.stats.levels import RankStatistic
from assay.stats.rate import wilson
from assay.stats.roc import area_under_roc
from assay.stats.spread import Spread, unit_spread
from assay.stats.sums import sums_by
from assay.stats.transforms import logit_interval


def area_of(scores: GroupScores, inside: Flags, of: str) -> SideNumber:
    """Return the area under the ROC curve of the rows of some groups.

    Parameters
    ----------
    scores : GroupScores
    inside : ndarray of bool, shape (n_groups,)
    of : str
        These groups, in words.

    Returns
    -------
    SideNumber
        In [0, 1], with DeLong's variance on the logit scale; undefined without both labels. In a
        binned table the interval is widened by how far ranks inside the bins can move the area.

    References
    ----------
    DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44:837, doi:10.2307/2531595.
    """
    if not scores.labelled:
        return SideNumber.undefined("there are no labels")
    negatives, positives = (int(rows) for rows in scores.rows[inside].sum(axis=0))
    n = negatives + positives
    for rows, what in ((positives, "positive"), (negatives, "negative")):
        if not rows:
            return SideNumber.undefined(f"0 rows of {of} have a {what} label", n=n)
    ranked = scores.ranked(inside)
    if min(ranked.levels.total_positive, ranked.levels.total_negative) <= 0:
        return SideNumber.undefined(f"the weights of one label of {of} add up to 0", n=n)
    area = area_under_roc(ranked.levels)
    spread, unit_sums = _spread(scores, inside, ranked, area)
    value = min(max(area.value, 0.0), 1.0)
    bound = 0.0 if scores.exact else _bin_bound(ranked)
    less, word = min((positives, "positive"), (negatives, "negative"))
    fewest = min(less, spread.n_units or less)
    return SideNumber(
        value=value,
        n=n,
        interval=_interval(value, spread, fewest, bound),
        spread=spread,
        unit_sums=unit_sums,
        method=_method(value, spread, bound),
        warnings=few_rows(less, least=MIN_CLASS_ROWS, what=f"{word} rows in {of}"),
    )


def _spread(
    scores: GroupScores, inside: Flags, ranked: RankSums, area: RankStatistic
) -> tuple[Spread, Floats | None]:
    """Return how the area varies, and with declared units Σ w ψ in each."""
    levels, squares = ranked.levels, ranked.squares
    variance = plain = 0.0
    for w, w2, psi in (
        (levels.positive, squares.positive, area.positive),
        (levels.negative, squares.negative, area.negative),
    ):
        rows = float(w.sum()) ** 2 / max(float(w2.sum()), 1e-300)
        square = psi * psi  # sums, not products of matrices: those wait for their threads
        variance += float(np.sum(w2 * square)) * rows / max(rows - 1, 1.0)
        plain += float(np.sum(w * square))
    units = scores.by_unit
    if units is None:
        known = levels.total * plain / variance if scores.weighted and variance > 0 else None
        return Spread(variance, n_effective=known), None
    held, used = scores.unit_entries(inside)
    entry, unit = units.cell[held], units.unit[held]
    assert scores.positive is not None
    place = np.searchsorted(ranked.rank, scores.rank[entry])
    psi = np.where(scores.positive[entry], area.positive[place], area.negative[place])
    sums = sums_by(unit, units.w[held] * psi, units.n_units)
    spread = unit_spread(sums, plain_variance=plain, n=levels.total, unit=units.kind, n_used=used)
    return spread, sums


def _bin_bound(ranked: RankSums) -> float:
    levels = ranked.levels
    tied = float(np.sum(levels.positive * levels.negative))
    return tied / (2 * levels.total_positive * levels.total_negative)


def _varies(value: float, spread: Spread) -> bool:
    return spread.variance > 0 and 0 < value < 1


def _method(value: float, spread: Spread, bound: float) -> str:
    varies = _varies(value, spread)
    name = "DeLong on the logit scale" if varies else "Wilson of the smaller class"
    return f"{name} (bins move it by at most {bound:.2g})" if bound else name


def _interval(value: float, spread: Spread, fewest: int, bound: float) -> Ends:
    if _varies(value, spread):
        return partial(_logit, value, spread.error, spread.freedom, bound)
    return partial(_wilson, value, fewest, bound)


def _logit(
    value: float, error: float, freedom: float | None, bound: float, level: float
) -> Interval:
    quantile = two_sided_quantile(level, freedom=freedom)
    return _widened(logit_interval(value, error, quantile), bound)


def _wilson(value: float, fewest: int, bound: float, level: float) -> Interval:
    return _widened(wilson(value, fewest, level=level), bound)


def _widened(interval: Interval, bound: float) -> Interval:
    return Interval(interval.low - bound, interval.high + bound).clipped(0.0, 1.0)
