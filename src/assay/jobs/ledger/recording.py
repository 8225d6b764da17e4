"""A look in; its line in the ledger and what it means out, also where nothing can be written."""

import getpass
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assay.jobs.ledger.entry import Entry, Purpose, Shown
from assay.jobs.ledger.file import Ledger, LedgerFile
from assay.jobs.ledger.findings import ledger_findings, look_findings, not_counted
from assay.jobs.ledger.look import Look
from assay.jobs.ledger.standing import Standing, stand
from assay.jobs.store import store_folder
from assay.result import Finding


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What became of a look.

    Parameters
    ----------
    standing : Standing
    entry : Entry or None
        What was written; None where the model had looked before, or nothing could be written.
    findings : tuple of Finding
    """

    standing: Standing
    entry: Entry | None = None
    findings: tuple[Finding, ...] = ()


def record_look(
    look: Look,
    *,
    metrics: Sequence[Shown] = (),
    chance: float | None = None,
    purpose: Purpose = "development",
    run: str = "analyze",
    decision: str = "",
    folder: Path | None = None,
) -> Recorded:
    """Count a look at rows: the same model on the same rows counts once.

    Parameters
    ----------
    look : Look
        Of `look_at`.
    metrics : sequence of Shown
        The numbers that headed what was shown; the first one is corrected for the looks.
    chance : float or None
        What the constant answer scores on the first metric.
    purpose : {"development", "final", "audit"}
    run : str
        What looked: "analyze", "evaluate", "compare".
    decision : str
        What was decided by it.
    folder : Path or None
        Of the store; None takes ``$ASSAY_HOME``, else ``./.assay``.

    Returns
    -------
    Recorded
        With a finding in place of an error where the store cannot be written to.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> look = Look(test=("fs1:0",), model=("content:a",), rows=100)
    >>> with TemporaryDirectory() as home:
    ...     first = record_look(look, folder=Path(home))
    ...     again = record_look(look, folder=Path(home))
    >>> first.entry.n, again.entry, again.standing.looks
    (1, None, 1)
    """
    file = LedgerFile(folder or store_folder())

    def make(ledger: Ledger) -> Entry | None:
        if stand(ledger.entries, look, purpose).free:
            return None
        return _entry(ledger, look, tuple(metrics), purpose, run, decision)

    try:
        before, entry = file.extend(make)
    except OSError as error:
        standing, told = read_standing(look, purpose=purpose, folder=folder)
        reason = f"{file.path}: {error.strerror or error}"
        told = (*told, *look_findings(standing, metrics, chance), not_counted(reason))
        return Recorded(standing=standing, findings=told)
    standing = stand(before.entries, look, purpose)
    told = (*ledger_findings(before, file.path), *look_findings(standing, metrics, chance))
    return Recorded(standing=standing, entry=entry, findings=told)


def read_standing(
    look: Look, *, purpose: Purpose = "development", folder: Path | None = None
) -> tuple[Standing, tuple[Finding, ...]]:
    """Say how a look stands that is not written yet, and whether the ledger was changed.

    Parameters
    ----------
    look : Look
    purpose : {"development", "final", "audit"}
    folder : Path or None
        As in `record_look`.
    """
    file = LedgerFile(folder or store_folder())
    try:
        ledger = file.read()
    except OSError:  # where it cannot be read, the look cannot be written either: then it is said
        return stand((), look, purpose), ()
    return stand(ledger.entries, look, purpose), ledger_findings(ledger, file.path)


def _entry(
    ledger: Ledger,
    look: Look,
    metrics: tuple[Shown, ...],
    purpose: Purpose,
    run: str,
    decision: str,
) -> Entry:
    last = ledger.entries[-1] if ledger.entries else None
    return Entry(
        n=1 if last is None else last.n + 1,
        when=datetime.now(UTC).isoformat(timespec="seconds"),
        who=_who(),
        run=run,
        model=look.model,
        model_name=look.model_name,
        test=look.test,
        test_name=look.test_name,
        rows=look.rows,
        part=look.part,
        metrics=metrics,
        purpose=purpose,
        decision=decision,
        previous="" if last is None else last.digest,
    )


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name
        return ""
