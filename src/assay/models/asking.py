"""Ask a model about rows in order: place failures, collect its warnings, see if it wavers."""

import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from assay.errors import ModelError
from assay.models.answers import AnswerError
from assay.models.failing_row import find_failing_row
from assay.models.predictor import Prediction
from assay.result import Finding

SHOWN_WARNINGS = 5
WAVERING = 1e-6
"""Two answers to the same rows that differ by more than this are not the same answer."""

T = TypeVar("T")


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
    """

    def __init__(self, predict: Callable[[int, int], Prediction], table: str) -> None:
        self._predict = predict
        self._table = table
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
            try:
                return read(self._predict(start, stop))
            except ModelError as error:
                placed = self._placed(error, start, stop, read)
                raise placed from (error.__cause__ or error)
            finally:
                self.warned.update(f"{w.category.__name__}: {w.message}" for w in caught)

    def _placed(
        self, error: ModelError, start: int, stop: int, read: Callable[[Prediction], T]
    ) -> ModelError:
        """Return the error with its row in the table; the batch is halved where none is known."""
        if error.row is not None:
            return self._at_row(error, start + error.row)

        def predict(first: int, last: int) -> T:
            return read(self._predict(start + first, start + last))

        found = find_failing_row(predict, stop - start)
        if found is None or (isinstance(error, AnswerError) and _fails_before(predict, found[0])):
            place = f"rows {start + 1:,} to {stop:,} of {self._table}"
            return ModelError(f"the model failed on {place}: {_what(error)}")
        return self._at_row(found[1], start + found[0])

    def _at_row(self, error: ModelError, row: int) -> ModelError:
        msg = (
            f"the model failed on row {row + 1:,} of {self._table} "
            f"(row {row} counted from 0): {_what(error)}"
        )
        return ModelError(msg, row=row)

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding about the model's own warnings, if it gave any."""
        if not self.warned:
            return ()
        common = self.warned.most_common(SHOWN_WARNINGS)
        return (
            Finding(
                rule="model_warnings",
                severity="info",
                message=f"The model warned while it predicted, in {len(self.warned)} way(s); "
                f"most often: {common[0][0]}",
                evidence={
                    "warnings": [{"text": text, "times": times} for text, times in common],
                    "distinct": len(self.warned),
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


def check_same_answer(first: Prediction, second: Prediction) -> tuple[Finding, ...]:
    """Compare two answers to the same rows; a finding when they differ.

    Examples
    --------
    >>> same = Prediction(values=np.array([1.0]))
    >>> check_same_answer(same, Prediction(values=np.array([1.0 + 1e-12])))
    ()
    """
    n_rows, changed, largest = 0, 0, 0.0
    for name in ("values", "probabilities"):
        a, b = getattr(first, name), getattr(second, name)
        if a is not None and b is not None:
            gap = np.abs(a - b) / np.maximum(1.0, np.abs(a))
            rows = gap if gap.ndim == 1 else gap.max(axis=1)
            n_rows, changed = len(rows), max(changed, int((rows > WAVERING).sum()))
            largest = max(largest, float(np.abs(a - b).max()))
    if first.labels is not None and second.labels is not None:
        n_rows = len(first.labels)
        differing = [a != b for a, b in zip(first.labels, second.labels, strict=True)]
        changed = max(changed, sum(differing))
    return (_not_deterministic(n_rows, changed, largest),) if changed else ()


def _not_deterministic(n_rows: int, changed: int, largest: float) -> Finding:
    return Finding(
        rule="model_not_deterministic",
        severity="warning",
        message=f"Asked twice about the same {n_rows} rows, the model answered differently on "
        f"{changed}.",
        evidence={"rows": n_rows, "changed": changed, "largest_difference": largest},
        cause="The model draws random numbers when it predicts (dropout left on, sampling), or "
        "keeps state between calls.",
        advice="Put the model into its prediction mode or fix its seed; until then the numbers "
        "of two runs differ and intervals do not cover that.",
    )
