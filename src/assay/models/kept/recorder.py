"""What scoring sees of kept predictions: take those that are there, add those that are made."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

import pyarrow as pa

from assay.models.kept.codec import UnstorableError, alike, cut, encode
from assay.models.kept.description import Probe
from assay.models.kept.entry import PART_BYTES, Entry, Stretch
from assay.models.predictor import Prediction
from assay.result import Finding, Json

FLUSH_SECONDS = 3.0
"""Answers wait no longer than this, and a model call, before they are written."""


class Recorder:
    """Kept predictions for one model and one table, while the table is scored.

    Whatever goes wrong with the store, scoring goes on without it and a finding says so.

    Parameters
    ----------
    entry : Entry or None
        None keeps nothing.
    writes : bool
        Whether answers are added.
    findings : tuple of Finding
        What was found when the store was opened.
    make_room : callable or None
        Called with the entry after much was written; returns why no more may be, or "".
    """

    def __init__(
        self,
        entry: Entry | None = None,
        *,
        writes: bool = False,
        findings: tuple[Finding, ...] = (),
        make_room: Callable[[Entry], str] | None = None,
    ) -> None:
        self._entry, self._found, self._make_room = entry, findings, make_room
        self._writer = entry if writes else None
        self._reused = 0 if entry is None else entry.rows
        self._probe_warned: Counter[str] = Counter()
        self._held: list[pa.Table] = []
        self._held_from = self._held_rows = self._held_bytes = 0
        self._held_warned: Counter[str] = Counter()
        self._written = time.monotonic()
        if self.probe is not None:
            self._probe_warned = Counter(self.probe.warned)

    @property
    def complete(self) -> bool:
        """Whether every answer is there, so that the model need not be asked at all."""
        return self._entry is not None and self._entry.complete and self.probe is not None

    @property
    def probe(self) -> Probe | None:
        """What the first look at the model showed, when it was."""
        return None if self._entry is None else self._entry.description.probe

    @property
    def timing(self) -> Mapping[str, Json] | None:
        """How long it took to make the answers, where all are there."""
        return None if self._entry is None else self._entry.description.timing

    @property
    def warned(self) -> Counter[str]:
        """What the model warned of when it gave the answers that were taken from here."""
        read = Counter[str]() if self._entry is None else self._entry.warned
        return self._probe_warned + read

    @property
    def kept_rows(self) -> int:
        """For how many rows answers are safe now."""
        return 0 if self._entry is None else self._entry.rows

    @property
    def reused_rows(self) -> int:
        """For how many rows answers were there at the beginning, and could be read."""
        return self._reused - (0 if self._entry is None else self._entry.dropped_rows)

    def stretches(self, start: int, stop: int) -> list[Stretch]:
        """Return the rows from `start` up to `stop` in pieces, with the answers that are kept."""
        if self._entry is None or self._reused == 0:
            return [(start, stop, None)]
        return self._entry.stretches(start, stop)

    def add(self, start: int, answers: Prediction, n_rows: int, warned: Mapping[str, int]) -> None:
        """Keep answers for the rows from `start` up to `start + n_rows`."""
        if self._writer is None:
            return
        try:
            table = encode(cut(answers, 0, n_rows))
            follows = start == self._held_from + self._held_rows
            if self._held and not (follows and alike([self._held[0], table])):
                self._flush()
            if not self._held:
                self._held_from = start
            self._held.append(table)
            self._held_rows += table.num_rows
            self._held_bytes += table.nbytes
            self._held_warned += Counter(warned)
            waited = time.monotonic() - self._written
            if self._held_bytes >= PART_BYTES or waited >= FLUSH_SECONDS:
                self._flush()
        except (OSError, UnstorableError, pa.ArrowException) as error:
            self._give_up(_reason(error))

    def note_probe(self, findings: tuple[Finding, ...], warned: Mapping[str, int]) -> None:
        """Keep what the first look at the model showed."""
        if self._writer is None:
            return
        try:
            self._writer.describe(
                replace(
                    self._writer.description, probe=Probe(findings=findings, warned=dict(warned))
                )
            )
        except OSError as error:
            self._give_up(_reason(error))

    def finish(self, timing: Mapping[str, Json]) -> None:
        """Note that every row has its answer."""
        if self._writer is None or self._writer.complete:
            return
        try:
            self._flush()
            if self._writer is not None and self._writer.rows == self._writer.description.rows:
                self._writer.describe(self._writer.description.finished(timing))
        except (OSError, pa.ArrowException) as error:
            self._give_up(_reason(error))

    def close(self) -> None:
        """Write what waits, and let others in."""
        if self._writer is not None:
            try:
                self._flush()
            except (OSError, pa.ArrowException) as error:
                self._give_up(_reason(error))
        if self._entry is not None:
            self._entry.close()

    def findings(self) -> tuple[Finding, ...]:
        """Return what a person should know of how the answers were kept."""
        dropped = 0 if self._entry is None else self._entry.dropped_rows
        return (*self._found, *((_dropped(dropped),) if dropped else ()))

    def _flush(self) -> None:
        if self._writer is None or not self._held:
            return
        whole = pa.concat_tables(self._held).unify_dictionaries()
        self._writer.add(self._held_from, whole, self._held_warned)
        self._held, self._held_rows, self._held_bytes = [], 0, 0
        self._held_warned = Counter()
        self._written = time.monotonic()
        full = "" if self._make_room is None else self._make_room(self._writer)
        if full:
            self._give_up(full)

    def _give_up(self, reason: str) -> None:
        self._writer, self._held, self._held_rows = None, [], 0
        self._found = (*self._found, not_kept(reason))


def not_kept(reason: str) -> Finding:
    """Return the finding that predictions are not kept, and why."""
    return Finding(
        rule="predictions_not_kept",
        severity="info",
        message=f"The model's answers are not kept for the next run: {reason}.",
        evidence={"reason": reason},
        cause="The store of predictions could not be used.",
        advice="The numbers are not touched by it. A run that is interrupted starts anew, and "
        "the next one asks the model again.",
    )


def _reason(error: Exception) -> str:
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return " ".join(text.split())[:200] or type(error).__name__


def _dropped(rows: int) -> Finding:
    return Finding(
        rule="kept_predictions_dropped",
        severity="info",
        message=f"The kept answers for {rows:,} rows were damaged, and the model was asked again.",
        evidence={"rows": rows},
        cause="A file of the store was changed, or the machine stopped while it was written.",
        advice="Nothing is to be done; if it happens again, look at the disk.",
    )
