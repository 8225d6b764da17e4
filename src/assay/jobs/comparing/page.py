"""A comparison in; the blocks of its report page out."""

from collections.abc import Sequence

from assay.evaluation.comparison.result import Comparison
from assay.jobs.comparing.advice import advice
from assay.jobs.comparing.changes import Change, RowExample
from assay.jobs.comparing.result import CompareResult
from assay.reports.format import estimate_text, number, words
from assay.reports.page import Block, Cell, Figure, Heading, Page, Paragraph, Table
from assay.result import Estimate, Json

NAME, TITLE = "comparison", "Comparison"
HEADS = ("candidate", "value", "difference", "p", "p (Holm)", "verdict", "rows needed")


def compare_page(result: CompareResult) -> Page:
    """Describe a comparison for the report.

    Parameters
    ----------
    result : CompareResult
    """
    blocks: list[Block] = [
        Paragraph(_how(result)),
        _figure(result),
        _comparisons(
            result.comparisons, f"Compared with {result.baseline} by {_compared(result)}"
        ),
        *_notes(result),
        *_choosing(result),
        *_omnibus(result),
        _values(result),
    ]
    if result.further:
        blocks.append(_further(result))
    for change in result.changes:
        blocks += _changes(change)
    if result.pairs:
        blocks.append(
            _comparisons(
                result.pairs, f"All pairs by {_compared(result)}", folded=True, named=True
            )
        )
    blocks.append(_tests(result))
    return Page(NAME, TITLE, tuple(blocks))


def _compared(result: CompareResult) -> str:
    """Return what differences are in: the metric, or mean ranks by it."""
    return result.comparisons[0].title if result.comparisons else result.title


def _how(result: CompareResult) -> str:
    what = {"rows": "rows", "folds": "folds", "datasets": "data sets"}[result.kind]
    margin = (
        f"A difference of {number(result.margin)} or less counts as not worth having."
        if result.margin
        else "No margin was stated: any difference counts (--margin says what is worth having)."
    )
    chosen = (
        f"Compared by {result.title}, {result.why_metric}"
        if result.why_metric not in ("", "told")
        else f"Compared by {result.title}, as told"
    )
    return (
        f"{len(result.candidates)} candidates on the same {result.n:,} {what}; the baseline is "
        f"{result.baseline}. {chosen}. {margin}"
    )


def _figure(result: CompareResult) -> Figure:
    said = [
        f"{each.candidate}: {estimate_text(each.difference)}, {each.verdict}"
        for each in result.comparisons
    ]
    rows = tuple((each.candidate, each.difference, each.verdict) for each in result.comparisons)
    return Figure(
        title=f"Difference from {result.baseline} in {_compared(result)}",
        alternative=f"Difference from {result.baseline} with its interval. " + "; ".join(said),
        chart=result.plot(),
        table=Table("The differences", ("candidate", "difference", "verdict"), rows, bars=False),
        caption="Right of the dashed line the candidate is better.",
    )


def _comparisons(
    comparisons: Sequence[Comparison], caption: str, *, folded: bool = False, named: bool = False
) -> Table:
    """Return a row for each comparison; `named` says whom with."""
    heads = (HEADS[0], "with", *HEADS[1:]) if named else HEADS
    rows = tuple(
        (each.candidate, *((each.baseline,) if named else ()), *_cells(each))
        for each in comparisons
    )
    note = (
        "Difference: candidate minus the other, positive where the candidate is better. "
        "p: two-sided, of no difference."
    )
    return Table(caption, heads, rows, folded=folded, note=note, bars=False)


def _cells(each: Comparison) -> tuple[Cell, ...]:
    return (
        each.candidate_value,
        each.difference,
        p_text(each.p_value),
        p_text(each.p_adjusted),
        each.verdict,
        each.rows_needed,
    )


def p_text(p: float | None) -> str:
    """Return a p-value as people read it.

    Examples
    --------
    >>> p_text(0.00001), p_text(0.0312), p_text(None)
    ('< 0.0001', '0.031', '')
    """
    if p is None:
        return ""
    if p < 0.0001:
        return "< 0.0001"
    return f"{p:.2g}" if p < 0.1 else f"{p:.2f}"


def _notes(result: CompareResult) -> list[Block]:
    told = dict.fromkeys(note for each in result.comparisons for note in each.notes)
    advised: list[str] = []
    if len(result.comparisons) > 1:  # what to do about a single one stands in the verdict
        advised = [f"{each.candidate}: {advice(each)}" for each in result.comparisons]
    return [
        *(Paragraph(text) for text in advised),
        *(Paragraph(note, tone="note") for note in told),
    ]


