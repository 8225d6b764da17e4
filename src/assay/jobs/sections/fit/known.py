"""A section's request in; what can be said and fitted, before anything is, out."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from assay.data.folds import fold_codes
from assay.errors import InputError
from assay.evaluation.comparison.heading import heading_metric
from assay.evaluation.comparison.metric_of import metric_of
from assay.evaluation.comparison.usual_metric import usual_metric
from assay.evaluation.fit.diagnose import Known
from assay.evaluation.fit.learner import Judging, Learner, ProcedureLearner, without_answers
from assay.evaluation.fit.measure import Measure
from assay.evaluation.fit.result import Simple
from assay.evaluation.fit.rung_learner import RungLearner
from assay.evaluation.judged import Answers, JudgedRows, read_judged
from assay.evaluation.ordered_tasks import ORDERED
from assay.evaluation.plan import plan_evaluation
from assay.jobs.section import SectionRequest
from assay.metrics.catalogue import find_metric
from assay.models.baseline.problem import Problem
from assay.models.baseline.rungs import Rung, rungs_for
from assay.models.refitting import procedure_of
from assay.result import Estimate

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

N_FOLDS = 5
STAND_IN, SIMPLE = "gradient_boosting", "single_column"


def what_is_known(
    request: SectionRequest, *, refit: bool, leave_out: frozenset[str] = frozenset()
) -> Known | str:
    """Settle the metric, hold train rows against judged rows, and find what can be fitted.

    Parameters
    ----------
    request : SectionRequest
    refit : bool
        Whether anything may be fitted.
    leave_out : frozenset of str
        Columns that simple models may not read.

    Returns
    -------
    Known, or str
        Why there is nothing to say.
    """
    target = request.target
    assert target is not None
    if target.task in ORDERED:
        return f"not made for the task {target.task}: see its baselines over several cut-offs"
    if not request.data.schema.has_answers:
        if not request.data.schema.features:
            return NO_FEATURES
        return _without_model(request, refit=refit, leave_out=leave_out)
    if request.train is None:
        return "the rows that the model was fitted on were not given"
    rows, answers = _read(request, request.data)
    name = heading_metric(rows, answers, use=request.use, threshold=request.threshold)
    measure = _measure(name, rows, request.seed)
    train = None
    if request.train.schema.has_answers:
        own, given = _read(request, request.train)
        train = metric_of(own, given, measure.name, level=request.level, seed=request.seed)
    judged = metric_of(rows, answers, measure.name, level=request.level, seed=request.seed)
    learner, why_not, turn_on = _learner(request) if refit else (None, *NOT_ASKED)
    return Known(
        measure=measure,
        of=answers.name if request.model is None else request.model.name,
        train=train,
        judged=judged,
        simple=_simple(request, measure, train, judged, leave_out) if refit else None,
        learner=learner,
        why_not=why_not,
        turn_on=turn_on,
        folds=None if learner is None else _folds(request.train, target.task),
    )


NO_FEATURES = "the table has no columns to learn from beside the label"
NOT_ASKED = ("fitting the model again was switched off", "--fit-refit")


def _without_model(
    request: SectionRequest, *, refit: bool, leave_out: frozenset[str]
) -> Known | str:
    """Let the strong simple model stand in: a fifth of the rows is kept apart for judging."""
    if not refit:
        return NOT_ASKED[0]
    target = request.target
    assert target is not None
    data = request.data
    folds = _folds(data, target.task)
    if folds is None:
        return "the rows cannot be divided into folds"
    rung = _rung(STAND_IN, target.task, len(target.classes))
    judged = np.flatnonzero(folds == 0)
    learner = RungLearner(rung, data, target, judged=judged, leave_out=leave_out)
    name = _usual_without_answers(learner.judged)
    return Known(
        measure=_measure(name, learner.judged, request.seed),
        of=f"{rung.title} (no model was given)",
        learner=learner,
        folds=None,
    )


def _usual_without_answers(rows: JudgedRows) -> str:
    if rows.task == "regression":
        return "rmse"
    return usual_metric(rows, Answers(name="", labels=rows.truth))


def _read(request: SectionRequest, data: "Dataset") -> tuple[JudgedRows, Answers]:
    plan = plan_evaluation(
        data,
        target=request.target,
        threshold=request.threshold,
        use=request.use,
        label_map=request.label_map or None,
    )
    return read_judged(plan)


def _measure(name: str, rows: JudgedRows, seed: int) -> Measure:
    metric = find_metric(name, task=rows.task)
    return Measure(
        name=metric.name,
        title=metric.title,
        greater_is_better=metric.greater_is_better is not False,
        value=partial(_value, metric.name, seed),
    )


def _value(name: str, seed: int, rows: JudgedRows, answers: Answers) -> float | None:
    return metric_of(rows, answers, name, seed=seed).value


def _learner(request: SectionRequest) -> tuple[Learner | None, str, str]:
    """Return the model as a procedure, or why it is none and what would give one."""
    if request.predictor is None:
        return None, "a column of answers cannot be fitted again", "--model FILE"
    target, train = request.target, request.train
    assert target is not None
    assert train is not None
    procedure = procedure_of(request.predictor, label_map=request.label_map)
    if procedure is None:
        reason = f"{request.predictor.info.name} cannot be fitted again from here"
        return None, reason, "--model FILE of an estimator with scikit-learn's interface"
    judging = Judging(target, request.threshold, request.use, request.label_map or None)
    learner = ProcedureLearner(procedure, train, request.data, judging, seed=request.seed)
    return learner, "", ""


def _simple(
    request: SectionRequest,
    measure: Measure,
    train: Estimate | None,
    judged: Estimate,
    leave_out: frozenset[str],
) -> Simple | None:
    """Hold the best single column against the model; None where it cannot be fitted."""
    target, data = request.target, request.train
    assert target is not None
    if target.task == "multilabel" or train is None or data is None:
        return None
    if not data.schema.features:
        return None
    rung = _rung(SIMPLE, target.task, len(target.classes))
    learner = RungLearner(rung, data, target, other=request.data, leave_out=leave_out)
    try:
        lesson = learner.fit(np.arange(learner.train.n))
    except InputError:
        return None
    of_train = metric_of(learner.train, lesson.own, measure.name, level=request.level)
    of_judged = metric_of(learner.judged, lesson.answers, measure.name, level=request.level)
    matched = _within(train, of_train, measure) and _within(judged, of_judged, measure)
    return Simple(title=rung.title, train=of_train, judged=of_judged, matched=matched)


def _within(model: Estimate, simple: Estimate, measure: Measure) -> bool:
    """Whether the model lies within the simple one's interval, or is worse."""
    if model.value is None or simple.low is None or simple.high is None:
        return False
    if measure.greater_is_better:
        return model.value <= simple.high
    return model.value >= simple.low


def _rung(name: str, task: str, n_classes: int) -> Rung:
    rungs = rungs_for(Problem(task=task, n_classes=n_classes))  # type: ignore[arg-type]
    return next(each for each in rungs if each.name == name)


def _folds(data: "Dataset", task: str) -> "np.typing.NDArray[np.int64] | None":
    """Return five folds that keep groups and times apart; None where the rows do not allow it."""
    plain = without_answers(data)
    kind = "stratified" if task in ("binary", "multiclass") else "random"
    if plain.schema.group is not None:
        kind = "group"
    elif plain.schema.time is not None:
        kind = "time"
    try:
        return fold_codes(plain, N_FOLDS, kind=kind)
    except InputError:
        return None
