"""What an explanation will cost before it is begun, and how much of it a limit allows."""

import time
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from assay.explainability.maskers.table import TableGames
from assay.explainability.shapley.design import usual_calls

SAY_SECONDS = 10.0
"""From here on a plan is worth telling."""
FEW_CALLS = 64
PROBE_CALLS = 2, 16


@dataclass(frozen=True, kw_only=True)
class Speed:
    """How long predictions take.

    Parameters
    ----------
    per_prediction : float
        Seconds.
    per_call : float
        Seconds that a call of the model takes whatever its size.
    """

    per_prediction: float
    per_call: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is going to be asked of the model, at most.

    Parameters
    ----------
    rows : int
        Rows that will be explained within the limits.
    wanted_rows : int
    calls : int
        Coalitions a row.
    wanted_calls : int
    n_background : int
    varying : int
        Players that differ from the background, the most over rows.
    seconds : float or None
        Expected, of the rows and calls that fit; None where no speed is known.
    """

    rows: int
    wanted_rows: int
    calls: int
    wanted_calls: int
    n_background: int
    varying: int
    seconds: float | None = None

    @property
    def predictions(self) -> int:
        """How many the model is asked for: rows × calls × background rows."""
        return self.rows * self.calls * self.n_background

    @property
    def is_cut(self) -> bool:
        """Whether a limit allows less than was wanted."""
        return self.rows < self.wanted_rows or self.calls < self.wanted_calls

    @property
    def is_exact(self) -> bool:
        """Whether every coalition is evaluated."""
        return self.varying <= self.calls.bit_length() and 2**self.varying <= self.calls

    @property
    def error_factor(self) -> float:
        """By how much standard errors grow against the wanted calls, about."""
        return sqrt(self.wanted_calls / self.calls) if self.calls else float("inf")

    def told(self) -> str:
        """Return the plan for people."""
        made = (
            f"{self.rows:,} rows × {self.calls:,} calls × {self.n_background:,} background rows = "
            f"{self.predictions:,} predictions"
        )
        if self.seconds is not None:
            made += f", about {_duration(self.seconds)}"
        if self.is_exact:
            made += "; exact"
        if self.rows < self.wanted_rows:
            made += f"; the limit leaves {self.wanted_rows - self.rows:,} rows unexplained"
        elif self.is_cut:
            made += (
                f"; {self.wanted_calls:,} calls a row were wanted, so that standard errors are "
                f"about {self.error_factor:.1f} times as large"
            )
        return made


def plan_explanation(
    games: TableGames,
    *,
    calls: int | None = None,
    seconds: float | None = None,
    limit_predictions: int | None = None,
    speed: Speed | None = None,
) -> Plan:
    """Estimate what explaining all rows of some games will cost, and what fits.

    Where the limits do not allow all calls for all rows, rows get fewer calls, but no fewer than
    64 (or all coalitions); where that is not enough either, fewer rows are explained. Rows that
    reach their precision earlier cost less than planned.

    Parameters
    ----------
    games : TableGames
    calls : int or None
        Coalitions a row; None takes the usual number.
    seconds : float or None
        Limit of time; heeded where `speed` is known.
    limit_predictions : int or None
    speed : Speed or None
        See `measure_speed`.

    Examples
    --------
    >>> plan = Plan(rows=100, wanted_rows=100, calls=128, wanted_calls=512, n_background=50,
    ...             varying=30, seconds=25.0)
    >>> plan.told().split("; ")[0]
    '100 rows × 128 calls × 50 background rows = 640,000 predictions, about 25 seconds'
    """
    varying = int(games.varying().sum(axis=1).max(initial=0))
    wanted = usual_calls(varying) if calls is None else calls
    wanted = wanted if varying > wanted.bit_length() else min(wanted, 2**varying)
    background = int((games.weights > 0).sum())
    most = _allowed(seconds, limit_predictions, speed)
    rows, fitting = games.n_rows, wanted
    if most is not None and rows * wanted * background > most:
        fewest = min(wanted, FEW_CALLS)
        fitting = max(fewest, min(wanted, int(most // max(1, rows * background))))
        rows = min(rows, int(most // (fitting * background)))
    plan = Plan(
        rows=rows,
        wanted_rows=games.n_rows,
        calls=fitting,
        wanted_calls=wanted,
        n_background=background,
        varying=varying,
    )
    if speed is None:
        return plan
    return replace(plan, seconds=plan.predictions * speed.per_prediction)


def measure_speed(games: TableGames) -> Speed:
    """Ask about the first row twice, few coalitions and more, to see how long a prediction takes.

    The two tell what a call costs by itself, which does not grow with the rows.

    Raises
    ------
    ModelError
        If the model fails.
    """
    draw = np.random.default_rng(0)
    taken: list[tuple[int, float]] = []
    for n in PROBE_CALLS:
        on = draw.random((n, games.n_players)) < 0.5
        before, start = games.scores.tally.asked, time.perf_counter()
        games.values(np.arange(min(1, games.n_rows)), on)
        spent = time.perf_counter() - start
        taken.append((games.scores.tally.asked - before, spent))
    (few, first), (many, second) = taken
    if many == 0:
        return Speed(per_prediction=0.0)
    slope = (second - first) / (many - few) if many > few else 0.0
    if slope <= 0:
        slope = second / many
    return Speed(per_prediction=slope, per_call=max(0.0, second - slope * many))


def _allowed(
    seconds: float | None, limit_predictions: int | None, speed: Speed | None
) -> float | None:
    limits: list[float] = [] if limit_predictions is None else [float(limit_predictions)]
    if seconds is not None and speed is not None and speed.per_prediction > 0:
        limits.append(seconds / speed.per_prediction)
    return min(limits) if limits else None


def _duration(seconds: float) -> str:
    for unit, size in (("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.2g} seconds" if seconds < 10 else f"{seconds:.0f} seconds"
