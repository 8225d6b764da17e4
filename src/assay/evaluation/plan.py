"""A Dataset with predictions in; what the single scan has to make out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import narwhals as nw

from assay.data.label_sets import has_label_sets, label_names
from assay.data.requests import CubeRequest, Request
from assay.data.shared_request import Shared
from assay.errors import InputError
from assay.evaluation.checks import Use, check_label, check_predictions, check_quantile
from assay.evaluation.forecast_history import refuse_missing_answers, split_history
from assay.evaluation.forecast_options import ForecastOptions
from assay.evaluation.label import read_label
from assay.evaluation.label_columns import label_columns
from assay.evaluation.label_rows import with_label_rows
from assay.evaluation.ordered_tasks import (
    ORDERED,
    check_ordered_answers,
    ordered_target,
    ordered_task,
)
from assay.evaluation.predicted_labels import match_predictions
from assay.evaluation.requests_classification import classification_requests
from assay.evaluation.requests_multilabel import label_requests
from assay.evaluation.requests_regression import regression_requests
from assay.evaluation.score_columns import class_scores, positive_score
from assay.evaluation.task import Target, many_labels, resolve_target, task_of_model
from assay.evaluation.threshold import DEFAULT, Threshold
from assay.metrics.ranking.options import RankingOptions
from assay.models.predictor import ModelInfo
from assay.result import Finding
from assay.tables.cube import Cube, Level

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

RANKS_ONLY = "scores_are_not_probabilities"  # how models/ says that scores are no probabilities


@dataclass(frozen=True, kw_only=True, eq=False)
class EvaluationPlan:
    """What is to be computed, and the tables that it needs.

    Parameters
    ----------
    data : Dataset
        The rows, with a column of units where groups or times were declared: scan this one.
    target : Target
    requests : mapping of str to Request
    threshold : Threshold or None
        None where the predictions are given and not made from scores.
    use : {"probability", "ranking"} or None
    scores : mapping
        Class or label → score column; empty when there are none. Binary: the positive class only.
    words : mapping
        Predicted value → class, for a column of predictions.
    n_features : int or None
        Features that the model received, for adjusted R².
    quantile : float or None
        Which quantile the predicted numbers are; None where they are means.
    ranking : RankingOptions or None
        How a ranking is judged; None takes the defaults.
    forecast : ForecastOptions or None
        How forecasts were made; None tells by the table.
    train : Dataset or None
        Rows before the forecasts, of the same series.
    findings : tuple of Finding
        What was assumed here.
    level : float
    seed : int
    """

    data: "Dataset"
    target: Target
    requests: Mapping[str, Request]
    threshold: Threshold | None = None
    use: Use | None = None
    scores: Mapping[Level, str] = field(default_factory=dict)
    words: Mapping[Level, Level] = field(default_factory=dict)
    n_features: int | None = None
    quantile: float | None = None
    ranking: RankingOptions | None = None
    forecast: ForecastOptions | None = None
    train: "Dataset | None" = None
    findings: tuple[Finding, ...] = ()
    level: float = 0.95
    seed: int = 0

    @property
    def as_probabilities(self) -> bool:
        """Whether there are scores and they may be read as probabilities."""
        return bool(self.scores) and self.use != "ranking"


def plan_evaluation(
    data: "Dataset",
    *,
    target: Target | None = None,
    task: str | None = None,
    positive: Level = None,
    threshold: Threshold | float | None = None,
    use: Use | None = None,
    label_map: Mapping[str, str] | None = None,
    n_features: int | None = None,
    quantile: float | None = None,
    ranking: RankingOptions | None = None,
    forecast: ForecastOptions | None = None,
    train: "Dataset | None" = None,
    level: float = 0.95,
    seed: int = 0,
) -> EvaluationPlan:
    """Check the data and say what the scan has to make.

    Parameters
    ----------
    data : Dataset
        With a label, and predictions or scores.
    target : Target or None
        Where it is known already; else it is inferred from the label, `task` and `positive`.
    task : {"binary", "multiclass", "multilabel", "regression"} or None
    positive : bool, int, float, str or None
        None takes the schema's.
    threshold : Threshold, float or None
        None takes the predictions as they are, else 0.5 for probabilities.
    use : {"probability", "ranking"} or None
        What scores are used for.
    label_map : mapping of str to str or None
        Predicted value → label, where they are written in different ways.
    n_features : int or None
        None takes the number of feature columns.
    quantile : float or None
        For a regression: which quantile of the target the predictions are, in (0, 1); None where
        they are means.
    ranking : RankingOptions or None
        For a ranking: gains, ties, cut-offs; None takes the defaults.
    forecast : ForecastOptions or None
        For a forecast: season and cut-offs; None tells by the table.
    train : Dataset or None
        For a forecast: rows of the same series before it, which scale its errors; None takes the
        rows of the table without a prediction.
    level : float
        Coverage of intervals, in (0, 1).
    seed : int

    Returns
    -------
    EvaluationPlan
        Scan ``plan.data`` with ``plan.requests``, then `build_evaluation`.

    Raises
    ------
    InputError
        If anything in the data or the arguments is wrong; nothing was computed.
    """
    if not 0 < level < 1:
        msg = f"the level must lie between 0 and 1, for example 0.95; it is {level}"
        raise InputError(msg)
    findings: tuple[Finding, ...] = ()
    if target is None:
        told = positive if positive is not None else data.schema.positive
        target = resolve_data_target(data, task=task, positive=told)
        findings = target.findings
    if use is None and any(note.rule == RANKS_ONLY for note in data.notes):
        use = "ranking"
    check_quantile(quantile, target)
    if target.task in ORDERED:
        check_ordered_answers(data, target)
        if target.task == "forecasting":
            data, before = split_history(data)
            train = before if train is None else train
    else:
        check_predictions(data, target, use=use)
    data = data.with_units()
    plan = EvaluationPlan(
        data=data,
        target=target,
        requests={},
        use=use,
        n_features=n_features or len(data.schema.features) or None,
        quantile=quantile,
        ranking=ranking,
        forecast=forecast,
        train=train,
        findings=findings,
        level=level,
        seed=seed,
    )
    if target.task in ORDERED:
        return plan
    shared = Shared.of(data)
    if target.task == "regression":
        requests = regression_requests(data, shared, seed=seed, quantile=quantile)
        return replace(plan, requests=requests)
    if target.task == "multilabel":
        return _with_labels(plan, shared, threshold, label_map)
    return _with_classes(plan, shared, threshold, label_map)


def _with_labels(
    plan: EvaluationPlan,
    shared: Shared,
    threshold: Threshold | float | None,
    label_map: Mapping[str, str] | None,
) -> EvaluationPlan:
    """Return the plan for rows with many labels; one pass puts each label into its own column."""
    data = plan.data
    if label_map:
        msg = (
            "a label map was given, and the answers are already columns of the data: name them "
            "after the labels, or in their order; leave --label-map out"
        )
        raise InputError(msg)
    columns = label_columns(data, [str(name) for name in plan.target.classes])
    plan = replace(plan, scores=dict(zip(columns.names, columns.scores, strict=False)))
    used = _threshold(plan, threshold)
    data = with_label_rows(data, columns, None if used is None else used.value)
    requests = label_requests(data.schema, columns, n_rows=data.count_rows(), shared=shared)
    return replace(
        plan,
        data=data,
        requests=requests,
        threshold=used,
        findings=(*plan.findings, *columns.findings),
    )


def _with_classes(
    plan: EvaluationPlan,
    shared: Shared,
    threshold: Threshold | float | None,
    label_map: Mapping[str, str] | None,
) -> EvaluationPlan:
    """Return the plan of a classification with its threshold, scores and requests."""
    data, target = plan.data, plan.target
    plan = replace(plan, scores=_scores(data, target))
    used, words = _threshold(plan, threshold), {}
    if data.schema.prediction is not None and used is None:
        words = match_predictions(data, target, label_map)
        if plan.as_probabilities and target.task == "binary":
            used = _one_half(plan, words)
    requests = classification_requests(
        data.schema,
        target,
        threshold=used,
        scores=plan.scores,
        words=words,
        as_probabilities=plan.as_probabilities,
        n_rows=data.count_rows(),
        shared=shared,
    )
    return replace(plan, threshold=used, words=words, requests=requests)


def resolve_data_target(
    data: "Dataset",
    *,
    task: str | None = None,
    positive: Level = None,
    model: ModelInfo | None = None,
    assume: bool = False,
) -> Target:
    """Read the label and settle what is predicted.

    Several label columns, or a column of lists, are labels that a row may have together, whatever
    the model is. A label with two values and scores of more classes is multiclass: the other
    classes are only absent from these rows.

    Parameters
    ----------
    data : Dataset
    task : str or None
        What the user said.
    positive : bool, int, float, str or None
    model : ModelInfo or None
        Where the user said nothing it may settle the task: see `task_of_model`.
    assume : bool
        Whether a positive value may be assumed where neither is the rarer: see `choose_positive`.

    Raises
    ------
    InputError
        If the label does not fit the task, or one of the two cannot be told.
    """
    if has_label_sets(data):
        return many_labels(label_names(data), task=task, positive=positive)
    ordered = ordered_task(data.schema, task)
    if data.schema.series is not None and ordered != "forecasting":
        refuse_missing_answers(data, ordered or task or "no forecast")
    if ordered is not None:
        return ordered_target(data, ordered)
    task = task or task_of_model(model)
    several = len(data.schema.scores) > 2 or len(data.classes or ()) > 2
    label = read_label(data)
    if task is None and several and len(label.values) >= 2 and label.complete:
        task = "multiclass"
    target = resolve_target(label, task=task, positive=positive, assume=assume)
    check_label(data, target)
    return target


def _scores(data: "Dataset", target: Target) -> Mapping[Level, str]:
    if target.task == "binary":
        column = positive_score(data, target)
        return {} if column is None else {target.positive: column}
    if len(data.schema.scores) == 1:
        msg = (
            f"one score column, {data.schema.scores[0]!r}, for {len(target.classes)} classes; "
            "give one for each class (p_<class>)"
        )
        raise InputError(msg)
    return class_scores(data, target.classes) if data.schema.scores else {}


def _one_half(plan: EvaluationPlan, words: Mapping[Level, Level]) -> Threshold | None:
    """Return the usual threshold when the given predictions are just what it answers."""
    schema, positive = plan.data.schema, plan.target.positive
    assert schema.prediction is not None
    meant = [value for value, word in words.items() if word == positive]
    same = nw.col(schema.prediction).is_in(meant) == (nw.col(plan.scores[positive]) >= DEFAULT)
    cube = plan.data.scan({"same": CubeRequest(by={"same": same})})["same"]
    assert isinstance(cube, Cube)
    return Threshold.default() if cube.levels[0] == (True,) else None


def _threshold(plan: EvaluationPlan, threshold: Threshold | float | None) -> Threshold | None:
    """Return what was told, else one half for probabilities without predictions.

    Where a row may have many labels it holds for each of them.
    """
    binary = plan.target.task in {"binary", "multilabel"}
    if threshold is not None:
        if not binary or not plan.scores:
            what = "scores" if binary else "a label with two values"
            msg = f"a threshold needs {what}; leave it out or name the score column with --score"
            raise InputError(msg)
        return threshold if isinstance(threshold, Threshold) else Threshold.given(threshold)
    given = bool(plan.data.schema.predictions)
    return Threshold.default() if binary and plan.as_probabilities and not given else None
