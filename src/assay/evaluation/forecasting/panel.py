"""A table of forecasts in, with the rows before them; arrays by series and time out."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.times import to_utc
from assay.errors import ColumnNotFoundError, InputError
from assay.evaluation.forecast_options import ForecastOptions
from assay.evaluation.forecasting.columns import ForecastColumns, forecast_columns
from assay.evaluation.forecasting.frequency import Frequency, read_frequency
from assay.evaluation.forecasting.lookup import Past, join_past
from assay.evaluation.forecasting.problems import (
    out_of_order,
    refuse_repeated,
    refuse_values,
)
from assay.result import Finding

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]
ONLY = "(one series)"
SERIES, TIME, CUT = "series", "time", "cut"


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """Judged forecasts, ordered by series, then by the row that they were made from, then by time.

    Parameters
    ----------
    names : tuple of str, length n_series
    series : ndarray of int, shape (n,)
        Place of the row's series in `names`.
    time : ndarray of int, shape (n,)
        Nanoseconds since 1970, or plain numbers.
    period : ndarray of int, shape (n,)
        On the grid of `frequency`.
    origin : ndarray of int, shape (n,)
        The last period that the forecast was made from.
    y, f, w : ndarray of float, shape (n,)
        Truth, forecast (NaN where the table has none) and weight.
    quantiles : mapping of float to ndarray
        Level → predicted quantiles, ascending.
    bounds : tuple of ndarray or None
        Lower and upper ends of an interval of unknown level.
    others : mapping of str to ndarray
        Column → forecasts of others for the same rows.
    past : Past
        Rows of the series that are not judged.
    frequency : Frequency
    columns : ForecastColumns
    temporal : bool
        Whether `time` is one.
    with_cutoffs : bool
        Whether the rows say what each forecast was made from.
    findings : tuple of Finding
    """

    names: tuple[str, ...]
    series: Codes
    time: Codes
    period: Codes
    origin: Codes
    y: Floats
    f: Floats
    w: Floats
    past: Past
    frequency: Frequency
    columns: ForecastColumns
    temporal: bool
    quantiles: dict[float, Floats] = field(default_factory=dict)
    bounds: tuple[Floats, Floats] | None = None
    others: dict[str, Floats] = field(default_factory=dict)
    with_cutoffs: bool = False
    findings: tuple[Finding, ...] = ()

    @property
    def n(self) -> int:
        """Judged rows."""
        return len(self.y)

    @property
    def n_series(self) -> int:
        """Series."""
        return len(self.names)

    @property
    def step(self) -> Codes:
        """Periods from the last row that the forecast was made from, from 1."""
        return self.period - self.origin

    @cached_property
    def cuts(self) -> Codes:
        """Place of the row's origin among all of them; a forecast from one place has one."""
        if not self.with_cutoffs:
            return np.zeros(self.n, dtype=np.int64)
        return np.unique(self.origin, return_inverse=True)[1].astype(np.int64)

    @cached_property
    def first(self) -> Codes:
        """First judged period of each series."""
        return _first_of(self.series, self.period, self.n_series)

    @cached_property
    def known(self) -> Past:
        """All values of the series: the past ones and the judged ones."""
        return join_past(self.past, Past(self.series, self.period, self.y, self.time))

    def take(self, rows: NDArray[np.bool_]) -> "Panel":
        """Return some of the judged rows, with the same past."""
        return replace(
            self,
            series=self.series[rows],
            time=self.time[rows],
            period=self.period[rows],
            origin=self.origin[rows],
            y=self.y[rows],
            f=self.f[rows],
            w=self.w[rows],
            quantiles={level: each[rows] for level, each in self.quantiles.items()},
            others={name: each[rows] for name, each in self.others.items()},
            bounds=None if self.bounds is None else (self.bounds[0][rows], self.bounds[1][rows]),
        )


