"""What a user may say of how forecasts were made."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ForecastOptions:
    """What cannot be told from the rows alone.

    Parameters
    ----------
    season : int or None
        Periods of a season; None takes that of the frequency, where the series show it.
    cutoff : str or None
        Column of the time (or the number) of the last row that a forecast was made from. None
        takes a column called cutoff, cut_off or forecast_origin, where there is one.
    step : str or None
        Column that counts periods from that last row, from 1; another way to say the same.
    """

    season: int | None = None
    cutoff: str | None = None
    step: str | None = None
