"""Curves in; figures with their words and their tables out, for the report."""

from collections.abc import Sequence

import numpy as np

from assay.charts.calibration import plot_calibration
from assay.charts.confusion import plot_confusion
from assay.charts.metric_intervals import plot_metric_intervals
from assay.charts.precision_recall import plot_precision_recall
from assay.charts.predicted_vs_actual import plot_predicted_vs_actual
from assay.charts.residual_histogram import plot_residual_histogram
from assay.charts.roc import plot_roc
from assay.charts.score_histogram import plot_score_histogram
from assay.charts.threshold_curve import plot_threshold_curve
from assay.evaluation.result import EvaluationResult, MetricResult
from assay.jobs.sections.evaluation.columns import MAX_TABLE_ROWS, table_of, thin_table_of
from assay.jobs.sections.evaluation.decile_figures import decile_figures
from assay.jobs.sections.evaluation.forecast_figures import forecast_figures
from assay.jobs.sections.evaluation.label_figures import error_pairs_figure
from assay.jobs.sections.evaluation.query_figures import query_figures
from assay.jobs.sections.evaluation.ranking_figures import cost_figure, gain_figure
from assay.reports.format import estimate_text, number
from assay.reports.page import Figure, Table
from assay.result import Estimate
from assay.tables.curves import (
    CalibrationBins,
    ConfusionTable,
    DensityGrid,
    MetricIntervals,
    PrecisionRecallPoints,
    RocPoints,
    ScoreHistogram,
    ThresholdCurve,
    ValueHistogram,
)

MAX_DRAWN = 40
OF_A_CLASS = ("precision", "recall", "f1")
OF_A_RANKING = ("roc_auc", "average_precision")
KINDS_OF_CLASS = {"multiclass": "class", "multilabel": "label"}


def evaluation_figures(result: EvaluationResult) -> tuple[Figure, ...]:
    """Return a figure for each curve that the result has, in reading order."""
    curves = result.curves
    figures: list[Figure] = []
    if curves.confusion is not None:
        figures.append(_confusion(curves.confusion))
    if result.task in KINDS_OF_CLASS and (single := _of_classes(result)):
        figures.append(_per_class(single, KINDS_OF_CLASS[result.task]))
    if curves.error_pairs is not None:
        figures += error_pairs_figure(curves.error_pairs)
    if curves.roc is not None:
        figures.append(_roc(curves.roc, _estimate(result, "roc_auc")))
    if curves.precision_recall is not None:
        average = _estimate(result, "average_precision")
        figures.append(_precision_recall(curves.precision_recall, average))
    if curves.calibration is not None:
        figures.append(_calibration(curves.calibration, result.task))
    if curves.scores is not None:
        figures.append(_scores(curves.scores, result))
    if curves.thresholds is not None:
        figures.append(_thresholds(curves.thresholds))
    if curves.cost is not None:
        figures.append(cost_figure(curves.cost))
    if curves.gains is not None:
        figures.append(gain_figure(curves.gains, int(str(result.data["rows"]))))
    if curves.predicted_actual is not None:
        figures.append(_predicted_actual(curves.predicted_actual))
    if curves.residuals is not None:
        figures.append(_residuals(curves.residuals))
    if curves.deciles is not None and curves.residual_means is not None:
        figures += decile_figures(
            curves.deciles, curves.residual_means, quantile=_quantile(result)
        )
    return (*figures, *query_figures(curves), *forecast_figures(curves))


def _estimate(result: EvaluationResult, name: str) -> Estimate | None:
    return next((each.estimate for each in result.metrics if each.name == name), None)


def _confusion(points: ConfusionTable) -> Figure:
    right, all_rows = int(np.trace(points.counts)), int(points.counts.sum())
    rows = tuple(
        (label, *counts.tolist(), int(counts.sum()))
        for label, counts in zip(points.labels, points.counts, strict=True)
    )
    heads = ("true", *(f"predicted {label}" for label in points.labels), "all")
    return Figure(
        title="Which answers were right, and which were mixed up",
        alternative=(
            f"Confusion matrix of {all_rows:,} rows: {right:,} answers are right. "
            + _worst_confusion(points)
        ),
        chart=plot_confusion(points),
        table=Table("Rows by true and predicted answer", heads, rows, folded=True),
        caption="Across: the predicted answer; down: the true one. Percentages are of the latter.",
    )


