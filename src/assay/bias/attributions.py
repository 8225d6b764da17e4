"""Attributions of a model's answers in; which features count more for one group than another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assay.bias.attribution_ranks import rank_disagreement
from assay.bias.attribution_sums import AttributionSums, attribution_sums
from assay.bias.measurement import Measurement
from assay.metrics.few import MIN_ROWS, few_rows
from assay.result import Estimate, Json
from assay.stats.interval import Interval
from assay.stats.mean import mean_interval
from assay.stats.spread import skewness

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class AttributionDifference:
    """How much the features count for one group and for the rest.

    Parameters
    ----------
    group : str
        Facet d.
    versus : str
        Facet a.
    importance : mapping
        Feature → mean |φ| in facet d and in facet a; empty where one of them has no row.
    differences : mapping of str to Estimate
        Feature → mean |φ| in facet a less that in facet d.
    ranks : Estimate
        1 − NDCG of facet a's ranking of the features, scored on facet d's importances: 0 where it
        ranks them as well as facet d's own.
    ranks_p_value : float or None
        Of the test that both groups have the same importances.
    """

    group: str
    versus: str
    importance: Mapping[str, tuple[float, float]]
    differences: Mapping[str, Estimate]
    ranks: Estimate
    ranks_p_value: float | None = None

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "group": self.group,
            "versus": self.versus,
            "features": {
                name: {
                    "group": self.importance.get(name, (None, None))[0],
                    "rest": self.importance.get(name, (None, None))[1],
                    "difference": estimate.to_dict(),
                }
                for name, estimate in self.differences.items()
            },
            "ranks": self.ranks.to_dict(),
            "ranks_p_value": self.ranks_p_value,
        }


@dataclass(frozen=True, kw_only=True)
class AttributionDifferences:
    """Differential feature importance of one facet.

    Parameters
    ----------
    facet : str
    features : tuple of str
    groups : tuple of AttributionDifference
        Each reported group against the rest.
    level : float
    rows : int
        Rows that are compared.
    rows_without : int
        Rows left out for want of an attribution or a group.
    notes : tuple of str
        Where the attributions are from, for people.
    """

    facet: str
    features: tuple[str, ...]
    groups: tuple[AttributionDifference, ...]
    level: float = 0.95
    rows: int = 0
    rows_without: int = 0
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {
            "facet": self.facet,
            "features": list(self.features),
            "groups": [each.to_dict() for each in self.groups],
            "level": self.level,
            "rows": self.rows,
            "rows_without": self.rows_without,
            "notes": list(self.notes),
        }

    def to_frame(self) -> "pl.DataFrame":
        """Return one row for each group and feature, always with the same columns."""
        import polars as pl  # noqa: PLC0415 - only needed here

        kinds = {
            "facet": pl.String,
            "group": pl.String,
            "versus": pl.String,
            "feature": pl.String,
            "importance_group": pl.Float64,
            "importance_rest": pl.Float64,
            "difference": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
            "n": pl.Int64,
        }
        rows = [
            (
                self.facet,
                each.group,
                each.versus,
                name,
                *each.importance.get(name, (None, None)),
                found.value,
                found.low,
                found.high,
                found.n,
            )
            for each in self.groups
            for name, found in each.differences.items()
        ]
        return pl.DataFrame(rows, schema=kinds, orient="row")


def compare_attributions(
    phi: NDArray[np.floating],
    group: NDArray[np.integer],
    groups: Sequence[str],
    features: Sequence[str],
    *,
    facet: str = "",
    reported: Sequence[int] | None = None,
    weight: NDArray[np.floating] | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> AttributionDifferences:
    """Compare the importance of features between each group and the rest.

    Parameters
    ----------
    phi : ndarray of float, shape (n_rows, n_features)
        Attributions, all made against the same background. Rows with a value that is not finite
        are left out and counted.
    group : ndarray of int, shape (n_rows,)
        Index into `groups`; negative where the row is left out.
    groups, features : sequence of str
    facet : str
        Its name.
    reported : sequence of int or None
        The groups to compare; None for all.
    weight : ndarray of float or None, shape (n_rows,)
    level : float
    seed : int
        For the interval of the ranks' agreement.

    Returns
    -------
    AttributionDifferences

    Raises
    ------
    InputError
        If the shapes do not fit.

    Examples
    --------
    >>> phi = np.array([[1.0, 0.2], [-3.0, 0.2], [0.5, -0.2], [0.5, 0.2]])
    >>> found = compare_attributions(phi, np.array([0, 0, 1, 1]), ["a", "d"], ["age", "pay"])
    >>> found.groups[1].importance["age"], found.groups[1].differences["age"].value
    ((0.5, 2.0), 1.5)
    """
    sums = attribution_sums(phi, group, len(groups), features, weight=weight)
    return compare_sums(
        sums, groups, features, facet=facet, reported=reported, level=level, seed=seed
    )


def compare_sums(
    sums: AttributionSums,
    groups: Sequence[str],
    features: Sequence[str],
    *,
    facet: str = "",
    reported: Sequence[int] | None = None,
    level: float = 0.95,
    seed: int = 0,
    no_interval: str = "",
) -> AttributionDifferences:
    """Compare groups whose attributions were added up; see `compare_attributions`.

    `no_interval` says why no interval is given, where none can be.
    """
    places = range(len(groups)) if reported is None else reported
    found: list[AttributionDifference] = []
    for place in places:
        inside = np.arange(len(groups)) == place
        found.append(_compare(sums, inside, groups[place], tuple(features), level, seed))
    if no_interval:
        found = [_without_intervals(each, no_interval) for each in found]
    return AttributionDifferences(
        facet=facet,
        features=tuple(features),
        groups=tuple(found),
        level=level,
        rows=int(sums.n.sum()),
        rows_without=sums.rows_without,
    )


def _compare(
    sums: AttributionSums,
    inside: NDArray[np.bool_],
    name: str,
    features: tuple[str, ...],
    level: float,
    seed: int,
) -> AttributionDifference:
    d, a = sums.side(inside), sums.side(~inside)
    few = (
        *few_rows(d.n, least=MIN_ROWS, what=f"rows of {name}"),
        *few_rows(a.n, least=MIN_ROWS, what="rows of the rest"),
    )
    if not d.n or not a.n:
        who = name if not d.n else "the rest"
        nothing = Estimate.undefined(f"{who} has no row with attributions", level=level)
        empty = dict.fromkeys(features, nothing)
        return AttributionDifference(
            group=name, versus="the rest", importance={}, differences=empty, ranks=nothing
        )
    gaps: dict[str, Estimate] = {}
    for at, feature in enumerate(features):
        error = float(np.sqrt(a.covariance[at, at] + d.covariance[at, at]))
        skew = skewness(float(a.third[at] - d.third[at]), error**2)
        freedom = _freedom(
            (float(a.covariance[at, at]), a.n_effective),
            (float(d.covariance[at, at]), d.n_effective),
        )
        value = float(a.mean[at] - d.mean[at])
        gaps[feature] = _measurement(
            value,
            partial(_interval, value, error, skew, freedom),
            (d.n, a.n),
            "Student's t after Welch, mended for skewness",
            few,
        ).estimate(level)
    ranks = rank_disagreement(a, d, seed=seed, warnings=few)
    importance = {
        feature: (float(d.mean[at]), float(a.mean[at])) for at, feature in enumerate(features)
    }
    return AttributionDifference(
        group=name,
        versus="the rest",
        importance=importance,
        differences=gaps,
        ranks=ranks.estimate(level),
        ranks_p_value=ranks.p_value,
    )


def _without_intervals(found: AttributionDifference, why: str) -> AttributionDifference:
    def bare(estimate: Estimate) -> Estimate:
        return replace(estimate, low=None, high=None, method="", reason=estimate.reason or why)

    differences = {name: bare(each) for name, each in found.differences.items()}
    return replace(found, differences=differences, ranks=bare(found.ranks), ranks_p_value=None)


def _measurement(
    value: float,
    interval: Callable[[float], Interval],
    rows: tuple[int, int],
    method: str,
    warnings: tuple[str, ...],
) -> Measurement:
    return Measurement(
        value=value,
        n=sum(rows),
        n_group=rows[0],
        n_rest=rows[1],
        interval=interval if min(rows) > 1 else None,
        reason=None if min(rows) > 1 else "one row has no spread to make an interval of",
        method=method,
        warnings=warnings,
    )


def _interval(
    value: float, error: float, skew: float, freedom: float | None, level: float
) -> Interval:
    return mean_interval(value, error, skew=skew, freedom=freedom, level=level)


def _freedom(*parts: tuple[float, float]) -> float | None:
    """Return the degrees of freedom of a sum of variances, each of so many rows (Welch)."""
    total = sum(variance for variance, _ in parts)
    below = sum(variance**2 / max(1.0, n - 1) for variance, n in parts)
    return total**2 / below if below > 0 else None
