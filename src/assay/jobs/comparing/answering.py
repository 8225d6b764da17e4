"""Candidates and the rows in; what each of them says of every row, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.evaluation.judged import Answers, JudgedRows, read_answers, read_truth
from assay.evaluation.ordered_tasks import ORDERED
from assay.evaluation.plan import EvaluationPlan, plan_evaluation
from assay.evaluation.task import Target
from assay.evaluation.threshold import Threshold
from assay.jobs.comparing.again import Again
from assay.jobs.comparing.earlier import EarlierRun
from assay.jobs.comparing.naming import Candidate
from assay.jobs.config import AnalyzeConfig
from assay.jobs.inputs import Inputs
from assay.jobs.running import Progress
from assay.jobs.store import prediction_store
from assay.jobs.thresholds import settle_threshold
from assay.models.predictor import ModelInfo, Predictor
from assay.models.scoring import score_dataset
from assay.models.timing import PredictionTiming
from assay.result import Finding, Json


@dataclass(frozen=True, kw_only=True, eq=False)
class Answered:
    """A candidate and what it says.

    Parameters
    ----------
    candidate : Candidate
    answers : Answers or None
        None where only the numbers of an earlier run are known.
    earlier : EarlierRun or None
    plan : EvaluationPlan or None
    threshold : Threshold or None
        Where its scores become the positive answer.
    model : mapping or None
        What is known of the model, as it is shown.
    info : ModelInfo or None
        What identifies the model; None for columns of answers.
    columns : tuple of str
        Columns of the table that hold its answers.
    timing : PredictionTiming or None
    findings : tuple of Finding
    why_unpaired : str
        Why only its numbers are compared; "" where its answers are.
    notes : tuple of str
    """

    candidate: Candidate
    answers: Answers | None = None
    earlier: EarlierRun | None = None
    plan: EvaluationPlan | None = None
    threshold: Threshold | None = None
    model: Mapping[str, Json] | None = None
    info: ModelInfo | None = None
    columns: tuple[str, ...] = ()
    timing: PredictionTiming | None = None
    findings: tuple[Finding, ...] = ()
    why_unpaired: str = ""
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What people call it."""
        return self.candidate.name

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "name": self.name,
            "kind": self.candidate.kind,
            "place": self.candidate.place,
            "columns": list(self.candidate.columns),
            "model": None if self.model is None else dict(self.model),
            "threshold": None if self.threshold is None else self.threshold.to_dict(),
            "timing": None if self.timing is None else self.timing.to_dict(),
            "why_unpaired": self.why_unpaired or None,
            "notes": list(self.notes),
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class Asker:
    """Asks every candidate about the same rows.

    Parameters
    ----------
    config : AnalyzeConfig
        Its `model` says how models are called.
    inputs : Inputs
        The rows, whose columns of answers have no role yet.
    target : Target
    progress : callable
    """

    config: AnalyzeConfig
    inputs: Inputs
    target: Target
    progress: Progress

    def ask(
        self, candidate: Candidate, predictor: Predictor | None, again: Again | None
    ) -> Answered:
        """Return what a candidate says of every row.

        Parameters
        ----------
        candidate : Candidate
        predictor : Predictor or None
            For models.
        again : Again or None
            For earlier runs: how their answers are made once more.

        Raises
        ------
        InputError
            If its columns do not suit the label, or a model does not suit the rows.
        ModelError
            If the model fails.
        """
        if again is not None and again.why_not:
            assert candidate.earlier is not None
            return Answered(
                candidate=candidate,
                earlier=candidate.earlier,
                why_unpaired=again.why_not,
                model=candidate.earlier.content.get("model"),
            )
        timings: dict[str, PredictionTiming] = {}
        label_map = _texts((again.label_map if again else None) or self.config.roles.label_map)
        data = self.inputs.data if again is None or again.data is None else again.data
        columns = candidate.columns if again is None else again.columns

        def answered(rows: Dataset, own: object, what: str) -> Dataset:
            if predictor is not None:
                return self._score(predictor, rows, own, label_map, timings, what, candidate.name)
            return with_answers(rows, columns, self.target)

        scored = answered(data, self.inputs.rows.data, "data")
        validation = self.inputs.validation
        if validation is not None:
            validation = answered(validation, self.inputs.rows.validation, "validation")
        threshold = self._threshold(scored, validation, again)
        plan = plan_evaluation(
            scored,
            target=self.target,
            threshold=threshold,
            use=self.config.options.use,
            label_map=label_map if predictor is None and label_map else None,
            level=self.config.options.level,
            seed=self.config.options.seed,
        )
        known = (*self.inputs.data.notes, *data.notes)
        return Answered(
            candidate=candidate,
            answers=read_answers(plan, name=candidate.name),
            earlier=candidate.earlier,
            plan=plan,
            threshold=plan.threshold,
            model=None if predictor is None else predictor.info.to_dict(),
            info=None if predictor is None else predictor.info,
            columns=() if predictor is not None else tuple(columns),
            timing=timings.get("data"),
            findings=tuple(each for each in scored.notes if each not in known),
            notes=() if again is None else again.notes,
        )

    def _threshold(
        self, scored: Dataset, validation: Dataset | None, again: Again | None
    ) -> Threshold | None:
        """Settle the threshold of one candidate; labels that are given have none."""
        options = self.config.options
        if not scored.schema.scores:
            return None
        if options.threshold is None and options.costs is None:
            return None if again is None else again.threshold
        return settle_threshold(
            options.threshold,
            data=scored,
            validation=validation,
            target=self.target,
            costs=options.costs,
            use=options.use,
            seed=options.seed,
        )

    def _score(
        self,
        predictor: Predictor,
        data: Dataset,
        own: object,
        label_map: Mapping[str, str],
        timings: dict[str, PredictionTiming],
        what: str,
        name: str,
    ) -> Dataset:
        def show(_: str, done: int, total: int | None) -> None:
            self.progress(f"Asking {name}", done, total)

        show("", 0, None)
        return score_dataset(
            predictor,
            data,
            task="regression" if self.target.task in ORDERED else self.target.task,
            positive=data.schema.positive,
            label_map=label_map,
            rows=own,
            progress=show,
            store=prediction_store(self.config),
            timed=lambda timing: timings.update({what: timing}),
        )


