"""The four-fifths rule: disparate impact and its interval in, a verdict in plain words out."""

from dataclasses import dataclass
from math import isfinite
from typing import Literal

from assay.bias.measurement import Measurement
from assay.result import Json
from assay.stats.interval import Interval

FOUR_FIFTHS = 0.8
Verdict = Literal["passes", "fails", "cannot be told"]


@dataclass(frozen=True, kw_only=True)
class FourFifths:
    """Whether the lower of two selection rates is at least four fifths of the higher.

    Parameters
    ----------
    verdict : {"passes", "fails", "cannot be told"}
        "cannot be told" where the interval holds 0.8, or there are too few rows.
    ratio : float or None
        Lowest rate over highest rate, in [0, 1]; None where it is undefined.
    low, high : float or None
        Interval of the ratio; None without one.
    level : float
    lower_group : str
        The group with the lower rate; "" where the rates are equal or unknown.
    sentence : str
        The verdict in plain words.
    """

    verdict: Verdict
    ratio: float | None
    low: float | None
    high: float | None
    level: float
    lower_group: str
    sentence: str

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "verdict": self.verdict,
            "ratio": self.ratio,
            "low": self.low,
            "high": self.high,
            "level": self.level,
            "lower_group": self.lower_group,
            "sentence": self.sentence,
        }


def four_fifths(
    impact: Measurement, *, group: str, rest: str = "the rest", level: float = 0.95
) -> FourFifths:
    """Judge a disparate impact by the four-fifths rule, in both directions.

    The rule sets the lowest selection rate against the highest, so that a group that is selected
    too often fails it as one that is selected too rarely: the ratio is DI or 1/DI, whichever is
    at most 1.

    Parameters
    ----------
    impact : Measurement
        Of the metric `disparate_impact`.
    group, rest : str
        What is compared, for the sentence.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    FourFifths

    References
    ----------
    Uniform Guidelines on Employee Selection Procedures (1978), 29 CFR 1607.4 D.

    Examples
    --------
    >>> found = Measurement(value=1.6, interval=lambda level: Interval(1.4, 1.8))
    >>> judged = four_fifths(found, group="women", rest="men")
    >>> judged.verdict, judged.ratio
    ('fails', 0.625)
    >>> judged.sentence
    'fails: men are selected at 0.625 times the rate of women (0.556 to 0.714), below 0.8'
    """
    ends = impact.ends(level)
    if impact.value is None or ends is None:
        sentence = f"cannot be told: {impact.reason or 'the ratio has no interval'}"
        return _without_ratio(sentence, level)
    ratio, (low, high) = min(impact.value, _inverse(impact.value)), _folded(ends)
    lower, higher = (group, rest) if impact.value < 1 else (rest, group)
    rates = f"{lower} are selected at {ratio:.3g} times the rate of {higher}"
    rates = f"{rates} ({low:.3g} to {high:.3g})"
    few = [text for text in impact.warnings if text.startswith("too few")]
    verdict, why = _judged(low, high)
    if few:
        verdict, why = "cannot be told", few[0]
    return FourFifths(
        verdict=verdict,
        ratio=ratio,
        low=low,
        high=high,
        level=level,
        lower_group="" if impact.value == 1 else lower,
        sentence=f"{verdict}: {rates}, {why}",
    )


def _judged(low: float, high: float) -> tuple[Verdict, str]:
    if low >= FOUR_FIFTHS:
        return "passes", f"not below {FOUR_FIFTHS}"
    if high < FOUR_FIFTHS:
        return "fails", f"below {FOUR_FIFTHS}"
    return "cannot be told", f"which may be above or below {FOUR_FIFTHS}"


def _folded(ends: Interval) -> Interval:
    """Return where the smaller of a ratio and its inverse lies while the ratio is in `ends`."""
    low, high = (min(end, _inverse(end)) for end in ends)
    return Interval(min(low, high), 1.0 if ends.low <= 1 <= ends.high else max(low, high))


def _inverse(ratio: float) -> float:
    return float("inf") if ratio == 0 else 1 / ratio if isfinite(ratio) else 0.0


def _without_ratio(sentence: str, level: float) -> FourFifths:
    return FourFifths(
        verdict="cannot be told",
        ratio=None,
        low=None,
        high=None,
        level=level,
        lower_group="",
        sentence=sentence,
    )
