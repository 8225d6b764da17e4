"""The ends of an interval and a margin in, the word for them out."""

from math import isfinite

from assay.errors import InputError
from assay.evaluation.comparison.result import Word

BETTER: Word = "better"
PERHAPS: Word = "better, but perhaps by less than the margin"
NOT_SHOWN: Word = "not shown to be better"
EQUIVALENT: Word = "equivalent within the margin"
WORSE: Word = "worse"


def verdict_word(low: float | None, high: float | None, margin: float = 0.0) -> Word:
    """Say in fixed words what the interval of a difference shows.

    =====================================  ===========================================
    interval of the difference             word
    =====================================  ===========================================
    low > margin                           better
    -margin < low and high < margin        equivalent within the margin
    low > 0                                better, but perhaps by less than the margin
    high < 0                               worse
    otherwise                              not shown to be better
    =====================================  ===========================================

    The first row that fits decides. An interval that lies within the margin on both sides is
    equivalent even where it leaves 0 out: what was shown is a difference not worth having.

    Parameters
    ----------
    low, high : float or None
        Of candidate minus baseline, signed so that more is better; None where there is no
        interval, which shows nothing.
    margin : float
        The smallest gain worth having, at least 0.

    Returns
    -------
    Word

    Raises
    ------
    InputError
        If the margin is negative or not finite, or the ends are not in order.

    Examples
    --------
    >>> verdict_word(0.01, 0.03)
    'better'
    >>> verdict_word(0.01, 0.03, margin=0.02)
    'better, but perhaps by less than the margin'
    >>> verdict_word(-0.01, 0.01, margin=0.02)
    'equivalent within the margin'
    """
    check_margin(margin)
    if low is None or high is None:
        return NOT_SHOWN
    if not low <= high:
        msg = f"an interval needs its ends in order; found {low} and {high}"
        raise InputError(msg)
    if low > margin:
        return BETTER
    if -margin < low and high < margin:
        return EQUIVALENT
    if low > 0:
        return PERHAPS
    return WORSE if high < 0 else NOT_SHOWN


def more_cautious(first: Word, second: Word) -> Word:
    """Return the word that claims less; what only one of two looks shows is not shown.

    "better" and its weaker form agree that there is a gain, so the weaker form stands; any other
    two words that differ agree on nothing.

    Examples
    --------
    >>> more_cautious("better", "not shown to be better")
    'not shown to be better'
    >>> more_cautious("better", "better, but perhaps by less than the margin")
    'better, but perhaps by less than the margin'
    """
    if first == second:
        return first
    return PERHAPS if {first, second} == {BETTER, PERHAPS} else NOT_SHOWN


def check_margin(margin: float) -> None:
    """Refuse a margin that is no smallest gain.

    Raises
    ------
    InputError
        If it is negative or not finite.
    """
    if not (isfinite(margin) and margin >= 0):
        msg = (
            f"the margin must be a number from 0 up, the smallest gain worth having, not {margin}"
        )
        raise InputError(msg)
