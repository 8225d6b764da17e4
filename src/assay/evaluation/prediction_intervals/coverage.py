"""Whether each row was covered in; how often that was, against what was promised, out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.metrics.few import MIN_UNITS, few_rows
from assay.result import Estimate, Json
from assay.stats.false_discovery import benjamini_hochberg
from assay.stats.rate import wilson
from assay.stats.special import binomial_cdf
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int64]
LEAST_ROWS = 30
"""Groups of fewer rows are not shown."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """How the rows were sampled.

    Parameters
    ----------
    weight : ndarray of float or None, shape (n_rows,)
    unit : ndarray of int or None, shape (n_rows,)
        Code of the independent unit a row belongs to.
    unit_kind : str
    level : float
        Coverage of the intervals of all estimates.
    """

    weight: Floats | None = None
    unit: Codes | None = None
    unit_kind: str = "row"
    level: float = 0.95

    def take(self, mask: Flags) -> "Rows":
        """Return these rows alone."""
        return Rows(
            weight=None if self.weight is None else self.weight[mask],
            unit=None if self.unit is None else self.unit[mask],
            unit_kind=self.unit_kind,
            level=self.level,
        )


def covered_share(covered: Flags, rows: Rows) -> Estimate:
    """Return the share of covered rows with Wilson's interval.

    Where rows are weighted or belong to units, the interval is that of as many independent rows
    as would give the same precision.

    Parameters
    ----------
    covered : ndarray of bool, shape (n_rows,)
    rows : Rows

    Examples
    --------
    >>> found = covered_share(np.array([True] * 9 + [False]), Rows())
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (0.9, 0.596, 0.982)
    """
    n = len(covered)
    if not n:
        return Estimate.undefined("there are no rows", level=rows.level)
    w = np.ones(n) if rows.weight is None else rows.weight
    if not w.sum():
        return Estimate.undefined("all weights are 0", level=rows.level)
    share = float(np.average(covered, weights=w))
    alone = rows.weight is None and rows.unit is None
    sums = w * (covered - share) / w.sum()
    n_units = n
    if rows.unit is not None:
        _, code = np.unique(rows.unit, return_inverse=True)
        n_units = int(code.max()) + 1
        sums = sums_by(code, sums, n_units)
    effective = float(n)
    if not alone:
        most = float(w.sum() ** 2 / (w**2).sum()) if rows.unit is None else float(n)
        variance = float((sums**2).sum()) * n_units / max(n_units - 1, 1)
        spread = share * (1 - share)
        effective = min(most, spread / variance) if variance > 0 and spread > 0 else float(n_units)
    few_units = rows.unit is not None and n_units < MIN_UNITS
    interval = wilson(
        share,
        effective,
        level=rows.level,
        freedom=n_units - 1 if rows.unit is not None and n_units > 1 else None,
    )
    return Estimate(
        value=share,
        low=interval.low,
        high=interval.high,
        level=rows.level,
        n=n,
        n_effective=None if alone else effective,
        unit=rows.unit_kind,
        method="Wilson score",
        warnings=few_rows(n_units, what=f"{rows.unit_kind}s", least=MIN_UNITS)
        if few_units
        else few_rows(n),
    )


@dataclass(frozen=True, kw_only=True)
class GroupCoverage:
    """How often the rows of one group were covered.

    Parameters
    ----------
    by : str
        The column, or "predicted value".
    value : str
        The group.
    coverage : Estimate
    size : float
        Mean width, or mean number of classes in a set.
    p_value : float or None
        One-sided, of covering no less than the rows as a whole, or than was promised where they
        cover more than that. None where there are too few rows.
    p_adjusted : float or None
        After Benjamini and Hochberg over all groups.
    """

    by: str
    value: str
    coverage: Estimate
    size: float
    p_value: float | None = None
    p_adjusted: float | None = None

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "by": self.by,
            "value": self.value,
            "coverage": self.coverage.to_dict(),
            "size": self.size,
            "p_value": self.p_value,
            "p_adjusted": self.p_adjusted,
        }


@dataclass(frozen=True, eq=False)
class Grouping:
    """One way of dividing the rows: `code` -1 for a row in no group.

    Parameters
    ----------
    by : str
    values : tuple of str
    code : ndarray of int, shape (n_rows,)
    """

    by: str
    values: tuple[str, ...]
    code: Codes


def coverage_by_group(
    covered: Flags, size: Floats, groupings: tuple[Grouping, ...], rows: Rows, nominal: float
) -> tuple[GroupCoverage, ...]:
    """Return coverage in each group of at least 30 rows, tested against that of all rows.

    Parameters
    ----------
    covered : ndarray of bool, shape (n_rows,)
    size : ndarray of float, shape (n_rows,)
        Width of the interval, or classes in the set.
    groupings : tuple of Grouping
    rows : Rows
    nominal : float
        What was promised.
    """
    overall = covered_share(covered, rows).value
    bar = nominal if overall is None else min(nominal, overall)
    found: list[GroupCoverage] = []
    for grouping in groupings:
        for at, value in enumerate(grouping.values):
            inside = grouping.code == at
            if inside.sum() < LEAST_ROWS:
                continue
            share = covered_share(covered[inside], rows.take(inside))
            found.append(
                GroupCoverage(
                    by=grouping.by,
                    value=value,
                    coverage=share,
                    size=float(size[inside].mean()),
                    p_value=_below(share, bar),
                )
            )
    adjusted = benjamini_hochberg([each.p_value for each in found])
    return tuple(
        GroupCoverage(
            by=each.by,
            value=each.value,
            coverage=each.coverage,
            size=each.size,
            p_value=each.p_value,
            p_adjusted=p,
        )
        for each, p in zip(found, adjusted, strict=True)
    )


def _below(share: Estimate, bar: float) -> float | None:
    """Return the chance of covering so few if the group covered as often as the bar."""
    if share.value is None or not 0 < bar < 1:
        return None
    n = share.n if share.n_effective is None else share.n_effective
    return binomial_cdf(share.value * n, n, bar)
