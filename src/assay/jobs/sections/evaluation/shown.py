"""What the evaluation section found in; the numbers that head the report, for the ledger, out."""

from dataclasses import dataclass

from assay.evaluation.result import EvaluationResult
from assay.jobs.ledger.entry import Shown
from assay.jobs.sections.evaluation.constant import constant_answers
from assay.result import Result

MOST = 3


@dataclass(frozen=True)
class Heading:
    """The numbers that head a report.

    Parameters
    ----------
    metrics : tuple of Shown
        The first heads it.
    chance : float or None
        What the constant answer scores on the first.
    """

    metrics: tuple[Shown, ...] = ()
    chance: float | None = None


def shown_first(result: Result) -> Heading:
    """Return the first metrics of an evaluation section's result; nothing for another's."""
    judged = getattr(result, "test", None)
    if not isinstance(judged, EvaluationResult):
        return Heading()
    names = [name for name in judged.head.metrics if name in judged][:MOST]
    found = [judged.metric(name) for name in names]
    shown = tuple(
        Shown.of(each.name, each.title, each.estimate, greater_is_better=each.greater_is_better)
        for each in found
    )
    constant = constant_answers(judged).get(names[0]) if names else None
    return Heading(shown, None if constant is None else constant.value)