def _quantile(result: EvaluationResult) -> bool:
    return any(each.name == "pinball_loss" for each in result.metrics)


def _worst_confusion(points: ConfusionTable) -> str:
    wrong = points.counts.copy()
    np.fill_diagonal(wrong, 0)
    if not wrong.any():
        return "No row is wrong."
    true, predicted = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
    count = int(wrong[true, predicted])
    rows = f"{count:,} rows that are" if count > 1 else "1 row that is"
    return (
        f"The most frequent mistake: {rows} {points.labels[int(true)]!r}, answered "
        f"{points.labels[int(predicted)]!r}."
    )


def _of_classes(result: EvaluationResult) -> list[MetricResult]:
    """Return what is drawn of each class or label: of its answers, else of its scores."""
    single = [each for each in result.metrics if each.label is not None]
    answers = [each for each in single if each.name in OF_A_CLASS]
    return answers or [each for each in single if each.name in OF_A_RANKING]


def _weakest_of(single: Sequence[MetricResult]) -> list[MetricResult]:
    """Return the metrics of the classes that are lowest by the last of them, up to 40."""
    last = [each for each in single if each.name == single[-1].name]
    last.sort(key=lambda each: 2.0 if each.estimate.value is None else each.estimate.value)
    kept = {each.label for each in last[:MAX_DRAWN]}
    return [each for each in single if each.label in kept]


def _per_class(single: Sequence[MetricResult], kind: str) -> Figure:
    names = list(dict.fromkeys(each.title for each in single))
    shown = _weakest_of(single)
    left_out = len(shown) < len(single)
    said = f"{', '.join(names[:-1])} and {names[-1]} of each {kind}"
    points = MetricIntervals(
        name=tuple(each.label or "" for each in shown),
        series=tuple(each.title for each in shown),
        value=tuple(each.estimate.value for each in shown),
        low=tuple(each.estimate.low for each in shown),
        high=tuple(each.estimate.high for each in shown),
    )
    return Figure(
        title=f"The {MAX_DRAWN} lowest by {names[-1]}" if left_out else f"Each {kind} by itself",
        alternative=f"{said} with intervals. " + _weakest(shown),
        chart=plot_metric_intervals(points),
        table=Table(
            said,
            (kind, "metric", "value"),
            tuple((each.label, each.title, each.estimate) for each in single),
            folded=True,
        ),
    )


def _weakest(shown: Sequence[MetricResult]) -> str:
    recalls = [each for each in shown if each.name == "recall" and each.estimate.value is not None]
    if not recalls:
        return ""
    least = min(recalls, key=lambda each: each.estimate.value or 0.0)
    return f"The lowest recall is that of {least.label}: {estimate_text(least.estimate)}."


def _roc(points: RocPoints, area: Estimate | None) -> Figure:
    told = f"The area under it is {estimate_text(area)}. " if area is not None else ""
    half = int(np.argmin(np.abs(points.false_positive_rate - 0.1)))
    return Figure(
        title="ROC curve: found positives against false alarms",
        alternative=(
            f"ROC curve with its interval. {told}At a false positive rate of "
            f"{number(float(points.false_positive_rate[half]))} the true positive rate is "
            f"{number(float(points.true_positive_rate[half]))}."
        ),
        chart=plot_roc(points),
        table=thin_table_of(
            "Points of the ROC curve",
            {
                "threshold": points.threshold,
                "false positive rate": points.false_positive_rate,
                "true positive rate": points.true_positive_rate,
                "low": points.low,
                "high": points.high,
            },
        ),
        caption="The dashed line is what guessing gives.",
    )


def _precision_recall(points: PrecisionRecallPoints, average: Estimate | None) -> Figure:
    told = f"Average precision is {estimate_text(average)}. " if average is not None else ""
    return Figure(
        title="Precision against recall",
        alternative=(
            f"Precision-recall curve. {told}Marking rows at random would give a precision of "
            f"{number(points.prevalence)} everywhere."
        ),
        chart=plot_precision_recall(points),
        table=thin_table_of(
            "Points of the precision-recall curve",
            {
                "threshold": points.threshold,
                "recall": points.recall,
                "precision": points.precision,
            },
        ),
        caption="The dashed line is the share of positives: the precision of marking at random.",
    )


