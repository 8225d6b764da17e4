"""Several candidates on the same rows in; how much the best one's number flatters it, out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.result import Estimate, Json

Floats = NDArray[np.float64]
DRAWS = 1000
MAX_UNITS = 20_000
"""Above this many rows or groups, means are redrawn from their joint normal distribution."""
BLOCK = 32


@dataclass(frozen=True, kw_only=True)
class Optimism:
    """What choosing the best of several on the same rows adds to its number.

    Parameters
    ----------
    candidates : int
    chosen : int
        Place of the candidate whose number is the best.
    shown : float
        Its number on the rows that it was chosen on.
    expected : float
        By how much that number is too good on average; 0 or more up to chance.
    corrected : Estimate
        What the chosen candidate scores on rows that did not choose it.
    if_unrelated : float
        By how much it would be too good were the candidates equal and unrelated:
        σ̂·E[max of k normals]. An upper bound for candidates that resemble each other.
    greater_is_better : bool
    method : str
    """

    candidates: int
    chosen: int
    shown: float
    expected: float
    corrected: Estimate
    if_unrelated: float
    greater_is_better: bool
    method: str

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "candidates": self.candidates,
            "chosen": self.chosen,
            "shown": self.shown,
            "expected": self.expected,
            "corrected": self.corrected.to_dict(),
            "if_unrelated": self.if_unrelated,
            "greater_is_better": self.greater_is_better,
            "method": self.method,
        }


def expected_maximum(k: int) -> float:
    """Return the mean of the largest of k independent standard normal numbers.

    By the trapezoid rule on x·k·φ(x)·Φ(x)^(k−1), which is exact to many digits for so smooth a
    function; about √(2·ln k) for many.

    Examples
    --------
    >>> [round(expected_maximum(k), 4) for k in (1, 2, 3, 10)]
    [0.0, 0.5642, 0.8463, 1.5388]
    """
    if k < 1:
        msg = f"the number of candidates is 1 or more; found {k}"
        raise InputError(msg)
    from scipy.special import log_ndtr  # noqa: PLC0415 - only needed here

    x = np.linspace(-10.0, 12.0, 8001)
    log_density = np.log(k) - x**2 / 2 - np.log(2 * np.pi) / 2 + (k - 1) * log_ndtr(x)
    return float(np.trapezoid(x * np.exp(log_density), x))


def expected_optimism(
    losses: Floats,
    *,
    weight: Floats | None = None,
    unit: NDArray[np.int64] | None = None,
    greater_is_better: bool = False,
    draws: int = DRAWS,
    level: float = 0.95,
    seed: int = 0,
) -> Optimism:
    """Say how much the best of several means over the same rows flatters its candidate.

    Rows (or groups) are redrawn, the best is chosen anew on those that were drawn, and scored on
    those that were not: the bootstrap bias-corrected cross-validation. It sees that candidates
    resemble each other, which the formula for unrelated ones does not.

    Parameters
    ----------
    losses : ndarray of float, shape (n_rows, n_candidates)
        A number of each row and candidate, whose mean is the metric: a loss, or 0/1 for right.
    weight : ndarray of float or None, shape (n_rows,)
    unit : ndarray of int or None, shape (n_rows,)
        Codes of groups that are drawn as wholes.
    greater_is_better : bool
        False for losses.
    draws : int
    level : float
        Coverage of the interval of the corrected number.
    seed : int

    Returns
    -------
    Optimism

    Raises
    ------
    InputError
        If there are fewer than two candidates, or fewer than two rows or groups.

    References
    ----------
    Tsamardinos, Greasidou and Borboudakis 2018, Machine Learning,
    doi:10.1007/s10994-018-5714-4.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(size=(200, 20))
    >>> found = expected_optimism(noise)
    >>> found.expected > 0, found.corrected.covers(0.0)
    (True, True)
    """
    sums, weights = _by_unit(losses, weight, unit)
    _check(sums.shape[1], sums.shape[0])
    rng = np.random.default_rng(seed)
    sign = 1.0 if greater_is_better else -1.0
    shown = sums.sum(axis=0) / weights.sum()
    draw = _redraw_rows if sums.shape[0] <= MAX_UNITS else _redraw_means
    kept = draw(sums, weights, sign, draws, rng)
    residuals = sums - weights[:, None] * shown
    errors = np.sqrt((residuals**2).sum(axis=0)) / weights.sum()
    return _conclude(
        shown,
        kept,
        errors,
        sign=sign,
        level=level,
        n=losses.shape[0],
        unit="row" if unit is None else "group",
        seed=seed,
    )


def expected_optimism_of(
    score: Callable[[NDArray[np.intp]], Floats],
    n_rows: int,
    *,
    greater_is_better: bool = True,
    draws: int = 200,
    level: float = 0.95,
    seed: int = 0,
) -> Optimism:
    """Say the same of any metric; `score` is called twice a draw.

    Parameters
    ----------
    score : callable
        Places of rows, which may repeat → the metric of each candidate on them, shape
        (n_candidates,); NaN where it is undefined, then that draw is left out.
    n_rows : int
        Rows, 2 or more.
    greater_is_better : bool
    draws : int
    level : float
    seed : int

    Raises
    ------
    InputError
        If there are fewer than two candidates or rows, or the metric is undefined on nearly all
        draws.
    """
    shown = np.asarray(score(np.arange(n_rows)), dtype=np.float64)
    _check(shown.size, n_rows)
    rng = np.random.default_rng(seed)
    sign = 1.0 if greater_is_better else -1.0
    kept: list[float] = []
    drawn: list[Floats] = []
    for _ in range(draws):
        rows = rng.integers(0, n_rows, n_rows)
        inside = np.asarray(score(rows), dtype=np.float64)
        left = np.setdiff1d(np.arange(n_rows), rows)
        outside = np.asarray(score(left), dtype=np.float64)
        if left.size and np.isfinite(inside).all() and np.isfinite(outside).all():
            kept.append(float(outside[np.argmax(sign * inside)]))
            drawn.append(inside)
    if len(kept) < draws / 2:
        msg = (
            f"the metric is undefined on {draws - len(kept)} of {draws} redraws of the rows; take "
            "another metric, or more rows"
        )
        raise InputError(msg)
    errors = np.std(np.asarray(drawn), axis=0, ddof=1)
    return _conclude(
        shown, np.asarray(kept), errors, sign=sign, level=level, n=n_rows, unit="row", seed=seed
    )


def _conclude(
    shown: Floats,
    kept: Floats,
    errors: Floats,
    *,
    sign: float,
    level: float,
    n: int,
    unit: str,
    seed: int,
) -> Optimism:
    chosen = int(np.argmax(sign * shown))
    low, high = np.quantile(kept, [(1 - level) / 2, (1 + level) / 2])
    corrected = float(kept.mean())
    method = f"bootstrap bias-corrected choice, {kept.size:,} draws"
    return Optimism(
        candidates=shown.size,
        chosen=chosen,
        shown=float(shown[chosen]),
        expected=float(sign * (shown[chosen] - corrected)),
        corrected=Estimate(
            value=corrected,
            low=float(low),
            high=float(high),
            level=level,
            n=n,
            unit=unit,
            method=method,
            conditional_on="the candidates",
            seed=seed,
        ),
        if_unrelated=float(np.median(errors) * expected_maximum(shown.size)),
        greater_is_better=sign > 0,
        method=method,
    )


def _by_unit(
    losses: Floats, weight: Floats | None, unit: NDArray[np.int64] | None
) -> tuple[Floats, Floats]:
    """Return the weighted sums of each unit, and its weight."""
    losses = np.asarray(losses, dtype=np.float64)
    if losses.ndim != 2:
        msg = f"losses have a row and a column for each candidate; found shape {losses.shape}"
        raise InputError(msg)
    weights = np.ones(losses.shape[0]) if weight is None else weight
    sums = losses * weights[:, None]
    if unit is None:
        return sums, weights
    _, codes = np.unique(unit, return_inverse=True)
    columns = [np.bincount(codes, sums[:, each]) for each in range(sums.shape[1])]
    summed = np.column_stack(columns).astype(np.float64)
    return summed, np.bincount(codes, weights).astype(np.float64)


def _redraw_rows(
    sums: Floats, weights: Floats, sign: float, draws: int, rng: np.random.Generator
) -> Floats:
    """Return, draw by draw, what the one chosen inside scores on the units left out."""
    n = weights.size
    kept: list[Floats] = []
    for start in range(0, draws, BLOCK):
        size = min(BLOCK, draws - start)
        counts = rng.multinomial(n, np.full(n, 1 / n), size=size).astype(np.float64)
        left = (counts == 0).astype(np.float64)
        inside = (counts @ sums) / (counts @ weights)[:, None]
        mass = left @ weights
        chosen = np.argmax(sign * inside, axis=1)
        outside = (left @ sums)[np.arange(size), chosen]
        kept.append(outside[mass > 0] / mass[mass > 0])
    return np.concatenate(kept)


def _redraw_means(
    sums: Floats, weights: Floats, sign: float, draws: int, rng: np.random.Generator
) -> Floats:
    """Return the same for many units: inside and outside means are then jointly normal.

    Of n units drawn with replacement, about n·(1−1/e) differ and the others are left out; the
    two parts vary around the whole as the bootstrap has it.
    """
    total = weights.sum()
    shown = sums.sum(axis=0) / total
    residuals = sums - weights[:, None] * shown
    covariance = residuals.T @ residuals / total**2
    inside = rng.multivariate_normal(np.zeros(shown.size), covariance, size=draws, method="eigh")
    chosen = np.argmax(sign * (shown + inside), axis=1)
    # Left-out means have covariance −C with the inside means and (e − 1)·C with themselves.
    own = rng.multivariate_normal(
        np.zeros(shown.size), covariance * (np.e - 2), size=draws, method="eigh"
    )
    places = np.arange(draws)
    return shown[chosen] - inside[places, chosen] + own[places, chosen]


def _check(candidates: int, units: int) -> None:
    if candidates < 2:
        msg = f"choosing takes two candidates or more; found {candidates}"
        raise InputError(msg)
    if units < 2:
        msg = f"redrawing takes two rows or groups or more; found {units}"
        raise InputError(msg)
