"""Rows with labels in, with or without a candidate's answers; the ladder of simple models out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypedDict

import numpy as np

from assay.errors import InputError
from assay.evaluation.baselines.answering import answers_of
from assay.evaluation.baselines.comparing import compare_with_rungs
from assay.evaluation.baselines.cutting import Cutting, cutting_like, with_train_rows
from assay.evaluation.baselines.findings import ladder_findings
from assay.evaluation.baselines.fitting import Budget, RungAnswers, run_rung
from assay.evaluation.baselines.incumbent_cuts import CutIncumbents, cut_incumbents
from assay.evaluation.baselines.incumbents import read_incumbents, without_answers
from assay.evaluation.baselines.metrics import metrics_beside
from assay.evaluation.baselines.parting import part_rows
from assay.evaluation.baselines.result import LadderResult, Mode, NotRun, RungResult
from assay.evaluation.baselines.rows import (
    LadderRows,
    limit_rows,
    read_rows,
    with_train_classes,
)
from assay.evaluation.baselines.shuffled import shuffled_score
from assay.evaluation.baselines.yardstick import Yardstick, choose_yardstick
from assay.evaluation.comparison.metric_of import metric_of
from assay.evaluation.goal import Costs
from assay.evaluation.judged import Answers, JudgedRows, read_answers
from assay.evaluation.plan import EvaluationPlan
from assay.evaluation.task import Target
from assay.evaluation.threshold import Threshold
from assay.models.baseline.problem import CannotFitError, Problem
from assay.models.baseline.rungs import Rung, preparation_of, rungs_for
from assay.result import Estimate

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

TRAIN_ROWS = 200_000
JUDGED_ROWS = 200_000
PARTED_ROWS = 250_000
"""The most rows that are fitted on, judged, and parted into the two."""
VALIDATION_ROWS = 50_000
"""The most rows that thresholds are chosen on."""
Progress = Callable[[str], None]
Use = Literal["probability", "ranking"]


@dataclass(frozen=True, kw_only=True, eq=False)
class LadderOptions:
    """How a ladder is made.

    Parameters
    ----------
    metric : str or None
        In the catalogue; None takes the usual one of the task.
    use : {"probability", "ranking"} or None
        What scores are used for.
    margin : float
        The smallest gain worth having.
    budget : float
        Seconds that fitting may take.
    baselines : mapping of str to str
        Name → incumbent: a column, or the place of a model.
    trust : bool
        Whether an incumbent's file that can run code may be loaded.
    leave_out : frozenset of str
        Columns that no rung reads: what they know is not known when the model is asked.
    label_map : mapping of str to str
        An incumbent's answer → the label that it stands for.
    costs : Costs or None
        Of the four outcomes: then all are compared by what their answers cost.
    level : float
    seed : int
    progress : callable
        Called with what is about to be done.
    """

    metric: str | None = None
    use: Use | None = None
    margin: float = 0.0
    budget: float = 60.0
    baselines: Mapping[str, str] = field(default_factory=dict)
    trust: bool = False
    leave_out: frozenset[str] = frozenset()
    label_map: Mapping[str, str] = field(default_factory=dict)
    costs: Costs | None = None
    level: float = 0.95
    seed: int = 0
    progress: Progress = lambda _: None

    @property
    def not_read(self) -> frozenset[str]:
        """Columns that no rung reads: incumbents' answers, and what was left out."""
        return self.leave_out | frozenset(self.baselines.values())


@dataclass(frozen=True, eq=False)
class Course:
    """What is fitted and judged: pairs of rows, all judged rows, and how that came about."""

    pairs: tuple[tuple[LadderRows, LadderRows], ...]
    rows: JudgedRows
    mode: Mode
    how: str
    why_none: str = ""


