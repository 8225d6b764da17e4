"""Error analysis in; its part of the report out."""

from collections.abc import Sequence

from assay.charts.forest import plot_forest
from assay.charts.period_means import plot_period_means
from assay.evaluation.error_analysis.by_feature import ErrorsByFeature
from assay.evaluation.error_analysis.disagreements import Disagreement
from assay.evaluation.error_analysis.mistakes import ConfusedPair
from assay.evaluation.error_analysis.over_time import ErrorOverTime
from assay.evaluation.error_analysis.result import ErrorAnalysis
from assay.evaluation.slices.result import RowToRead, Slice, SliceSearch
from assay.evaluation.slices.severity import Weight, weight_of
from assay.reports.format import number
from assay.reports.page import Block, Cell, Figure, Heading, Page, Paragraph, Table
from assay.tables.forest import ForestRow

LABEL_LETTERS = 15
SHOWN_EXAMPLES = 3
MARKS = {"below": "worse beyond chance", "plain": "not shown to be worse"}
WORDS: dict[Weight, str] = {
    "weak": "yes",
    "slight": "slightly",
    "foreseen": "uncertain, and foreseen",
    "no lean": "noisier, no lean",
    "not shown": "not shown",
}
BEYOND = {
    "beyond the scores": "loss beyond what the scores foresee",
    "lean": "predicted less true",
}
NOTES = {
    "beyond the scores": "Scores foresee how often their answers fail: a slice is weak where it "
    "fails more than that, and merely uncertain where it does not.",
    "lean": "Where predictions lean to neither side, numbers only vary more: noise, not weakness.",
}


def slices_page(result: ErrorAnalysis) -> Page | None:
    """Lay out slices first, then time, columns, mistakes and disagreements.

    Parameters
    ----------
    result : ErrorAnalysis

    Returns
    -------
    Page or None
        None where rows are not judged one by one.
    """
    if result.slices is None:
        return None
    blocks: list[Block] = [*map(Paragraph, opening(result.slices))]
    blocks += _slice_blocks(result.slices)
    if result.over_time is not None:
        blocks += [Heading("Errors over time"), *_time_blocks(result.over_time, result.slices)]
    if result.by_feature is not None:
        blocks += [Heading("Predictions that lean"), *_feature_blocks(result.by_feature)]
    if result.pairs or result.mistakes:
        blocks.append(Heading("Mistakes to read"))
        blocks += [_pairs_table(result.pairs)] if result.pairs else []
        wrong = "Wrong answers that the model was surest of"
        caption = wrong if _of_classes(result.slices) else "Predictions that are furthest off"
        blocks += [_rows_table(caption, result.mistakes)] if result.mistakes else []
    for each in result.disagreements:
        blocks += [Heading(f"Row by row against {each.baseline}"), *_against(each)]
    return Page("slices", "Where is it weak", tuple(blocks))


def _of_classes(search: SliceSearch) -> bool:
    return search.loss in ("error", "log_loss", "brier")


def opening(search: SliceSearch) -> list[str]:
    """Return what was looked for and what came of it, in sentences."""
    said: list[str] = []
    if search.reason is not None:
        said.append(f"No weak slice was looked for. {search.reason}")
    else:
        found = [each for each in search.slices if each.origin == "found"]
        said.append(
            f"{search.searched:,} conditions on {_columns(search)}, alone and joined, were looked "
            "at on one half of the rows. "
            + (
                f"The weakest {_slices(search.tested)} were then tested on the other half, and "
                f"{_were(len(found))} confirmed; their numbers are from that half."
                if search.tested
                else "None stood out."
            )
        )
        if search.sensitivity is not None and not found:
            said.append(f"No weak slice was found. {search.sensitivity.text}")
    worst = search.worst_named
    if worst is not None:
        said.append(_of_named(worst, search))
    if search.rows_read < search.rows:
        said.append(f"{search.rows_read:,} of the {search.rows:,} rows were read, at random.")
    return said


def _of_named(worst: Slice, search: SliceSearch) -> str:
    low, value = worst.difference.low, worst.difference.value
    if low is None or value is None or low <= 0:
        which = "The slice that was named is" if search.named == 1 else "No named slice is"
        negated = "not " if search.named == 1 else ""
        return f"{which} {negated}shown to be weaker than the rest."
    which = "" if search.named == 1 else "Of the named slices the surest to be weak: "
    return (
        f"{which}where {worst.name}, the {_loss_word(search)} exceeds the rest's by "
        f"{number(value)} (at least {number(low)})."
    )


def _columns(search: SliceSearch) -> str:
    n = len(search.columns)
    return "1 column" if n == 1 else f"{n} columns"


