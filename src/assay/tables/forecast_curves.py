"""The points behind the charts of forecasts; charts draw them and decide nothing."""

from dataclasses import dataclass

Numbers = tuple[float | None, ...]


@dataclass(frozen=True)
class HorizonErrors:
    """The error by how many periods ahead a forecast was.

    Parameters
    ----------
    metric : str
        "MASE" or "MAE".
    step_from, step_to : tuple of int, length n_bands
        First and last periods ahead of each band; equal where a band is one period.
    n : tuple of int, length n_bands
        Forecasts.
    value, low, high : tuple of (float or None), length n_bands
        Mean over series, with its interval over series or cut-offs where there are enough.
    """

    metric: str
    step_from: tuple[int, ...]
    step_to: tuple[int, ...]
    n: tuple[int, ...]
    value: Numbers
    low: Numbers
    high: Numbers


@dataclass(frozen=True)
class SeriesErrors:
    """The error of each series, the worst first.

    Parameters
    ----------
    metric : str
    series : tuple of str
        All, or of very many both ends and what lies between, evenly.
    value : tuple of (float or None)
    n : tuple of int
        Forecasts.
    n_series : int
        All series for which it is defined.
    share_above_one : float or None
        Share of them above 1.
    """

    metric: str
    series: tuple[str, ...]
    value: Numbers
    n: tuple[int, ...]
    n_series: int
    share_above_one: float | None


@dataclass(frozen=True)
class ForecastWindows:
    """The last forecasts of a few series, and what came before; one entry a time.

    Parameters
    ----------
    series, time : tuple of str
    actual, forecast, low, high : tuple of (float or None)
        `forecast` is None in the rows before; `low` and `high` where no interval was given.
    level : float or None
        Of the interval.
    temporal : bool
        Whether `time` is a time; else it is a number.
    """

    series: tuple[str, ...]
    time: tuple[str, ...]
    actual: Numbers
    forecast: Numbers
    low: Numbers
    high: Numbers
    level: float | None
    temporal: bool


@dataclass(frozen=True)
class ResidualCorrelations:
    """How residuals hang together along time.

    Parameters
    ----------
    lag : tuple of int
    value : tuple of (float or None)
        Autocorrelation, averaged over series.
    bound : float
        Beyond plus or minus this, chance alone would rarely bring it.
    n_series : int
    of : str
        Which forecasts, for people.
    """

    lag: tuple[int, ...]
    value: Numbers
    bound: float
    n_series: int
    of: str


@dataclass(frozen=True)
class QuantileLevels:
    """What is true of each predicted quantile.

    Parameters
    ----------
    level : tuple of float
    share_below : tuple of float
        Share of the truth at or below it; its level, where it is right.
    quantile_loss : tuple of float
    """

    level: tuple[float, ...]
    share_below: tuple[float, ...]
    quantile_loss: tuple[float, ...]
