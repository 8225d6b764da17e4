"""Ask about rows together, and about fewer at a time where that fails."""

from collections.abc import Callable
from dataclasses import dataclass, field

from assay.errors import AssayError, ModelError
from assay.models.answers import AnswerError
from assay.models.predictor import ServiceError
from assay.models.remote.answers import Answers
from assay.models.remote.faults import RowsRefusedError, TooManyRowsError

Ask = Callable[[int, int], Answers]
"""(start, stop) -> answers about the rows from `start` up to `stop`."""


@dataclass
class Outcome:
    """What became known about some rows in order.

    Parameters
    ----------
    pieces : list of Answers
        For the first rows, in order.
    error : AssayError or None
        Why the rows after them have no answers; its row is one of the table asked about.
    too_many : bool
        Whether a request was refused for its size.
    """

    pieces: list[Answers] = field(default_factory=list)
    error: AssayError | None = None
    too_many: bool = False

    @property
    def n_done(self) -> int:
        """How many rows were answered."""
        return sum(map(len, self.pieces))

    @property
    def largest(self) -> int:
        """How many rows were answered in one go at most."""
        return max(map(len, self.pieces), default=0)


def ask_or_split(ask: Ask, start: int, stop: int) -> Outcome:
    """Ask about rows at once; where the service refuses, about halves, down to single rows.

    Clarify's "fallback to per-record prediction", which needs few requests where one row is to
    blame. When the first row fails by itself, and others do too, the service is to blame and is
    not asked further.

    Parameters
    ----------
    ask : callable
    start, stop : int
        The rows.

    Examples
    --------
    >>> def ask(start, stop):
    ...     if start <= 2 < stop:
    ...         raise RowsRefusedError("answered with status 500")
    ...     return Answers(scores=list(range(start, stop)))
    >>> outcome = ask_or_split(ask, 0, 8)
    >>> [piece.scores for piece in outcome.pieces], outcome.error.row
    ([[0, 1]], 2)
    """
    outcome = Outcome()
    waiting = [(start, stop)]
    while waiting:
        first, last = waiting.pop()
        try:
            outcome.pieces.append(ask(first, last))
        except (RowsRefusedError, AnswerError) as error:
            outcome.too_many |= isinstance(error, TooManyRowsError)
            if last - first > 1:
                middle = (first + last) // 2
                waiting += [(middle, last), (first, middle)]
                continue
            others = [] if outcome.pieces or stop - start == 1 else [first + 1, stop - 1]
            outcome.error = _blame(ask, error, first, others)
            break
        except AssayError as error:
            outcome.error = error
            break
    return outcome


def _blame(ask: Ask, error: ModelError, row: int, others: list[int]) -> ModelError:
    """Return the error as the row's, or as the service's if other rows fail by themselves too."""
    what = f"it {error.what}" if isinstance(error, AnswerError) else f"it {error}"
    if others and all(_fails(ask, other) for other in others):
        made: ModelError = ServiceError(f"whatever the row, {what}")
    else:
        made = RowsRefusedError(what, row=row)
    made.__cause__ = error.__cause__
    return made


def _fails(ask: Ask, row: int) -> bool:
    try:
        ask(row, row + 1)
    except ModelError:
        return True
    return False
