"""Facets with their numbers in; which parities cannot hold together here out, in plain words."""

from collections.abc import Sequence

from assay.bias.reading import group_words
from assay.bias.result import BiasMeasure, FacetResult

OF_THE_CONFLICT = ("DPPL", "RD", "SD", "DAR")
SAYS = {
    "DPPL": "equal selection rates",
    "RD": "equal recall",
    "SD": "equal specificity",
    "DAR": "equal precision",
}


def impossibility_notes(facets: Sequence[FacetResult], *, outcome: str = "") -> tuple[str, ...]:
    """Return what no model can give these groups at once, where that is shown to be so.

    Base rates that differ, and a classifier with false positives: then recall, specificity and
    precision cannot all be equal, a calibrated score cannot be equally high on average among
    the positive and among the negative rows, and equal selection rates contradict equal recall
    and specificity of any classifier better than chance.

    Parameters
    ----------
    facets : sequence of FacetResult
    outcome : str
        The positive outcome in words.

    Returns
    -------
    tuple of str
        One note about the group whose base rate is furthest off; none where no difference of
        base rates is shown (the simultaneous interval of DPL holds 0), where there are no
        predictions, or no false positive among them.

    References
    ----------
    Kleinberg, Mullainathan and Raghavan 2016, arXiv:1609.05807;
    Chouldechova 2017, Big Data 5:153, doi:10.1089/big.2016.0047.

    Examples
    --------
    >>> impossibility_notes([])
    ()
    """
    apart = [each for facet in facets if (each := _furthest(facet)) is not None]
    if not apart:
        return ()
    facet, labels = max(apart, key=lambda pair: abs(pair[1].estimate.value or 0.0))
    others = [name for name in dict.fromkeys(each.name for each, _ in apart) if name != facet.name]
    return (_note(facet, labels, outcome) + _same(others),)


def _furthest(facet: FacetResult) -> tuple[FacetResult, BiasMeasure] | None:
    """Return a facet with the group whose base rate differs most, where that is shown."""
    if not _makes_mistakes(facet):
        return None
    shown = [
        each
        for each in facet.measures
        if each.acronym == "DPL"
        and each.group not in facet.too_small
        and each.simultaneous is not None
        and not each.simultaneous.low <= 0.0 <= each.simultaneous.high
    ]
    if not shown:
        return None
    return facet, max(shown, key=lambda each: each.estimate.value or 0.0)


def _makes_mistakes(facet: FacetResult) -> bool:
    """Whether some negative row is predicted positive; False without predictions."""
    rates = [row.numbers.get("false_positive_rate") for row in facet.groups]
    return any(each is not None and each.value is not None and each.value > 0 for each in rates)


def _note(facet: FacetResult, labels: BiasMeasure, outcome: str) -> str:
    who = group_words(facet.name, labels.group, how=facet.how)
    said = outcome or "the positive outcome"
    row = next(each for each in facet.groups if each.group == labels.group)
    base, gap = row.numbers.get("base_rate"), labels.estimate.value or 0.0
    rates = f"differ by {abs(gap):.1%}"
    if base is not None and base.value is not None:
        rates = f"are {base.value:.1%} and {base.value + gap:.1%}"
    return (
        f"Not every parity can be had here. The base rates of {said} {rates} ({who} and the "
        "rest), and some negative rows are predicted positive. Then recall, specificity and "
        "precision cannot all be equal (Chouldechova 2017); scores cannot be calibrated within "
        "both groups and on average equal among their positive rows and among their negative "
        "rows (Kleinberg et al. 2016); and equal selection rates exclude equal recall together "
        "with equal specificity, unless the model is no better than chance."
        f"{_here(facet, labels.group)} "
        "Decide first which of them is owed in this use; the others will then differ, and that "
        "alone is no fault of the model."
    )


def _here(facet: FacetResult, group: str) -> str:
    """Return how far each parity in conflict is from holding."""
    found = [
        (SAYS[name], measure.estimate.value)
        for name in OF_THE_CONFLICT
        if (measure := facet.measure(name, group)) is not None
        and measure.estimate.value is not None
    ]
    if not found:
        return ""
    return f" Here, off by: {', '.join(f'{name} {abs(value):.3f}' for name, value in found)}."


def _same(others: Sequence[str]) -> str:
    if not others:
        return ""
    return f" The same goes for {', '.join(others)}."
