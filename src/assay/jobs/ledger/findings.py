"""How a look stands in; what a person should know of it, out."""

from collections.abc import Sequence
from pathlib import Path

from assay.evaluation.discipline.looks import after_looks, look_band, sidak_level, taken_away
from assay.jobs.ledger.entry import Shown
from assay.jobs.ledger.file import Ledger
from assay.jobs.ledger.standing import Standing
from assay.result import Estimate, Finding, Json

OFTEN = 4
"""From this many distinct models on, looks at a test are a warning."""
FRESH = (
    "Cut a fresh test from data newer than the last look (assay data split), choose among models "
    "on validation rows or by nested cross-validation, and look at the test with one model "
    "(--final)."
)


def look_findings(
    standing: Standing, metrics: Sequence[Shown] = (), chance: float | None = None
) -> tuple[Finding, ...]:
    """Say how often a test was looked at; looks at validation rows are what those are for.

    Parameters
    ----------
    standing : Standing
    metrics : sequence of Shown
        The first one heads the report.
    chance : float or None
        What the constant answer scores on it.
    """
    if standing.look.part != "test" or standing.looks < 2:
        return ()
    head = metrics[0] if metrics else None
    found = [_often(standing, head)]
    reused = None if head is None or chance is None else _reuse(standing, head, chance)
    if reused is not None:
        found.insert(0, reused)
    if standing.seals and not standing.sealed:
        found.append(_after_seal(standing))
    return tuple(found)


def estimate_of(shown: Shown) -> Estimate:
    """Return the estimate that a look showed."""
    if shown.value is None:
        return Estimate.undefined("it was undefined", n=shown.n)
    return Estimate(
        value=shown.value, low=shown.low, high=shown.high, level=shown.level, n=shown.n
    )


def _often(standing: Standing, head: Shown | None) -> Finding:
    looks, rows = standing.looks, standing.look.rows
    evidence: dict[str, Json] = {
        "models": looks,
        "rows": rows,
        "level_each": sidak_level(0.95, looks),
        "band": look_band(max(rows, 1), looks),
    }
    told = ""
    if head is not None and head.value is not None and head.low is not None:
        wide = after_looks(estimate_of(head), looks)
        evidence |= {"metric": head.name, "value": head.value, "low": wide.low, "high": wide.high}
        told = (
            f" For the best of {looks} the interval of {head.title} is {wide.low:.4g} to "
            f"{wide.high:.4g}, not {head.low:.4g} to {head.high:.4g}."
        )
    if looks < OFTEN:
        return Finding(
            rule="test_looked_at",
            severity="info",
            message=f"{looks} different models were looked at on these test rows.{told}",
            where={"table": standing.look.test_name},
            evidence=evidence,
            cause="Another model was judged on the same rows before.",
            advice="Choose among models on validation rows; keep the test for the one chosen.",
        )
    return Finding(
        rule="test_looked_at_often",
        severity="warning",
        message=f"{looks} different models were looked at on these test rows.{told}",
        where={"table": standing.look.test_name},
        evidence=evidence,
        cause="The best of many on the same rows looks better than it is: part of it is luck.",
        advice=FRESH,
    )


def _reuse(standing: Standing, head: Shown, chance: float) -> Finding | None:
    number, more = estimate_of(head), head.greater_is_better
    if more is None or number.value is None:
        return None
    if not taken_away(number, standing.looks, chance, greater_is_better=more):
        return None
    wide = after_looks(number, standing.looks)
    return Finding(
        rule="test_reuse",
        severity="error",
        message=(
            f"After {standing.looks} models on these test rows, {head.title} is no longer shown "
            f"to be better than a constant answer ({chance:.4g}): its interval is "
            f"{wide.low:.4g} to {wide.high:.4g}."
        ),
        where={"table": standing.look.test_name},
        evidence={
            "models": standing.looks,
            "metric": head.name,
            "value": head.value,
            "low": head.low,
            "high": head.high,
            "corrected_low": wide.low,
            "corrected_high": wide.high,
            "constant_answer": chance,
        },
        cause="With so many tries on the same rows, one such number is to be expected by luck.",
        advice=FRESH,
    )


def _after_seal(standing: Standing) -> Finding:
    seal = standing.seals[-1]
    final = standing.purpose == "final"
    return Finding(
        rule="test_sealed",
        severity="warning",
        message=(
            f"These test rows gave their final number for {seal.model_name or 'another model'} "
            f"on {seal.when[:10]}; this is another model."
        ),
        where={"table": standing.look.test_name},
        evidence={
            "sealed": seal.when,
            "model": seal.model_name,
            "looks_final": len(standing.seals) + int(final),
        },
        cause="A test that was used for a final number says less of every later model.",
        advice="Cut a fresh test from data newer than the seal (assay data split).",
    )


def ledger_findings(ledger: Ledger, path: Path) -> tuple[Finding, ...]:
    """Say where a ledger was changed, or a line of it was never finished."""
    found: list[Finding] = []
    if ledger.problems:
        found.append(_changed(ledger, path))
    if ledger.torn:
        found.append(
            Finding(
                rule="ledger_repaired",
                severity="info",
                message="The last line of the ledger of looks was only begun, and does not count.",
                where={"file": path.name},
                cause="The process that wrote it was stopped.",
                advice="Nothing; the next look that is counted takes its place.",
            )
        )
    return tuple(found)


def _changed(ledger: Ledger, path: Path) -> Finding:
    first = "; ".join(ledger.problems[:3])
    more = f" and {len(ledger.problems) - 3} more" if len(ledger.problems) > 3 else ""
    return Finding(
        rule="ledger_changed",
        severity="warning",
        message=f"The ledger of looks was changed: {first}{more}.",
        where={"file": path.name},
        evidence={"problems": list(ledger.problems[:20]), "entries": len(ledger.entries)},
        cause="Lines were edited or removed by hand, or files of two stores were put together.",
        advice="Take counts of looks as lower bounds; restore the file from a copy.",
    )


def not_counted(reason: str) -> Finding:
    """Say that a look could not be written down."""
    return Finding(
        rule="look_not_counted",
        severity="info",
        message=f"This look could not be counted: {reason}.",
        cause="The store cannot be written to.",
        advice="Name a folder that can be written to: ASSAY_HOME=FOLDER.",
    )