def _slices(n: int) -> str:
    return "one" if n == 1 else f"{n}"


def _were(n: int) -> str:
    return {0: "none was", 1: "one was"}.get(n, f"{n} were")


def _loss_word(search: SliceSearch) -> str:
    return "share of wrong answers" if search.loss == "error" else "mean loss"


def _slice_blocks(search: SliceSearch) -> list[Block]:
    if not search.slices:
        return []
    blocks: list[Block] = [_figure(search), _slices_table(search)]
    trained = [each for each in search.confirmed if each.train is not None]
    blocks += [_train_table(trained)] if trained else []
    for each in search.confirmed[:SHOWN_EXAMPLES]:
        if each.examples:
            blocks.append(_rows_table(f"Rows to read where {each.name}", each.examples))
    return blocks


def _figure(search: SliceSearch) -> Figure:
    rows = [
        ForestRow(
            label=_label(place, each),
            value=each.difference.value,
            low=each.difference.low,
            high=each.difference.high,
            mark="below" if each.confirmed else "plain",
        )
        for place, each in enumerate(search.slices, 1)
    ]
    told = "; ".join(
        f"{each.name}: {number(each.difference.value)}"
        for each in search.slices[:5]
        if each.difference.value is not None
    )
    axis = f"{_loss_word(search)}, slice minus rest"
    return Figure(
        title="How much worse than the rest",
        alternative=f"Differences of the {_loss_word(search)} between slice and rest. {told}.",
        chart=plot_forest(
            rows,
            axis=axis,
            reference_word="like the rest",
            words={"below": MARKS["below"], "plain": MARKS["plain"]},
        ),
        table=Table(
            "Differences of the slices",
            ("slice", "difference", "low", "high"),
            tuple(
                (each.name, each.difference.value, each.difference.low, each.difference.high)
                for each in search.slices
            ),
            bars=False,
        ),
        caption="Numbers of the slices are those of the table below.",
    )


def _label(place: int, each: Slice) -> str:
    name = each.name
    short = name if len(name) <= LABEL_LETTERS else name[: LABEL_LETTERS - 1] + "…"
    return f"{place} {short}"


def _slices_table(search: SliceSearch) -> Table:
    loses = "share of all errors" if search.loss == "error" else "share of all loss"
    kinds = [each.beyond_kind for each in search.slices if each.beyond_kind is not None]
    kind = kinds[0] if kinds else None  # of one loss, so that it is the same for all
    parted = any(each.part_of for each in search.slices)
    heads = ["slice", "weak", "rows", search.metric, "difference to the rest"]
    heads += [BEYOND[kind]] if kind is not None else []
    heads += ["p", loses, *(["shares rows with"] if parted else [])]
    rows: list[tuple[Cell, ...]] = []
    for place, each in enumerate(search.slices, 1):
        cells: list[Cell] = [
            f"{place} {each.name}" + (" (named)" if each.origin == "named" else ""),
            WORDS[weight_of(each, len(search.confirmed))],
            each.rows,
            each.metric,
            each.difference,
            *([each.beyond] if kind is not None else []),
            each.p_adjusted,
            _percent(each.share_of_loss),
            *([_shared_with(each, search)] if parted else []),
        ]
        rows.append(tuple(cells))
    note = (
        f"Difference: of the {_loss_word(search)}, above 0 the slice is worse. Found slices: on "
        "the half of the rows that was not searched. p is adjusted for the number of slices "
        "(Benjamini and Hochberg)." + ("" if kind is None else f" {NOTES[kind]}")
    )
    return Table("Slices against the rest", tuple(heads), tuple(rows), note=note, bars=False)


def _shared_with(each: Slice, search: SliceSearch) -> str | None:
    """Return the number in the table of the worse slice that has half of the rows."""
    if each.part_of is None:
        return None
    names = [other.name for other in search.slices]
    return f"slice {names.index(each.part_of) + 1}"


def _train_table(slices: Sequence[Slice]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for each in slices:
        told = each.train
        assert told is not None  # those alone are shown
        rows.append((each.name, _percent(each.share), _percent(told.share), told.loss, told.rest))
    heads = ("slice", "share of rows", "of train rows", "mean loss in train rows", "rest of them")
    note = (
        "Rare in the train rows: collect more. Weak there as well: a feature is missing, or "
        "labels are noisy. Only weak here: too few or too varied rows of that kind."
    )
    return Table("The weak slices in the train rows", heads, tuple(rows), note=note, bars=False)


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share:.1%}"


