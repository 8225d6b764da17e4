"""results.json of a comparison in; one row a candidate, and what to do, as lines of text, out."""

from collections.abc import Mapping
from textwrap import fill
from typing import Any

from assay.cli.stored_numbers import value_and_interval
from assay.plain_text.aligned import aligned
from assay.plain_text.hidden import visible

WIDEST = 100
OF_THE_TABLE = ("candidate_worse", "candidate_not_better")
"""Rules whose findings say what the table says."""


def compare_table(results: Mapping[str, Any], *, width: int = WIDEST) -> str:
    """Lay out a comparison for a terminal: candidate, value, difference, p, verdict; what to do.

    Parameters
    ----------
    results : mapping
        The content of results.json.
    width : int
        Columns of the terminal, for the sentences; the table is as wide as it is.

    Returns
    -------
    str
        Without a newline at the end.
    """
    found = results["sections"]["comparison"]
    against = {each["candidate"]: each for each in found["comparisons"]}
    several = len(against) > 1
    compared = {each["title"] for each in found["comparisons"]} - {found["title"]}
    difference = " ".join(["difference in", *compared]) if len(compared) == 1 else "difference"
    heads = ("candidate", found["title"], difference, "p (Holm)" if several else "p", "verdict")
    rows: list[tuple[str, ...]] = [heads]
    for candidate in found["candidates"]:
        value = _number(candidate["values"][found["metric"]])
        rows.append(
            (visible(candidate["name"]), value, *_cells(against.get(candidate["name"]), several))
        )
    told = dict.fromkeys([each["advice"] for each in found["comparisons"] if each["advice"]])
    if several:
        told = {f"{each['candidate']}: {each['advice']}": None for each in found["comparisons"]}
    tests = ", ".join(dict.fromkeys(each["test"] for each in found["comparisons"] if each["test"]))
    lines = [*aligned(rows), ""]
    lines += [_wrapped(text, width) for text in told]
    lines.append(_wrapped(f"{found['n']:,} {_WHAT[found['kind']]}; {tests}.", width))
    return "\n".join([*lines, *_findings(results, width)])


_WHAT = {"rows": "rows", "folds": "folds", "datasets": "data sets"}


def _cells(comparison: Mapping[str, Any] | None, several: bool) -> tuple[str, str, str]:
    if comparison is None:
        return "", "", "(baseline)"
    p = comparison["p_adjusted"] if several else comparison["p_value"]
    shown = "" if p is None else "<0.0001" if p < 0.0001 else f"{p:.4f}"
    return _number(comparison["difference"]), shown, comparison["verdict"]


def _findings(results: Mapping[str, Any], width: int) -> list[str]:
    """Return what else was found, beyond what the table says."""
    others = [each for each in results["findings"] if each["rule"] not in OF_THE_TABLE]
    if not others:
        return []
    lines = [""]
    for each in others:
        lines.append(_wrapped(f"{each['severity']}: {visible(each['message'])}", width))
        if each["advice"]:
            lines.append(_wrapped(visible(each["advice"]), width, indent="  "))
    return lines


def _number(stored: Mapping[str, Any]) -> str:
    if stored["value"] is None:
        return f"undefined: {visible(stored['reason'] or '')}"
    return " ".join(filter(None, value_and_interval(stored)))


def _wrapped(text: str, width: int, indent: str = "") -> str:
    return fill(
        text,
        width=max(20, min(width, WIDEST)),
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_on_hyphens=False,
    )
