"""What is explained: the numbers that a model gives to rows, on one scale."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from assay.errors import ModelError

Output = Literal["raw", "probability", "log_odds"]
Link = Literal["identity", "mean_then_logit", "logit_then_mean"]
Floats = NDArray[np.float64]
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
    """

    ask: Callable[[Any], Any]
    outputs: tuple[str, ...]
    output: Output = "raw"
    link: Link = "identity"
    tally: Tally = field(default_factory=Tally)

    def __call__(self, rows: Any, n_rows: int) -> Floats:  # noqa: ANN401  the model's container
        """Return the scores, shape (n_rows, n_outputs), float64.

        Raises
        ------
        ModelError
            If the answer has another shape, or is not finite; with the count and first row.
        """
        start = time.perf_counter()
        answer = np.asarray(self.ask(rows), dtype=np.float64)
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

    def of_mean(self, mean: Floats) -> Floats:
        """Turn means over the background into the value of a coalition."""
        return self.logit(mean) if self.link == "mean_then_logit" else mean

    def logit(self, probability: Floats) -> Floats:
        """Return log-odds; probabilities at the ends are held inside and counted."""
        held = np.clip(probability, CLIP, 1 - CLIP)
        self.tally.clipped += int((held != probability).sum())
        return np.log(held) - np.log1p(-held)