def _calibration(points: CalibrationBins, task: str) -> Figure:
    apart = np.abs(points.observed - points.mean_score)
    worst = int(np.argmax(apart))
    binary = task == "binary"
    are = "are positive" if binary else "are answered right"
    axis = "observed share of positives" if binary else "observed share of right answers"
    inside = (points.low <= points.mean_score) & (points.mean_score <= points.high)
    return Figure(
        title="Do the scores mean what they say?",
        alternative=(
            f"Calibration in {len(points.n)} bins of about equal size: in {int(inside.sum())} of "
            "them the mean score lies inside the interval of the observed share. The widest gap: "
            f"a mean score of {number(float(points.mean_score[worst]))} where "
            f"{points.observed[worst]:.1%} of the rows {are}."
        ),
        chart=plot_calibration(points, axis=axis),
        table=table_of(
            "Mean score and observed share by bin",
            {
                "rows": points.n,
                "mean score": points.mean_score,
                "observed share": points.observed,
                "low": points.low,
                "high": points.high,
            },
        ),
        caption=f"On the dashed line 70 % of the rows with a score of 0.7 {are}.",
    )


def _scores(points: ScoreHistogram, result: EvaluationResult) -> Figure:
    negative, positive = (str(each) for each in result.classes)
    middle = (points.edges[:-1] + points.edges[1:]) / 2
    means = [
        float(np.average(middle, weights=part)) for part in (points.positive, points.negative)
    ]
    cut = "" if points.threshold is None else f" The threshold is {number(points.threshold)}."
    return Figure(
        title="Where the scores of the two classes lie",
        alternative=(
            f"Histogram of scores by class: rows that are {result.positive!r} have a mean score "
            f"of about {number(means[0])}, the others of about {number(means[1])}.{cut}"
        ),
        chart=plot_score_histogram(points, positive=positive, negative=negative),
        table=table_of(
            "Share of each class by score",
            {
                "score from": points.edges[:-1],
                "to": points.edges[1:],
                positive: points.positive,
                negative: points.negative,
            },
        ),
    )


def _thresholds(points: ThresholdCurve) -> Figure:
    best = int(np.nanargmax(points.f1))
    used = "" if points.chosen is None else f" The one in use is {number(points.chosen)}."
    return Figure(
        title="What another threshold would give",
        alternative=(
            "Precision, recall and F1 by threshold. On these rows F1 is highest, "
            f"{number(float(points.f1[best]))}, at {number(float(points.threshold[best]))}.{used}"
        ),
        chart=plot_threshold_curve(points),
        table=thin_table_of(
            "Precision, recall and F1 by threshold",
            {
                "threshold": points.threshold,
                "precision": points.precision,
                "recall": points.recall,
                "F1": points.f1,
            },
        ),
        caption=(
            "For reading, not for choosing: a threshold picked on these rows would look better "
            "than it is. Choose it on validation rows."
        ),
    )


def _predicted_actual(points: DensityGrid) -> Figure:
    x, y = np.nonzero(points.counts)
    largest = np.argsort(-points.counts[x, y], kind="stable")[:MAX_TABLE_ROWS]
    x, y = x[largest], y[largest]
    return Figure(
        title="Predicted against actual",
        alternative=(
            f"{int(points.counts.sum()):,} rows by actual and predicted value; both axes go from "
            f"{number(float(points.x_edges[0]))} to {number(float(points.x_edges[-1]))}, and rows "
            "beyond that are counted at the edge."
        ),
        chart=plot_predicted_vs_actual(points),
        table=table_of(
            "The fullest cells",
            {
                "actual from": points.x_edges[x],
                "actual to": points.x_edges[x + 1],
                "predicted from": points.y_edges[y],
                "predicted to": points.y_edges[y + 1],
                "rows": points.counts[x, y],
            },
        ),
        caption="On the dashed line the prediction is right.",
    )


def _residuals(points: ValueHistogram) -> Figure:
    middle = (points.edges[:-1] + points.edges[1:]) / 2
    fullest = int(np.argmax(points.share))
    return Figure(
        title="How far off the predictions are",
        alternative=(
            "Histogram of residuals (predicted minus actual): the tallest bar lies around "
            f"{number(float(middle[fullest]))} and holds {points.share[fullest]:.1%} of the rows."
        ),
        chart=plot_residual_histogram(points),
        table=table_of(
            "Share of rows by residual",
            {"from": points.edges[:-1], "to": points.edges[1:], "share": points.share},
        ),
    )
