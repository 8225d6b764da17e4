"""What is explained: the numbers that a model gives to rows, on one scale."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from assay.errors import AssayError, ModelError

Output = Literal["raw", "probability", "log_odds"]
Link = Literal["identity", "mean_then_logit", "logit_then_mean"]
Floats = NDArray[np.float64]
PUT_TOGETHER = (
    "rows that are asked about are put together of two, some columns of an explained row and the "
    "others of the background, so the model must answer for each value beside each other"
)
CLIP = 1e-7
"""Probabilities are held this far from 0 and 1 before the logit."""


@dataclass
class Tally:
    """Counts what was asked of the model.

    Parameters
    ----------
    asked : int
        Predictions that the games wanted.
    made : int
        Predictions that the model made, after repeated rows were asked once.
    batches : int
        Calls of the model.
    seconds : float
        Time within the model.
    clipped : int
        Probabilities of 0 or 1 that were held inside before the logit.
    """

    asked: int = 0
    made: int = 0
    batches: int = 0
    seconds: float = 0.0
    clipped: int = 0

    def reset(self) -> None:
        """Begin to count anew."""
        self.asked = self.made = self.batches = self.clipped = 0
        self.seconds = 0.0


@dataclass(frozen=True, eq=False)
class Scores:
    """Asks a model for scores of rows in its own container.

    Parameters
    ----------
    ask : callable
        Rows in the model's container → ndarray, shape (n,) or (n, n_outputs).
    outputs : tuple of str
        Name of each score: the class, or the name of the value.
    output : {"raw", "probability", "log_odds"}
        The scale of the scores, or of what the link makes of them.
    link : {"identity", "mean_then_logit", "logit_then_mean"}
        With "log_odds": whether the logit is taken of the mean over the background or of each
        prediction.
    tally : Tally
    asked_about : str
        What rows the model meets that it never met before, for people; said where it fails.
    """

    ask: Callable[[Any], Any]
    outputs: tuple[str, ...]
    output: Output = "raw"
    link: Link = "identity"
    tally: Tally = field(default_factory=Tally)
    asked_about: str = PUT_TOGETHER

    def __call__(self, rows: Any, n_rows: int) -> Floats:  # noqa: ANN401  the model's container
        """Return the scores, shape (n_rows, n_outputs), float64.

        Raises
        ------
        ModelError
            If the model fails, or the answer has another shape, is no number or is not finite;
            with the count and first row.
        MemoryError
            If memory does not suffice for so many rows at once.
        """
        start = time.perf_counter()
        try:
            answer = _as_numbers(self._asked(rows))
        finally:
            self.tally.seconds += time.perf_counter() - start
        self.tally.made += n_rows
        self.tally.batches += 1
        if answer.ndim == 1:
            answer = answer[:, None]
        if answer.shape != (n_rows, len(self.outputs)):
            msg = (
                f"the model gave an answer of shape {answer.shape} for {n_rows} rows where "
                f"{(n_rows, len(self.outputs))} was expected"
            )
            raise ModelError(msg)
        if self.link == "logit_then_mean":
            answer = self.logit(answer)
        bad = ~np.isfinite(answer).all(axis=1)
        if bad.any():
            first = int(np.argmax(bad))
            msg = (
                f"the model gave no finite number for {int(bad.sum()):,} of {n_rows:,} rows, the "
                f"first is row {first} of the batch; attributions need a score for every row, "
                "also where some columns hold the background's values"
            )
            raise ModelError(msg, row=first)
        return answer

    def _asked(self, rows: Any) -> Any:  # noqa: ANN401  the model's container and its answer
        try:
            return self.ask(rows)
        except Exception as error:
            if _is_out_of_memory(error):
                raise MemoryError(str(error)) from error
            if isinstance(error, ModelError):
                msg = f"{error}; {self.asked_about}"
                raise ModelError(msg, row=error.row) from error
            if isinstance(error, AssayError):
                raise
            msg = f"the model fails: {type(error).__name__}: {error}; {self.asked_about}"
            raise ModelError(msg) from error

    def of_mean(self, mean: Floats) -> Floats:
        """Turn means over the background into the value of a coalition."""
        return self.logit(mean) if self.link == "mean_then_logit" else mean

    def logit(self, probability: Floats) -> Floats:
        """Return log-odds; probabilities at the ends are held inside and counted."""
        held = np.clip(probability, CLIP, 1 - CLIP)
        self.tally.clipped += int((held != probability).sum())
        return np.log(held) - np.log1p(-held)


def _as_numbers(answer: Any) -> Floats:  # noqa: ANN401  whatever the model gives
    """Return an answer as an array of float64; tensors and frames too."""
    if hasattr(answer, "detach"):
        answer = answer.detach().cpu().numpy()
    try:
        array = np.asarray(answer)
        if array.dtype.kind == "c":
            raise TypeError(str(array.dtype))
        return array.astype(np.float64)
    except (TypeError, ValueError) as error:
        msg = (
            f"the model answered {type(answer).__name__} that hold no numbers ({error}); "
            "attributions explain a score, such as a probability or a predicted number"
        )
        raise ModelError(msg) from error


def _is_out_of_memory(error: BaseException | None) -> bool:
    """Tell whether memory was the cause, of the machine or of an accelerator."""
    while error is not None:
        if isinstance(error, MemoryError) or "OutOfMemory" in type(error).__name__:
            return True
        error = error.__cause__
    return False
