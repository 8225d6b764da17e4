"""The embedded engine: Polars, lazy and streaming, in memory or larger."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import cast

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.engines.accumulators.cube import CubeAccumulator
from assay.data.engines.accumulators.distribution import (
    BinnedDistributionAccumulator,
    DistributionAccumulator,
)
from assay.data.engines.accumulators.grid import GridAccumulator
from assay.data.engines.accumulators.group_moments import GroupMomentsAccumulator
from assay.data.engines.accumulators.group_scores import (
    BinnedGroupScoreAccumulator,
    GroupScoreAccumulator,
)
from assay.data.engines.accumulators.levels import equal_mass_cuts
from assay.data.engines.accumulators.moments import MomentsAccumulator
from assay.data.engines.accumulators.protocol import Accumulator, floats
from assay.data.engines.accumulators.scores import BinnedScoreAccumulator, ScoreAccumulator
from assay.data.engines.accumulators.shared_bins import SharedBins
from assay.data.engines.accumulators.shared_codes import SharedCodes
from assay.data.engines.accumulators.unit_sums import UnitSumsAccumulator
from assay.data.engines.mixing import choose_rows, row_keys
from assay.data.engines.profile import profile_columns
from assay.data.engines.protocol import BatchFunction, LazyFrame, Table
from assay.data.requests import (
    MAX_EXACT_ROWS,
    CubeRequest,
    DistributionRequest,
    GridRequest,
    GroupMomentsRequest,
    GroupScoresRequest,
    MomentsRequest,
    ProfileRequest,
    Request,
    ScoreTableRequest,
    UnitSumsRequest,
)
from assay.data.row_order import IN_ORDER
from assay.errors import InputError
from assay.tables.column_profile import ColumnProfile

SCAN_ROWS = 262_144
PREFETCH = "POLARS_ROW_GROUP_PREFETCH_SIZE"
CUT_SAMPLE = 1_000_000
CUT_SEED = 20_240_501
MAX_CELLS_IN_MEMORY = 50_000_000
Ranked = ScoreTableRequest | DistributionRequest | GroupScoresRequest
RowRequest = (
    Ranked | CubeRequest | MomentsRequest | GroupMomentsRequest | UnitSumsRequest | GridRequest
)


class PolarsEngine:
    """Reads Polars lazy frames, in pieces where they are large.

    Examples
    --------
    >>> engine = PolarsEngine()
    >>> frame = nw.from_native(pl.LazyFrame({"y": [True, False, True]}))
    >>> cube = engine.scan(frame, {"y": CubeRequest(by={"y": nw.col("y")})})["y"]
    >>> cube.levels, cube.n.tolist()
    (((False, True),), [1, 2])
    """

    name = "polars"

    def count_rows(self, frame: LazyFrame) -> int:
        """Return the number of rows."""
        counted = _native(frame).select(pl.len()).collect(engine="streaming")
        return int(counted.item())

    def scan(self, frame: LazyFrame, requests: Mapping[str, Request]) -> dict[str, Table]:
        """Make all requested tables in one pass over the rows, under the requests' names.

        Tables that rank more than `max_exact` rows take a pass more, in which a seeded sample of
        a million rows settles their bins; profiles are made in a pass of their own. NaN counts
        as null everywhere but in a profile, which reports it.

        Parameters
        ----------
        frame : LazyFrame
        requests : mapping of str to Request

        Returns
        -------
        dict of str to Table
        """
        native = _native(frame)
        rows = {name: r for name, r in requests.items() if isinstance(r, RowRequest)}
        profiles = {name: r for name, r in requests.items() if isinstance(r, ProfileRequest)}
        tables: dict[str, Table] = {}
        if rows:
            accumulators = _accumulators(self, native, rows)
            _feed(native, rows, accumulators)
            tables |= {name: accumulator.finish() for name, accumulator in accumulators.items()}
        for name, request in profiles.items():
            tables[name] = self._profile(native, request)
        return {name: tables[name] for name in requests}

    def _profile(self, native: pl.LazyFrame, request: ProfileRequest) -> tuple[ColumnProfile, ...]:
        if request.where is not None:
            native = _native(nw.from_native(native).filter(request.where))
        n_rows = self.count_rows(nw.from_native(native))
        exact = n_rows <= MAX_EXACT_ROWS
        in_memory = exact and n_rows * len(request.columns) <= MAX_CELLS_IN_MEMORY
        if in_memory:
            # In one piece the sums are the same to the last digit, run after run.
            read = native.select(list(request.columns)).collect(optimizations=IN_ORDER)
            native = read.rechunk().lazy()
        sampled = pl.DataFrame()
        types = native.collect_schema()
        numeric = [column for column in request.columns if types[column].is_numeric()]
        if not exact and numeric:
            select = nw.from_native(native.select(numeric))
            sampled = self.sample(select, CUT_SAMPLE, seed=CUT_SEED)
        return profile_columns(
            native, request.columns, exact=exact, in_memory=in_memory, sampled=sampled
        )

    def sample(self, frame: LazyFrame, n: int, *, seed: int) -> pl.DataFrame:
        """Return min(n, rows) rows, the same for the same rows and seed, in the data's order.

        Rows are chosen by a written-out mix of row number and seed, so neither chunks nor row
        groups matter.
        """
        chosen = choose_rows(self.count_rows(frame), n, seed=seed)
        parts: list[pl.DataFrame] = []
        start = 0
        for batch in _stream(_native(frame), SCAN_ROWS):
            low, high = np.searchsorted(chosen, [start, start + batch.height])
            if high > low:
                parts.append(batch[chosen[low:high] - start])
            start += batch.height
        if not parts:
            return _native(frame).head(0).collect()
        return pl.concat(parts, rechunk=True)

    def batches(
        self, frame: LazyFrame, columns: Sequence[str] | None = None, *, batch_rows: int = 65_536
    ) -> Iterator[pl.DataFrame]:
        """Yield the rows in order, `batch_rows` at a time (the last batch may be shorter)."""
        native = _native(frame)
        if columns is not None:
            native = native.select(list(columns))
        yield from _stream(native, batch_rows)

    def map_batches(
        self,
        frame: LazyFrame,
        function: BatchFunction,
        *,
        columns: Sequence[str] | None = None,
        batch_rows: int = 65_536,
    ) -> LazyFrame:
        """Run `function` over the rows in order, once, and add the columns that it returns.

        Only the added columns are held in memory; the others stay where they are.

        Raises
        ------
        InputError
            If `function` returns another number of rows, or a column that is there already.
        """
        parts: list[pl.DataFrame] = []
        for batch in self.batches(frame, columns, batch_rows=batch_rows):
            made = function(batch)
            if made.height != batch.height:
                msg = f"the function returned {made.height} rows for a batch of {batch.height}"
                raise InputError(msg)
            parts.append(made)
        native = _native(frame)
        if not parts:
            empty = native.head(0).select(list(columns) if columns is not None else pl.all())
            parts = [function(empty.collect())]
        added = pl.concat(parts, how="vertical_relaxed", rechunk=True)
        taken = set(native.collect_schema().names()) & set(added.columns)
        if taken:
            msg = f"columns are there already: {', '.join(sorted(taken))}"
            raise InputError(msg)
        return nw.from_native(pl.concat([native, added.lazy()], how="horizontal"))

    def write(self, frame: LazyFrame, path: Path) -> None:
        """Write the rows as Parquet; `path` appears only when it is whole."""
        partial = path.with_name(f"{path.name}.partial")
        try:
            _native(frame).sink_parquet(partial, optimizations=IN_ORDER)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def _native(frame: LazyFrame) -> pl.LazyFrame:
    return cast("pl.LazyFrame", nw.to_native(frame))


def _stream(native: pl.LazyFrame, rows: int) -> Iterator[pl.DataFrame]:
    """Yield the rows in order, `rows` at a time, whatever pieces Polars has them in.

    Sums over batches are thus the same to the last digit, run after run.
    """
    with _one_row_group_ahead():
        yield from _pieces(native, rows)


def _pieces(native: pl.LazyFrame, rows: int) -> Iterator[pl.DataFrame]:
    held: list[pl.DataFrame] = []
    n_held = 0
    pieces = native.collect_batches(
        chunk_size=rows, maintain_order=True, engine="streaming", optimizations=IN_ORDER
    )
    for piece in pieces:
        held.append(piece)
        n_held += piece.height
        while n_held >= rows:
            whole = pl.concat(held, rechunk=True) if len(held) > 1 else held[0]
            yield whole.head(rows)
            held, n_held = [whole.slice(rows)], n_held - rows
    if n_held:
        yield pl.concat(held, rechunk=True) if len(held) > 1 else held[0]


@contextmanager
def _one_row_group_ahead() -> Iterator[None]:
    """Let queries that run here read one row group of Parquet ahead, not all they can.

    Polars reads the setting as a query runs. It halves the memory of files of large row
    groups, at no loss of speed; a setting that is there already stands.
    """
    if PREFETCH in os.environ:
        yield
        return
    os.environ[PREFETCH] = "1"
    try:
        yield
    finally:
        os.environ.pop(PREFETCH, None)


def _without_nan(native: pl.LazyFrame) -> pl.LazyFrame:
    return native.with_columns(pl.selectors.float().fill_nan(None))


def _accumulators(
    engine: PolarsEngine, native: pl.LazyFrame, requests: Mapping[str, RowRequest]
) -> dict[str, Accumulator]:
    ranked = {name: r for name, r in requests.items() if isinstance(r, Ranked)}
    cuts: dict[str, NDArray[np.float64]] = {}
    if ranked:
        n_rows = engine.count_rows(nw.from_native(native))
        large = {name: r for name, r in ranked.items() if n_rows > r.max_exact}
        cuts = _find_cuts(native, large, n_rows) if large else {}
    bins: dict[int, SharedBins] = {}
    return {name: _accumulator(r, cuts.get(name), bins) for name, r in requests.items()}


def _accumulator(
    request: RowRequest, cuts: NDArray[np.float64] | None, bins: dict[int, SharedBins]
) -> Accumulator:
    if isinstance(request, CubeRequest):
        return CubeAccumulator(request)
    if isinstance(request, MomentsRequest):
        return MomentsAccumulator(request)
    if isinstance(request, GroupMomentsRequest):
        return GroupMomentsAccumulator(request)
    if isinstance(request, UnitSumsRequest):
        return UnitSumsAccumulator(request)
    if isinstance(request, GridRequest):
        return GridAccumulator(request)
    return _ranking_accumulator(request, cuts, bins)


def _ranking_accumulator(
    request: Ranked, cuts: NDArray[np.float64] | None, bins: dict[int, SharedBins]
) -> Accumulator:
    """Return what ranks the rows: all of them, or between cuts where there are too many.

    Tables by group of one score have the same cuts, and share the search between them.
    """
    if isinstance(request, GroupScoresRequest):
        if cuts is None:
            return GroupScoreAccumulator(request)
        shared = bins.setdefault(id(cuts), SharedBins(cuts))
        return BinnedGroupScoreAccumulator(request, shared)
    if isinstance(request, ScoreTableRequest):
        if cuts is None:
            return ScoreAccumulator(request)
        return BinnedScoreAccumulator(request, cuts)
    if cuts is None:
        return DistributionAccumulator(request)
    return BinnedDistributionAccumulator(request, cuts)


def _ranked_value(request: Ranked) -> nw.Expr:
    return request.value if isinstance(request, DistributionRequest) else request.score


def _feed(
    native: pl.LazyFrame,
    requests: Mapping[str, RowRequest],
    accumulators: Mapping[str, Accumulator],
) -> None:
    """Let every batch of rows go by all accumulators."""
    number = count()
    names: dict[int, str] = {}  # one column for each expression, however many ask for it
    expressions: dict[str, nw.Expr] = {}

    def column_of(expression: nw.Expr) -> str:
        if id(expression) not in names:
            names[id(expression)] = f"c{next(number)}"
            expressions[names[id(expression)]] = expression
        return names[id(expression)]

    reads = {
        name: {local: column_of(e) for local, e in accumulators[name].columns().items()}
        for name in requests
    }
    keeps = {name: column_of(r.where) for name, r in requests.items() if r.where is not None}
    selected = nw.from_native(_without_nan(native)).select(**expressions)
    codes = SharedCodes()
    for batch in _stream(_native(selected), SCAN_ROWS):
        codes.show(batch)
        for name, accumulator in accumulators.items():
            if (
                isinstance(accumulator, CubeAccumulator)
                and name not in keeps
                and accumulator.add_coded(codes, reads[name])
            ):
                continue
            rows = batch.select(pl.col(c).alias(local) for local, c in reads[name].items())
            if name in keeps:
                rows = rows.filter(batch.get_column(keeps[name]))
            accumulator.add(rows)


def _find_cuts(
    native: pl.LazyFrame, requests: Mapping[str, Ranked], n_rows: int
) -> dict[str, NDArray[np.float64]]:
    """Cut points for each request that ranks more than `max_exact` rows.

    Rows are drawn with a probability that gives about a million of them. A request whose `where`
    leaves few enough rows gets no cuts: it is made exactly.
    """
    asked: dict[tuple[int, int], list[str]] = {}  # requests of one number are looked at once
    for name, request in requests.items():
        asked.setdefault((id(_ranked_value(request)), id(request.where)), []).append(name)
    select: dict[str, nw.Expr] = {}
    for at, names in enumerate(asked.values()):
        request = requests[names[0]]
        value = _ranked_value(request)
        select[f"value{at}"] = (
            value if request.where is None else nw.when(request.where).then(value)
        )
    bound = np.uint64(min(int(CUT_SAMPLE / n_rows * 2**64), 2**64 - 1))
    drawn: list[list[NDArray[np.float64]]] = [[] for _ in asked]
    passing = [0] * len(asked)
    start = 0
    lazy = nw.from_native(_without_nan(native)).select(**select)
    for batch in _stream(_native(lazy), SCAN_ROWS):
        chosen = row_keys(start, start + batch.height, CUT_SEED) <= bound
        start += batch.height
        for at in range(len(asked)):
            values = floats(batch, f"value{at}")
            there = ~np.isnan(values)
            passing[at] += int(there.sum())
            drawn[at].append(values[chosen & there])
    cuts: dict[str, NDArray[np.float64]] = {}
    for at, names in enumerate(asked.values()):
        sample = np.concatenate(drawn[at])
        of_size: dict[int, NDArray[np.float64]] = {}
        for name in names:
            request = requests[name]
            if passing[at] <= request.max_exact:
                continue
            if request.n_bins not in of_size:
                of_size[request.n_bins] = equal_mass_cuts(sample, request.n_bins)
            cuts[name] = of_size[request.n_bins]
    return cuts
