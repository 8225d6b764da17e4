"""One batch of rows to a running program: lines in, lines out, or why not all of them."""

from dataclasses import dataclass
from typing import Literal

from assay.models.remote.answers import shorten
from assay.models.remote.program import LongLineError, Program, SilenceError, UnfinishedLine

Mode = Literal["auto", "stream", "batch"]

SETTLING_SECONDS = 0.05
"""So long it is listened for lines after the last answer of a program that goes on."""
EXCERPT = 120


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How a program is waited for.

    Parameters
    ----------
    mode : {"auto", "stream", "batch"}
        "batch" closes its input after the last row; "auto" does when it is silent.
    timeout : float
        Seconds to wait for the next answer.
    patience : float
        Seconds of silence after which "auto" closes the input.
    """

    mode: Mode
    timeout: float
    patience: float


@dataclass(frozen=True)
class Fault:
    """Why a program did not answer all rows.

    Parameters
    ----------
    what : str
        Without the subject: "ended with exit code 1".
    ended : bool
        Whether it ended, which it may not when it is asked about other rows.
    in_order : bool
        Whether what it printed before is about the first rows.
    """

    what: str
    ended: bool = False
    in_order: bool = True


class Exchange:
    """One batch of rows: lines in, lines out.

    Parameters
    ----------
    program : Program
    patience : Patience
    n_rows : int
        How many answers are expected.

    Attributes
    ----------
    lines : list of bytes
        The answers so far.
    closed : bool
        Whether the program's input was closed after the rows.
    """

    def __init__(self, program: Program, patience: Patience, n_rows: int) -> None:
        self._program, self._patience, self._n_rows = program, patience, n_rows
        self.lines: list[bytes] = []
        self.closed = patience.mode == "batch"

    def run(self) -> Fault | None:
        """Read as many lines as there are rows, and see that there are no more."""
        try:
            while len(self.lines) < self._n_rows:
                line = self._next()
                if line is None:
                    return self._ended()
                self.lines.append(line)
            return self._beyond()
        except SilenceError:
            return self._silent()
        except LongLineError:
            cap = self._program.max_line_bytes / 1e6
            return Fault(f"printed a line of more than {cap:g} MB; raise max_line_mb if need be")

    def _next(self) -> bytes | None:
        """Return the next line with something on it."""
        waited, limit = 0.0, self._patience.timeout
        while True:
            doubtful = self._patience.mode == "auto" and not self.closed
            step = min(self._patience.patience, limit - waited) if doubtful else limit - waited
            try:
                line = self._program.read_line(step)
            except SilenceError:
                waited += step
                if doubtful and self._program.is_fed:
                    # It may read to the end of its input before it answers.
                    self._program.close_input()
                    self.closed, waited = True, 0.0
                elif waited >= limit:
                    raise
                continue
            if line is None or line.strip():
                return line

    def _beyond(self) -> Fault | None:
        """Look for lines after the last answer; a program without input has to end."""
        if isinstance(self.lines[-1], UnfinishedLine) and self._program.exit_code != 0:
            return self._ended()
        if not self.closed:
            return self.find_surplus(SETTLING_SECONDS)
        extra = self._next()
        if extra is not None:
            return self._surplus(extra)
        return self._ended() if self._program.exit_code != 0 else None

    def find_surplus(self, seconds: float) -> Fault | None:
        """Look for a line that nobody asked for."""
        try:
            extra = self._program.read_line(seconds)
        except SilenceError:
            return None
        return self._surplus(extra) if extra is not None and extra.strip() else None

    def _surplus(self, extra: bytes) -> Fault:
        shown = shorten(extra.decode(errors="replace"), EXCERPT)
        what = (
            f"printed more lines than the rows that it was given, such as {shown!r}; it must "
            "print one line a row"
        )
        return Fault(what, in_order=False)

    def _ended(self) -> Fault:
        if self.lines and isinstance(self.lines[-1], UnfinishedLine):
            self.lines.pop()
        end, said = self._program.describe_end(), self._program.said
        answered = f"after {len(self.lines):,} answers to {self._n_rows:,} rows"
        if self._n_rows == 1 and not self.lines:
            answered = "without an answer"
        what = f"{end} {answered}{said}"
        # A program that ends well may have left rows out: then no answer is sure of its row.
        return Fault(what, ended=True, in_order=self._program.exit_code != 0)

    def _silent(self) -> Fault:
        answered = f"{len(self.lines):,} of {self._n_rows:,} rows"
        hint = "raise --model-option timeout=… if it needs longer"
        if self.closed and len(self.lines) == self._n_rows:
            answered = "all rows and did not end when its input was closed"
        elif not self.closed:
            hint += (
                "; have it flush its output after each line, or, if it reads all of its input "
                "before it answers, say --model-option mode=batch"
            )
        waited = f"{self._patience.timeout:g} s"
        return Fault(f"was silent for {waited} after it answered {answered}; {hint}")
