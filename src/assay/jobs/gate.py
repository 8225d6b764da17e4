"""Does a run pass the gates that the user set? Findings in, the reasons it does not out."""

from collections.abc import Iterable, Sequence

from assay.result import Finding

AT_LEAST = {"error": ("error",), "warning": ("error", "warning")}


def failed_gates(findings: Iterable[Finding], gates: Sequence[str]) -> tuple[str, ...]:
    """Return one sentence for each gate that does not pass.

    Parameters
    ----------
    findings : iterable of Finding
        Consequences count as findings of their own.
    gates : sequence of str
        "error", "warning" (which errors fail as well) or the name of a rule.

    Examples
    --------
    >>> found = Finding(rule="few_rows", severity="warning", message="Few rows.")
    >>> failed_gates([found], ["error", "few_rows"])
    ('few_rows: 1 finding',)
    """
    flat = tuple(flatten(findings))
    told: list[str] = []
    for gate in gates:
        if gate in AT_LEAST:
            hits = [each for each in flat if each.severity in AT_LEAST[gate]]
        else:
            hits = [each for each in flat if each.rule == gate]
        if hits:
            rules = ", ".join(dict.fromkeys(each.rule for each in hits))
            count = f"{len(hits)} finding" + ("s" if len(hits) > 1 else "")
            told.append(f"{gate}: {count}" + (f" ({rules})" if gate in AT_LEAST else ""))
    return tuple(told)


def flatten(findings: Iterable[Finding]) -> Iterable[Finding]:
    """Yield findings and, after each, its consequences."""
    for finding in findings:
        yield finding
        yield from flatten(finding.consequences)
