"""Thresholds by group and the scores they are judged on in; rates, gap and objective out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.bias.options.threshold_table import ThresholdTable
from assay.metrics.few import MIN_ROWS, few_rows
from assay.result import Estimate

Floats = NDArray[np.float64]
N_DRAWS = 1_000
FLATTERED = "chosen on these rows: the value is better than it will be on others"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What thresholds give on a table; see `ThresholdPoint`."""

    gap: Estimate
    value: Estimate
    accuracy: Estimate
    accepted: tuple[float | None, ...]
    accepted_positives: tuple[float | None, ...]
    accepted_negatives: tuple[float | None, ...]


def judge(
    table: ThresholdTable,
    thresholds: Sequence[float | None],
    parity: str,
    objective: str,
    costs: tuple[float, float],
    *,
    apart: bool,
    level: float,
    seed: int,
) -> Judged:
    """Apply thresholds to a table.

    Parameters
    ----------
    table : ThresholdTable
    thresholds : sequence of (float or None)
        By group; None accepts nobody.
    parity, objective : str
        See `group_thresholds`.
    costs : (float, float)
        Of a false positive and of a false negative.
    apart : bool
        Whether the thresholds were chosen on other rows.
    level : float
    seed : int

    Returns
    -------
    Judged
        Intervals are from redraws of the cells, with the thresholds held fixed.
    """
    cells = _confusion(table, thresholds)
    weight = float(cells.sum())
    effective = weight**2 / float(table.squares.sum())
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(round(effective), (cells / weight).ravel(), size=N_DRAWS)
    samples = drawn.reshape(N_DRAWS, *cells.shape).astype(np.float64)
    n = round(effective)
    smallest = float(np.min(_group_rows(table)))
    warnings = few_rows(smallest, least=MIN_ROWS, what="rows in the smallest group")
    warnings += () if apart else (FLATTERED,)

    def estimate(value: float, values: Floats, bounds: tuple[float, float], why: str) -> Estimate:
        if not np.isfinite(value):
            return Estimate.undefined(why, n=n, level=level, seed=seed)
        low, high = _ends(value, values, level, bounds)
        return Estimate(
            value=value,
            low=low,
            high=high,
            level=level,
            n=n,
            method="multinomial redraw of the cells, thresholds held fixed",
            conditional_on="the fitted model and the thresholds",
            seed=seed,
            warnings=warnings,
        )

    everything = np.concatenate([cells[None], samples])
    gaps = _gap(everything, parity)
    values = _objective(everything, objective, costs)
    right = _objective(everything, "accuracy", costs)
    limits = (0.0, max(costs)) if objective == "cost" else (0.0, 1.0)
    shares = _shares(cells)
    return Judged(
        gap=estimate(float(gaps[0]), gaps[1:], (0.0, 1.0), "no two groups have such a rate"),
        value=estimate(float(values[0]), values[1:], limits, "one of the true answers has no row"),
        accuracy=estimate(float(right[0]), right[1:], (0.0, 1.0), "there is no row"),
        accepted=shares[0],
        accepted_positives=shares[1],
        accepted_negatives=shares[2],
    )


def _group_rows(table: ThresholdTable) -> Floats:
    """Return the rows of equal weight of each group that has any."""
    weight, squares = table.weight.sum(axis=(1, 2)), table.squares.sum(axis=(1, 2))
    there = weight > 0
    return weight[there] ** 2 / squares[there]


def _confusion(table: ThresholdTable, thresholds: Sequence[float | None]) -> Floats:
    """Return weights by group, label and whether accepted, shape (n_groups, 2, 2)."""
    at = [np.inf if each is None else each for each in thresholds]
    accepts = table.score[None, :] >= np.array(at)[:, None]
    yes = np.sum(table.weight * accepts[:, None, :], axis=2)
    return np.stack([table.weight.sum(axis=2) - yes, yes], axis=2)


def _share(part: Floats, total: Floats) -> Floats:
    return np.divide(part, total, out=np.full(part.shape, np.nan), where=total > 0)


def _gap(cells: Floats, parity: str) -> Floats:
    """Return the largest gap of any rate between groups, of each table of (…, n_groups, 2, 2)."""
    rates = [_share(cells[..., :, 1].sum(axis=-1), cells.sum(axis=(-2, -1)))]
    if parity != "demographic_parity":
        rates = [_share(cells[..., 1, 1], cells[..., 1, :].sum(axis=-1))]
    if parity == "equalized_odds":
        rates.append(_share(cells[..., 0, 1], cells[..., 0, :].sum(axis=-1)))
        missing = np.isnan(rates[0]) | np.isnan(rates[1])
        rates = [np.where(missing, np.nan, rate) for rate in rates]
    apart: list[Floats] = []
    for rate in rates:
        known = np.sum(~np.isnan(rate), axis=-1)
        high = np.max(np.where(np.isnan(rate), -np.inf, rate), axis=-1)
        low = np.min(np.where(np.isnan(rate), np.inf, rate), axis=-1)
        apart.append(np.where(known > 1, high - np.where(known > 1, low, 0.0), np.nan))
    return np.max(np.stack(apart), axis=0)


def _objective(cells: Floats, objective: str, costs: tuple[float, float]) -> Floats:
    joined = cells.sum(axis=-3)
    if objective == "balanced_accuracy":
        right = [_share(joined[..., at, at], joined[..., at, :].sum(axis=-1)) for at in (0, 1)]
        return (right[0] + right[1]) / 2
    everyone = joined.sum(axis=(-2, -1))
    if objective == "cost":
        wrong = costs[0] * joined[..., 0, 1] + costs[1] * joined[..., 1, 0]
        return _share(wrong, everyone)
    return _share(joined[..., 0, 0] + joined[..., 1, 1], everyone)


def _ends(
    value: float, drawn: Floats, level: float, bounds: tuple[float, float]
) -> tuple[float, float]:
    """Return percentiles of the draws, and of the draws turned around the value, the wider.

    A largest gap is larger in redraws than in the rows; turned around, that is taken back.
    """
    known = drawn[np.isfinite(drawn)]
    if not len(known):
        return value, value
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2]).tolist()
    ends = min(low, 2 * value - high), max(high, 2 * value - low)
    return min(value, max(bounds[0], ends[0])), max(value, min(bounds[1], ends[1]))


def _shares(cells: Floats) -> list[tuple[float | None, ...]]:
    rates = [
        _share(cells[:, :, 1].sum(axis=1), cells.sum(axis=(1, 2))),
        _share(cells[:, 1, 1], cells[:, 1].sum(axis=1)),
        _share(cells[:, 0, 1], cells[:, 0].sum(axis=1)),
    ]
    return [tuple(None if np.isnan(x) else float(x) for x in rate) for rate in rates]