def climb_ladder(
    data: "Dataset",
    target: Target,
    *,
    train: "Dataset | None" = None,
    validation: "Dataset | None" = None,
    plan: EvaluationPlan | None = None,
    name: str = "model",
    options: LadderOptions | None = None,
) -> LadderResult:
    """Fit the ladder of simple models, judge it, and hold the candidate against it.

    With train rows the rungs are fitted on them and judged on `data`. Without, and without a
    candidate, the rows are parted: see `part_rows`. A candidate without train rows is compared
    with its incumbents alone.

    Parameters
    ----------
    data : Dataset
        The judged rows, or all rows there are.
    target : Target
        Binary, multiclass, multilabel or regression.
    train : Dataset or None
        Prepared like `data`.
    validation : Dataset or None
        Rows that the candidate's threshold was chosen on: those of the others are too.
    plan : EvaluationPlan or None
        Of the candidate's answers for `data`; None where there is no candidate.
    name : str
        What the candidate is called.
    options : LadderOptions or None

    Returns
    -------
    LadderResult

    Raises
    ------
    InputError
        If an incumbent cannot be read or compared.
    """
    told = options or LadderOptions()
    judged = limit_rows(data.with_units(), JUDGED_ROWS, seed=told.seed)
    fitted = None if train is None else limit_rows(train, TRAIN_ROWS, seed=told.seed)
    whole = target if fitted is None else with_train_classes(target, fitted)
    course = _course(data, judged, fitted, target, whole, plan is not None, told)
    threshold = None if plan is None else plan.threshold
    held = None
    if validation is not None and course.mode in ("train", "answers"):
        held = limit_rows(validation.with_units(), VALIDATION_ROWS, seed=told.seed)
    cutting = _cutting(course, threshold, fitted, held, whole, told)
    if cutting.apart is not None:
        course = _with_fewer(course, cutting.apart[0])
    candidate = None
    if plan is not None:
        kept = plan if judged.count_rows() == plan.data.count_rows() else _sampled(plan, told.seed)
        candidate = read_answers(kept, name=name)
    incumbents = CutIncumbents()
    if course.mode in ("train", "answers"):
        more: _Reading = {"trust": told.trust, "label_map": told.label_map}
        read = read_incumbents(judged, target, told.baselines, **more)
        incumbents = cut_incumbents(read, judged, held, target, told.baselines, cutting, **more)
    climb = _Climb(course, target, whole, told, candidate, incumbents, threshold, cutting)
    if course.mode not in ("train", "answers"):
        why = "the rows were parted for the simple models; give train rows: --train DATA"
        climb.not_run += [NotRun(each, each, None, why) for each in told.baselines]
    return climb.result()


class _Reading(TypedDict):
    trust: bool
    label_map: Mapping[str, str]


def _cutting(
    course: "Course",
    threshold: Threshold | None,
    train: "Dataset | None",
    held: "Dataset | None",
    target: Target,
    told: LadderOptions,
) -> Cutting:
    """Settle how thresholds come about, and on which rows they are chosen."""
    rows = None
    stated = threshold is not None and threshold.chosen_on != "given" and bool(threshold.goal)
    if held is not None and target.task == "binary" and (stated or told.costs is not None):
        rows = read_rows(held, target, leave_out=told.not_read)
    found = cutting_like(threshold, told.costs, task=target.task, rows=rows, seed=told.seed)
    if found.goal is None or train is None or not course.pairs:
        return found
    return with_train_rows(found, train, course.pairs[0][0], target.task)


def _with_fewer(course: "Course", fitted: LadderRows) -> "Course":
    """Fit on these train rows alone."""
    ((train, judged),) = course.pairs
    how = course.how.replace(f"{train.n:,} train rows", f"{fitted.n:,} train rows", 1)
    return replace(course, pairs=((fitted, judged),), how=how)


def _sampled(plan: EvaluationPlan, seed: int) -> EvaluationPlan:
    """Return the plan for the sample that the rungs are judged on: the seed draws the same."""
    return replace(plan, data=limit_rows(plan.data, JUDGED_ROWS, seed=seed))


