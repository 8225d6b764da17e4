"""Disparities that are shown in; one finding for each cause out, what follows folded under it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite

from assay.bias.catalogue import find_bias_metric
from assay.bias.families import (
    BY_ANSWER,
    CALIBRATION,
    ERRORS,
    FAMILIES,
    LABELS,
    NUMERIC_ERRORS,
    ORDER,
    PREDICTED_NUMBERS,
    RANKING,
    SELECTION,
    family_of,
)
from assay.bias.reading import group_words, is_of_shares, plain_number, points
from assay.bias.result import BiasMeasure, FacetResult
from assay.bias.shown import Shown
from assay.result import Finding, Json
from assay.stats.interval import Interval

FOUR_FIFTHS = 0.8
HEADS = ("DPL", "DPPL", "RD", "SD")


@dataclass(frozen=True, eq=False)
class Groups:
    """A facet, and for each group the disparities that are shown of it, by family.

    Parameters
    ----------
    facet : FacetResult
    shown : mapping
        Group → family → disparities, the one that heads first.
    """

    facet: FacetResult
    shown: Mapping[str, Mapping[str, list[Shown]]]

    @classmethod
    def of(cls, facet: FacetResult, shown: Mapping[tuple[str, str], Sequence[Shown]]) -> "Groups":
        """Sort what is shown of a facet by group and family."""
        found: dict[str, dict[str, list[Shown]]] = {}
        for row in facet.groups:
            families: dict[str, list[Shown]] = {}
            for each in shown.get((facet.name, row.group), ()):
                family = family_of(each.measure)
                if family is not None:
                    families.setdefault(family, []).append(each)
            if families:
                found[row.group] = {
                    family: sorted(families[family], key=_heads)
                    for family in ORDER
                    if family in families
                }
        return cls(facet, found)


def disparity_findings(facets: Sequence[Groups], outcome: str) -> tuple[Finding, ...]:
    """Return a finding for each cause: facet by facet, causes before what follows from them.

    Parameters
    ----------
    facets : sequence of Groups
    outcome : str
        The positive outcome in words.
    """
    single = [each for each in facets if not each.facet.is_intersection]
    heads: dict[tuple[str, str], Finding] = {}
    for each in single:
        for finding in _of_facet(each, outcome):
            heads[each.facet.name, finding.rule] = finding
    for each in facets:
        if each.facet.is_intersection:
            for finding in _of_facet(each, outcome):
                part = _part(each.facet, finding.rule, single, heads)
                if part is None:
                    heads[each.facet.name, finding.rule] = finding
                else:
                    heads[part] = _under(heads[part], (finding,))
    return tuple(heads.values())


def widest_disparity(groups: Groups) -> Shown | None:
    """Return the disparity that a facet's page begins with; None where none is shown."""
    for family in ORDER:
        several = [each[family] for each in groups.shown.values() if family in each]
        if several:
            heads = [each[0] for each in several]
            return min(heads, key=lambda each: (_heads(each), -each.size))
    return None


def _part(
    facet: FacetResult,
    rule: str,
    single: Sequence[Groups],
    heads: Mapping[tuple[str, str], Finding],
) -> tuple[str, str] | None:
    """Return the finding of a facet that this combination is made of, if there is one."""
    for each in single:
        inside = set(each.facet.columns) < set(facet.columns)
        if inside and (each.facet.name, rule) in heads:
            return each.facet.name, rule
    return None


def _of_facet(groups: Groups, outcome: str) -> list[Finding]:
    """Return one finding for each rule that heads in any group; the widest group's leads."""
    by_family: dict[str, list[tuple[str, Finding]]] = {}
    for group, families in groups.shown.items():
        for family, finding in _of_group(groups.facet, group, families, outcome):
            place = LABELS if _labels_lean_too(groups, group, family) else family
            by_family.setdefault(place, []).append((group, finding))
    found: list[Finding] = []
    for family in ORDER:
        several = by_family.get(family, [])
        several.sort(key=lambda each: _widest(groups.shown[each[0]], family))
        if several and len(groups.facet.groups) == 2:
            found.append(_worse_side(groups, several))
        elif several:
            first, *others = (finding for _, finding in several)
            found.append(_with_others(first, others))
    return found


