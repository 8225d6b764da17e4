"""A model and rows, or labels and predictions, in; how good that is, and how sure, out."""

from collections.abc import Collection, Mapping
from typing import Any

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.evaluation.build import build_evaluation
from assay.evaluation.checks import Use
from assay.evaluation.forecast_options import ForecastOptions
from assay.evaluation.goal import Costs
from assay.evaluation.heads import Costly
from assay.evaluation.ordered_tasks import ORDERED
from assay.evaluation.plan import plan_evaluation, resolve_data_target
from assay.evaluation.result import EvaluationResult
from assay.evaluation.threshold import Threshold
from assay.metrics.ranking.options import RankingOptions
from assay.models.containers import container_of
from assay.models.scoring import Progress, score_dataset
from assay.models.wrap import as_predictor
from assay.tables.cube import Level


def evaluate(
    model: Any = None,  # noqa: ANN401 - an estimator, a function or a Predictor
    X: Any = None,  # noqa: ANN401 - a Dataset, or any frame or array
    y: Any = None,  # noqa: ANN401 - any list, Series or array
    *,
    y_true: Any = None,  # noqa: ANN401
    y_pred: Any = None,  # noqa: ANN401
    y_score: Any = None,  # noqa: ANN401
    task: str | None = None,
    positive: Level = None,
    threshold: Threshold | float | None = None,
    costs: Costs | None = None,
    costly: Costly | None = None,
    weight: Any = None,  # noqa: ANN401
    group: Any = None,  # noqa: ANN401
    time: Any = None,  # noqa: ANN401
    query_id: Any = None,  # noqa: ANN401
    series: Any = None,  # noqa: ANN401
    use: Use | None = None,
    quantile: float | None = None,
    ranking: RankingOptions | None = None,
    forecast: ForecastOptions | None = None,
    train: Dataset | None = None,
    label_map: Mapping[str, str] | None = None,
    metrics: Collection[str] | None = None,
    level: float = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
) -> EvaluationResult:
    """Judge a model, or predictions, on rows whose labels are known.

    Three forms: ``evaluate(model, X, y)`` with frames or arrays as they are;
    ``evaluate(model, dataset)``; ``evaluate(y_true=…, y_pred=…, y_score=…)`` without a model.
    A Dataset that holds predictions already needs no model: ``evaluate(None, dataset)``.

    Parameters
    ----------
    model : object or None
        A fitted estimator, a function from rows to predictions, or a loaded model.
    X : Dataset, frame or array-like, shape (n_rows, n_features)
        The rows; pandas, Polars and Arrow frames and numpy arrays are taken as they are.
    y, y_true : array-like, shape (n_rows,) or (n_rows, n_labels)
        The labels; `y` with a model, `y_true` without. Where a row may have many: one column of
        0 and 1 for each, or a list of texts a row.
    y_pred : array-like or None, shape (n_rows,) or (n_rows, n_labels)
        Predicted classes or numbers, or labels in a form of `y_true`.
    y_score : array-like or None, shape (n_rows,) or (n_rows, n_classes)
        Scores of the positive class, or of all classes in ascending order of the classes, or of
        all labels in their order.
    task : {"binary", "multiclass", "multilabel", "regression", "ranking", "forecasting"} or None
        None infers it: regression for a regressor, else from the label (see
        `assay.evaluation.task.infer_task`).
    positive : bool, int, float, str or None
        The positive label; None takes True or 1, else the rarer one (a finding says so).
    threshold : Threshold, float or None
        A row is positive at a score >= threshold. None takes the predictions as they are, else
        0.5 for probabilities. Choose one on other rows: `choose_threshold`.
    costs : Costs or None
        Prices of the four outcomes; adds the expected cost, which then heads the report.
    costly : {"false_positive", "false_negative"} or None
        The mistake that costs more, where prices are not known.
    weight : array-like or None, shape (n_rows,)
        Row weights, >= 0.
    group : array-like or None, shape (n_rows,)
        Equal values mark rows that belong together; intervals are then made by group.
    time : array-like or None, shape (n_rows,)
        Orders the rows where neighbours are alike; intervals are then made by block.
    query_id : array-like or None, shape (n_rows,)
        Equal values mark rows that are ranked against each other: the task is then ranking.
    series : array-like or None, shape (n_rows,)
        Equal values mark rows that follow each other in `time`: the task is then forecasting.
    use : {"probability", "ranking"} or None
        What scores are used for; with "ranking" they may be any finite numbers.
    quantile : float or None
        Which quantile of the target the predicted numbers are, in (0, 1): adds its pinball loss
        and coverage, which then head the report. None where they are means.
    ranking : RankingOptions or None
        How a ranking is judged: gains, ties, cut-offs, queries without a relevant document.
    forecast : ForecastOptions or None
        How forecasts were made: season, column of cut-offs.
    train : Dataset or None
        For a forecast: rows of the same series before it, which scale its errors. Rows without a
        prediction (NaN) are taken for that where a series was named.
    label_map : mapping of str to str or None
        Predicted class → label, where they are written in different ways.
    metrics : collection of str or None
        Names of the metrics that are wanted; then no curves are made and no rules are run.
    level : float
        Coverage of the intervals, in (0, 1).
    seed : int
        Of the redraws.
    progress : callable or None
        Called with (stage, rows done, rows) while the model predicts.

    Returns
    -------
    EvaluationResult
        Metrics with intervals, curves and findings.

    Raises
    ------
    InputError
        If the arguments or the data are wrong; the message names column, row and value.
    ModelError
        If the model fails or answers in a form that cannot be used.

    Examples
    --------
    >>> result = evaluate(y_true=[0, 0, 1, 1], y_score=[0.1, 0.4, 0.35, 0.8])
    >>> result["roc_auc"].value
    0.75
    >>> result["accuracy"].n, result["accuracy"].method
    (4, 'Wilson score')
    """
    columns = {
        "weight": weight,
        "group": group,
        "time": time,
        "query_id": query_id,
        "series": series,
    }
    given = {"y_true": y_true, "y_pred": y_pred, "y_score": y_score}
    data = _dataset(model, X, y, given, columns)
    told = positive if positive is not None else data.schema.positive
    predictor = None if model is None else as_predictor(model)
    model_info = None if predictor is None else predictor.info
    target = resolve_data_target(data, task=task, positive=told, model=model_info)
    n_features = None
    if predictor is not None:
        data = score_dataset(
            predictor,
            data,
            task="regression" if target.task in ORDERED else target.task,
            positive=target.positive,
            label_map=label_map,
            rows=_own_rows(X),
            progress=progress,
        )
        names = predictor.info.feature_names
        n_features = None if names is None else len(names)
    plan = plan_evaluation(
        data,
        target=target,
        threshold=threshold,
        use=use,
        label_map=label_map,
        n_features=n_features,
        quantile=quantile,
        ranking=ranking,
        forecast=forecast,
        train=train,
        level=level,
        seed=seed,
    )
    return build_evaluation(
        plan,
        plan.data.scan(plan.requests),
        costs=costs,
        costly=costly,
        only=(metrics,) if isinstance(metrics, str) else metrics,
        findings=(*data.notes, *target.findings),
    )


