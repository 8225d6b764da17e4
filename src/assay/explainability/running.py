"""Run the estimator over the rows that are not finished, within limits, keeping what is done."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.computed import INTERRUPTED
from assay.explainability.kept_rows import KeptRows
from assay.explainability.scores import Tally
from assay.explainability.settings import Settings
from assay.explainability.shapley.attribute import Tuned, attribute
from assay.explainability.shapley.attributed import Attributed, Budget, join_attributed
from assay.explainability.shapley.games import Games

Rows = NDArray[np.intp]
MOST_ENUMERATED = 16


@dataclass(frozen=True)
class Limits:
    """Where to stop.

    Parameters
    ----------
    start : float
        When the work began, by `time.perf_counter`.
    seconds : float or None
    predictions : int or None
    """

    start: float
    seconds: float | None = None
    predictions: int | None = None

    @property
    def there(self) -> bool:
        """Whether there is any limit."""
        return self.seconds is not None or self.predictions is not None

    def reached(self, tally: Tally) -> str | None:
        """Return which limit is reached, for people; None while there is room."""
        spent = time.perf_counter() - self.start
        if self.seconds is not None and spent >= self.seconds:
            return f"the limit of {self.seconds:g} seconds was reached"
        if self.predictions is not None and tally.asked >= self.predictions:
            return f"the limit of {self.predictions:,} predictions was reached"
        return None


@dataclass(frozen=True, eq=False)
class Done:
    """What the estimator finished.

    Parameters
    ----------
    attributed : Attributed or None
        None where not a single row was finished, or none was asked for.
    stopped : str or None
        Why it stopped before the last row.
    interrupt : KeyboardInterrupt or None
        What stopped it, where somebody did.
    """

    attributed: Attributed | None
    stopped: str | None = None
    interrupt: KeyboardInterrupt | None = None


def run_kernel(
    games: Games,
    settings: Settings,
    *,
    which: Rows,
    tuned: Tuned,
    limits: Limits,
    tally: Tally,
    kept: KeptRows | None = None,
    finished: Callable[[int, int], None] | None = None,
) -> Done:
    """Attribute rows by coalitions.

    Parameters
    ----------
    games : Games
    settings : Settings
    which : ndarray of int
        The rows that are wanted.
    tuned : dict
        The estimator's settings by the players that vary; gains those found here.
    limits : Limits
        Looked at after each chunk of rows.
    tally : Tally
        Of the scores of `games`.
    kept : KeptRows or None
        Where finished rows are, and are put.
    finished : callable or None
        Told how many of `which` are done, and how many they are.

    Raises
    ------
    InputError
        If every coalition is asked for, and there are too many.
    KeyboardInterrupt
        Where it is pressed before the first row is finished.
    """
    budget = _budget(games, settings)
    parts = [] if kept is None else kept.load()
    if kept is not None:
        tuned.update(kept.tuned())
    done = {int(row) for part in parts for row in part.rows}
    count = len(done)
    try:
        for part in attribute(
            games,
            budget,
            seed=settings.seed,
            rows=which,
            interactions=settings.interactions,
            tuned=tuned,
            done=done,
            stop=(lambda: limits.reached(tally) is not None) if limits.there else None,
        ):
            parts.append(part)
            count += len(part.rows)
            if kept is not None:
                kept.keep_tuned(tuned)
                kept.add(part)
            if finished is not None:
                finished(count, len(which))
    except KeyboardInterrupt as interrupt:
        if not parts:
            raise
        return Done(join_attributed(parts), INTERRUPTED, interrupt)
    stopped = limits.reached(tally) if _cut(parts, count, len(which)) else None
    return Done(join_attributed(parts) if parts else None, stopped)


def _budget(games: Games, settings: Settings) -> Budget:
    if settings.method == "exact":
        return Budget(calls=_every_coalition(games), tolerance=None)
    return Budget(
        calls=settings.calls, tolerance=settings.tolerance, settle_top=settings.settle_top
    )


def _every_coalition(games: Games) -> int:
    """Return how many coalitions there are, at least all and none of the columns.

    Raises
    ------
    InputError
        If they are too many to be tried.
    """
    varying = int(games.varying().sum(axis=1).max(initial=0))
    if varying > MOST_ENUMERATED:
        msg = (
            f"method='exact' tries every coalition, and {varying} columns have 2^{varying}; at "
            f"most {MOST_ENUMERATED} columns can be tried so. Join columns into players, or take "
            "method='auto', whose values have standard errors"
        )
        raise InputError(msg)
    return 2 ** max(1, varying)


def _cut(parts: Sequence[Attributed], count: int, wanted: int) -> bool:
    """Whether rows are missing, or were given out before they had their precision."""
    return count < wanted or not all(part.converged.all() for part in parts)
