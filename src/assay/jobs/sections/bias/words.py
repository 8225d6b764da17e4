"""The sentences of the bias page."""

from assay.bias.described import describe_metric
from assay.bias.disparities import Groups, sentence_of, widest_disparity
from assay.bias.reading import filled
from assay.bias.result import BiasMeasure, BiasResult, FacetResult
from assay.bias.shown import Shown

GENERIC = {"group": "the group", "rest": "the rest", "outcome": "the positive outcome"}
COMPAT = (
    "analysis.json has the numbers of SageMaker Clarify's library, its conventions and its "
    "heuristics for the kinds of columns included (--compat smclarify-0.5); the numbers on this "
    "page are the textbook's."
)


def opening(result: BiasResult) -> list[str]:
    """Return what is compared, how sure the numbers are, and by whose conventions."""
    outcome = f"The positive outcome is {result.positive}. " if result.positive else ""
    said = [
        f"{outcome}Each group is compared with all other rows, the rest. A difference is said to "
        "be there only where the interval that holds for all numbers of the report together lies "
        "wholly beyond what is tolerated."
    ]
    if result.mode != "assay":
        said.append(COMPAT)
    return said


def first_sentence(facet: FacetResult, groups: Groups) -> str:
    """Return the largest disparity that is shown, or that none is."""
    widest = widest_disparity(groups)
    if widest is not None:
        return f"{sentence_of(widest)}.{_others(groups, widest)}"
    judged = [each for each in facet.measures if each.tolerated is not None]
    if not judged:
        return f"No number of {facet.name} has a tolerated range, so none is judged."
    few = " That does not show that there is none." if _uncertain(facet) else ""
    return f"No difference by {facet.name} is shown to be beyond what is tolerated.{few}"


def metric_help(measure: BiasMeasure) -> str:
    """Return what a metric compares, when not to use it, and what to look at instead."""
    metric = describe_metric(measure.metric)
    if metric is None:
        return ""
    compares, not_when, instead = (filled(each, GENERIC) for each in metric.help)
    return f"{compares}\nNot to be used: {not_when}\nInstead: {instead}"


def notes_of(facet: FacetResult) -> list[str]:
    """Return how the groups came about, and which rows and groups are not judged."""
    notes = [facet.why[0].upper() + facet.why[1:]] if facet.why else []
    if facet.rows_missing:
        rows = "1 row" if facet.rows_missing == 1 else f"{facet.rows_missing:,} rows"
        notes.append(f"{rows} without a value of {facet.name} are left out.")
    if facet.rows_folded:
        notes.append(f"{facet.rows_folded:,} rows of rare values are gathered in (other).")
    return [each if each.endswith(".") else f"{each}." for each in notes]


def _others(groups: Groups, widest: Shown) -> str:
    """Return how many other groups show a disparity; the mirrored one of two does not count."""
    if len(groups.facet.groups) == 2:
        return ""
    others = len([group for group in groups.shown if group != widest.measure.group])
    if not others:
        return ""
    return f" {others} other {'group differs' if others == 1 else 'groups differ'} too."


def _uncertain(facet: FacetResult) -> bool:
    """Whether some interval reaches beyond what is tolerated, or groups are too small."""
    if facet.too_small:
        return True
    for each in facet.measures:
        if each.tolerated is None or each.simultaneous is None:
            continue
        (low, high), (least, most) = each.simultaneous, each.tolerated
        if low < least or high > most:
            return True
    return False