def _rows_table(caption: str, rows: Sequence[RowToRead]) -> Table:
    named = any(each.id is not None for each in rows)
    scored = any(each.score is not None for each in rows)
    heads = ["row", *(["id"] if named else []), "truth", "answer", "loss"]
    heads += ["score of the answer"] if scored else []
    cells = [
        (
            each.row,
            *((each.id,) if named else ()),
            each.truth,
            each.answer,
            each.loss,
            *((each.score,) if scored else ()),
        )
        for each in rows
    ]
    note = "Rows are counted from 0, in the order of the table."
    return Table(caption, tuple(heads), tuple(cells), folded=True, note=note, bars=False)


def _time_blocks(found: ErrorOverTime, search: SliceSearch) -> list[Block]:
    worse = [each.name for each in found.periods if each.worse]
    said = "The loss is not shown to grow, and no period to be worse than the others."
    if found.rising and found.slope is not None:
        said = f"The mean loss grows by {number(found.slope)} a {found.width}."
    if worse:
        grows = said + " " if found.rising else ""
        said = f"{grows}Worse than the other periods beyond chance: {', '.join(worse)}."
    points = found.points
    figure = Figure(
        title=f"Mean loss by {found.width} of {found.column}",
        alternative=f"{_loss_word(search)} in {len(points.mean)} periods. {said}",
        chart=plot_period_means(points, axis=_loss_word(search)),
        table=Table(
            "Mean loss by period",
            ("period", "rows", "mean loss", "p, adjusted"),
            tuple((e.name, e.loss.n, e.loss, e.p_adjusted) for e in found.periods),
            bars=False,
        ),
        caption=f"Losses are those of the slices above; {found.column} is in UTC."
        if found.width != "span"
        else "Losses are those of the slices above.",
    )
    return [Paragraph(said), figure]


def _feature_blocks(found: ErrorsByFeature) -> list[Block]:
    what = "predicted minus true" if found.what == "residual" else "score minus share of positives"
    if not found.leaning:
        text = f"In none of {found.looked_at:,} groups of rows, by one column each, does {what} "
        return [Paragraph(text + "differ from the rest beyond chance.")]
    said = (
        f"In {found.found:,} of {found.looked_at:,} groups of rows, by one column each, {what} "
        "differs from the rest beyond chance (Benjamini and Hochberg, 5 %)."
    )
    rows = tuple((e.name, e.error.n, e.error, e.rest, e.p_adjusted) for e in found.leaning)
    heads = ("rows", "number", f"mean of {what}", "rest", "p, adjusted")
    note = "Above 0 the predictions are too high there." + (
        f" The {len(found.leaning)} surest are listed." if found.found > len(found.leaning) else ""
    )
    return [Paragraph(said), Table("Where predictions lean", heads, rows, note=note, bars=False)]


def _pairs_table(pairs: Sequence[ConfusedPair]) -> Table:
    rows = tuple((e.truth, e.answer, e.rows, f"{e.share:.1%}", e.lift) for e in pairs)
    note = (
        "Lift: how many times as many rows as if the mistakes in a class were spread over the "
        "wrong answers as all answers are. All counts are in the confusion matrix above."
    )
    heads = ("truth", "answer", "rows", "share of all mistakes", "lift")
    return Table("Classes taken for others", heads, rows, note=note, bars=False)


def _against(found: Disagreement) -> list[Block]:
    rows: list[tuple[Cell, ...]] = [
        ("fixed: only the model is right", found.fixed),
        ("broken: only the baseline is right", found.broken),
        ("both right", found.both_right),
        ("both wrong", found.both_wrong),
    ]
    if found.both_right is None:
        rows = [
            ("nearer to the truth", found.fixed),
            ("further from the truth", found.broken),
        ]
    blocks: list[Block] = [
        Table(f"The model beside {found.baseline}", ("rows", "number"), tuple(rows), bars=False)
    ]
    search = found.slices
    confirmed = search.confirmed
    what = "is broken more often" if found.both_right is not None else "the error has grown more"
    if not confirmed:
        more = "" if search.sensitivity is None else f" {search.sensitivity.text}"
        blocks.append(Paragraph(f"No slice was found where {what} than elsewhere.{more}"))
        return blocks
    cells = tuple((e.name, e.rows, e.loss, e.difference, e.p_adjusted) for e in confirmed)
    heads = ("slice", "rows", "broken", "difference to the rest", "p, adjusted")
    if found.both_right is None:
        heads = ("slice", "rows", "growth of the error", "difference to the rest", "p, adjusted")
    blocks.append(Table(f"Where {what} than elsewhere", heads, cells, bars=False))
    examples = confirmed[0].examples
    if examples:
        blocks.append(_rows_table(f"Rows to read where {confirmed[0].name}", examples))
    return blocks
