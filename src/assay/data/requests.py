"""What an analysis asks the scan for: one request, one small table."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import narwhals as nw

MAX_EXACT_ROWS = 5_000_000
N_BINS = 65_536
MAX_EXACT_GROUP_ROWS = 20_000
N_GROUP_BINS = 8_192


@dataclass(frozen=True, kw_only=True)
class Request:
    """What every request may add: weights, independent units, a row filter.

    Parameters
    ----------
    weight : str or None
        Column of row weights.
    unit : str or None
        Column that names independent units; rows of one unit belong together.
    unit_kind : str
        "group" or "block": how the units came about.
    where : narwhals.Expr or None
        Only rows for which this is true.
    """

    weight: str | None = None
    unit: str | None = None
    unit_kind: str = "group"
    where: nw.Expr | None = None


@dataclass(frozen=True, kw_only=True)
class CubeRequest(Request):
    """A `Cube`: counts by keys. A key is a column, or an expression under a name of its own.

    With `keep_all` no value is folded into ``(other)``, however many cells that makes.
    """

    by: Mapping[str, nw.Expr]
    max_cells: int = 100_000
    keep_all: bool = False


@dataclass(frozen=True, kw_only=True)
class ScoreTableRequest(Request):
    """A `ScoreTable`: `score` (float, not null) against `positive` (boolean, not null).

    Up to `max_exact` rows each distinct score keeps its own entry; above, scores go into
    `n_bins` bins of about equal mass, whose edges come from a seeded sample.

    With `keep_rows` an exact table keeps its rows one by one, each as its own unit, so that tables
    of the same rows show how they vary together. A declared `unit` does so anyway.
    """

    score: nw.Expr
    positive: nw.Expr
    keep_rows: bool = False
    max_exact: int = MAX_EXACT_ROWS
    n_bins: int = N_BINS


@dataclass(frozen=True, kw_only=True)
class DistributionRequest(Request):
    """A `Distribution`: sorted values of one number; bins above `max_exact` rows."""

    value: nw.Expr
    max_exact: int = MAX_EXACT_ROWS
    n_bins: int = N_BINS


@dataclass(frozen=True, kw_only=True)
class MomentsRequest(Request):
    """`Moments` of named per-row quantities; rows where any is null or not finite are skipped."""

    quantities: Mapping[str, nw.Expr]


@dataclass(frozen=True, kw_only=True)
class GroupScoresRequest(Request):
    """A `GroupScoreTable`: rows by the keys `by` (null is a value), by `score` and by `positive`.

    Rows without a score (or without a label, where one is asked for) are left out. Up to
    `max_exact` rows each distinct score keeps its own entries; above, scores go into `n_bins`
    bins of about equal mass over all rows, whose edges come from a seeded sample. Keys of more
    than a few hundred cells get fewer bins, so that the table stays small.
    """

    by: Mapping[str, nw.Expr]
    score: nw.Expr
    positive: nw.Expr | None = None
    max_exact: int = MAX_EXACT_GROUP_ROWS
    n_bins: int = N_GROUP_BINS


@dataclass(frozen=True, kw_only=True)
class GroupMomentsRequest(Request):
    """`GroupMoments` of named per-row quantities by the keys `by`, in which null is a value."""

    by: Mapping[str, nw.Expr]
    quantities: Mapping[str, nw.Expr]


@dataclass(frozen=True, kw_only=True)
class UnitSumsRequest(Request):
    """`UnitSums` of named per-row quantities; `unit` must be given.

    Unlike `Moments`, whose size grows with the square of the quantities, it suits hundreds.
    """

    quantities: Mapping[str, nw.Expr]


@dataclass(frozen=True, kw_only=True)
class ProfileRequest(Request):
    """A tuple of `ColumnProfile`, one for each column; columns → kind."""

    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class GridRequest(Request):
    """A `DensityGrid`: rows by bins of two numbers; values outside go to the outermost bins."""

    x: nw.Expr
    y: nw.Expr
    x_edges: tuple[float, ...]
    y_edges: tuple[float, ...]
