"""results.json of a run that measured bias alone in; its verdict out."""

from collections.abc import Iterator, Mapping
from typing import Any

from assay.plain_text.hidden import visible
from assay.reports.page import Verdict

Results = Mapping[str, Any]
HEADS = (
    "difference_in_positive_proportions_in_labels",
    "difference_in_positive_proportions_in_predicted_labels",
    "recall_difference",
    "specificity_difference",
    "mean_label_difference",
    "mean_error_difference",
)
MAX_SENTENCES = 3


def bias_verdict(results: Results) -> Verdict | None:
    """Judge a run that looked at bias and at nothing else.

    ===========  ===================================================================
    level        when
    ===========  ===================================================================
    caution      a difference is shown to be beyond what is tolerated
    good         the main differences of every group are shown to be within it
    unknown      neither: the rows are too few to tell
    ===========  ===================================================================

    Parameters
    ----------
    results : mapping
        The content of results.json.

    Returns
    -------
    Verdict or None
        None where bias was not measured, or no facet had groups and more than bias was looked at.

    Examples
    --------
    >>> bias_verdict({"findings": [], "sections": {}}) is None
    True
    """
    bias = results.get("sections", {}).get("bias")
    if not bias or not bias.get("facets"):
        return _nothing_compared(bias) if bias and set(results["sections"]) == {"bias"} else None
    warned = [each for each in bias["findings"] if each["severity"] != "info"]
    names = ", ".join(visible(facet["name"]) for facet in bias["facets"])
    if warned:
        count = "1 difference is" if len(warned) == 1 else f"{len(warned)} differences are"
        told = tuple(visible(each["message"]) for each in warned[:MAX_SENTENCES])
        return Verdict("caution", f"{count} shown to be beyond what is tolerated.", told)
    undecided = sum(_undecided(each) for each in _main(bias))
    if undecided:
        few = "1 of the main differences" if undecided == 1 else f"{undecided} main differences"
        told = (f"{few} may be larger than is tolerated, or not: the rows are too few to tell.",)
        return Verdict("unknown", f"No difference by {names} is shown, and none ruled out.", told)
    return Verdict("good", f"The main differences by {names} are within what is tolerated.")


def _nothing_compared(bias: Results) -> Verdict | None:
    why = tuple(
        f"{visible(each['title'])}: {visible(each['reason'])}."
        for each in bias.get("left_out", ())
        if each["title"].startswith("facet ")
    )
    return Verdict("unknown", "No verdict: no groups could be compared.", why) if why else None


def _main(bias: Results) -> Iterator[Results]:
    for facet in bias["facets"]:
        for measure in facet["measures"]:
            if measure["name"] in HEADS and measure["tolerated"] is not None:
                yield measure


def _undecided(measure: Results) -> bool:
    """Whether the simultaneous interval reaches beyond what is tolerated."""
    low, high = measure["simultaneous_low"], measure["simultaneous_high"]
    least, most = measure["tolerated"]
    return low is None or high is None or low < least or high > most