def _choosing(result: CompareResult) -> list[Block]:
    """Say what choosing among several adds to the best one's number."""
    found = result.optimism
    if found is None:
        return []
    gain = max(0.0, found.expected)
    said = f"by about {number(gain)}" if gain else "by nothing that shows"
    return [
        Paragraph(
            f"The best of {found.candidates} ({result.best}) looks better {said} in "
            f"{result.title} by choosing alone: on rows that did not choose it, about "
            f"{estimate_text(found.corrected)} in place of {number(found.shown)}.",
            tone="note",
        )
    ]


def _omnibus(result: CompareResult) -> list[Block]:
    if not result.omnibus:
        return []
    rows = tuple((words(key), _cell(value)) for key, value in result.omnibus.items())
    return [Table("All candidates at once", ("what", "value"), rows, bars=False)]


def _cell(value: Json) -> Cell:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_cell(each)}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(str(_cell(each)) for each in value)
    return number(value) if isinstance(value, float) else value


def _values(result: CompareResult) -> Table:
    """Return what each candidate reaches: a row a candidate, a column a metric."""
    titles = {each.metric: each.title for each in (*result.comparisons, *result.further)}
    titles[result.metric] = result.title
    metrics = [metric for metric in result.candidates[0].values if metric in titles]
    rows = tuple(
        (each.name, *(each.values[metric] for metric in metrics)) for each in result.candidates
    )
    heads = ("candidate", *(titles[metric] for metric in metrics))
    note = f"Intervals at {result.level:.0%}, each for itself: they do not compare candidates."
    return Table("What each candidate reaches", heads, rows, note=note, bars=False)


def _further(result: CompareResult) -> Table:
    rows = tuple(
        (each.title, each.candidate, each.difference, p_text(each.p_value), each.verdict)
        for each in result.further
    )
    heads = ("metric", "candidate", f"difference from {result.baseline}", "p", "verdict")
    note = (
        "Positive where the candidate is better, also where less is better. These metrics do not "
        "decide, and nothing allows for their number."
    )
    return Table("By other metrics", heads, rows, folded=True, note=note, bars=False)


def _changes(change: Change) -> list[Block]:
    title = Heading(f"What changes with {change.candidate} in place of {change.baseline}")
    if change.hard:
        heads = ("", f"{change.candidate} right", f"{change.candidate} wrong")
        rows = (
            (f"{change.baseline} right", change.both_right, change.broken),
            (f"{change.baseline} wrong", change.fixed, change.both_wrong),
        )
        counts = Table("Rows by who is right", heads, rows, bars=False)
        said = (
            f"{change.fixed:,} rows get fixed (wrong before, right now) and {change.broken:,} "
            f"break (right before, wrong now)."
        )
    else:
        unit = "error" if change.loss == "absolute_error" else "loss"
        heads = (f"smaller {unit}", f"larger {unit}", "equal")
        counts = Table(
            f"Rows by how their {unit} changes",
            heads,
            ((change.fixed, change.broken, change.both_right),),
            bars=False,
        )
        said = (
            f"{change.fixed:,} rows have a smaller {unit} than before, and {change.broken:,} a "
            "larger one."
        )
    worst = ("What breaks most", "What gets fixed most")
    tables = [
        _examples(examples, change, caption)
        for examples, caption in zip(
            (change.examples_broken, change.examples_fixed), worst, strict=True
        )
        if examples
    ]
    return [title, Paragraph(said), counts, *tables]


def _examples(examples: Sequence[RowExample], change: Change, caption: str) -> Table:
    named = any(each.id is not None for each in examples)
    heads = (
        "row",
        *(("name",) if named else ()),
        "true",
        change.baseline,
        change.candidate,
        f"{change.loss.replace('_', ' ')} before",
        "after",
    )
    rows = tuple(
        (
            each.row,
            *((each.id,) if named else ()),
            each.truth,
            each.baseline,
            each.candidate,
            each.baseline_loss,
            each.candidate_loss,
        )
        for each in examples
    )
    note = "Rows are counted from 0. Of equal changes the first rows of the table are shown."
    return Table(caption, heads, rows, folded=True, note=note, bars=False)


def _tests(result: CompareResult) -> Table:
    """Return which test decided each comparison, how its interval was made, and what is beside."""
    rows: list[tuple[Cell, ...]] = []
    for each in (*result.comparisons, *result.further):
        about = f"{each.candidate}, {each.title}"
        rows.append((about, "test", each.test))
        rows.append((about, "interval", _method(each.difference)))
        rows += [
            (about, key.replace("_", " "), _cell(value)) for key, value in each.further.items()
        ]
    heads = ("comparison", "what", "value")
    return Table("Which test, and how", heads, tuple(rows), folded=True, bars=False)


def _method(estimate: Estimate) -> str:
    if estimate.value is None or estimate.low is None:
        return estimate.reason or ""
    seed = "" if estimate.seed is None else f", seed {estimate.seed}"
    unit = "" if estimate.unit == "row" else f", by {estimate.unit}"
    return f"{estimate.method} at {estimate.level:.4g}{unit}{seed}"