def _widest(families: Mapping[str, list[Shown]], family: str) -> tuple[int, int, float]:
    """Return what sorts groups: those that show the family first, the widest before others."""
    several = families.get(family)
    if several is None:
        return len(ORDER), 0, 0.0
    return 0, _heads(several[0]), -several[0].size


def _labels_lean_too(groups: Groups, group: str, family: str) -> bool:
    """Whether labels of this group lean the way its predictions do, and others' labels differ.

    All groups of a facet are compared with one another: labels of one group that differ by more
    than is tolerated make those of the others differ by less, and predictions follow.
    """
    if family != SELECTION or not any(LABELS in each for each in groups.shown.values()):
        return False
    labels, predicted = groups.facet.measure("DPL", group), groups.facet.measure("DPPL", group)
    if labels is None or predicted is None or labels.simultaneous is None:
        return False
    was, now = labels.estimate.value, predicted.estimate.value
    low, high = labels.simultaneous
    return was is not None and now is not None and was * now > 0 and not low <= 0.0 <= high


def _worse_side(groups: Groups, sides: Sequence[tuple[str, Finding]]) -> Finding:
    """Return one of the two sides of one disparity: that of the group that fares worse."""
    for group, finding in sides:
        head = next(iter(groups.shown[group].values()))[0].measure
        value = head.estimate.value
        if value is not None and (value < head.parity) == (head.parity == 1.0):
            return finding
    return sides[0][1]


def _with_others(first: Finding, others: Sequence[Finding]) -> Finding:
    """Fold the other groups of the facet under the widest; each is compared with all others."""
    if not others:
        return first
    names = [str(each.where["group"]) for each in others]
    count = "1 other group differs" if len(names) == 1 else f"{len(names)} other groups differ"
    evidence: dict[str, Json] = {**first.evidence, "other_groups": list(names)}
    said = replace(first, message=f"{first.message} {count} as well.", evidence=evidence)
    return _under(said, others)


def _of_group(
    facet: FacetResult, group: str, families: Mapping[str, list[Shown]], outcome: str
) -> list[tuple[str, Finding]]:
    """Return the findings of one group with their families; consequences folded under causes."""
    causes = {family: _cause_of(family, families) for family in families}

    def made(family: str) -> Finding:
        effects = [made(each) for each in ORDER if causes.get(each) == family]
        found = _finding(facet, group, family, families[family])
        four_fifths = _four_fifths(facet, group, families, outcome)
        if family == SELECTION and four_fifths is not None:
            effects.insert(0, four_fifths)
        return _under(found, effects)

    return [(family, made(family)) for family in families if causes[family] is None]


def _cause_of(effect: str, families: Mapping[str, list[Shown]]) -> str | None:
    """Return the family that another follows from in this group, if that one is shown too.

    Where the labels differ, predictions do; where only predictions differ, so must the mistakes.
    Of mistakes, rates among equal answers follow from base rates that differ; rates among equal
    truths do not.
    """
    if effect == SELECTION:
        return LABELS if LABELS in families else None
    if effect == PREDICTED_NUMBERS:
        return LABELS if LABELS in families else None
    if effect == NUMERIC_ERRORS:
        alone = PREDICTED_NUMBERS in families and LABELS not in families
        return PREDICTED_NUMBERS if alone else None
    if effect == ERRORS:
        only_by_answer = all(each.measure.metric in BY_ANSWER for each in families.get(ERRORS, ()))
        if LABELS in families and only_by_answer:
            return LABELS
        if LABELS not in families and SELECTION in families:
            return SELECTION
        return next((each for each in (RANKING, CALIBRATION) if each in families), None)
    if effect == CALIBRATION and RANKING in families:
        return RANKING
    return None


def _finding(facet: FacetResult, group: str, family: str, several: Sequence[Shown]) -> Finding:
    about = FAMILIES[family]
    cause = about.cause
    if family == SELECTION:
        cause = _where_from(facet, group) or cause
    return replace(
        about,
        message=f"{sentence_of(several[0])}.",
        where={"facet": facet.name, "group": group},
        evidence=_evidence(several),
        cause=cause,
    )


def sentence_of(head: Shown) -> str:
    """Return the reading of a disparity with the interval that shows it, without full stop."""
    measure, interval = head.measure, head.interval
    reading = measure.reading or f"{measure.title} of {measure.group}"
    column = measure.facet.rpartition(": ")[0] or measure.facet
    if not reading.startswith((measure.group, column)):  # a name keeps its own letters
        reading = reading[0].upper() + reading[1:]
    return f"{reading} ({_range(measure, interval)})"


