"""Which rows are explained, and their columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.explainability.rows import weights_of
from assay.jobs.section import SectionRequest
from assay.jobs.sections.explanations.config import ExplanationsConfig

DECILES = 10
Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Rows of a table.

    Parameters
    ----------
    places : ndarray of int, shape (n,)
        Counted from 0.
    frame : polars.DataFrame
        All columns of those rows, in the same order.
    asked : bool
        Whether the user named them.
    n_rows : int
        Of the table.
    n_weighted : int
        Rows whose weight is not 0.
    """

    places: Places
    frame: pl.DataFrame
    asked: bool
    n_rows: int
    n_weighted: int

    @property
    def told(self) -> str:
        """Return which rows these are, for people."""
        if self.asked:
            return "the rows that were named"
        if len(self.places) == self.n_rows:
            return "all rows"
        if len(self.places) == self.n_weighted:
            return f"all {self.n_weighted:,} rows that have weight"
        return f"{len(self.places):,} of {self.n_rows:,} rows, drawn evenly over the scores"


def draw_rows(request: SectionRequest, config: ExplanationsConfig) -> Drawn:
    """Take the named rows, else rows spread evenly over the deciles of the scores.

    Their order is random, so that what is finished when a limit is reached is a fair part. A row
    whose weight is 0 is taken only where it is named.

    Raises
    ------
    InputError
        If a named row does not exist.
    """
    data = request.data
    n_rows = data.count_rows()
    rng = np.random.default_rng([request.seed, n_rows])
    weights = weights_of(data)
    known = np.arange(n_rows) if weights is None else np.flatnonzero(weights > 0)
    if config.row:
        check_places(config.row, n_rows)
        places = np.array(list(dict.fromkeys(config.row)), dtype=np.intp)
    elif len(known) <= config.rows:
        places = rng.permutation(known)
    else:
        score = _score(data)
        spread = _spread(None if score is None else score[known], config.rows, rng, len(known))
        places = known[spread]
    return Drawn(places, take_places(data, places), bool(config.row), n_rows, len(known))


def check_places(named: Sequence[int], n_rows: int) -> None:
    """Refuse rows that the table does not have.

    Raises
    ------
    InputError
        With the rows that it has.
    """
    outside = [row for row in named if not 0 <= row < n_rows]
    if outside:
        msg = (
            f"there is no row {outside[0]:,}: the table has {n_rows:,} rows, which are counted "
            f"from 0; name rows from 0 to {n_rows - 1:,}"
        )
        raise InputError(msg)


def take_places(data: Dataset, places: Places) -> pl.DataFrame:
    """Return the rows at some places, in their order; no more than a batch is held beside."""
    order = np.argsort(places, kind="stable")
    wanted = places[order]
    found: list[pl.DataFrame] = []
    start = 0
    for batch in data.batches():
        stop = start + batch.height
        here = wanted[(wanted >= start) & (wanted < stop)] - start
        if len(here):
            found.append(batch[here])
        start = stop
    back = np.empty(len(places), dtype=np.intp)
    back[order] = np.arange(len(places))
    return pl.concat(found)[back]


def _score(data: Dataset) -> NDArray[np.float64] | None:
    """Return one number a row that says what the model thinks of it; None where none is there."""
    names = [*data.schema.scores, *data.schema.predictions]
    for name in names:
        column = data.column(name)
        if column.dtype.is_numeric() or column.dtype == pl.Boolean:
            return column.cast(pl.Float64).fill_null(0.0).fill_nan(0.0).to_numpy()
    return None


def _spread(
    score: NDArray[np.float64] | None, n: int, rng: np.random.Generator, n_rows: int
) -> Places:
    """Draw n rows, as many from each tenth of the scores; ties fall as chance has it."""
    shuffled = rng.permutation(n_rows)
    if score is not None:
        shuffled = shuffled[np.argsort(score[shuffled], kind="stable")]
    edges = np.linspace(0, n_rows, min(n, DECILES) + 1).astype(int)
    shares = np.diff(np.linspace(0, n, len(edges)).astype(int))
    drawn = [
        rng.choice(shuffled[low:high], size=share, replace=False)
        for low, high, share in zip(edges[:-1], edges[1:], shares, strict=True)
    ]
    return rng.permutation(np.concatenate(drawn)).astype(np.intp)
