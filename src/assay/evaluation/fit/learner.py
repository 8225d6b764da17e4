"""What can be fitted on some of the train rows and then answers for the judged ones."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from assay.data.sources.source import HELPER_PREFIX
from assay.data.taking import Rows
from assay.evaluation.judged import Answers, JudgedRows, read_answers, read_truth
from assay.evaluation.ordered_tasks import ORDERED
from assay.evaluation.plan import plan_evaluation
from assay.evaluation.task import Target
from assay.evaluation.threshold import Threshold
from assay.models.refitting import Procedure
from assay.models.scoring import score_dataset

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

Places = NDArray[np.intp]
MAX_JUDGED = 20_000
"""Rows that a curve is judged on; more would cost time and tell little."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """What came of one fit.

    Parameters
    ----------
    answers : Answers
        For the judged rows.
    own : Answers
        For the rows that it was fitted on.
    seconds : float
        How long the fit took.
    """

    answers: Answers
    own: Answers
    seconds: float


class Learner(Protocol):
    """Fits on rows by their places and answers for others."""

    @property
    def name(self) -> str:
        """What is fitted, for people."""
        ...

    @property
    def stochastic(self) -> bool:
        """Whether another seed may give another model."""
        ...

    @property
    def train(self) -> JudgedRows:
        """What is true of the train rows."""
        ...

    @property
    def judged(self) -> JudgedRows:
        """What is true of the judged rows."""
        ...

    def fit(
        self, places: Places, *, seed: int | None = None, judge: Places | None = None
    ) -> Lesson:
        """Fit on these train rows; judge on the judged rows, or on train rows at `judge`."""
        ...


@dataclass(frozen=True, eq=False)
class Judging:
    """How answers are read, the same for every fit.

    Parameters
    ----------
    target : Target
    threshold : Threshold or None
    use : {"probability", "ranking"} or None
    label_map : mapping of str to str or None
    """

    target: Target
    threshold: Threshold | None = None
    use: str | None = None
    label_map: Mapping[str, str] | None = None

    def truth(self, data: "Dataset") -> JudgedRows:
        """Read what is true of rows that nobody has answered for yet."""
        return read_truth(data, self.target)

    def answers(self, model: object, data: "Dataset", name: str) -> Answers:
        """Ask a model about rows and read its answers."""
        ordered = self.target.task in ORDERED
        scored = score_dataset(
            model,  # type: ignore[arg-type]
            data,
            task="regression" if ordered else self.target.task,
            positive=self.target.positive,
            label_map=self.label_map,
        )
        plan = plan_evaluation(
            scored,
            target=self.target,
            threshold=self.threshold,
            use=self.use,  # type: ignore[arg-type]
            label_map=None if self.target.task == "multilabel" else self.label_map,
        )
        return read_answers(plan, name=name)


class ProcedureLearner:
    """A user's own estimator, fitted again and again.

    Parameters
    ----------
    procedure : Procedure
    train, judged : Dataset
        Answers among their columns are left out.
    judging : Judging
    seed : int
        Of the sample of judged rows, where there are more than 20,000.
    """

    def __init__(
        self,
        procedure: Procedure,
        train: "Dataset",
        judged: "Dataset",
        judging: Judging,
        *,
        seed: int = 0,
    ) -> None:
        self._procedure, self._judging = procedure, judging
        self._train = Rows(without_answers(train))
        rows = Rows(without_answers(judged))
        places = _sample(rows.n, seed)
        self._judged = rows.take(places)
        self._truth = judging.truth(rows.data).take(places)
        self._own = judging.truth(self._train.data)

    @property
    def name(self) -> str:
        """What is fitted, for people."""
        return self._procedure.name

    @property
    def stochastic(self) -> bool:
        """Whether another seed may give another model."""
        return self._procedure.stochastic

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
        ModelError
            If the estimator refuses these rows.
        InputError
            If its answers cannot be judged, for example for lack of a class.
        """
        part = self._train.take(places)
        fitted = self._procedure.fit(part, seed=seed if self.stochastic else None)
        others = self._judged if judge is None else self._train.take(judge)
        return Lesson(
            answers=self._judging.answers(fitted.model, others, self.name),
            own=self._judging.answers(fitted.model, part, self.name),
            seconds=fitted.seconds,
        )


def without_answers(data: "Dataset") -> "Dataset":
    """Return the rows without columns of answers and without those that assay added.

    Parameters
    ----------
    data : Dataset

    Returns
    -------
    Dataset

    Examples
    --------
    >>> from assay.data.dataset import Dataset
    >>> data = Dataset.read({"x": [1, 2], "y": [0, 1], "p": [0.1, 0.9]}, label="y", score="p")
    >>> without_answers(data).schema.names
    ('x', 'y')
    """
    kept = [
        column
        for column in data.schema.columns
        if column.role not in ("prediction", "score") and not column.name.startswith(HELPER_PREFIX)
    ]
    names = [column.name for column in kept]
    if len(names) == len(data.schema.columns):
        return data
    order = tuple(name for name in data.schema.answer_order if name in names)
    schema = replace(data.schema, columns=tuple(kept), answer_order=order)
    frame = data.frame.select(*(nw.col(name) for name in names))
    return replace(data.with_frame(frame, schema), classes=None)


def _sample(n: int, seed: int) -> Places:
    if n <= MAX_JUDGED:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, MAX_JUDGED, replace=False))