def read_panel(
    data: "Dataset",
    *,
    train: "Dataset | None" = None,
    options: ForecastOptions | None = None,
    others: Sequence[str] = (),
) -> Panel:
    """Read forecasts and what came before them.

    Parameters
    ----------
    data : Dataset
        With a label, one column of predictions and a time, all given in every row.
    train : Dataset or None
        Rows of the same series with their labels.
    options : ForecastOptions or None
    others : sequence of str
        Columns of forecasts that are read as well.

    Returns
    -------
    Panel

    Raises
    ------
    InputError
        If a time is missing, a series has a time twice, or a value is no finite number.
    """
    columns = forecast_columns(data.schema, options or ForecastOptions())
    if missing := set(others) - set(data.schema.names):
        raise ColumnNotFoundError(missing, data.schema.names)
    judged = _frame(data, [*columns.names, *others])
    temporal = _temporal(data, columns.time)
    names, codes, past_codes, past_rows = _codes(judged, train, columns)
    keys = {SERIES: codes, TIME: _moments(judged[columns.time], columns.time)}
    if columns.cutoff is not None:
        keys[CUT] = _moments(judged[columns.cutoff], columns.cutoff)
    elif columns.step is not None:
        keys[CUT] = -_whole(judged[columns.step], columns.step)
    order = np.lexsort([keys[name] for name in (TIME, CUT, SERIES) if name in keys])
    found = out_of_order(keys[SERIES], keys[TIME], keys.get(CUT), names)
    judged, keys = judged[order], {name: each[order] for name, each in keys.items()}
    if columns.step is None:
        refuse_repeated(keys, names, temporal=temporal, where=data.name)
    before = Past(past_codes, *_past_values(past_rows, columns))
    grid = (
        np.concatenate([before.series, keys[SERIES]]),
        np.concatenate([before.period, keys[TIME]]),
    )
    by_time = np.lexsort((grid[1], grid[0]))
    frequency = read_frequency(grid[0][by_time], grid[1][by_time], temporal=temporal)
    period, past = _on_grid(frequency, keys, before, temporal, names, "the train rows")
    of_time = temporal and columns.cutoff is not None and _temporal(data, columns.cutoff)
    origin = _origins(keys, period, past, frequency, columns, of_time=of_time or not temporal)
    panel = Panel(
        names=names,
        series=keys[SERIES],
        time=keys[TIME],
        period=period,
        origin=origin,
        y=_numbers(judged, columns.label, "label"),
        f=(
            np.full(len(order), np.nan)
            if columns.prediction is None
            else _numbers(judged, columns.prediction, "prediction")
        ),
        w=(
            np.ones(len(order))
            if columns.weight is None
            else _numbers(judged, columns.weight, "weight")
        ),
        past=past,
        frequency=frequency,
        columns=columns,
        temporal=temporal,
        quantiles={
            level: _numbers(judged, name, "quantile") for level, name in columns.quantiles.items()
        },
        bounds=_bounds(judged, columns),
        others={name: _numbers(judged, name, "forecast") for name in others},
        with_cutoffs=CUT in keys,
        findings=found,
    )
    if columns.step is not None:
        made = {SERIES: panel.series, TIME: panel.time, CUT: panel.origin}
        refuse_repeated(made, names, temporal=temporal, where=data.name)
    return panel


def _frame(data: "Dataset", names: list[str]) -> pl.DataFrame:
    return data.collect(list(dict.fromkeys(names)))


def _temporal(data: "Dataset", column: str) -> bool:
    dtype = next(data.batches([column])).schema[column]
    return dtype == pl.String or dtype.is_temporal()


def _codes(
    judged: pl.DataFrame, train: "Dataset | None", columns: ForecastColumns
) -> tuple[tuple[str, ...], Codes, Codes, pl.DataFrame | None]:
    """Return a number for each judged series; train rows of other series are left out."""
    if columns.series is None:
        past = None if train is None else _past_frame(train, columns)
        n_past = 0 if past is None else past.height
        return (ONLY,), np.zeros(judged.height, np.int64), np.zeros(n_past, np.int64), past
    values = _texts(judged[columns.series])
    named = values.unique().sort()
    places = dict(zip(named.to_list(), range(named.len()), strict=True))
    codes = values.replace_strict(places, return_dtype=pl.Int64).to_numpy()
    names = tuple(str(name) for name in named.to_list())
    if train is None:
        return names, codes, np.zeros(0, dtype=np.int64), None
    past = _past_frame(train, columns)
    of_past = _texts(past[columns.series]).replace_strict(
        places, default=-1, return_dtype=pl.Int64
    )
    kept = (of_past >= 0).to_numpy()
    return names, codes, of_past.to_numpy()[kept], past.filter(pl.Series(kept))


def _texts(values: pl.Series) -> pl.Series:
    return values.cast(pl.String).fill_null("(missing)")


def _past_frame(train: "Dataset", columns: ForecastColumns) -> pl.DataFrame:
    wanted = [columns.label, columns.time, *([columns.series] if columns.series else [])]
    lacking = [name for name in wanted if name not in train.schema.names]
    if lacking:
        msg = (
            f"the train rows {train.name} have no column {', '.join(lacking)}: the history of a "
            "forecast needs its label, time and series"
        )
        raise InputError(msg)
    return train.collect(wanted)


def _past_values(rows: pl.DataFrame | None, columns: ForecastColumns) -> tuple[Codes, Floats]:
    if rows is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    return _moments(rows[columns.time], columns.time), _numbers(rows, columns.label, "label")


