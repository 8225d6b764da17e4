"""A slice in; whether the model is at fault there or the outcome is uncertain, out."""

from typing import Literal

from assay.evaluation.slices.result import Slice
from assay.result import Estimate
from assay.stats.special import normal_quantile

Weight = Literal["weak", "slight", "foreseen", "no lean", "not shown"]
MATERIAL = 0.1
"""Share of the rest's mean loss that the excess must have to count."""
UNFORESEEN = 0.25
"""Share of the excess that must be more than the scores foresee to count."""
LEANS = 0.25
"""Share of the mean loss that a lean to one side must have to count."""
CHANCE = 0.025


def weight_of(each: Slice, among: int = 1) -> Weight:
    """Say what a slice means.

    ===========  =================================================================
    word         when
    ===========  =================================================================
    not shown    it is not confirmed
    slight       its mean loss exceeds the rest's by less than a tenth
    weak         its loss is more than the scores foresee, by a quarter of the excess
                 and beyond chance; or its predictions lean to one side, by a
                 quarter of the loss and beyond chance; or nothing can be foreseen
    foreseen     the scores foresee it: the outcome is uncertain there
    no lean      numbers vary more there, and lean to neither side
    ===========  =================================================================

    Parameters
    ----------
    each : Slice
    among : int
        Confirmed slices of the table: chance is that of any of them (Bonferroni, 2.5 %).

    Returns
    -------
    str
    """
    if not each.confirmed:
        return "not shown"
    difference = each.difference.value or 0.0
    if difference < MATERIAL * abs(each.rest.value or 0.0):
        return "slight"
    beyond = each.beyond
    if beyond is None or beyond.value is None or beyond.low is None or beyond.high is None:
        return "weak"
    if each.beyond_kind == "lean":
        large = abs(beyond.value) >= LEANS * abs(each.loss.value or 0.0)
        return "weak" if large and _beyond_chance(beyond, among) != 0 else "no lean"
    large = beyond.value >= UNFORESEEN * difference
    return "weak" if large and _beyond_chance(beyond, among) > 0 else "foreseen"


def _beyond_chance(found: Estimate, among: int) -> int:
    """Return 1 or -1 where an estimate lies above or below 0 as one of so many, else 0.

    Examples
    --------
    >>> alone = Estimate(value=2.1, low=0.5, high=3.7)
    >>> _beyond_chance(alone, 1), _beyond_chance(alone, 10)
    (1, 0)
    """
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    usual = normal_quantile((1 + found.level) / 2)
    wider = normal_quantile(1 - CHANCE / (2 * max(among, 1))) / usual
    if found.value - wider * (found.value - found.low) > 0:
        return 1
    return -1 if found.value + wider * (found.high - found.value) < 0 else 0