def _dataset(
    model: object,
    X: object,
    y: object,
    given: Mapping[str, Any],
    columns: Mapping[str, Any],
) -> Dataset:
    """Put what was given together, or say what is missing."""
    answers = [name for name, values in given.items() if values is not None]
    if isinstance(X, Dataset):
        more = [
            name for name, values in {"y": y, **given, **columns}.items() if values is not None
        ]
        if more:
            msg = (
                f"{', '.join(more)} cannot be given beside a Dataset, which names its own "
                "columns; read it with label=, prediction=, score=, weight=, group= or time="
            )
            raise InputError(msg)
        return X
    if model is not None:
        if X is None or y is None or answers:
            msg = (
                "with a model give the rows and their labels: evaluate(model, X, y), or "
                "evaluate(model, dataset); predictions go without a model: "
                "evaluate(y_true=..., y_pred=..., y_score=...)"
            )
            raise InputError(msg)
        return Dataset.from_arrays(y_true=y, X=X, **columns)
    if X is not None or y is not None or given["y_true"] is None or len(answers) < 2:
        msg = (
            "nothing to judge: give a model and rows, evaluate(model, X, y), or labels and "
            "predictions, evaluate(y_true=..., y_pred=..., y_score=...)"
        )
        raise InputError(msg)
    return Dataset.from_arrays(**given, **columns)


def _own_rows(X: object) -> object:
    """Return the caller's rows where the model can be given slices of them as they are."""
    return None if isinstance(X, Dataset) or container_of(X) is None else X