def _range(measure: BiasMeasure, interval: Interval) -> str:
    """Return an interval as the reading counts: points without sign for differences of shares."""
    low, high = interval
    if measure.parity == 0.0:  # the sentence says the direction
        low, high = sorted((abs(low), abs(high)))
    if is_of_shares(find_bias_metric(measure.metric)):
        return f"{points(low).split()[0]} to {points(high)}"
    return f"{plain_number(low)} to {plain_number(high)}"


def _evidence(several: Sequence[Shown]) -> dict[str, Json]:
    """Return the numbers of the disparity that heads, and the values of the others."""
    head = several[0].measure
    estimate = head.estimate
    low, high = several[0].interval
    found: dict[str, Json] = {
        _name(head): estimate.value if head.limit is None else head.limit,
        "low": estimate.low,
        "high": estimate.high,
        "simultaneous_low": low if isfinite(low) else None,
        "simultaneous_high": high if isfinite(high) else None,
        "tolerated": None if head.tolerated is None else list(head.tolerated),
        "rows": head.n_group,
        "rows_of_the_rest": head.n_rest,
    }
    if head.p_value is not None:
        found["p_value"] = head.p_value
    others: dict[str, Json] = {
        _name(each.measure): each.measure.limit or each.measure.estimate.value
        for each in several[1:]
    }
    return {**found, "also": others} if others else found


def _name(measure: BiasMeasure) -> str:
    return measure.acronym or measure.metric


def _where_from(facet: FacetResult, group: str) -> str:
    """Say whether a difference in predictions is already in the labels; "" where not known."""
    labels, predicted = facet.measure("DPL", group), facet.measure("DPPL", group)
    if labels is None or predicted is None:
        return ""
    was, now = labels.estimate, predicted.estimate
    if was.value is None or now.value is None or was.low is None or was.high is None:
        return ""
    numbers = f"DPL {was.value:.3f} in the labels, DPPL {now.value:.3f} in the predictions"
    if was.covers(0.0):
        return f"The labels do not show this difference, so it comes from the model: {numbers}."
    if was.value * now.value < 0:
        return f"The labels differ the other way, so the model turned it round: {numbers}."
    if now.low is not None and now.high is not None:
        near, far = sorted((abs(was.low), abs(was.high)))
        least, most = sorted((abs(now.low), abs(now.high)))
        if least > far and not now.covers(0.0):
            return f"The labels differ already, and the model adds to it: {numbers}."
        if most < near:
            return f"The labels differ already, and more than the predictions do: {numbers}."
    return f"The labels differ already, about as much: {numbers}. The model repeats it."


def _four_fifths(
    facet: FacetResult, group: str, families: Mapping[str, list[Shown]], outcome: str
) -> Finding | None:
    """Say that the positive answer is less than four fifths as frequent, with certainty."""
    shown = next(
        (each for each in families.get(SELECTION, ()) if each.measure.acronym == "DI"), None
    )
    if shown is None or shown.interval.high >= FOUR_FIFTHS:
        return None
    who = group_words(facet.name, group, how=facet.how)
    low, high = shown.interval
    return Finding(
        rule="four_fifths_not_met",
        severity="warning",
        message=(
            f"{who} is predicted {outcome or 'positive'} less than four fifths as often as the "
            f"rest: {plain_number(shown.measure.estimate.value or 0.0)} times "
            f"({plain_number(low)} to {plain_number(high)})."
        ),
        where={"facet": facet.name, "group": group},
        evidence={**_evidence([shown]), "needed": FOUR_FIFTHS},
        cause=_where_from(facet, group) or FAMILIES[SELECTION].cause,
        advice="Under the four-fifths rule of US employment selection this counts as evidence of "
        "adverse impact. It is a rule of thumb: read it beside the difference in points and the "
        "error rates, and ask for legal advice where the rule applies.",
    )


def _under(cause: Finding, effects: Sequence[Finding]) -> Finding:
    return replace(cause, consequences=(*cause.consequences, *effects))


def _heads(each: Shown) -> int:
    acronym = each.measure.acronym
    return HEADS.index(acronym) if acronym in HEADS else len(HEADS)
