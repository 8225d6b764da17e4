"""Ask a model about rows in order: place its failures, collect its warnings."""

import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from assay.errors import ModelError
from assay.models.answers import AnswerError
from assay.models.failing_row import find_failing_row
from assay.models.kept.codec import cut
from assay.models.predictor import PartialAnswerError, Prediction, ServiceError
from assay.result import Finding

SHOWN_WARNINGS = 5
T = TypeVar("T")


Keep = Callable[[int, int, Prediction], None]
"""(start, stop, answer): what is done with answers that came before the model failed."""


def _as_it_is(prediction: Prediction) -> Any:  # noqa: ANN401  what ask() returns by default
    return prediction


class Asker:
    """Asks about stretches of one table's rows.

    Parameters
    ----------
    predict : callable
        (start, stop) -> Prediction for the rows from `start` up to `stop` of the table.
    table : str
        Name of the table, for messages.
    keep : callable or None
        Takes the answers for the rows of a batch before the one on which the model failed.
    """

    def __init__(
        self,
        predict: Callable[[int, int], Prediction],
        table: str,
        keep: Keep | None = None,
    ) -> None:
        self._predict = predict
        self._table = table
        self._keep = keep
        self.warned: Counter[str] = Counter()

    def ask(self, start: int, stop: int, read: Callable[[Prediction], T] = _as_it_is) -> T:
        """Predict the rows from `start` up to `stop`, and read the answer.

        Raises
        ------
        ModelError
            If the model fails: with the row, counted in the table from 0, and in the message
            from 1.
        """
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for meant_for_programmers in (DeprecationWarning, PendingDeprecationWarning):
                warnings.simplefilter("ignore", meant_for_programmers)
            answer = None
            try:
                answer = self._predict(start, stop)
                return read(answer)
            except ModelError as error:
                if answer is not None and error.row and self._keep is not None:
                    self._keep(start, start + error.row, cut(answer, 0, error.row))
                placed = self._placed(error, start, stop, read)
                raise placed from (error.__cause__ or error)
            finally:
                self.warned.update(f"{w.category.__name__}: {w.message}" for w in caught)

    def _placed(
        self, error: ModelError, start: int, stop: int, read: Callable[[Prediction], T]
    ) -> ModelError:
        """Return the error with its row in the table; the batch is halved where none is known."""
        if isinstance(error, PartialAnswerError):
            return self._after_part(error, start, stop, read)
        if isinstance(error, ServiceError):
            return self._of_service(error, start, stop)
        if error.row is not None:
            return self._at_row(error, start + error.row)
        done: list[tuple[int, int, Prediction]] = []

        def predict(first: int, last: int) -> None:
            answer = self._predict(start + first, start + last)
            read(answer)
            done.append((start + first, start + last, answer))

        try:
            found = find_failing_row(predict, stop - start)
            blameless = (
                found is not None
                and isinstance(error, AnswerError)
                and _fails_before(predict, found[0])
            )
        except ServiceError as gone:
            return self._of_service(gone, start, stop)
        if found is None or blameless:
            return ModelError(f"the model failed on {self._rows(start, stop)}: {_what(error)}")
        for piece in done:
            if piece[1] <= start + found[0] and self._keep is not None:
                self._keep(*piece)
        return self._at_row(found[1], start + found[0])

    def _after_part(
        self,
        error: PartialAnswerError,
        start: int,
        stop: int,
        read: Callable[[Prediction], T],
    ) -> ModelError:
        """Keep the answers that came, and name the row, or those without an answer."""
        if error.n_done and self._keep is not None:
            with suppress(ModelError):
                read(error.done)
                self._keep(start, start + error.n_done, error.done)
        if error.row is not None:
            return self._at_row(error, start + error.row)
        left = self._rows(start + error.n_done, stop)
        return ModelError(f"the model failed on {left}: {error}")

    def _of_service(self, error: ServiceError, start: int, stop: int) -> ServiceError:
        return ServiceError(f"{error} (asked about {self._rows(start, stop)})")

    def _rows(self, start: int, stop: int) -> str:
        if stop - start == 1:
            return f"row {stop:,} of {self._table}"
        return f"rows {start + 1:,} to {stop:,} of {self._table}"

    def _at_row(self, error: ModelError, row: int) -> ModelError:
        msg = (
            f"the model failed on row {row + 1:,} of {self._table} "
            f"(row {row} counted from 0): {_what(error)}"
        )
        return ModelError(msg, row=row)

    def findings(self, before: Mapping[str, int] | None = None) -> tuple[Finding, ...]:
        """Return one finding about the model's own warnings, if it gave any.

        Parameters
        ----------
        before : mapping of str to int or None
            What it warned of when it gave answers that were kept from an earlier run.
        """
        warned = self.warned + Counter(before or {})
        if not warned:
            return ()
        common = warned.most_common(SHOWN_WARNINGS)
        return (
            Finding(
                rule="model_warnings",
                severity="info",
                message=f"The model warned while it predicted, in {len(warned)} way(s); "
                f"most often: {common[0][0]}",
                evidence={
                    "warnings": [{"text": text, "times": times} for text, times in common],
                    "distinct": len(warned),
                },
                cause="The model's library found something unusual in the rows or its own state.",
                advice="Read the texts; if they are expected, nothing is to be done.",
            ),
        )


def _fails_before(predict: Callable[[int, int], object], row: int) -> bool:
    """Whether the row is the first or the one before it fails too: then no row is to blame."""
    if row == 0:
        return True
    try:
        predict(row - 1, row)
    except ModelError:
        return True
    return False


def _what(error: ModelError) -> str:
    return f"it {error.what}" if isinstance(error, AnswerError) else str(error)