def with_answers(data: Dataset, columns: Sequence[str], target: Target) -> Dataset:
    """Give columns of answers their role: predicted answers where they hold classes or numbers.

    Parameters
    ----------
    data : Dataset
    columns : sequence of str
    target : Target
        A single column of a classification holds predicted classes where all its values are
        classes, or where they are no numbers; else scores. Several are one score a class.

    Raises
    ------
    ColumnNotFoundError, InputError
        If a column is missing, or holds values that are no answers.
    """
    task = target.task
    if task in ("regression", "forecasting"):
        if len(columns) > 1:
            msg = f"{', '.join(columns)}: a {task} has one column of predicted numbers"
            raise InputError(msg)
        return data.with_roles(prediction=list(columns))
    if task == "ranking" or not _hold_labels(data, columns, target):
        return data.with_roles(score=list(columns))
    return data.with_roles(prediction=list(columns))


def _hold_labels(data: Dataset, columns: Sequence[str], target: Target) -> bool:
    if target.task != "multilabel" and len(columns) > 1:
        return False
    storages = {data.schema[name].storage for name in columns}
    if not storages <= {"int64", "float64"}:
        return True
    classes = (0, 1) if target.task == "multilabel" else target.classes
    numbers = {float(each) for each in classes if isinstance(each, bool | int | float)}
    return all(_distinct(data, name) <= numbers for name in columns)


def _distinct(data: Dataset, column: str) -> set[float]:
    found: set[float] = set()
    for batch in data.batches([column]):
        found |= set(batch.to_series().cast(pl.Float64).unique().to_list())
        if len(found) > 1_000:  # more than any classes: scores
            break
    return found


def truth_of(answered: Sequence[Answered]) -> JudgedRows | None:
    """Return what is true of the rows; None where no candidate has answers."""
    plan = next((each.plan for each in answered if each.plan is not None), None)
    return None if plan is None else read_truth(plan.data, plan.target)


def _texts(label_map: Mapping[str, object]) -> dict[str, str]:
    return {answer: str(label) for answer, label in label_map.items()}
