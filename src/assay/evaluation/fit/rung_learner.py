"""A simple model as a learner: it stands in where no model is there, or is held against one."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError
from assay.evaluation.fit.learner import Lesson, Places, without_answers
from assay.evaluation.judged import Answers, JudgedRows, read_truth
from assay.evaluation.task import Target
from assay.models.baseline.problem import CannotFitError, Problem
from assay.models.baseline.rungs import FittedRung, Rung, fit_rung

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

HALF = 0.5


class RungLearner:
    """One rung of the ladder of simple models, fitted again and again.

    Parameters
    ----------
    rung : Rung
    data : Dataset
        The rows to learn from and to be judged on.
    target : Target
    judged : ndarray of int
        Places of the rows that are kept apart for judging; the others are train rows.
    other : Dataset or None
        Judge on these rows in place of `judged`; all of `data` are then train rows.
    leave_out : frozenset of str
        Columns that are not read.
    """

    def __init__(
        self,
        rung: Rung,
        data: "Dataset",
        target: Target,
        *,
        judged: Places | None = None,
        other: "Dataset | None" = None,
        leave_out: frozenset[str] = frozenset(),
    ) -> None:
        plain = without_answers(data)
        names = [name for name in plain.schema.features if name not in leave_out]
        self._columns = [plain.schema[name] for name in names]
        frame, truth = plain.collect(names), read_truth(plain, target)
        if other is not None:
            held = without_answers(other)
            self._judged, self._truth = held.collect(names), read_truth(held, target)
        else:
            assert judged is not None
            self._judged, self._truth = frame[judged], truth.take(judged)
            kept = np.setdiff1d(np.arange(truth.n), judged)
            frame, truth = frame[kept], truth.take(kept)
        self._frame, self._own = frame, truth
        self._rung, self._target = rung, target

    @property
    def name(self) -> str:
        """What is fitted, for people."""
        return self._rung.title

    @property
    def stochastic(self) -> bool:
        """Whether another seed may give another model."""
        return self._rung.number > 1

    @property
    def train(self) -> JudgedRows:
        """What is true of the train rows."""
        return self._own

    @property
    def judged(self) -> JudgedRows:
        """What is true of the judged rows."""
        return self._truth

    def fit(
        self, places: Places, *, seed: int | None = None, judge: Places | None = None
    ) -> Lesson:
        """Fit on these train rows; judge on the judged rows, or on train rows at `judge`.

        Raises
        ------
        InputError
            If these rows do not allow it.
        """
        part, truth = self._frame[places], self._own.take(places)
        others = self._judged if judge is None else self._frame[judge]
        try:
            fitted = fit_rung(
                self._rung,
                part,
                self._columns,
                truth.truth,
                self._problem(seed or 0),
                weight=truth.weight,
            )
        except CannotFitError as error:
            msg = f"{self.name} cannot be fitted: {error}"
            raise InputError(msg) from error
        return Lesson(
            answers=_answers(fitted, others, self._target),
            own=_answers(fitted, part, self._target),
            seconds=fitted.fit_seconds,
        )

    def _problem(self, seed: int) -> Problem:
        classes = self._target.classes
        return Problem(
            task=self._target.task,  # type: ignore[arg-type]
            n_classes=len(classes),
            names=tuple(map(str, classes)),
            seed=seed,
        )


def _answers(fitted: FittedRung, frame: pl.DataFrame, target: Target) -> Answers:
    numbers, name = fitted.numbers(frame), fitted.rung.title
    if target.task == "regression":
        return Answers(name=name, values=numbers[:, 0])
    if target.task == "multilabel":
        return Answers(name=name, labels=numbers >= HALF, scores=numbers)
    if target.task == "binary":
        score = numbers[:, 1]
        return Answers(name=name, labels=(score >= HALF).astype(np.int64), scores=score)
    best: NDArray[np.int64] = numbers.argmax(axis=1).astype(np.int64)
    return Answers(name=name, labels=best, scores=numbers)
