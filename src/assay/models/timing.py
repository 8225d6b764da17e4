"""How long a model takes to answer, without the first call, which also has to warm up."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np

from assay.result import Json

T = TypeVar("T")
FULL_BATCH = 0.5
"""Batches of less than this share of the largest say more of a call's fixed cost than of rows."""


@dataclass(frozen=True, kw_only=True)
class PredictionTiming:
    """How long predicting a table took.

    The time is that of the model with all that assay does to hand over a batch and to check the
    answer. The look at the first rows, in which a model warms up, is not part of it; nor is the
    first batch of a run that goes on where another stopped.

    Parameters
    ----------
    rows : int
        Of the table.
    from_cache : int
        How many of them had a kept answer, for which the model was not asked.
    calls : int
        How often the batches asked the model.
    seconds : float
        What these calls took together.
    ms_per_1000_rows : float or None
        Median over batches; None when no batch was timed, then `reason` says why.
    ms_per_1000_rows_low, ms_per_1000_rows_high : float or None
        The lower and the upper quartile over batches; None for fewer than four.
    batches : int
        How many batches these three are from.
    cold_start_seconds : float or None
        What the very first call of the model took, for `cold_start_rows` rows; None when it had
        been called before, or was not called.
    cold_start_rows : int
    reason : str or None
    """

    rows: int
    from_cache: int = 0
    calls: int = 0
    seconds: float = 0.0
    ms_per_1000_rows: float | None = None
    ms_per_1000_rows_low: float | None = None
    ms_per_1000_rows_high: float | None = None
    batches: int = 0
    cold_start_seconds: float | None = None
    cold_start_rows: int = 0
    reason: str | None = None

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return cast("dict[str, Json]", dict(vars(self)))

    @classmethod
    def of_kept(cls, told: Mapping[str, Json], *, rows: int) -> "PredictionTiming":
        """Return the timing of answers that were all kept: how long they took when they were made.

        Parameters
        ----------
        told : mapping
            What `to_dict` gave then.
        rows : int
        """
        told = {"reason": _why_none(rows, rows), **told}
        again = {name: told.get(name) for name in _LASTING}
        return cls(rows=rows, from_cache=rows, **again)  # type: ignore[arg-type]


_LASTING = (
    "ms_per_1000_rows",
    "ms_per_1000_rows_low",
    "ms_per_1000_rows_high",
    "batches",
    "reason",
)


class Stopwatch:
    """Times the calls for batches, and the very first call apart.

    Examples
    --------
    >>> watch = Stopwatch()
    >>> watch.time(lambda: "answer", 10)
    'answer'
    >>> watch.timing(rows=10, from_cache=0, calls=1).batches
    1
    """

    def __init__(self) -> None:
        self._batches: list[tuple[int, float]] = []
        self._cold: tuple[int, float] | None = None

    def time(self, call: Callable[[], T], n_rows: int, *, cold: bool = False) -> T:
        """Return what `call` returns, and note how long it takes."""
        start = time.perf_counter()
        answer = call()
        spent = time.perf_counter() - start
        if cold:
            self._cold = (n_rows, spent)
        else:
            self._batches.append((n_rows, spent))
        return answer

    def timing(self, *, rows: int, from_cache: int, calls: int) -> PredictionTiming:
        """Sum up what was noted."""
        largest = max((n for n, _ in self._batches), default=0)
        full = [1e6 * spent / n for n, spent in self._batches if n >= FULL_BATCH * largest]
        cold_rows, cold = self._cold or (0, None)
        low = high = None
        if len(full) >= 4:
            low, high = (float(q) for q in np.quantile(full, [0.25, 0.75]))
        return PredictionTiming(
            rows=rows,
            from_cache=from_cache,
            calls=calls,
            seconds=sum(spent for _, spent in self._batches),
            ms_per_1000_rows=float(np.median(full)) if full else None,
            ms_per_1000_rows_low=low,
            ms_per_1000_rows_high=high,
            batches=len(full),
            cold_start_seconds=cold,
            cold_start_rows=cold_rows,
            reason=None if full else _why_none(rows, from_cache),
        )


def _why_none(rows: int, from_cache: int) -> str:
    if from_cache >= rows:
        return "every answer was kept from an earlier run"
    return "the model's first calls, which are not timed, had answered for every row that was left"
