"""results.json in; each facet's groups and disparities as lines of text, out."""

from collections.abc import Mapping
from typing import Any

from assay.cli.stored_numbers import value_and_interval
from assay.plain_text.aligned import aligned
from assay.plain_text.hidden import visible

SHOWN = ("DPL", "DPPL", "DI", "RD", "AD")
IN_NUMBERS = ("mean_label_difference", "mean_error_difference", "mae_difference")
BEYOND = "* beyond what is tolerated, by the interval that holds for all numbers together"
MAX_GROUPS = 20


def bias_table(results: Mapping[str, Any]) -> str:
    """Lay out each facet for a terminal: a line a group, with the metrics that most people want.

    Parameters
    ----------
    results : mapping
        The content of results.json.

    Returns
    -------
    str
        Without a newline at the end; says so where no bias was measured.

    Examples
    --------
    >>> bias_table({"sections": {}})
    'no bias was measured'
    """
    bias = results["sections"].get("bias", {})
    left_out = [
        f"left out: {visible(each['title'])}: {visible(each['reason'])}"
        for each in bias.get("left_out", ())
        if each["title"].startswith("facet ")
    ]
    if not bias.get("facets"):
        return "\n".join(["no bias was measured", *left_out])
    facets = "\n\n".join([*map(_facet, bias["facets"]), *left_out])
    return f"{facets}\n\n{BEYOND}" if " *" in facets else facets


def _facet(facet: Mapping[str, Any]) -> str:
    by_group: dict[str, dict[str, Mapping[str, Any]]] = {}
    for measure in facet["measures"]:
        named = measure["acronym"] or measure["name"]
        by_group.setdefault(measure["group"], {})[named] = measure
        by_group[measure["group"]].setdefault(measure["name"], measure)
    sizes = {each["group"]: each["n"] for each in facet["groups"]}
    columns = [
        name for name in (*SHOWN, *IN_NUMBERS) if any(name in told for told in by_group.values())
    ]
    largest = sorted(by_group, key=lambda group: -sizes.get(group, 0))[:MAX_GROUPS]
    head = [visible(facet["name"]), "n", *columns]
    rows = [
        [visible(group), f"{sizes[group]:,}", *(_cell(by_group[group].get(c)) for c in columns)]
        for group in by_group
        if group in largest
    ]
    lines = aligned([head, *rows])
    hidden = len(by_group) - len(rows)
    more = [f"… and {hidden} smaller groups, in results.json (--out) or --json"] if hidden else []
    missing = facet["rows_missing"]
    left = [f"{missing:,} rows have no value and were left out"] if missing else []
    return "\n".join([*lines, *more, *left])


def _cell(measure: Mapping[str, Any] | None) -> str:
    if measure is None:
        return ""
    if measure["value"] is None:
        return (measure["limit"] or "undefined").lower()
    return " ".join(filter(None, value_and_interval(measure))) + _mark(measure)


def _mark(measure: Mapping[str, Any]) -> str:
    """Mark what lies outside the tolerated range even by the simultaneous interval."""
    low, high = measure["simultaneous_low"], measure["simultaneous_high"]
    if measure["tolerated"] is None or (low is None and high is None):
        return ""
    least, most = measure["tolerated"]
    outside = (high is not None and high < least) or (low is not None and low > most)
    return " *" if outside else ""
