"""The verbs that touch rows; one file beside this one for each implementation."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import narwhals as nw

from assay.data.requests import Request
from assay.tables.column_profile import ColumnProfile
from assay.tables.cube import Cube
from assay.tables.curves import DensityGrid
from assay.tables.distribution import Distribution
from assay.tables.group_moments import GroupMoments
from assay.tables.group_scores import GroupScoreTable
from assay.tables.moments import Moments
from assay.tables.score_table import ScoreTable
from assay.tables.unit_sums import UnitSums

if TYPE_CHECKING:
    import polars as pl

Table = (
    Cube
    | ScoreTable
    | GroupScoreTable
    | Distribution
    | Moments
    | GroupMoments
    | UnitSums
    | DensityGrid
    | tuple[ColumnProfile, ...]
)
BatchFunction = Callable[["pl.DataFrame"], "pl.DataFrame"]
LazyFrame = nw.LazyFrame[Any]


class Engine(Protocol):
    """Where rows are read and counted. `frame` is always a lazy narwhals frame of this engine."""

    name: str

    def count_rows(self, frame: LazyFrame) -> int:
        """Return the number of rows."""
        ...

    def scan(self, frame: LazyFrame, requests: Mapping[str, Request]) -> dict[str, Table]:
        """Make all requested tables in one pass over the rows, under the requests' names."""
        ...

    def sample(self, frame: LazyFrame, n: int, *, seed: int) -> "pl.DataFrame":
        """Return min(n, rows) rows, the same for the same rows and seed, in the data's order."""
        ...

    def batches(
        self, frame: LazyFrame, columns: Sequence[str] | None = None, *, batch_rows: int = 65_536
    ) -> "Iterator[pl.DataFrame]":
        """Yield the rows in order, `batch_rows` at a time (the last batch may be shorter)."""
        ...

    def map_batches(
        self,
        frame: LazyFrame,
        function: BatchFunction,
        *,
        columns: Sequence[str] | None = None,
        batch_rows: int = 65_536,
    ) -> LazyFrame:
        """Run `function` over the rows in order, once, and add the columns that it returns.

        `function` gets a frame of `columns` and returns a frame of as many rows.
        """
        ...

    def write(self, frame: LazyFrame, path: Path) -> None:
        """Write the rows as Parquet; `path` appears only when it is whole."""
        ...
