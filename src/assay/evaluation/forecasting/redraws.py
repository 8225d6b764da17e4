"""Sums of rows by series and time in; the sums of other samples of series or times out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.forecasting.panel import Panel
from assay.evaluation.forecasting.season import autocorrelations
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
MIN_SERIES = 20
"""So many series stand for others; with fewer, times are redrawn."""
MIN_CUTS = 3
FEW_BLOCKS, WEAK_BLOCKS = 6, 20
N_DRAWS = 2_000
_ENTRIES = 10_000_000


@dataclass(frozen=True, eq=False)
class Redraws:
    """How samples of forecasts are redrawn.

    Parameters
    ----------
    by : {"series", "cut-off", "time"}
        What is drawn.
    unit : ndarray of int, shape (n,)
        The row's unit.
    counts : ndarray of float, shape (n_draws, n_units)
        How often each unit is in each draw; no rows where nothing can be drawn.
    block : int
        Neighbouring units that are drawn together.
    """

    by: str
    unit: Codes
    counts: Floats
    block: int = 1

    @property
    def n_units(self) -> int:
        """Units."""
        return self.counts.shape[1]

    @property
    def n_blocks(self) -> int:
        """Independent pieces that an interval rests on, about."""
        return self.n_units // self.block

    @property
    def able(self) -> bool:
        """Whether there is enough to draw from."""
        return self.n_blocks >= MIN_CUTS

    @property
    def method(self) -> str:
        """For people."""
        if self.by == "series":
            return f"bootstrap over {self.n_units:,} series, BCa"
        return (
            f"bootstrap over {self.n_units:,} {self.by}s in blocks of {self.block:,}, percentiles"
        )

    def warnings(self) -> tuple[str, ...]:
        """Say where the interval rests on little."""
        if self.by == "series" or self.n_blocks >= WEAK_BLOCKS:
            return ()
        how = "too few" if self.n_blocks < FEW_BLOCKS else "weak"
        return (
            f"{how}: the interval rests on about {self.n_blocks} independent stretches of time",
        )


def make_redraws(panel: Panel, *, seed: int) -> Redraws:
    """Choose what to redraw: 20 series or more, else cut-offs from 3 on, else stretches of time.

    Parameters
    ----------
    panel : Panel
    seed : int

    Returns
    -------
    Redraws
    """
    rng = np.random.default_rng(seed)
    n = panel.n_series
    if n >= MIN_SERIES:
        counts = rng.multinomial(n, np.full(n, 1 / n), size=_draws(n)).astype(np.float64)
        return Redraws("series", panel.series, counts)
    n_cuts = int(panel.cuts.max()) + 1
    if n_cuts >= MIN_CUTS:
        block = _overlapping(panel, n_cuts)
        return Redraws("cut-off", panel.cuts, _blocks(n_cuts, block, rng), block)
    times, unit = np.unique(panel.period, return_inverse=True)
    unit = unit.astype(np.int64)
    errors = sums_by(unit, panel.w * np.abs(panel.f - panel.y), len(times))
    block = _lasting(errors, len(times))
    return Redraws("time", unit, _blocks(len(times), block, rng), block)


def _draws(n_units: int) -> int:
    return int(np.clip(_ENTRIES // n_units, 400, N_DRAWS))


def _blocks(n: int, block: int, rng: np.random.Generator) -> Floats:
    """Draw neighbouring units together, the first following the last."""
    n_draws = _draws(n)
    if n // block < MIN_CUTS:
        return np.zeros((0, n))
    pieces = -(-n // block)
    starts = rng.integers(n, size=(n_draws, pieces))
    lengths = np.full(pieces, block)
    lengths[-1] = n - block * (pieces - 1)
    rows = np.arange(n_draws)[:, None]
    change = np.zeros((n_draws, 2 * n + 1))
    np.add.at(change, (rows, starts), 1.0)
    np.add.at(change, (rows, starts + lengths), -1.0)
    twice = np.cumsum(change, axis=1)
    return twice[:, :n] + twice[:, n : 2 * n]


def _overlapping(panel: Panel, n_cuts: int) -> int:
    """Return how many neighbouring cut-offs forecast the same time, n^⅓ at least."""
    horizon = int(panel.step.max())
    apart = max(1, int(np.median(np.diff(np.unique(panel.origin)))))
    return max(round(n_cuts ** (1 / 3)), min(-(-horizon // apart), n_cuts))


def _lasting(errors: Floats, n: int) -> int:
    """Return how long neighbouring errors stay alike, n^⅓ at least."""
    least = int(np.ceil(n ** (1 / 3)))
    found = autocorrelations(errors, max(n // 4, 1)) if n > least else None
    if found is None:
        return least
    below = np.flatnonzero(found < 2 / np.sqrt(n))
    return max(least, int(below[0]) if len(below) else len(found))
