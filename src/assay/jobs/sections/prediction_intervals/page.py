"""Checked uncertainty in; its part of the report out."""

from collections.abc import Sequence

from assay.charts.metric_intervals import plot_metric_intervals
from assay.evaluation.prediction_intervals.coverage import GroupCoverage
from assay.evaluation.prediction_intervals.result import CheckedCoverage, UncertaintyResult
from assay.reports.format import estimate_text, number
from assay.reports.page import Block, Figure, Heading, Page, Paragraph, Table
from assay.tables.curves import MetricIntervals

MOST_DRAWN = 12


def uncertainty_page(result: UncertaintyResult) -> Page:
    """Lay out coverage, groups, quantiles, what is on offer, and reliability by group.

    Parameters
    ----------
    result : UncertaintyResult
        Not empty.
    """
    blocks: list[Block] = []
    if result.checked:
        blocks.append(_checked(result.checked))
        for each in result.checked:
            blocks += _by_group(each)
    if result.quantiles:
        blocks.append(_quantiles(result))
    if result.offered is not None:
        blocks += _offered(result)
    if result.reliability:
        blocks += _reliability(result)
    return Page("prediction_intervals", "How sure is a prediction", tuple(blocks))


def _checked(checked: Sequence[CheckedCoverage]) -> Table:
    rows = tuple(
        (
            each.name,
            f"{each.nominal:.1%}",
            each.coverage,
            each.size,
            each.score,
            each.below,
            each.above,
            each.empty,
        )
        for each in checked
    )
    heads = (
        "intervals or sets",
        "promised",
        "covered",
        "mean width or size",
        "interval score",
        "truth below",
        "truth above",
        "empty sets",
    )
    return Table(
        "Do they hold the truth as often as promised?",
        heads,
        rows,
        note=(
            "Interval score: the width, and 2/(1 - promised) times the distance where the truth "
            "lies outside; the less the better."
        ),
        bars=False,
    )


def _by_group(checked: CheckedCoverage) -> list[Block]:
    if not checked.groups:
        return []
    of_predicted = [each for each in checked.groups if each.by == "predicted value"]
    others = [each for each in checked.groups if each.by != "predicted value"]
    blocks: list[Block] = []
    if of_predicted:
        title = f"Coverage by predicted value: {checked.name}"
        blocks.append(_figure(title, checked, of_predicted, [each.value for each in of_predicted]))
    if others:
        lowest = sorted(others, key=lambda each: (each.p_value is None, each.p_value))
        shown = lowest[:MOST_DRAWN]
        more = f", lowest {MOST_DRAWN}" if len(others) > MOST_DRAWN else ""
        title = f"Coverage by group{more}: {checked.name}"
        names = [f"{each.by}: {each.value}" for each in shown]
        blocks.append(_figure(title, checked, shown, names))
    return blocks


def _figure(
    title: str, checked: CheckedCoverage, groups: Sequence[GroupCoverage], names: Sequence[str]
) -> Figure:
    points = MetricIntervals(
        name=tuple(names),
        series=("",) * len(names),
        value=tuple(each.coverage.value for each in groups),
        low=tuple(each.coverage.low for each in groups),
        high=tuple(each.coverage.high for each in groups),
        reference=checked.nominal,
    )
    least = min(groups, key=lambda each: each.coverage.value or 0.0)
    sizes = "mean width" if checked.kind == "interval" else "mean size"
    rows = tuple(
        (each.by, each.value, each.coverage, each.size, each.p_adjusted) for each in groups
    )
    return Figure(
        title=title,
        alternative=(
            f"Share of covered rows in {len(groups)} groups; {checked.nominal:.0%} was promised. "
            f"The lowest: {least.by} {least.value}, {estimate_text(least.coverage)}."
        ),
        chart=plot_metric_intervals(points, axis="share of covered rows", reference="promised"),
        table=Table(
            title,
            ("by", "group", "covered", sizes, "p, adjusted"),
            rows,
            folded=True,
            note=(
                "p: of covering as often as all rows do, or as was promised where that is less; "
                "adjusted over all groups (Benjamini and Hochberg)."
            ),
        ),
    )


def _quantiles(result: UncertaintyResult) -> Table:
    rows = tuple(
        (each.name, f"{each.quantile:g}", each.share, each.pinball) for each in result.quantiles
    )
    return Table(
        "Predicted quantiles",
        ("column", "quantile", "truth at or below", "pinball loss"),
        rows,
        note="The share of rows at or below a quantile should be the quantile.",
        bars=False,
    )


def _offered(result: UncertaintyResult) -> list[Block]:
    offered = result.offered
    assert offered is not None
    text = (
        f"The model gives no intervals. Prediction ± {number(offered.half_width)}, from the "
        f"errors on {offered.n_validation:,} validation rows (split conformal, "
        f"{offered.nominal:.0%}), holds the truth in {estimate_text(offered.coverage)} of "
        "the judged rows."
    )
    rows = ((f"{offered.nominal:.1%}", offered.coverage, 2 * offered.half_width),)
    return [
        Paragraph(text),
        Table("Intervals on offer", ("promised", "covered", "width"), rows, bars=False),
    ]


def _reliability(result: UncertaintyResult) -> list[Block]:
    rows = tuple(
        (
            f"{each.by}: {each.value}",
            each.n,
            each.mean_score,
            each.rate,
            each.gap,
            each.ece,
            each.ece_by_chance,
        )
        for each in result.reliability
    )
    heads = (
        "group",
        "rows",
        "mean score",
        "observed share",
        "score minus share",
        "calibration error",
        "by chance alone",
    )
    return [
        Heading("Do the scores mean the same in each group?"),
        Table(
            "Calibration by group",
            heads,
            rows,
            note=(
                "By chance alone: the calibration error that perfectly calibrated scores would "
                "show on as many rows, on average."
            ),
            bars=False,
        ),
    ]