def _moments(values: pl.Series, name: str) -> Codes:
    """Return times as nanoseconds, and plain numbers as they are where they are whole."""
    if values.null_count():
        row = int(values.is_null().arg_max() or 0) + 1
        msg = (
            f"column {name!r} has no time in {values.null_count():,} rows, first in row {row} "
            "(counted from 1): a forecast is judged along time; drop these rows or fill them in"
        )
        raise InputError(msg)
    if values.dtype == pl.String or values.dtype.is_temporal():
        frame = values.to_frame()
        moments = frame.select(to_utc(pl.col(values.name), values.dtype)).to_series()
        if moments.null_count():
            value = values.filter(moments.is_null())[0]
            msg = f"the column {name!r} has {value!r}, which is no time"
            raise InputError(msg)
        return moments.cast(pl.Int64).to_numpy()
    return _whole(values, name)


def _whole(values: pl.Series, name: str) -> Codes:
    numbers = values.cast(pl.Float64).to_numpy()
    if np.any(numbers != np.floor(numbers)) or not np.all(np.isfinite(numbers)):
        msg = (
            f"the column {name!r} must hold times or whole numbers that count periods; it has "
            f"{numbers[numbers != np.floor(numbers)][0]:g}"
        )
        raise InputError(msg)
    return numbers.astype(np.int64)


def _numbers(rows: pl.DataFrame, name: str, role: str) -> Floats:
    refuse_values(rows[name], name, role)
    return rows[name].cast(pl.Float64).to_numpy()


def _bounds(rows: pl.DataFrame, columns: ForecastColumns) -> tuple[Floats, Floats] | None:
    if columns.lower is None or columns.upper is None:
        return None
    return _numbers(rows, columns.lower, "bound"), _numbers(rows, columns.upper, "bound")


def _on_grid(
    frequency: Frequency,
    keys: dict[str, Codes],
    before: Past,
    temporal: bool,
    names: tuple[str, ...],
    where: str,
) -> tuple[Codes, Past]:
    """Return the period of every judged and past row; times without a grid are counted."""
    order = np.lexsort((before.period, before.series))
    series, time, y = before.series[order], before.period[order], before.y[order]
    refuse_repeated({SERIES: series, TIME: time}, names, temporal=temporal, where=where)
    if frequency.grid == "order":
        ranks = _ranks(np.append(series, keys[SERIES]), np.append(time, keys[TIME]))
        return ranks[len(series) :], Past(series, ranks[: len(series)], y, time)
    return frequency.periods(keys[TIME]), Past(series, frequency.periods(time), y, time)


def _ranks(series: Codes, time: Codes) -> Codes:
    """Return the place of each time among those of its series, from 0."""
    order = np.lexsort((time, series))
    s, t = series[order], time[order]
    new = np.ones(len(s), dtype=np.int64)
    new[1:] = (np.diff(s) != 0) | (np.diff(t) != 0)
    total = np.cumsum(new)
    start = np.zeros(int(series.max(initial=0)) + 1, dtype=np.int64)
    firsts = np.flatnonzero(np.r_[True, np.diff(s) != 0])
    start[s[firsts]] = total[firsts]
    ranks = np.empty(len(s), dtype=np.int64)
    ranks[order] = total - start[s]
    return ranks


def _origins(
    keys: dict[str, Codes],
    period: Codes,
    past: Past,
    frequency: Frequency,
    columns: ForecastColumns,
    *,
    of_time: bool,
) -> Codes:
    """Return the last period that each forecast was made from."""
    if columns.step is not None:
        step = -keys[CUT]
        if step.min() < 1:
            msg = (
                f"the column {columns.step!r} counts periods from the row that a forecast was "
                f"made from, 1 is the next one; it has {int(step.min())}"
            )
            raise InputError(msg)
        return period - step
    if CUT in keys:
        starts = np.r_[True, (np.diff(keys[SERIES]) != 0) | (np.diff(keys[CUT]) != 0)]
        first, length = period[starts], np.diff(np.append(np.flatnonzero(starts), len(period)))
        if of_time and frequency.grid != "order":
            origin = frequency.periods(keys[CUT])
            if np.all(origin < period) and np.all(first - origin[starts] <= length.max()):
                return origin
        # The number of a fold, then: all times of a fold follow the row that it was made from.
        return first[np.cumsum(starts) - 1] - 1
    n_series = int(keys[SERIES].max()) + 1
    first = _first_of(keys[SERIES], period, n_series)
    value, last = past.last(np.arange(n_series), first - 1)
    last = np.where(np.isnan(value), first - 1, last)
    return last[keys[SERIES]]


def _first_of(series: Codes, period: Codes, n_series: int) -> Codes:
    first = np.full(n_series, np.iinfo(np.int64).max)
    np.minimum.at(first, series, period)
    return first
