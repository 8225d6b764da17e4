"""The rows behind a forest plot; the chart draws them and decides nothing."""

from dataclasses import dataclass
from typing import Literal

Mark = Literal["above", "below", "inside", "plain", "few"]
"""What the interval says: wholly above or below what is compared with, within the band, or
neither; or that the row rests on too few rows to say."""


@dataclass(frozen=True)
class ForestRow:
    """A value with its interval.

    Parameters
    ----------
    label : str
        Of the row; each occurs once.
    value : float or None
        None leaves the row empty.
    low, high : float or None
        Of the interval; None for an end that is not there.
    mark : {"above", "below", "inside", "plain", "few"}
        Decides colour and shape.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    mark: Mark = "plain"
