"""Whole series in; forecasts of their last stretches from several places in time out."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.times import to_utc
from assay.errors import InputError
from assay.evaluation.forecast_options import ForecastOptions
from assay.evaluation.forecasting.panel import Panel, read_panel
from assay.evaluation.forecasting.problems import shown_time

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

Forecaster = Callable[[pl.DataFrame, pl.DataFrame], "NDArray[np.float64] | list[float]"]
MIN_CUTOFFS = 3
MAX_HORIZON = 100


def rolling_panel(panel: Panel, *, horizon: int | None, cutoffs: int, season: int) -> Panel:
    """Judge the last stretches of each series, each from the row before it.

    Parameters
    ----------
    panel : Panel
        Of whole series.
    horizon : int or None
        Periods ahead; None takes a season, or a tenth of the series where there is none.
    cutoffs : int
        How many stretches, one after the other, without overlap.
    season : int

    Returns
    -------
    Panel
        Its rows are the stretches; what lies before them is its past.

    Raises
    ------
    InputError
        If no series is long enough.
    """
    n = np.bincount(panel.series, minlength=panel.n_series)
    length = int(np.median(n))
    ahead = horizon or (season if season > 1 else max(1, length // 10))
    ahead = min(ahead, MAX_HORIZON) if horizon is None else ahead
    if horizon is None:
        ahead = max(1, min(ahead, length // (2 * cutoffs)))
    last = np.full(panel.n_series, np.iinfo(np.int64).min)
    np.maximum.at(last, panel.series, panel.period)
    back = last[panel.series] - panel.period
    stretch = back // ahead
    origin = last[panel.series] - (stretch + 1) * ahead
    first = np.full(panel.n_series, np.iinfo(np.int64).max)
    np.minimum.at(first, panel.series, panel.period)
    rows = (stretch < cutoffs) & (origin >= first[panel.series] + 1)
    if not rows.any() or len(np.unique(stretch[rows])) < MIN_CUTOFFS:
        msg = (
            f"forecasts of {ahead} periods from {cutoffs} places in time need series of more than "
            f"{ahead * cutoffs + 1} periods; the longest has {int(n.max())}: ask for a shorter "
            "horizon or give longer series"
        )
        raise InputError(msg)
    known = panel.known
    of_stretches = replace(panel, origin=origin, with_cutoffs=True).take(rows)
    past = known.before(_first_judged(of_stretches))
    order = np.lexsort((of_stretches.period, of_stretches.origin, of_stretches.series))
    return replace(_in_order(of_stretches, order), past=past)


def _first_judged(panel: Panel) -> NDArray[np.int64]:
    first = np.full(panel.n_series, np.iinfo(np.int64).max)
    np.minimum.at(first, panel.series, panel.period)
    return first


def _in_order(panel: Panel, order: NDArray[np.intp]) -> Panel:
    return replace(
        panel,
        **{
            name: getattr(panel, name)[order]
            for name in ("series", "time", "period", "origin", "y", "f", "w")
        },
    )


def rolling_origin(
    data: "Dataset",
    forecaster: Forecaster,
    *,
    horizon: int,
    cutoffs: int = MIN_CUTOFFS,
) -> pl.DataFrame:
    """Let a forecaster forecast the last stretches of each series, each from the rows before it.

    Parameters
    ----------
    data : Dataset
        With a label, a time, and where there are several a series.
    forecaster : callable
        Called once for each cut-off with a frame of the known rows (columns of series, time and
        label, and all others) and one of the rows to forecast, without the label; returns a
        number for each of the latter. It has to fit itself to the known rows.
    horizon : int
        Periods ahead.
    cutoffs : int
        Stretches, 3 or more, one after the other without overlap.

    Returns
    -------
    polars.DataFrame
        The rows that were forecast with their columns, and ``prediction`` and ``cutoff``: read it
        as a `Dataset`, the remaining rows as its train rows, to judge the forecaster.

    Raises
    ------
    InputError
        If a series is too short, or the forecaster does not return a number for each row.

    Examples
    --------
    >>> from assay.data.dataset import Dataset
    >>> data = Dataset.from_arrays(y_true=[1.0, 2, 3, 4, 5, 6], time=[1, 2, 3, 4, 5, 6])
    >>> def repeat_last(known, wanted):
    ...     return [known["y_true"][-1]] * wanted.height
    >>> made = rolling_origin(data, repeat_last, horizon=1, cutoffs=3)
    >>> made.select("time", "y_true", "prediction").rows()
    [(4, 4.0, 3.0), (5, 5.0, 4.0), (6, 6.0, 5.0)]
    """
    if horizon < 1 or cutoffs < MIN_CUTOFFS:
        msg = f"a rolling origin needs a horizon of 1 or more and 3 cut-offs or more; {horizon=}, "
        raise InputError(msg + f"{cutoffs=}")
    panel = read_panel(data, options=ForecastOptions())
    whole = rolling_panel(panel, horizon=horizon, cutoffs=cutoffs, season=1)
    rows = _rows(data, panel)
    label = panel.columns.label
    last = _last(panel)[panel.series]
    stretch = (last - panel.period) // horizon
    judged = _keys(panel.series, panel.period, whole)
    made: list[pl.DataFrame] = []
    for back in range(cutoffs - 1, -1, -1):
        wanted = rows.filter(pl.Series((stretch == back) & judged))
        origin = last - (back + 1) * horizon
        known = rows.filter(pl.Series(panel.period <= origin))
        answers = np.asarray(forecaster(known, wanted.drop(label)), dtype=np.float64)
        if answers.shape != (wanted.height,) or not np.all(np.isfinite(answers)):
            msg = (
                f"the forecaster must return a finite number for each of {wanted.height:,} rows; "
                f"it returned an array of shape {answers.shape}"
            )
            raise InputError(msg)
        cut = shown_time(int(panel.time[panel.period <= origin].max()), temporal=panel.temporal)
        typed = pl.lit(cut) if panel.temporal else pl.lit(int(cut))
        made.append(wanted.with_columns(prediction=pl.Series(answers), cutoff=typed))
    return pl.concat(made)


def _rows(data: "Dataset", panel: Panel) -> pl.DataFrame:
    """Return the rows in the panel's order: by series, then by time."""
    names = [name for name in data.schema.names if not name.startswith("__assay")]
    rows = data.collect(names)
    time, series = panel.columns.time, panel.columns.series
    moment = pl.col(time)
    if panel.temporal:
        moment = to_utc(moment, rows.schema[time])
    keys = [moment.alias("__moment")]
    if series is not None:
        keys.insert(0, pl.col(series).cast(pl.String).fill_null("(missing)").alias("__series"))
    ordered = rows.with_columns(keys).sort([key.meta.output_name() for key in keys])
    return ordered.select(names)


def _last(panel: Panel) -> NDArray[np.int64]:
    last = np.full(panel.n_series, np.iinfo(np.int64).min)
    np.maximum.at(last, panel.series, panel.period)
    return last


def _keys(series: NDArray[np.int64], period: NDArray[np.int64], whole: Panel) -> NDArray[np.bool_]:
    """Whether each row is among the judged ones."""
    width = int(period.max() - period.min()) + 1
    start = int(period.min())
    return np.isin(
        series * width + (period - start), whole.series * width + (whole.period - start)
    )