def _course(
    data: "Dataset",
    judged: "Dataset",
    train: "Dataset | None",
    target: Target,
    whole: Target,
    answered: bool,
    told: LadderOptions,
) -> Course:
    """Settle which rows are fitted on and which are judged."""
    out = told.not_read
    if train is not None:
        first = read_rows(train, whole, leave_out=out)
        second = read_rows(judged, target, leave_out=out, of=data.count_rows())
        how = f"fitted on {first.n:,} train rows, judged on {second.n:,} rows"
        sample = f" (a sample of {second.of:,})" if second.of > second.n else ""
        return Course(((first, second),), second.truth, "train", how + sample)
    if answered:
        second = read_rows(judged, target, leave_out=out, of=data.count_rows())
        why = "the rows that the model was fitted on were not given: --train DATA"
        return Course((), second.truth, "answers", f"judged on {second.n:,} rows", why)
    parted = limit_rows(without_answers(data), PARTED_ROWS, seed=told.seed).with_units()
    rows = read_rows(parted, target, leave_out=out)
    try:
        parting = part_rows(parted, target.task, seed=told.seed)
    except InputError as error:
        return Course((), rows.truth, "split", "the rows could not be parted", str(error))
    pairs = tuple((rows.take(first), rows.take(second)) for first, second in parting.pairs)
    truth = rows.truth.take(parting.judged)
    if parting.repeated and truth.unit is None:
        truth = replace(truth, unit=parting.judged.astype(np.int64), unit_kind="row")
    return Course(pairs, truth, parting.mode, parting.how)


