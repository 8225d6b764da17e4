"""The sentences of the discipline page."""

from assay.evaluation.discipline.result import DisciplineResult
from assay.evaluation.discipline.thresholdout import BUDGET, THRESHOLD
from assay.jobs.ledger.standing import Standing
from assay.reports.format import estimate_text, number

KEEP = (
    "Keep choosing on validation rows, or by cross-validation, and come back to these rows with "
    "the one model that was chosen: --final then seals the number."
)
NESTED = (
    "Where choosing and judging must share rows, choose inside nested cross-validation "
    "(assay data split --kind nested): its estimate is not flattered by the choice."
)
FRESH = "Cut a fresh test from rows newer than the last look: assay data split --kind time."
FRESH_SEAL = "Cut a fresh test from rows newer than the seal: assay data split --kind time."
THRESHOLDOUT = (
    "For many questions to the same holdout rows, ask through thresholdout "
    "(assay.evaluation.discipline.thresholdout): it answers from the training rows while the two "
    f"agree within {THRESHOLD}, and from the holdout rows, with noise, {BUDGET} times."
)


def advice_for(standing: Standing) -> tuple[str, ...]:
    """Return what to do next, the first thing first."""
    if standing.seals and not standing.sealed:
        return (FRESH_SEAL, NESTED)
    if standing.looks < 2:
        return ()
    return (KEEP, NESTED) if standing.looks < 4 else (FRESH, NESTED, THRESHOLDOUT)


def opening(result: DisciplineResult) -> list[str]:
    """Return how many models were looked at, and what that leaves of the number."""
    said = [_counted(result)]
    if result.final:
        said.append("This look is the final one: the model and these rows are sealed with it.")
    if result.sealed:
        said.append(f"Another model had its final look at these rows on {result.sealed[:10]}.")
    if result.models > 1:
        said += _corrected(result)
    return said


def _counted(result: DisciplineResult) -> str:
    if result.models == 1:
        return (
            f"This is the only model that was looked at on these {result.rows:,} rows, as far as "
            "the ledger knows: the intervals hold as they are."
        )
    return (
        f"{result.models} different models were looked at on these {result.rows:,} rows. The same "
        "model counts once, however often it is judged."
    )


def _corrected(result: DisciplineResult) -> list[str]:
    said: list[str] = []
    if result.shown is not None and result.corrected is not None and result.shown.low is not None:
        said.append(
            f"{result.title} is {estimate_text(result.shown)} read alone, and "
            f"{estimate_text(result.corrected)} for all {result.models} models at once (each "
            f"interval at the level {number(result.level_each)})."
        )
    if result.flattery is not None:
        said.append(
            f"The best of {result.models} equal and unrelated models would look "
            f"{number(result.flattery)} better than it is; models that resemble each other, less."
        )
    said.append(
        f"Any rate over these rows, such as accuracy, is within {number(result.band)} of its true "
        "value for all of them at once, with 95 % certainty."
    )
    return said
