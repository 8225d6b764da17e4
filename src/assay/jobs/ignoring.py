"""Findings and the rules that the user ignores in; what counts, and what is only shown, out."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from assay.result import Finding


def ignore_rules(
    findings: Iterable[Finding], reasons: Mapping[str, str]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Part findings into those that count and those that the user has set aside.

    Parameters
    ----------
    findings : iterable of Finding
    reasons : mapping of str to str
        Rule → why it does not matter here.

    Returns
    -------
    counting : tuple of Finding
        What followed from an ignored finding counts by itself.
    ignored : tuple of Finding
        As infos that give the reason, and in their evidence the severity that they had.

    Examples
    --------
    >>> found = Finding(rule="leak_name", severity="warning", message="It is named so.")
    >>> counting, ignored = ignore_rules([found], {"leak_name": "known before"})
    >>> counting, ignored[0].severity, ignored[0].message
    ((), 'info', 'Ignored, because: known before. It is named so.')
    """
    counting: list[Finding] = []
    ignored: list[Finding] = []
    for finding in findings:
        further, aside = ignore_rules(finding.consequences, reasons)
        ignored += aside
        if finding.rule in reasons:
            ignored.append(_set_aside(finding, reasons[finding.rule]))
            counting += further
        else:
            counting.append(replace(finding, consequences=further))
    return tuple(counting), tuple(ignored)


def _set_aside(finding: Finding, reason: str) -> Finding:
    told = reason.strip().rstrip(".")
    return replace(
        finding,
        severity="info",
        message=f"Ignored, because: {told}. {finding.message}",
        evidence={**finding.evidence, "ignored_because": told, "was": finding.severity},
        consequences=(),
    )