class _Climb:
    """One climb: what it is about, and what has been fitted so far."""

    def __init__(
        self,
        course: Course,
        target: Target,
        whole: Target,
        told: LadderOptions,
        candidate: Answers | None,
        incumbents: CutIncumbents,
        threshold: Threshold | None,
        cutting: Cutting,
    ) -> None:
        self.course, self.told, self.candidate = course, told, candidate
        self.threshold, self.cutting = threshold, cutting
        self.incumbents, self.uncut = incumbents.incumbents, incumbents.uncut
        self.cuts = dict(incumbents.thresholds)
        self.rows = course.rows
        self.ordered = told.use == "ranking" or (
            candidate is not None and not candidate.as_probabilities
        )
        classes = whole.classes
        task = "multiclass" if len(classes) > 2 and target.task == "binary" else target.task
        assert task in ("binary", "multiclass", "multilabel", "regression")
        self.problem = Problem(
            task=task, n_classes=len(classes), names=tuple(map(str, classes)), seed=told.seed
        )
        self.yardstick: Yardstick | None = None
        if candidate is not None:
            self.yardstick = self._measure(candidate)
        self.done: list[tuple[RungAnswers, Answers]] = []
        self.not_run: list[NotRun] = []
        self.budget = Budget(told.budget)

    def result(self) -> LadderResult:
        """Run what can run and put it together."""
        for rung in rungs_for(self.problem):
            self._step(rung)
        found = self._settled()
        shown = self._judged()
        comparisons, opponent = compare_with_rungs(
            self.rows,
            self.candidate,
            [
                (each.rung.number, answers, judged.metrics[found.name].value)
                for (each, answers), judged in zip(self.done, shown, strict=False)
            ],
            [each.answers for each in self.incumbents],
            yardstick=found,
            margin=self.told.margin,
            level=self.told.level,
            seed=self.told.seed,
        )
        shuffled = shuffled_score(
            self.course.pairs, [each for each, _ in self.done], self.problem, self.budget
        )
        pairs = self.course.pairs
        ladder = LadderResult(
            task=self.rows.task,
            metric=found.name,
            metric_title=found.metric.title,
            greater_is_better=found.greater_is_better,
            compared=found.said,
            mode=self.course.mode,
            how=self.course.how,
            n_train=max((train.n for train, _ in pairs), default=0),
            n_judged=self.rows.n,
            rungs=shown,
            not_run=tuple(self.not_run),
            comparisons=comparisons,
            opponent=opponent,
            preparation=self._preparation(),
            shuffled=None if shuffled is None else shuffled.estimate,
            shuffled_metric="" if shuffled is None else shuffled.metric,
            shuffled_chance=None if shuffled is None else shuffled.chance,
            level=self.told.level,
            seed=self.told.seed,
        )
        return replace(ladder, findings=ladder_findings(ladder))

    def _step(self, rung: Rung) -> None:
        """Fit one rung, or note why it does not run."""
        if not self.course.pairs:
            reason = self.course.why_none
            self.not_run.append(NotRun(rung.name, rung.title, rung.number, reason))
            return
        if rung.number == 3:
            self.problem = replace(self.problem, absolute=self._settled().name == "mae")
        self.told.progress(f"Fitting {rung.title}")
        found = run_rung(rung, self.course.pairs, self.problem, self.budget)
        if isinstance(found, NotRun):
            self.not_run.append(found)
            return
        try:
            threshold = self._cut(found)
        except CannotFitError as error:
            self.not_run.append(NotRun(rung.name, rung.title, rung.number, str(error)))
            return
        answers = answers_of(
            rung.title,
            found.numbers,
            self.rows,
            as_probabilities=not self.ordered,
            threshold=threshold,
        )
        self.done.append((found, answers))

    def _cut(self, found: RungAnswers) -> float:
        """Return the threshold of a rung, chosen as the candidate's was.

        Raises
        ------
        CannotFitError
            If none can be chosen.
        """
        cutting = self.cutting
        threshold = cutting.fixed
        if cutting.goal is not None:
            rows = cutting.rows if cutting.apart is None else cutting.apart[1]
            if rows is None:
                msg = "there are no rows to choose its threshold on; give them with --validation"
                raise CannotFitError(msg)
            try:
                threshold = cutting.choose(found.fitted.numbers(rows.frame)[:, 1], rows)
            except InputError as error:
                raise CannotFitError(str(error)) from error
        if self.rows.task in ("binary", "multilabel"):
            self.cuts[found.rung.name] = threshold
        return threshold

    def _settled(self) -> Yardstick:
        """Return what decides; without a candidate the strongest answers so far settle it."""
        if self.yardstick is not None:
            return self.yardstick
        last = [answers for _, answers in self.done][-1:]
        self.yardstick = self._measure(*last)
        return self.yardstick

    def _measure(self, *own: Answers) -> Yardstick:
        """Settle what all are compared by."""
        given = [*own, *(each.answers for each in self.incumbents)]
        metric = self.told.metric
        if metric is None and not given:
            usual = {"regression": "rmse", "binary": "accuracy"}
            metric = usual.get(self.rows.task, "macro_f1")
        return choose_yardstick(
            self.rows,
            given,
            self.cutting,
            metric=metric,
            costs=self.told.costs,
            use=self.told.use,
            threshold=self.threshold,
            uncut=self.uncut,
        )

    def _judged(self) -> tuple[RungResult, ...]:
        """Return rungs, incumbents and candidate with their metrics."""
        found = [self._rung(each, answers) for each, answers in self.done]
        found += [
            RungResult(
                name=each.answers.name,
                title=each.answers.name,
                kind="incumbent",
                why=each.why,
                metrics=self._metrics(each.answers),
                threshold=self.cuts.get(each.answers.name),
            )
            for each in self.incumbents
        ]
        if self.candidate is not None:
            found.append(
                RungResult(
                    name="candidate",
                    title=self.candidate.name,
                    kind="candidate",
                    why="what is judged",
                    metrics=self._metrics(self.candidate),
                    threshold=None if self.threshold is None else self.threshold.value,
                )
            )
        return tuple(found)

    def _rung(self, each: RungAnswers, answers: Answers) -> RungResult:
        rung = each.rung
        return RungResult(
            name=rung.name,
            title=rung.title,
            rung=rung.number,
            why=rung.why,
            metrics=self._metrics(answers),
            fit_seconds=each.fit_seconds,
            predict_ms=each.predict_ms,
            size_bytes=each.fitted.size_bytes,
            rows_fitted=each.rows_fitted,
            threshold=self.cuts.get(rung.name),
            notes=each.notes,
            rules=each.fitted.rules,
        )

    def _metrics(self, answers: Answers) -> dict[str, Estimate]:
        head, level, seed = self._settled(), self.told.level, self.told.seed
        found: dict[str, Estimate] = {}
        for name in metrics_beside(self.rows.task, head.name, answers):
            if name == head.name:
                found[name] = head.value(self.rows, answers, level=level, seed=seed)
            else:
                found[name] = metric_of(self.rows, answers, name, level=level, seed=seed)
        return found

    def _preparation(self) -> tuple[str, ...]:
        """Return how the rung that reads most prepared the columns."""
        read = [each.fitted.read for each, _ in self.done if each.rung.reads]
        return preparation_of(read[-1]) if read else ()
