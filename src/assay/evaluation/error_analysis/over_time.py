"""Losses with their times in; mean loss by period, its trend, and periods that are worse, out."""

from dataclasses import dataclass
from math import isqrt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.times import to_utc
from assay.evaluation.slices.estimates import mean_loss
from assay.evaluation.slices.significance import MIN_SIDE_UNITS, LossRows
from assay.result import Estimate, Finding, Json
from assay.stats.sums import sums_by
from assay.tables.period_means import PeriodMeans

Floats = NDArray[np.float64]
WIDTHS = (
    ("minute", "1m"),
    ("hour", "1h"),
    ("day", "1d"),
    ("week", "1w"),
    ("month", "1mo"),
    ("quarter", "1q"),
    ("year", "1y"),
)
MAX_PERIODS = 40
MIN_PERIODS = 3
UNITS_A_PERIOD = 5
N_DRAWS = 1_999
ALARM = 0.005
_TINY = 1e-300


@dataclass(frozen=True, kw_only=True)
class Period:
    """One stretch of time.

    Parameters
    ----------
    name : str
        Its start in ISO 8601, or the numbers that it spans.
    loss : Estimate
        Mean loss.
    p_adjusted : float or None
        One-sided, that it is no worse than the other periods, for all periods at once.
    worse : bool
        Beyond chance.
    """

    name: str
    loss: Estimate
    p_adjusted: float | None
    worse: bool

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "name": self.name,
            "loss": self.loss.to_dict(),
            "p_adjusted": self.p_adjusted,
            "worse": self.worse,
        }


@dataclass(frozen=True, kw_only=True)
class ErrorOverTime:
    """Mean loss by period.

    Parameters
    ----------
    column : str
    width : str
        "month", …, or "span" for times that are numbers.
    periods : tuple of Period
    slope : float or None
        Change of the mean loss from one period to the next, by least squares.
    trend_p : float or None
        One-sided, that the loss does not grow.
    rising : bool
        Beyond chance.
    """

    column: str
    width: str
    periods: tuple[Period, ...]
    slope: float | None
    trend_p: float | None
    rising: bool

    @property
    def points(self) -> PeriodMeans:
        """What the chart draws."""
        there = [each for each in self.periods if each.loss.value is not None]
        return PeriodMeans(
            name=tuple(each.name for each in there),
            calendar=self.width != "span",
            n=tuple(each.loss.n for each in there),
            mean=tuple(float(each.loss.value or 0.0) for each in there),
            low=tuple(each.loss.low for each in there),
            high=tuple(each.loss.high for each in there),
            worse=tuple(each.worse for each in there),
        )

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "column": self.column,
            "width": self.width,
            "periods": [each.to_dict() for each in self.periods],
            "slope": self.slope,
            "trend_p": self.trend_p,
            "rising": self.rising,
        }


