"""An evaluation in; its part of the report out."""

from collections.abc import Sequence

from assay.evaluation.result import EvaluationResult, MetricResult
from assay.jobs.sections.evaluation.figures import evaluation_figures
from assay.reports.format import number
from assay.reports.page import Block, Cell, Heading, Page, Paragraph, Table


def evaluation_page(
    test: EvaluationResult, train: EvaluationResult | None, *, name: str = "evaluation"
) -> Page:
    """Lay out the metrics, the threshold and the charts; beside them the train rows' numbers."""
    blocks: list[Block] = [*map(Paragraph, test.head.sentences)]
    if test.threshold is not None:
        blocks.append(_threshold(test))
    blocks.append(_metrics_table(test, train))
    if train is not None:
        blocks.append(_gap_note())
    blocks += _per_class_table(test)
    figures = evaluation_figures(test)
    if figures:
        blocks += [Heading("Charts"), *figures]
    return Page(name, "How good is it", tuple(blocks))


def _threshold(result: EvaluationResult) -> Paragraph:
    threshold = result.threshold
    assert threshold is not None
    text = f"A row is answered {result.positive} when its score is at least "
    return Paragraph(f"{text}{number(threshold.value)} ({threshold.why}).", tone="note")


def _gap_note() -> Paragraph:
    text = (
        "The train column shows the rows that the model was fitted on. A model usually does "
        "better there; how much better says how far it learned those rows by heart."
    )
    return Paragraph(text, tone="note")


def _metrics_table(test: EvaluationResult, train: EvaluationResult | None) -> Table:
    shown = in_reading_order(test)
    beside = {_key(each): each for each in train.metrics} if train is not None else {}
    rows: list[tuple[Cell, ...]] = []
    for each in shown:
        row: tuple[Cell, ...] = (full_title(each), each.estimate)
        if train is not None:
            other = beside.get(_key(each))
            row = (*row, other.estimate if other is not None else None)
        rows.append(row)
    heads = ("metric", "test", "train") if train is not None else ("metric", "value")
    last = [each.title for each in shown if each.name in test.head.last]
    note = f"{', '.join(dict.fromkeys(last))} can mislead here and therefore stand last." if last else ""
    return Table(
        f"Metrics with {test.level:.0%} intervals",
        heads,
        tuple(rows),
        help={full_title(each): each.help for each in shown if each.help},
        note=note,
    )


def in_reading_order(result: EvaluationResult) -> tuple[MetricResult, ...]:
    """Return the metrics of the whole: those that head the report first, misleading ones last."""
    whole = [each for each in result.metrics if each.label is None or result.task == "binary"]
    head, last = result.head.metrics, result.head.last

    def place(each: MetricResult) -> int:
        if each.name in head:
            return head.index(each.name) - len(head)
        return 1 + last.index(each.name) if each.name in last else 0

    return tuple(sorted(whole, key=place))


def full_title(each: MetricResult) -> str:
    """Return a metric's name for people, with the class or the average it is of."""
    about = each.label or each.average
    return f"{each.title} ({about})" if about else each.title


def _key(each: MetricResult) -> tuple[str, str | None, str | None]:
    return each.name, each.label, each.average


def _per_class_table(result: EvaluationResult) -> Sequence[Table]:
    if result.task != "multiclass":
        return ()
    single = [each for each in result.metrics if each.label is not None]
    names = list(dict.fromkeys(each.title for each in single))
    labels = list(dict.fromkeys(each.label for each in single))
    found = {(each.label, each.title): each.estimate for each in single}
    rows = tuple((label, *(found.get((label, name)) for name in names)) for label in labels)
    return (Table("Each class by itself", ("class", *names), rows),) if rows else ()
