"""All rules of an evaluation, run over its numbers."""

from collections.abc import Callable
from dataclasses import replace

from assay.evaluation.facts import Facts
from assay.evaluation.findings.classes import CLASS_RULES
from assay.evaluation.findings.errors import ERROR_RULES
from assay.evaluation.findings.labels import LABEL_RULES
from assay.evaluation.findings.scores import SCORE_RULES
from assay.result import Finding, worst_first

FOLLOWS_FROM = {
    "constant_scores": {"no_better_than_constant", "one_class_predicted", "miscalibrated"},
    "one_class_predicted": {"accuracy_below_constant"},
    "too_few_positives": {"no_better_than_constant"},
    "biased_predictions": {"systematic_error"},
    "quantile_not_covered": {"no_better_than_constant"},
    "no_better_than_constant": {"systematic_error"},
}
Rule = Callable[[Facts], Finding | None]
RULES_OF_TASK: dict[str, tuple[Rule, ...]] = {
    "regression": ERROR_RULES,
    "multilabel": LABEL_RULES,
}


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
        Each rule once, what follows from another finding folded under it; nothing for a sound
        model on sound data.
    """
    rules: tuple[Rule, ...] = (*CLASS_RULES, *SCORE_RULES)
    if facts.task in RULES_OF_TASK:
        rules = RULES_OF_TASK[facts.task]
    found = [finding for rule in rules if (finding := rule(facts)) is not None]
    return worst_first((*others, *_folded(found)))


def _folded(found: list[Finding]) -> list[Finding]:
    """Put each finding under the first one that it follows from."""
    out = {finding.rule: finding for finding in found}
    for cause, effects in FOLLOWS_FROM.items():
        if cause not in out:
            continue
        under = tuple(out.pop(rule) for rule in list(out) if rule in effects)
        out[cause] = replace(out[cause], consequences=under)
    return list(out.values())
