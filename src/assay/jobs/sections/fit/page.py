"""How training went in; its part of the report out."""

from assay.charts.learning_curve import plot_learning_curve
from assay.evaluation.fit.learning_curve import LearningCurve
from assay.evaluation.fit.result import FitResult, curve_points
from assay.evaluation.fit.stability import FoldSpread, SeedSpread
from assay.reports.format import number
from assay.reports.page import Block, Cell, Figure, Heading, Page, Paragraph, Table
from assay.result import Estimate


def fit_page(result: FitResult) -> Page | None:
    """Lay out what is known: the gap first, then the curve, seeds and folds.

    Parameters
    ----------
    result : FitResult

    Returns
    -------
    Page or None
        None where nothing was found out.
    """
    blocks: list[Block] = []
    if result.gap is not None:
        blocks += [Paragraph(_gap_said(result)), _gap_table(result)]
    if result.curve is not None:
        blocks += _curve_blocks(result.curve, of=result.of)
    if result.folds is not None or result.seeds is not None:
        blocks.append(Heading("How steady it is"))
        blocks += _seeds_blocks(result, result.seeds)
        blocks += _folds_blocks(result, result.folds)
    if not blocks:
        return None
    return Page("fit", "Did training go well", tuple(blocks))


def _gap_said(result: FitResult) -> str:
    gap = result.gap
    assert gap is not None
    difference = gap.difference
    assert difference.value is not None
    assert difference.low is not None
    assert difference.high is not None
    ends = f"[{number(difference.low)}, {number(difference.high)}]"
    told = f"by {number(difference.value)} {ends} in {gap.metric_title}"
    if gap.large:
        return f"The model does better on the rows that it was fitted on, {told}: overfit."
    if difference.low > 0:
        return (
            f"The model does a little better on the rows that it was fitted on, {told}: less "
            f"than counts as overfit ({number(gap.bound)})."
        )
    return f"The model does not do better on the rows that it was fitted on, {told}."


def _gap_table(result: FitResult) -> Table:
    gap = result.gap
    assert gap is not None
    rows: list[tuple[Cell, ...]] = [(result.of, gap.train, gap.judged, gap.difference)]
    if result.simple is not None:
        simple = result.simple
        rows.append((simple.title, simple.train, simple.judged, None))
    note = (
        "Better by: positive where the train rows are scored better. The interval takes the two "
        "tables as independent."
    )
    heads = ("model", "train rows", "judged rows", "train rows better by")
    caption = f"{gap.metric_title} where it learned, and where it did not"
    return Table(caption, heads, tuple(rows), note=note, bars=False)


def _curve_blocks(curve: LearningCurve, *, of: str) -> list[Block]:
    title = f"Learning curve of {of}"
    rows: list[tuple[Cell, ...]] = [
        (size, judged, own, _seconds(spent))
        for size, judged, own, spent in zip(
            curve.sizes, curve.judged, curve.own, curve.seconds, strict=True
        )
    ]
    rows += [(size, told, None, "expected") for size, told in curve.ahead.items()]
    table = Table(
        f"{curve.metric_title} by train rows",
        ("train rows", "rows kept apart", "rows fitted on", "seconds a fit"),
        tuple(rows),
        note="Mean of the repetitions with their smallest and largest; of expected rows the 80 % "
        "band.",
        bars=False,
    )
    figure = Figure(
        title=title,
        alternative=f"{title}: {curve.statement}",
        chart=plot_learning_curve(curve_points(curve)),
        table=table,
        caption=" ".join(curve.notes),
    )
    return [Heading("What more rows would bring"), Paragraph(curve.statement), figure]


def _seconds(spent: float) -> str:
    return number(spent)


def _seeds_blocks(result: FitResult, seeds: SeedSpread | None) -> list[Block]:
    if seeds is None:
        return []
    values = ", ".join(number(each) for each in seeds.values)
    apart = f"predictions lie {number(seeds.churn)} apart on average"
    if seeds.churn_of == "answers":
        apart = f"{seeds.churn:.1%} of the rows get another answer"
    return [
        Paragraph(
            f"Fitted {len(seeds.values)} times on the same rows with other seeds: "
            f"{result.metric_title} {values}; standard deviation {number(seeds.spread)}. Between "
            f"two such fits {apart}."
        )
    ]


def _folds_blocks(result: FitResult, folds: FoldSpread | None) -> list[Block]:
    if folds is None:
        return []
    rows: list[tuple[Cell, ...]] = [
        (f"fold {at + 1}", own, value)
        for at, (own, value) in enumerate(zip(folds.own, folds.values, strict=True))
    ]
    mean: Estimate = folds.mean
    rows.append(("mean", None, mean))
    rows.append(("fitted rows better by", None, folds.gap))
    note = "Intervals by the corrected resampled t-test: folds share most of their rows."
    return [
        Table(
            f"{result.metric_title} on folds of the train rows",
            ("fold", "rows fitted on", "rows kept apart"),
            tuple(rows),
            note=note,
            bars=False,
        )
    ]
