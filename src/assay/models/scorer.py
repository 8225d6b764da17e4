"""Ask one model about one table, in batches, and gather what is found on the way."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import polars as pl

from assay.data.engines.protocol import LazyFrame
from assay.models.asking import Asker
from assay.models.kept.codec import cut, join
from assay.models.kept.recorder import Recorder
from assay.models.local import LocalModel
from assay.models.predictor import Prediction, Predictor
from assay.models.reading import AnyReading
from assay.models.same_answer import check_answers
from assay.models.timing import PredictionTiming, Stopwatch
from assay.result import Finding

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

BATCH_ROWS = 65_536
"""How many rows a model is asked about at once, where neither it nor the caller says."""
SLOW_SECONDS = 10.0
"""A batch that would take longer is cut by `SLOW_STEP`, again and again: less work is lost when
a run is interrupted, and people see how far it is."""
SLOW_STEP = 16
MIN_BATCH_ROWS = 16
Progress = Callable[[str, int, int | None], None]


class Scorer:
    """Asks a model about every row of a table that has no kept answer.

    The first rows are looked at first, and twice: together, and in two pieces (one row, then the
    rest), which is three calls; one call more where the two looks differ.

    Parameters
    ----------
    predictor : Predictor
        It reads the table's batches as they are to be read.
    dataset : Dataset
    own : callable or None
        (start, stop) -> Prediction for rows of the caller's own container.
    columns : tuple of str
        What is read of the table.
    recorder : Recorder
        Has the kept answers and takes new ones.
    """

    def __init__(
        self,
        predictor: Predictor,
        dataset: "Dataset",
        own: Callable[[int, int], Prediction] | None,
        columns: tuple[str, ...],
        recorder: Recorder,
    ) -> None:
        self._model, self._dataset, self._own = predictor, dataset, own
        # Own rows bring their columns, and kept answers need none; the rows are only counted out.
        needs_rows = own is None and not recorder.complete
        self._columns = columns if needs_rows and columns else dataset.schema.names[:1]
        self._unread = columns if own is None and self._columns != columns else ()
        self._recorder = recorder
        self._asker = Asker(self._predict, dataset.name, self._keep)
        self._batch, self._batch_start = pl.DataFrame(), 0
        self._given: tuple[int, Prediction] | None = None
        self._first: tuple[int, Prediction] | None = None
        self._watch, self._stage, self._calls = Stopwatch(), "probe", 0
        self._seconds_per_row = 0.0
        self._keeps = True
        self._wavering: tuple[Finding, ...] = ()

    def probe(self, n_rows: int, *, reuse: bool) -> Prediction:
        """Return the answers for the first rows, and note whether the model wavers.

        Parameters
        ----------
        n_rows : int
        reuse : bool
            Whether these answers count as those of the run, so that `run` does not ask again.
        """
        known = self._recorder.probe
        kept = self._recorder.stretches(0, n_rows)
        first = _joined([answers for _, _, answers in kept])
        if known is None or first is None:
            batches = self._dataset.engine.batches(
                self._dataset.frame, self._columns, batch_rows=n_rows
            )
            self._batch, self._batch_start = next(iter(batches)), 0
            first = self._first_look(kept, n_rows)
            if known is None:
                self._look_again(first, n_rows)
        if known is not None:
            self._wavering = known.findings
        if reuse:
            self._first = (n_rows, first)
        return first

    def batch_rows(self) -> int:
        """Return how many rows to ask about at once: fewer for a slow model."""
        rows = self._model.info.batch_rows
        if rows is not None:
            return max(1, rows)
        rows = BATCH_ROWS
        while rows * self._seconds_per_row > SLOW_SECONDS and rows > MIN_BATCH_ROWS:
            rows //= SLOW_STEP
        return max(rows, MIN_BATCH_ROWS)

    def run(
        self, reading: AnyReading, batch_rows: int, total: int, progress: Progress | None
    ) -> LazyFrame:
        """Read the answers for every row, in order; the model is asked once for each."""
        done, calls_before = 0, self._model.calls
        # Where the first look was kept, the first batch is what the model warms up with.
        self._stage = "run" if self._model.calls else "cold"

        def predict(batch: pl.DataFrame) -> pl.DataFrame:
            nonlocal done
            self._batch, self._batch_start = batch, done
            pieces = [
                self._read(piece, reading) for piece in self._pieces(done, done + batch.height)
            ]
            done += batch.height
            if progress is not None:
                progress("predicting", done, total)
            return pieces[0] if len(pieces) == 1 else pl.concat(pieces, how="vertical_relaxed")

        frame = self._dataset.engine.map_batches(
            self._dataset.frame, predict, columns=self._columns, batch_rows=batch_rows
        )
        self._calls = self._model.calls - calls_before
        self._recorder.finish(self.timing(total).to_dict())
        return frame

    def timing(self, total: int) -> PredictionTiming:
        """Return how long the batches took; for answers that were all kept, how long they did."""
        told = self._recorder.timing
        if self._recorder.reused_rows == total and told is not None:
            return PredictionTiming.of_kept(told, rows=total)
        return self._watch.timing(
            rows=total, from_cache=self._recorder.reused_rows, calls=self._calls
        )

    def findings(self, reading: AnyReading, *, probabilities: bool) -> tuple[Finding, ...]:
        """Return what was found about the model's answers."""
        return (
            *self._wavering,
            *reading.findings(probabilities=probabilities),
            *self._asker.findings(self._recorder.warned),
            *self._recorder.findings(),
        )

    def _first_look(
        self, kept: list[tuple[int, int, Prediction | None]], n_rows: int
    ) -> Prediction:
        """Ask about the first rows together, without those that have a kept answer."""
        self._stage = "cold" if self._model.calls == 0 else "probe"
        answers: list[Prediction | None] = []
        for start, stop, there in kept:
            answers.append(self._asker.ask(start, stop) if there is None else there)
            self._stage = self._stage if there is not None else "probe"
        whole = _joined(answers)
        return self._asker.ask(0, n_rows) if whole is None else whole

    def _look_again(self, first: Prediction, n_rows: int) -> None:
        """Take the second look; should it fail, the answers of the first are kept."""
        self._keeps = False
        try:
            self._second_look(first, n_rows)
        except BaseException:
            self._keeps = True
            self._keep(0, n_rows, first)
            raise
        self._keeps = True

    def _second_look(self, first: Prediction, n_rows: int) -> None:
        """Ask about the first rows again, in two pieces, and compare."""
        self._stage = "probe"
        start = time.perf_counter()
        pieces = [self._asker.ask(0, 1)]
        one = time.perf_counter()
        if n_rows > 1:
            pieces.append(self._asker.ask(1, n_rows))
            rest = time.perf_counter() - one
            # What a call costs whatever its rows cancels out.
            self._seconds_per_row = max(0.0, rest - (one - start)) / n_rows
        split = _joined([*pieces]) or self._asker.ask(0, n_rows)
        self._wavering = check_answers(first, split, lambda: self._asker.ask(0, n_rows))
        self._recorder.note_probe(self._wavering, self._asker.warned)

    def _pieces(self, start: int, stop: int) -> Iterator[tuple[int, int, Prediction | None, bool]]:
        """Yield (first row, last, answers or None, whether they are kept) in order."""
        for first, last, kept in self._recorder.stretches(start, stop):
            at = first
            if kept is None and self._first is not None and at < self._first[0]:
                until = min(last, self._first[0])
                yield at, until, cut(self._first[1], at, until), False
                at = until
            if at < last:
                yield at, last, kept, kept is not None

    def _read(
        self, piece: tuple[int, int, Prediction | None, bool], reading: AnyReading
    ) -> pl.DataFrame:
        """Return the columns for a stretch of rows; the model is asked where nothing is known."""
        start, stop, known, is_kept = piece
        self._given = None if known is None else (start, known)
        warned = self._asker.warned.copy()
        answers: list[Prediction] = []

        def read(answer: Prediction) -> pl.DataFrame:
            answers.append(answer)
            return reading.columns(answer)

        made = self._asker.ask(start, stop, read)
        self._given = None
        if known is None:
            self._stage = "run"
        if not is_kept:
            self._recorder.add(start, answers[-1], stop - start, self._asker.warned - warned)
        return made

    def _keep(self, start: int, stop: int, answers: Prediction) -> None:
        """Keep answers that came before the model failed, unless they are kept already."""
        if not self._keeps:
            return
        for first, last, kept in self._recorder.stretches(start, stop):
            if kept is None:
                piece = cut(answers, first - start, last - start)
                self._recorder.add(first, piece, last - first, {})

    def _predict(self, start: int, stop: int) -> Prediction:
        if self._given is not None:
            offset, answers = self._given
            return cut(answers, start - offset, stop - offset)
        if self._stage == "probe":
            return self._ask(start, stop)
        return self._watch.time(
            lambda: self._ask(start, stop), stop - start, cold=self._stage == "cold"
        )

    def _ask(self, start: int, stop: int) -> Prediction:
        if self._own is not None:
            return self._own(start, stop)
        if self._unread:
            return self._model.predict(self._read_after_all(start, stop))
        return self._model.predict(self._batch.slice(start - self._batch_start, stop - start))

    def _read_after_all(self, start: int, stop: int) -> pl.DataFrame:
        """Return rows that were not read, since they had a kept answer, which proved damaged."""
        pieces: list[pl.DataFrame] = []
        at = 0
        for batch in self._dataset.engine.batches(
            self._dataset.frame, self._unread, batch_rows=BATCH_ROWS
        ):
            first, last = max(start - at, 0), min(stop - at, batch.height)
            if first < last:
                pieces.append(batch.slice(first, last - first))
            at += batch.height
            if at >= stop:
                break
        return pl.concat(pieces, how="vertical_relaxed")


def by_position(predictor: Predictor) -> bool:
    """Whether a model gets its columns by their places, since it knows no names."""
    if not isinstance(predictor, LocalModel):
        return False
    wanted = predictor.wanted
    return wanted.names is None and (wanted.count or 0) >= 2


def _joined(answers: list[Prediction | None]) -> Prediction | None:
    there = [answer for answer in answers if answer is not None]
    return join(there) if there and len(there) == len(answers) else None
