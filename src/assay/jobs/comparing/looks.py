"""Candidates that answered for rows in; their looks in the ledger, and what they mean, out."""

from collections.abc import Sequence
from pathlib import Path

from assay.jobs.comparing.answering import Answered
from assay.jobs.comparing.result import CompareResult
from assay.jobs.ledger import Recorded, Shown, look_at, record_look

NOT_COUNTED = "look_not_counted"


def count_looks(
    answered: Sequence[Answered], result: CompareResult, *, folder: Path | None = None
) -> Recorded | None:
    """Write into the ledger that each candidate was looked at on these rows.

    A candidate that looked before is counted once. The best one is written last, so that what the
    ledger says of the number of looks is said of its number.

    Parameters
    ----------
    answered : sequence of Answered
    result : CompareResult
        What was shown of them.
    folder : Path or None
        Of the store; None takes the usual one.

    Returns
    -------
    Recorded or None
        Of the best candidate; None where no candidate has answers.
    """
    able = [each for each in answered if each.plan is not None]
    columns = [column for each in answered for column in each.columns]
    recorded: Recorded | None = None
    for each in sorted(able, key=lambda one: _rank(one.name, result)):
        assert each.plan is not None
        look = look_at(each.plan.data, info=each.info, beside=columns, name=each.name)
        recorded = record_look(
            look, metrics=_shown(each.name, result), run="compare", folder=folder
        )
        if any(finding.rule == NOT_COUNTED for finding in recorded.findings):
            break  # one cannot be written, so none can: say it once
    return recorded


def _shown(name: str, result: CompareResult) -> tuple[Shown, ...]:
    found = next(each for each in result.candidates if each.name == name)
    value = found.values.get(result.metric)
    if value is None:
        return ()
    better = result.comparisons[0].greater_is_better
    return (Shown.of(result.metric, result.title, value, greater_is_better=better),)


def _rank(name: str, result: CompareResult) -> float:
    """Return a number that is the greater, the better a candidate is; undefined ones first."""
    shown = _shown(name, result)
    if not shown or shown[0].value is None:
        return float("-inf")
    return shown[0].value if shown[0].greater_is_better else -shown[0].value
