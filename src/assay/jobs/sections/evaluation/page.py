"""An evaluation in; its part of the report out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assay.evaluation.result import EvaluationResult, MetricResult
from assay.jobs.sections.evaluation.constant import Constant
from assay.jobs.sections.evaluation.figures import KINDS_OF_CLASS, evaluation_figures
from assay.jobs.sections.evaluation.forecast_figures import quantile_table
from assay.jobs.sections.evaluation.ranking_figures import ratio_table
from assay.metrics.scores import lift
from assay.reports.format import number
from assay.reports.page import Block, Cell, Heading, Page, Paragraph, Table

SELDOM = frozenset(
    {
        "youden_j",
        "g_mean",
        "gini",
        "mce",
        "spiegelhalter_z",
        "prior_guess_accuracy",
        "ks_statistic",
        *(metric.name for metric in lift.METRICS),
        "tpr_at_fpr_1",
        "fpr_at_tpr_95",
        "d2_absolute_error",
        "pearson",
        "smape",
        "rmsle",
        "poisson_deviance",
        "tweedie_deviance",
        "gamma_deviance",
    }
)
SELDOM_OF_FORECASTS = frozenset({"mase_1", "mape", "quantile_loss"})
CALIBRATION = frozenset({"ece"})
CLASSES = "always the most frequent class, or scores in no particular order"
CONSTANTS = {
    "binary": CLASSES,
    "multiclass": CLASSES,
    "multilabel": "the same labels for every row, or scores in no particular order",
    "regression": "always the mean, or for absolute errors always the median",
}
REFERENCES = {"ranking": "random order", "forecasting": "naive forecast"}
RANDOM_ORDER = (
    "Random order: what the documents of each query score on average over all their orders."
)


def evaluation_page(
    test: EvaluationResult, train: EvaluationResult | None, constants: Mapping[str, Constant]
) -> Page:
    """Lay out the metrics, the threshold and the charts.

    Parameters
    ----------
    test : EvaluationResult
    train : EvaluationResult or None
        Its numbers stand beside.
    constants : mapping
        Metric → what the constant answer scores, beside as well.
    """
    found = {finding.message for finding in test.findings}  # these stand above, need no repeating
    said = [sentence for sentence in test.head.sentences if sentence not in found]
    blocks: list[Block] = [*map(Paragraph, said)]
    if test.threshold is not None:
        blocks.append(_threshold(test))
    blocks += _metrics_tables(test, train, constants)
    if train is not None:
        blocks.append(_gap_note())
    blocks += _per_class_table(test)
    if test.curves.quantile_levels is not None:
        blocks.append(quantile_table(test.curves.quantile_levels))
    if test.curves.cost_ratios is not None:
        blocks.append(ratio_table(test.curves.cost_ratios))
    figures = evaluation_figures(test)
    if figures:
        blocks += [Heading("Charts"), *figures]
    return Page("evaluation", "How good is it", tuple(blocks))


def _threshold(result: EvaluationResult) -> Paragraph:
    threshold = result.threshold
    assert threshold is not None
    text = f"The answer is {result.positive!r} when the score is at least "
    if result.task == "multilabel":
        text = "A row is given each label whose score is at least "
    return Paragraph(f"{text}{number(threshold.value)} ({threshold.why}).", tone="note")


def _gap_note() -> Paragraph:
    text = (
        "Train rows are the rows that the model was fitted on. A model usually scores better "
        "there, because it has seen these rows; the test rows tell how it does on new ones."
    )
    return Paragraph(text, tone="note")


def _metrics_tables(
    test: EvaluationResult, train: EvaluationResult | None, constants: Mapping[str, Constant]
) -> tuple[Table, ...]:
    """Return the metrics that most readers want, and those that few do, closed below."""
    ordered = in_reading_order(test)
    seldom = (SELDOM | _other_cutoffs(test) | _fewer_need(test)) - set(test.head.metrics)
    aside = [each for each in ordered if each.name in seldom]
    usual = [each for each in ordered if each not in aside]
    caption = f"Metrics with {test.level:.0%} intervals"
    tables = [_metrics_table(caption, usual, test, train, constants)]
    if aside:
        more = _metrics_table("More metrics, which fewer need", aside, test, train, constants)
        tables.append(replace(more, folded=True, note=""))
    return tuple(tables)


def _other_cutoffs(result: EvaluationResult) -> frozenset[str]:
    """Return the metrics of a ranking at other cut-offs than the one that heads the report."""
    heads = result.head.metrics[:1]
    usual = [None, *(each.params.get("k") for each in result.metrics if each.name in heads)]
    return frozenset(
        each.name
        for each in result.metrics
        if result.task == "ranking" and each.params.get("k") not in usual
    )


def _fewer_need(result: EvaluationResult) -> frozenset[str]:
    """Return the metrics of forecasts that say little beside the others."""
    if result.task != "forecasting":
        return frozenset()
    medians = (each.name for each in result.metrics if each.name.endswith("_median"))
    return frozenset({*medians, *SELDOM_OF_FORECASTS} - {"mase_median"})


def _metrics_table(
    caption: str,
    shown: Sequence[MetricResult],
    test: EvaluationResult,
    train: EvaluationResult | None,
    constants: Mapping[str, Constant],
) -> Table:
    heads = ["metric", "value" if train is None else "test rows"]
    columns: list[list[Cell]] = [[e.full_title for e in shown], [e.estimate for e in shown]]
    if train is not None:
        beside = {(each.name, each.label): each.estimate for each in train.metrics}
        heads.append("train rows")
        columns.append([beside.get((each.name, each.label)) for each in shown])
    if constants:
        heads.append(REFERENCES.get(test.task, "constant answer"))
        columns.append([_constant(constants, each) for each in shown])
    return Table(
        caption,
        tuple(heads),
        tuple(zip(*columns, strict=True)),
        help={each.full_title: each.help for each in shown if each.help},
        note=_note(test, shown, constants),
        bars=test.task not in {"regression", "forecasting"},
    )


def _constant(constants: Mapping[str, Constant], each: MetricResult) -> float | None:
    return constants[each.name].value if each.name in constants else None


def _note(
    test: EvaluationResult, shown: Sequence[MetricResult], constants: Mapping[str, Constant]
) -> str:
    parts: list[str] = []
    last = dict.fromkeys(each.title for each in shown if each.name in test.head.last)
    if last:
        stand = "stands" if len(last) == 1 else "stand"
        parts.append(f"{', '.join(last)} can mislead here and therefore {stand} last.")
    if constants and test.task == "ranking":
        parts.append(RANDOM_ORDER)
    elif constants and test.task == "forecasting":
        parts.append(_naive_note(test))
    elif constants:
        parts.append(
            "Constant answer: what an answer that ignores the row scores on these rows, for "
            f"example {CONSTANTS[test.task]}."
        )
    return " ".join(parts)


def _naive_note(test: EvaluationResult) -> str:
    naive = test.data["naive"]
    assert isinstance(naive, dict)
    rows = test.data["rows"]
    text = f"Naive forecast: what {naive['title']} scores, made from the same place in time"
    if naive["rows"] != rows:
        return f"{text}; it is known for {naive['rows']:,} of {rows:,} rows."
    return f"{text}."


def in_reading_order(result: EvaluationResult) -> tuple[MetricResult, ...]:
    """Return the metrics of the whole: those that head the report first, misleading ones last."""
    whole = [each for each in result.metrics if each.label is None or result.task == "binary"]
    head, last = result.head.metrics, result.head.last

    def place(each: MetricResult) -> int:
        if each.name in head:
            return head.index(each.name) - len(head)
        return 1 + last.index(each.name) if each.name in last else 0

    return tuple(sorted(whole, key=place))


def _per_class_table(result: EvaluationResult) -> Sequence[Table]:
    """Return what is known of each class or label; calibration has a table of its own."""
    if result.task not in KINDS_OF_CLASS:
        return ()
    kind = KINDS_OF_CLASS[result.task]
    single = [each for each in result.metrics if each.label is not None]
    calibration = [each for each in single if each.name in CALIBRATION]
    rest = [each for each in single if each not in calibration]
    captions = {f"Each {kind} by itself": rest, f"Calibration of each {kind}": calibration}
    return [_by_class(caption, kind, each) for caption, each in captions.items() if each]


def _by_class(caption: str, kind: str, single: Sequence[MetricResult]) -> Table:
    names = list(dict.fromkeys(each.title for each in single))
    labels = list(dict.fromkeys(each.label for each in single))
    found = {(each.label, each.title): each.estimate for each in single}
    rows = tuple((label, *(found.get((label, name)) for name in names)) for label in labels)
    return Table(caption, (kind, *names), rows)
