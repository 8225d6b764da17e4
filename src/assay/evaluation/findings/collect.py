"""All rules of an evaluation, run over its numbers."""

from collections.abc import Callable

from assay.evaluation.facts import Facts
from assay.evaluation.findings.classes import CLASS_RULES
from assay.evaluation.findings.errors import ERROR_RULES
from assay.evaluation.findings.scores import SCORE_RULES
from assay.result import Finding, worst_first

Rule = Callable[[Facts], Finding | None]


def collect_findings(facts: Facts, *, others: tuple[Finding, ...] = ()) -> tuple[Finding, ...]:
    """Run every rule that fits the task; worst first.

    Parameters
    ----------
    facts : Facts
    others : tuple of Finding
        Made earlier: what was assumed, how the threshold was chosen.

    Returns
    -------
    tuple of Finding
        Each rule once; nothing for a sound model on sound data.
    """
    rules = ERROR_RULES if facts.task == "regression" else (*CLASS_RULES, *SCORE_RULES)
    found = [finding for rule in rules if (finding := rule(facts)) is not None]
    return worst_first((*others, *found))
