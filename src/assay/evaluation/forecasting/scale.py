"""The past of series in; how far seasonal naive forecasts were off there, out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from assay.evaluation.forecasting.lookup import Past

Floats = NDArray[np.float64]
_SMALLEST = 1e-12


@dataclass(frozen=True, eq=False)
class Scales:
    """What errors of each series are divided by; NaN where it is not defined.

    Parameters
    ----------
    season : int
    absolute : ndarray of float, shape (n_series,)
        Mean |y_t - y_{t-m}| over the past.
    squared : ndarray of float, shape (n_series,)
        Mean (y_t - y_{t-m})² over the past.
    reasons : tuple of (str or None), length n_series
        Why a series has none.
    """

    season: int
    absolute: Floats
    squared: Floats
    reasons: tuple[str | None, ...]


def naive_scales(past: "Past", n_series: int, season: int) -> Scales:
    """Return the mean error of the seasonal naive forecast in the past of each series.

    Parameters
    ----------
    past : Past
        Only rows before the first judged one of each series.
    n_series : int
    season : int
        m; 1 compares with the period before.

    Returns
    -------
    Scales
        Undefined for a series without a past, with one that is shorter than m + 1, and for one
        that repeats itself exactly.

    References
    ----------
    Hyndman and Koehler 2006, Int. J. Forecasting 22:679, doi:10.1016/j.ijforecast.2006.03.001.

    Examples
    --------
    >>> from assay.evaluation.forecasting.lookup import Past
    >>> past = Past(np.zeros(3, dtype=np.int64), np.arange(3), np.array([1.0, 2.0, 4.0]))
    >>> naive_scales(past, 1, 1).absolute.tolist()
    [1.5]
    """
    change = past.y - past.at(past.series, past.period - season)
    known = np.isfinite(change)
    of = past.series[known]
    n = np.bincount(of, minlength=n_series)
    rows = np.bincount(past.series, minlength=n_series)
    absolute, squared = (
        np.bincount(of, weights=each, minlength=n_series) / np.where(n, n, np.nan)
        for each in (np.abs(change[known]), change[known] ** 2)
    )
    size = np.bincount(past.series, weights=np.abs(past.y), minlength=n_series)
    flat = absolute <= _SMALLEST * np.maximum(size / np.maximum(rows, 1), _SMALLEST)
    reasons = tuple(
        _reason(int(r), int(k), bool(f), season) for r, k, f in zip(rows, n, flat, strict=True)
    )
    able = np.array([reason is None for reason in reasons])
    return Scales(
        season,
        np.where(able, absolute, np.nan),
        np.where(able, squared, np.nan),
        reasons,
    )


def _reason(rows: int, pairs: int, flat: bool, season: int) -> str | None:
    if not rows:
        return "no rows before the first forecast"
    if not pairs:
        return f"{rows:,} rows before the first forecast, and a season has {season}"
    return "the past repeats itself exactly" if flat else None