def error_over_time(
    times: pl.Series, rows: LossRows, rng: np.random.Generator, *, level: float = 0.95
) -> ErrorOverTime | None:
    """Cut time into periods, and ask whether the loss grows or one period is worse.

    The width is the finest of the calendar's that leaves about five blocks of neighbours (or
    groups) a period, and at most 40 periods. Neighbours in time are alike, so that tests turn
    the signs of whole units (wild bootstrap); periods are tested all at once (max-T).

    Parameters
    ----------
    times : polars.Series, length n_rows
        Times, ISO texts or numbers; rows without one are left out.
    rows : LossRows
        With units: blocks of neighbours, or groups.
    rng : numpy.random.Generator
    level : float

    Returns
    -------
    ErrorOverTime or None
        None where there are fewer than three periods, or too few units.
    """
    there = times.is_not_null()
    if times.dtype.is_float():
        there = there & ~times.is_nan()
    known = there.to_numpy()
    if not known.any():
        return None
    rows, times = rows.take(known), times.filter(there)
    n_units = rows.n if rows.unit is None else int(rows.unit.max()) + 1
    most = min(MAX_PERIODS, n_units // UNITS_A_PERIOD if rows.unit is not None else isqrt(rows.n))
    cut = _periods(times, most)
    if cut is None:
        return None
    width, names, code = cut
    loss = [mean_loss(rows, code == place, level=level) for place in range(len(names))]
    adjusted = _adjusted(rows, code, len(names), rng)
    slope, trend_p = _trend(rows, code, rng)
    return ErrorOverTime(
        column=times.name,
        width=width,
        periods=tuple(
            Period(name=name, loss=found, p_adjusted=p, worse=p is not None and p <= ALARM)
            for name, found, p in zip(names, loss, adjusted, strict=True)
        ),
        slope=slope,
        trend_p=trend_p,
        rising=trend_p is not None and trend_p <= ALARM,
    )


def _periods(times: pl.Series, most: int) -> tuple[str, list[str], NDArray[np.intp]] | None:
    """Return the width, the names and the code of each row; None for too few periods."""
    if most < MIN_PERIODS:
        return None
    if times.dtype.is_numeric():
        return _spans(times.cast(pl.Float64).to_numpy(), most)
    moments = times.to_frame().select(to_utc(pl.col(times.name), times.dtype)).to_series()
    for width, every in WIDTHS:
        starts = moments.dt.truncate(every)
        distinct = starts.unique().drop_nulls().sort()
        if len(distinct) <= most:
            if len(distinct) < MIN_PERIODS:
                return None
            form = "%Y-%m-%dT%H:%M" if width in ("minute", "hour") else "%Y-%m-%d"
            code = np.searchsorted(distinct.to_numpy(), starts.to_numpy())
            return width, distinct.dt.strftime(form).to_list(), code
    return None


def _spans(values: Floats, most: int) -> tuple[str, list[str], NDArray[np.intp]] | None:
    """Cut numbers into spans of about equally many rows."""
    ordered = np.sort(values)
    ends = ordered[(np.arange(1, most + 1) * len(ordered) // most) - 1]
    ends = np.unique(ends)
    if len(ends) < MIN_PERIODS:
        return None
    starts = ordered[np.searchsorted(ordered, np.concatenate(([-np.inf], ends[:-1])), "right")]
    names = [f"{a:.6g} to {b:.6g}" for a, b in zip(starts, ends, strict=True)]
    return "span", names, np.searchsorted(ends, values, side="left")


def _by_unit(rows: LossRows, values: Floats) -> Floats:
    if rows.unit is None:
        return values
    return sums_by(rows.unit, values, int(rows.unit.max()) + 1)


def _residuals(rows: LossRows) -> tuple[Floats, Floats]:
    weight = np.ones(rows.n) if rows.weight is None else rows.weight
    return weight, weight * (rows.losses - np.average(rows.losses, weights=weight))


def _adjusted(
    rows: LossRows, code: NDArray[np.intp], k: int, rng: np.random.Generator
) -> list[float | None]:
    """Return p-values of "no worse than the rest" that hold for all periods together."""
    weight, residual = _residuals(rows)
    scores: list[Floats | None] = []
    for place in range(k):
        inside = code == place
        into, out = float(weight[inside].sum()), float(weight[~inside].sum())
        units = np.count_nonzero(_by_unit(rows, inside.astype(np.float64)))
        few = min(into, out) <= 0 or units < MIN_SIDE_UNITS
        scores.append(
            None if few else _by_unit(rows, residual * np.where(inside, 1 / into, -1 / out))
        )
    usable = [each for each in scores if each is not None and float(each @ each) > 0]
    if not usable:
        return [None] * k
    table = np.column_stack([each / np.sqrt(each @ each) for each in usable])
    highest = _drawn(table, rng).max(axis=1)
    found: list[float | None] = []
    for each in scores:
        if each is None or float(each @ each) <= 0:
            found.append(None)
            continue
        observed = float(each.sum() / np.sqrt(each @ each))
        found.append(float((1 + np.count_nonzero(highest >= observed - 1e-9)) / (N_DRAWS + 1)))
    return found


def _drawn(table: Floats, rng: np.random.Generator) -> Floats:
    """Return sums of the units' scores under random signs, shape (n_draws, n_scores)."""
    at_once = max(1, 4_000_000 // max(len(table), 1))
    parts = [
        rng.choice((-1.0, 1.0), size=(min(at_once, N_DRAWS - start), len(table))) @ table
        for start in range(0, N_DRAWS, at_once)
    ]
    return np.concatenate(parts)


def _trend(
    rows: LossRows, code: NDArray[np.intp], rng: np.random.Generator
) -> tuple[float | None, float | None]:
    """Return the slope by period, and the chance of such a rise without a trend."""
    weight, residual = _residuals(rows)
    place = code - np.average(code, weights=weight)
    spread = float(weight @ place**2)
    score = _by_unit(rows, residual * place)
    norm = float(np.sqrt(score @ score))
    if spread <= 0 or norm <= 0:
        return None, None
    observed = float(score.sum()) / norm
    drawn = _drawn(score[:, None] / norm, rng)[:, 0]
    p = (1 + np.count_nonzero(drawn >= observed - 1e-9)) / (N_DRAWS + 1)
    return float(score.sum()) / spread, float(p)


def drift_findings(found: ErrorOverTime) -> tuple[Finding, ...]:
    """Return one finding where the loss grows, or periods are worse, beyond chance."""
    worse = [each for each in found.periods if each.worse]
    if not worse and not found.rising:
        return ()
    parts: list[str] = []
    first, last = found.periods[0], found.periods[-1]
    if found.rising:
        parts.append(
            f"the mean loss grows along {found.column}: {first.loss.value or 0:.4g} in the first "
            f"{found.width} and {last.loss.value or 0:.4g} in the last"
        )
    if worse:
        named = ", ".join(each.name for each in worse[:5])
        more = f" and {len(worse) - 5} more" if len(worse) > 5 else ""
        parts.append(f"it is higher than in the other periods in {named}{more}")
    said = "; ".join(parts)
    names: list[Json] = [each.name for each in worse]
    return (
        Finding(
            rule="error_drifts_over_time",
            severity="warning",
            message=f"{said[0].upper()}{said[1:]}.",
            where={"columns": [found.column], "periods": names},
            evidence={
                "slope": found.slope,
                "trend_p": found.trend_p,
                "periods_worse": len(worse),
                "periods": len(found.periods),
            },
            cause=(
                "What the model learned no longer holds in these rows: their mix or the relation "
                "to the target has changed, or data of that time were recorded otherwise."
            ),
            advice=(
                "Compare the columns of these periods with earlier ones; fit again with recent "
                "rows, or add a feature of the season, and judge on the newest rows."
            ),
        ),
    )
