"""How strongly a facet goes with a number: correlation ratio and Pearson's correlation."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from assay.bias.measurement import Measurement
from assay.metrics.few import MIN_ROWS, few_rows, few_units
from assay.metrics.moments import freedom_of, moment_spread
from assay.stats.chi_square import chi_square_p
from assay.stats.interval import Interval, two_sided_quantile
from assay.stats.quadratic import quadratic_interval
from assay.stats.special import student_cdf
from assay.stats.spread import Spread, unit_spread
from assay.stats.sums import sums_by
from assay.stats.transforms import atanh_interval
from assay.tables.group_moments import GroupMoments, SumsByUnit
from assay.tables.moments import Moments

Floats = NDArray[np.float64]
POWERS = ("number", "squared", "cubed")
PAIR = ("x", "y", "xx", "yy", "xy")
MAX_BUNCHES = 5_000
_TOO_CLOSE = 1e-6
"""Variance over mean square below which fourth powers have lost their digits."""
_CONSTANT = 1e-13
_ON_A_LINE = 1e-12
ROWS_FOR_SKEW = 25.0
"""Times the squared skewness: rows that a mean needs to be nearly normal (Cochran's rule)."""
TOO_CLOSE = "no interval: the numbers lie too close together for their size"


@dataclass(frozen=True, eq=False)
class _Groups:
    """Moments of a number around its mean in each group that has rows; shapes (n_groups,)."""

    n: NDArray[np.int64]
    w: Floats
    mean: Floats
    """Less the mean of all rows."""
    within: Floats
    """Σ w (y - group's mean)²."""
    powers: Floats
    """Σ w² (y - group's mean)^k for k = 0 to 4, shape (5, n_groups)."""
    level: float
    """Mean of all rows over the root of their variance."""


def correlation_ratio(moments: GroupMoments) -> Measurement:
    """Correlation ratio η of groups and a number: the root of the share of variance between them.

    Parameters
    ----------
    moments : GroupMoments
        By group, with the quantities "number", "squared" and "cubed" (`POWERS`): the number and
        its powers.

    Returns
    -------
    Measurement
        In [0, 1]; with two groups the absolute point-biserial correlation. Its p-value is of the
        test that all groups have one mean, whatever their variances (Brown and Forsythe's with
        Mehrotra's degrees of freedom, Welch's for two groups). Undefined for a constant number or
        a single group.

    References
    ----------
    Pearson 1905, Drapers' Company Research Memoirs 2, for η; Brown and Forsythe 1974,
    Technometrics 16:129, and Mehrotra 1997, Communications in Statistics, Simulation and
    Computation 26:1139, for the test.
    """
    held = np.flatnonzero((moments.n > 0) & (moments.first[:, 0, 0] > 0))
    n = int(moments.n[held].sum())
    if len(held) < 2:
        what = "every row is of one group" if n else "0 rows with a number"
        return Measurement.undefined(f"{what}: there is nothing to go together", n_rest=n)
    groups = _groups(moments, held)
    total = float(groups.w.sum())
    between = float(groups.w @ groups.mean**2)
    whole = between + float(groups.within.sum())
    if not np.isfinite(whole):
        return Measurement.undefined("the sums of the numbers overflow", n_rest=n)
    if whole <= _CONSTANT * total * groups.level**2:
        return Measurement.undefined("every row has the same number", n_rest=n)
    ratio = min(1.0, between / whole)
    value = sqrt(ratio)
    few = few_rows(float(groups.n.min()), least=MIN_ROWS, what="rows of the smallest group")
    if whole / total < _TOO_CLOSE * groups.level**2:
        return Measurement(value=value, reason=TOO_CLOSE, n=n, n_rest=n, warnings=few)
    spread, covariance = _ratio_spread(moments, held, groups, ratio, whole)
    p_value, bias = _equal_means(groups, covariance, between, whole, spread)

    def interval(level: float) -> Interval:
        low, high = quadratic_interval(
            ratio,
            spread.variance,
            bias,
            dimensions=len(held) - 1,
            freedom=spread.freedom,
            level=level,
        )
        low = sqrt(low) if p_value < 1 - level else 0.0
        return Interval(low, sqrt(high)).clipped(0.0, 1.0).around(value)

    return Measurement(
        value=value,
        n=n,
        n_rest=n,
        interval=interval,
        method="scaled non-central chi-square; p-value by Brown and Forsythe",
        error=spread.error / (2 * value) if value > 0 else None,
        n_effective=spread.n_effective,
        unit=spread.unit,
        p_value=p_value,
        warnings=(*few, *_few_for_skew(groups), *few_units(spread)),
    )


def _few_for_skew(groups: _Groups) -> tuple[str, ...]:
    """Return the warning that a group is small for how skewed its numbers are, or nothing."""
    rows = groups.w**2 / groups.powers[0]
    spread = groups.powers[2] / groups.powers[0]
    third = groups.powers[3] / groups.powers[0]
    cubed = np.maximum(spread**3, 1e-300)
    needed = np.where(spread > 0, ROWS_FOR_SKEW * third**2 / cubed, 0.0)
    at = int(np.argmax(needed / rows))
    if needed[at] <= max(rows[at], MIN_ROWS):
        return ()
    what = "rows of a group whose numbers are that skewed"
    return few_rows(int(groups.n[at]), least=int(np.ceil(needed[at])), what=what)


def _groups(moments: GroupMoments, held: NDArray[np.intp]) -> _Groups:
    number, squared, cubed = (moments.names.index(name) for name in POWERS)
    first, second = moments.first[held], moments.second[held]
    w = first[:, number, 0]
    off = first[:, number, 1] / w
    mean = off - float(w @ off) / float(w.sum())
    within = np.maximum(first[:, number, 2] - w * off**2, 0.0)
    shift = moments.shift[[number, squared, cubed]]
    around = float(shift[0]) + off
    raw = [
        second[:, number, 0],
        second[:, number, 1] + shift[0] * second[:, number, 0],
        second[:, squared, 1] + shift[1] * second[:, squared, 0],
        second[:, cubed, 1] + shift[2] * second[:, cubed, 0],
        second[:, squared, 2]
        + 2 * shift[1] * second[:, squared, 1]
        + shift[1] ** 2 * second[:, squared, 0],
    ]
    powers = _central(raw, around)
    powers[2] = np.maximum(
        second[:, number, 2] - 2 * off * second[:, number, 1] + off**2 * second[:, number, 0],
        0.0,
    )
    level = float(shift[0]) + float(w @ off) / float(w.sum())
    return _Groups(moments.n[held], w, mean, within, powers, level)


def _central(raw: list[Floats], mean: Floats) -> Floats:
    """Return Σ v (y - mean)^k for k = 0 to 4 from Σ v y^k."""
    s0, s1, s2, s3, s4 = raw
    m = mean
    return np.stack(
        [
            s0,
            s1 - m * s0,
            s2 - 2 * m * s1 + m**2 * s0,
            s3 - 3 * m * s2 + 3 * m**2 * s1 - m**3 * s0,
            np.maximum(s4 - 4 * m * s3 + 6 * m**2 * s2 - 4 * m**3 * s1 + m**4 * s0, 0.0),
        ]
    )


def _ratio_spread(
    moments: GroupMoments, held: NDArray[np.intp], groups: _Groups, ratio: float, whole: float
) -> tuple[Spread, Floats]:
    """Return how η² varies, and the covariance of the group means, shape (n_groups, n_groups).

    A row's influence is b² (1 - η²) + 2 b e (1 - η²) - η² e² over the whole sum of squares, with
    b its group's mean and e its own distance from that mean.
    """
    b = groups.mean
    terms = np.stack([b**2 * (1 - ratio), 2 * b * (1 - ratio), np.full_like(b, -ratio)]) / whole
    total = float(groups.w.sum())
    rows = total**2 / float(groups.powers[0].sum())
    variance = _squares(terms, groups.powers)
    if moments.by_unit is not None:
        psi, errors = _unit_sums(moments.by_unit, held, groups, terms, _means(moments, held))
        spread = unit_spread(
            psi, plain_variance=variance, n=rows, unit=moments.by_unit.kind, n_used=len(psi)
        )
        grown = len(psi) / max(1, len(psi) - 1)
        return spread, grown * errors.T @ errors
    grown = groups.w**2 / groups.powers[0]
    grown = grown / np.maximum(grown - 1, 1.0)
    covariance = np.diag(grown * groups.powers[2] / groups.w**2)
    return Spread(variance, n_effective=rows if moments.weighted else None), covariance


def _means(moments: GroupMoments, held: NDArray[np.intp]) -> Floats:
    place = moments.names.index(POWERS[0])
    first = moments.first[held, place]
    return moments.shift[place] + first[:, 1] / first[:, 0]


def _squares(terms: Floats, powers: Floats) -> float:
    """Return Σ v (c0 + c1 e + c2 e²)² over all rows, from Σ v e^k."""
    c0, c1, c2 = terms
    parts = (
        c0**2 * powers[0]
        + 2 * c0 * c1 * powers[1]
        + (c1**2 + 2 * c0 * c2) * powers[2]
        + 2 * c1 * c2 * powers[3]
        + c2**2 * powers[4]
    )
    return max(0.0, float(parts.sum()))


def _unit_sums(
    units: SumsByUnit, held: NDArray[np.intp], groups: _Groups, terms: Floats, means: Floats
) -> tuple[Floats, Floats]:
    """Return Σ w ψ of each unit, and its part of the error of each group's mean.

    Very many units are added up in bunches, which vary together as they do.
    """
    at = np.full(int(units.cell.max(initial=0)) + 1 + int(held.max()), -1, dtype=np.int64)
    at[held] = np.arange(len(held))
    inside = at[units.cell] >= 0
    place, unit = at[units.cell[inside]], units.unit[inside]
    _, unit = np.unique(unit, return_inverse=True)
    n_units = int(unit.max(initial=-1)) + 1
    unit, n_units = unit % MAX_BUNCHES, min(n_units, MAX_BUNCHES)
    w, y, yy = (units.sums[inside, k] for k in range(3))
    m = means[place]
    e, ee = y - m * w, yy - 2 * m * y + m**2 * w
    each = terms[0, place] * w + terms[1, place] * e + terms[2, place] * ee
    psi = sums_by(unit, each, n_units)
    errors = np.zeros((n_units, len(held)))
    np.add.at(errors, (unit, place), e / groups.w[place])
    return psi, errors


def _equal_means(
    groups: _Groups, covariance: Floats, between: float, whole: float, spread: Spread
) -> tuple[float, float]:
    """Return the p-value of equal means, and by how much η² is too large on average.

    Under equal means the sum of squares between groups is Σ λ χ²(1), with λ the eigenvalues of
    the centred covariance of √w times the means.
    """
    root = np.sqrt(groups.w)
    scaled = root[:, None] * covariance * root
    v = root / sqrt(float(groups.w.sum()))
    centred = scaled - np.outer(v, v @ scaled)
    centred = centred - np.outer(centred @ v, v)
    total, squares = float(np.trace(centred)), float(np.sum(centred * centred.T))
    if total <= 0 or squares <= 0:
        return (1.0 if between <= 0 else 0.0), 0.0
    scale = squares / total
    freedom = spread.freedom
    if freedom is None:
        parts = np.diag(scaled) * (1 - v**2)
        rows = np.maximum(groups.w**2 / groups.powers[0] - 1, 1.0)
        freedom = max(1.0, float(parts.sum()) ** 2 / float(np.sum(parts**2 / rows)))
    return chi_square_p(between / scale, total / scale, freedom=freedom), total / whole


def pearson(moments: Moments) -> Measurement:
    """Pearson's correlation of two numbers.

    Parameters
    ----------
    moments : Moments
        With "x", "y", their squares "xx" and "yy" and their product "xy" (`PAIR`).

    Returns
    -------
    Measurement
        In [-1, 1]. Interval and p-value (of no correlation) are on Fisher's scale with the
        standard error from fourth moments, so they hold for laws that are not normal. Undefined
        where a number is constant.

    References
    ----------
    Fisher 1921, Metron 1:3, for the scale; van der Vaart 1998, Asymptotic Statistics, example
    3.6, for the variance.
    """
    n = moments.n
    if n < 3:
        return Measurement.undefined(f"{n} rows with both numbers: three are needed", n_rest=n)
    x, y, xx, yy, xy = (float(moments.mean[moments.index(name)]) for name in PAIR)
    var_x, var_y, both = xx - x * x, yy - y * y, xy - x * y
    for variance, square, name in ((var_x, xx, "facet"), (var_y, yy, "other")):
        if variance <= _CONSTANT * square:
            return Measurement.undefined(f"the {name} number is constant", n_rest=n)
    value = float(np.clip(both / sqrt(var_x * var_y), -1.0, 1.0))
    few = few_rows(n, least=MIN_ROWS)
    if var_x < _TOO_CLOSE * xx or var_y < _TOO_CLOSE * yy:
        return Measurement(value=value, reason=TOO_CLOSE, n=n, n_rest=n, warnings=few)
    if 1 - abs(value) < _ON_A_LINE:
        reason = "no interval: both numbers lie on one line"
        return Measurement(value=value, reason=reason, n=n, n_rest=n, p_value=0.0, warnings=few)
    gradient = np.zeros(len(moments.names))
    slopes = 1 / sqrt(var_x * var_y), -value / (2 * var_x), -value / (2 * var_y)
    parts = (-y * slopes[0] - 2 * x * slopes[1], -x * slopes[0] - 2 * y * slopes[2])
    gradient[[moments.index(name) for name in PAIR]] = (*parts, slopes[1], slopes[2], slopes[0])
    spread = moment_spread(moments, gradient, leading="xy")
    return correlated(value, n, spread, freedom_of(moments, spread), few)


def correlated(
    value: float,
    n: int,
    spread: Spread,
    freedom: float,
    few: tuple[str, ...],
    *,
    seed: int | None = None,
) -> Measurement:
    """Return a correlation with interval and p-value on Fisher's scale."""

    def interval(level: float) -> Interval:
        quantile = two_sided_quantile(level, freedom=freedom)
        return atanh_interval(value, spread.error, quantile)

    p_value = 1.0
    if spread.error > 0:
        distance = abs(np.arctanh(value)) * (1 - value**2) / spread.error
        p_value = 2 * student_cdf(-float(distance), freedom)
    return Measurement(
        value=value,
        n=n,
        n_rest=n,
        interval=interval,
        method="standard error from the influence of each row, Fisher's scale",
        error=spread.error,
        n_effective=spread.n_effective,
        unit=spread.unit,
        p_value=p_value,
        seed=seed,
        warnings=(*few, *few_units(spread)),
    )
