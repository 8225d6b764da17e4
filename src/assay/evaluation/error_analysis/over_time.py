"""Losses with their times in; mean loss by period, its trend, and periods that are worse, out."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isqrt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.times import to_utc
from assay.evaluation.slices.estimates import mean_loss
from assay.evaluation.slices.significance import MIN_SIDE_UNITS, LossRows, t_of_units
from assay.evaluation.spoken import told
from assay.result import Estimate, Finding, Json
from assay.stats.special import student_cdf
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
MAX_PERIODS = 24
MIN_PERIODS = 3
UNITS_A_PERIOD = 5
N_DRAWS = 1_999
MIN_DRAWS = 499
DRAWN_UP_TO = 5_000
ENTRIES = 4_000_000
EQUAL = 1e-9
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

    The width is the finest of the calendar's that gives three periods or more, leaves about five
    blocks of neighbours (or groups) a period, and makes at most 24 periods; where there is none,
    spans of about as many rows each. Neighbours in time are alike, so that tests turn the signs
    of whole units (wild bootstrap); periods are tested all at once (max-T).

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
        if MIN_PERIODS <= len(distinct) <= most:
            form = "%Y-%m-%dT%H:%M" if width in ("minute", "hour") else "%Y-%m-%d"
            code = np.searchsorted(distinct.to_numpy(), starts.to_numpy())
            return width, distinct.dt.strftime(form).to_list(), code
    return _spans_of_time(moments, most)


def _spans_of_time(
    moments: pl.Series, most: int
) -> tuple[str, list[str], NDArray[np.intp]] | None:
    """Cut times that fit no width of the calendar into spans of about equally many rows."""
    found = _spans(moments.cast(pl.Int64).to_numpy().astype(np.float64), most)
    if found is None:
        return None
    code = found[2]
    first = [moments.filter(pl.Series(code == place)).min() for place in range(len(found[1]))]
    names = [f"from {str(each)[:19]}" for each in first]
    return "span", names, code


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
    parts: list[tuple[list[Floats], list[Floats]] | None] = []
    for place in range(k):
        sides = [(code == place).astype(np.float64), (code != place).astype(np.float64)]
        mass = [_by_unit(rows, weight * side) for side in sides]
        sums = [_by_unit(rows, residual * side) for side in sides]
        few = any(np.count_nonzero(each) < MIN_SIDE_UNITS for each in mass)
        parts.append(None if few else (sums, mass))
    usable = [each for each in parts if each is not None]
    if not usable or not np.any(residual):
        return [None] * k
    n_units = len(usable[0][0][0])
    observed = [t_of_units(np.ones((1, n_units)), *each)[0] for each in usable]
    if n_units > DRAWN_UP_TO:
        chances = [student_cdf(-float(t), n_units - 1.0) for t in observed]
        adjusted = [min(1.0, p * len(usable)) for p in chances]
    else:
        highest = np.concatenate(
            [
                np.max([t_of_units(signs, *each) for each in usable], axis=0)
                for signs in _signs(n_units, rng)
            ]
        )
        adjusted = [
            float(1 + np.count_nonzero(highest >= t - EQUAL)) / (len(highest) + 1)
            for t in observed
        ]
    given = iter(adjusted)
    return [None if each is None else next(given) for each in parts]


def _signs(n_units: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Yield random signs of the units, some draws at a time."""
    wanted = int(np.clip(ENTRIES // n_units, MIN_DRAWS, N_DRAWS))
    at_once = max(1, ENTRIES // (4 * n_units))
    for start in range(0, wanted, at_once):
        yield rng.choice((-1.0, 1.0), size=(min(at_once, wanted - start), n_units))


def _trend(
    rows: LossRows, code: NDArray[np.intp], rng: np.random.Generator
) -> tuple[float | None, float | None]:
    """Return the slope by period, and the chance of such a rise without a trend."""
    weight, residual = _residuals(rows)
    place = code - np.average(code, weights=weight)
    score, spread = _by_unit(rows, residual * place), _by_unit(rows, weight * place**2)
    n_units, total = len(score), float(spread.sum())
    if total <= 0 or not np.any(score):
        return None, None
    slope = float(score.sum()) / total

    def t(signs: Floats) -> Floats:
        drawn = signs * score
        slopes = drawn.sum(axis=1) / total
        left = drawn - slopes[:, None] * spread
        return slopes * total / np.maximum(np.sqrt((left**2).sum(axis=1)), _TINY)

    observed = float(t(np.ones((1, n_units)))[0])
    if n_units > DRAWN_UP_TO:
        return slope, student_cdf(-observed, n_units - 2.0)
    drawn = np.concatenate([t(signs) for signs in _signs(n_units, rng)])
    p = (1 + np.count_nonzero(drawn >= observed - EQUAL)) / (len(drawn) + 1)
    return slope, float(p)


def drift_findings(found: ErrorOverTime) -> tuple[Finding, ...]:
    """Return one finding where the loss grows, or periods are worse, beyond chance."""
    worse = [each for each in found.periods if each.worse]
    if not worse and not found.rising:
        return ()
    parts: list[str] = []
    first, last = found.periods[0], found.periods[-1]
    if found.rising:
        parts.append(
            f"the mean loss grows along {found.column}: {told(first.loss.value or 0.0)} in the "
            f"first {found.width} and {told(last.loss.value or 0.0)} in the last"
        )
    if worse:
        named = ", ".join(each.name for each in worse[:5])
        more = f" and {len(worse) - 5} more" if len(worse) > 5 else ""
        parts.append(f"it is higher than elsewhere in these periods: {named}{more}")
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
