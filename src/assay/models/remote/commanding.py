"""Rows in, lines of JSON to a program, answers in order out."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from assay.errors import AssayError, InputError
from assay.models.answers import AnswerError
from assay.models.predictor import ServiceError
from assay.models.remote.answers import Answers, shorten
from assay.models.remote.exchange import Exchange, Fault, Mode, Patience
from assay.models.remote.faults import RowsRefusedError
from assay.models.remote.program import Program
from assay.models.remote.responses import ResponseForm, read_lines
from assay.models.remote.rows import json_objects
from assay.models.remote.splitting import Outcome, ask_or_split

MOST_STARTS = 40
"""So often the program is started for one batch, while the row is looked for that ends it."""
SHOWN_COMMAND = 60


@dataclass(kw_only=True)
class CommandService:
    """A program that is asked on its standard input and answers on its standard output.

    Parameters
    ----------
    argv : sequence of str
    response : ResponseForm
    mode : {"auto", "stream", "batch"}
        "stream": one process answers all batches. "batch": one process a batch, whose input is
        closed after the last row. "auto" finds out with the first batch.
    timeout : float
        Seconds to wait for the next answer.
    patience : float
        Seconds after which "auto" closes the input of a program that is silent.
    max_line_bytes : int
    calls : int
        How many times rows were given to the program.
    """

    argv: Sequence[str]
    response: ResponseForm
    mode: Mode
    timeout: float
    patience: float
    max_line_bytes: int
    calls: int = 0
    _program: Program | None = field(default=None, init=False, repr=False)
    _starts: int = field(default=0, init=False, repr=False)

    def answer(self, rows: pl.DataFrame) -> Outcome:
        """Ask about rows in order; a program that ends too early is started again."""
        echo = self.response.echo
        if echo is not None and echo in rows.columns:
            msg = f"the table has a column {echo} already; name another field with echo=…"
            raise InputError(msg)
        return self.answer_lines(
            json_objects(rows if echo is None else rows.with_row_index(echo)).to_list()
        )

    def answer_lines(self, texts: list[str]) -> Outcome:
        """Ask about lines in order: each is JSON without a line break."""
        self._starts = 0
        lines, fault = self._exchange(texts)
        outcome = self._read(lines)
        if outcome.error is not None or fault is None:
            return outcome
        if not fault.ended:
            return Outcome(outcome.pieces if fault.in_order else [], self._broken(fault))
        if not fault.in_order:
            outcome = Outcome()
        rest = self._look_for_row(texts, outcome.n_done, fault)
        if rest.error is None:
            msg = f"the command {self._shown} {fault.what}; it was started again and went on"
            warnings.warn(msg, RuntimeWarning, stacklevel=2)  # becomes a finding
        return Outcome([*outcome.pieces, *rest.pieces], rest.error)

    def close(self) -> None:
        """End the program, if it runs."""
        self._drop(now=False)

    def _look_for_row(self, texts: list[str], row: int, fault: Fault) -> Outcome:
        """Ask about the row on which it seems to have ended, alone; then about all others."""
        if row == len(texts):
            return Outcome(error=self._broken(fault))
        if fault.in_order and self._fails(texts[row]):
            others = texts[1:][-1:] if row == 0 else []
            if any(self._fails(other) for other in others):
                msg = f"whatever the row, the command {self._shown} {fault.what}"
                return Outcome(error=ServiceError(msg))
            return Outcome(error=RowsRefusedError(f"it {fault.what}", row=row))
        return ask_or_split(lambda first, last: self._ask(texts[first:last]), row, len(texts))

    def _fails(self, text: str) -> bool:
        try:
            self._ask([text])
        except AssayError:
            return True
        return False

    def _ask(self, texts: list[str]) -> Answers:
        """Ask about some rows in one go, for `ask_or_split`."""
        lines, fault = self._exchange(texts)
        if fault is not None and fault.ended:
            raise RowsRefusedError(fault.what)
        outcome = self._read(lines)
        error = self._broken(fault) if fault is not None else outcome.error
        if error is not None:
            raise error
        return outcome.pieces[0]

    def _read(self, lines: list[bytes]) -> Outcome:
        """Read what was printed; what stands before a line that is no answer is kept."""
        try:
            return Outcome([read_lines(lines, len(lines), self.response)] if lines else [])
        except AnswerError as error:
            self._drop()
            before = (
                read_lines(lines[: error.row], error.row, self.response) if error.row else None
            )
            msg = (
                f"the command {self._shown} {error.what.replace('returned', 'printed')}; only "
                "answers may be printed on standard output, so print everything else on standard "
                "error"
            )
            return Outcome([] if before is None else [before], ServiceError(msg))

    def _broken(self, fault: Fault) -> ServiceError:
        return ServiceError(f"the command {self._shown} {fault.what}")

    @property
    def _shown(self) -> str:
        return shorten(" ".join(self.argv), SHOWN_COMMAND)

    def _exchange(self, texts: list[str]) -> tuple[list[bytes], Fault | None]:
        """Give rows to the program; return what it printed, and why that is not all."""
        running = self._program is not None and self._program.is_usable
        exchange, fault = self._exchange_once(texts, running=running)
        if running and fault is not None and fault.ended and not exchange.lines:
            # It was about to end when it was asked, which is not these rows' doing.
            exchange, fault = self._exchange_once(texts, running=False)
        return exchange.lines, fault

    def _exchange_once(self, texts: list[str], *, running: bool) -> tuple[Exchange, Fault | None]:
        program = self._ready()
        patience = Patience(mode=self.mode, timeout=self.timeout, patience=self.patience)
        exchange = Exchange(program, patience, len(texts))
        try:
            fault = exchange.find_surplus(0) if running else None
            if fault is None:
                self.calls += 1
                text = "".join(f"{text}\n" for text in texts)
                program.feed(text.encode(), close=exchange.closed)
                fault = exchange.run()
        except BaseException:
            self._drop()
            raise
        if fault is not None:
            self._drop()
        elif exchange.closed:
            self.mode = "batch"
            self._drop(now=False)
        elif self.mode == "auto":
            self.mode = "stream"
        return exchange, fault

    def _ready(self) -> Program:
        """Return the program that runs, or start it."""
        if self._program is not None and self._program.is_usable:
            return self._program
        self._drop()
        self._starts += 1
        if self._starts > MOST_STARTS:
            msg = (
                f"the command {self._shown} was started {MOST_STARTS} times for one batch of "
                "rows and ended each time before it had answered all"
            )
            raise ServiceError(msg)
        self._program = Program(self.argv, self.max_line_bytes)
        return self._program

    def _drop(self, *, now: bool = True) -> None:
        program, self._program = self._program, None
        if program is not None:
            program.end(now=now)
