"""A ladder in; its part of the report out."""

from assay.charts.fit_times import plot_fit_times
from assay.evaluation.baselines.result import LadderResult, RungResult
from assay.evaluation.comparison.result import Comparison
from assay.evaluation.forecasting.quantities import FORECAST_TITLES
from assay.metrics.catalogue import find_metric
from assay.reports.format import number
from assay.reports.page import Block, Cell, Figure, Page, Paragraph, Table
from assay.result import Estimate

TREE = "tree"
SMALLEST_P = 1e-4
INDENT = "\u2003"
"""A wide space: cells of a table drop leading plain ones."""


def baselines_page(result: LadderResult) -> Page:
    """Lay out what was found: the answer first, then the ladder, comparisons and preparation."""
    blocks: list[Block] = [Paragraph(each) for each in _answer(result)]
    if result.rungs:
        blocks += [_quality_figure(result), *_time_figure(result)]
    if result.comparisons:
        blocks.append(_comparison_table(result))
    if result.not_run:
        blocks.append(_not_run_table(result))
    blocks += _rules(result)
    if result.preparation:
        lines = tuple((line,) for line in result.preparation)
        note = "Learnt from the rows that are fitted on, and applied to the judged ones."
        caption = "How the columns are prepared for the simple models"
        blocks.append(Table(caption, ("step",), lines, folded=True, note=note))
    blocks += _sanity(result)
    return Page("baselines", "What a model must beat", tuple(blocks))


def _answer(result: LadderResult) -> list[str]:
    """Say in two sentences what the ladder shows."""
    said = [_opponent_said(result)] if result.candidate is not None else [_to_beat(result)]
    how = result.how[:1].upper() + result.how[1:]
    compared = f", {result.compared}" if result.compared else ""
    said.append(f"{how}. Compared by {_in_words(result.metric_title)}{compared}.")
    return [each for each in said if each]


def _to_beat(result: LadderResult) -> str:
    best = result.best
    if best is None:
        return "No simple model could be fitted."
    value = best.metrics[result.metric]
    return (
        f"A model must beat {best.title}: {_in_words(result.metric_title)} "
        f"{_with_interval(value)}."
    )


def _opponent_said(result: LadderResult) -> str:
    comparison = result.comparison()
    if comparison is None:
        return "There is nothing to hold the model against: no simple model could be fitted."
    word = comparison.verdict
    head = {
        "better": f"The model is better than {comparison.baseline}",
        "worse": f"The model is worse than {comparison.baseline}",
    }.get(word, f"Against {comparison.baseline} the model is {word}")
    return f"{head}: {_difference(comparison)}.{_rows_needed(comparison)}"


def _difference(comparison: Comparison) -> str:
    difference = comparison.difference
    if difference.value is None:
        return difference.reason or "the difference is undefined"
    p = "" if comparison.p_value is None else f", p {_p(comparison.p_value, sign=True)}"
    return (
        f"by {_with_interval(difference)} in {_in_words(comparison.title)} (more is better{p}, "
        f"{comparison.test})"
    )


def _rows_needed(comparison: Comparison) -> str:
    if comparison.rows_needed is None:
        return ""
    return f" About {comparison.rows_needed:,} rows would show a difference of this size."


def _quality_figure(result: LadderResult) -> Figure:
    drawn = ", ".join(
        f"{each.title} {number(value)}"
        for each in result.rungs
        if (value := result.value(each)) is not None
    )
    way = "greater" if result.greater_is_better else "smaller"
    return Figure(
        title=f"{result.metric_title} of each model",
        alternative=f"{result.metric_title}, {way} is better: {drawn}.",
        chart=result.plot(),
        table=_ladder_table(result),
        caption=f"Dots with {result.level:.0%} intervals; {way} is better.",
    )


def _ladder_table(result: LadderResult) -> Table:
    names = list(dict.fromkeys(name for each in result.rungs for name in each.metrics))
    titles = [_title(name, result) for name in names]
    cut = len({each.threshold for each in result.rungs}) > 1
    rows = tuple(
        (
            each.rung,
            each.title,
            *(each.metrics.get(name) for name in names),
            *((each.threshold,) if cut else ()),
            _notes(each),
        )
        for each in result.rungs
    )
    help_texts = {each.title: each.why for each in result.rungs}
    heads = ("rung", "model", *titles, *(("threshold",) if cut else ()), "notes")
    caption = "Simple models, from those that know nothing to the bar"
    return Table(caption, heads, rows, help=help_texts, bars=False)


def _notes(rung: RungResult) -> str:
    return "; ".join(rung.notes)


def _time_figure(result: LadderResult) -> list[Figure]:
    timed = {each.title: each.fit_seconds for each in result.rungs}
    seconds = {title: spent for title, spent in timed.items() if spent is not None}
    if not seconds:
        return []
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (each.title, each.rows_fitted, each.fit_seconds, each.predict_ms, each.size_bytes)
        for each in result.rungs
        if each.fit_seconds is not None
    )
    heads = ("model", "rows fitted", "seconds to fit", "ms for 1,000 rows", "bytes")
    slowest = max(seconds, key=lambda title: seconds[title])
    return [
        Figure(
            title="Seconds to fit",
            alternative=f"The slowest is {slowest} with {number(seconds[slowest])} seconds.",
            chart=plot_fit_times(seconds),
            table=Table("What each simple model costs", heads, rows, bars=False),
            caption="Preparing the columns included.",
        )
    ]


def _comparison_table(result: LadderResult) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            each.baseline,
            each.verdict,
            each.difference,
            None if each.p_value is None else _p(each.p_value),
            None if each.p_adjusted is None else _p(each.p_adjusted),
            each.rows_needed,
            each.test,
        )
        for each in result.comparisons
    )
    heads = ("against", "verdict", "difference", "p", "p (Holm)", "rows needed", "test")
    note = (
        "The difference is signed so that more is better. The first comparison is the one that "
        "decides; those below it stand beside, with wider intervals (Bonferroni) and p-values "
        "adjusted by Holm's step-down."
    )
    caption = f"{result.comparisons[0].candidate} against each, by {result.metric_title}"
    return Table(caption, heads, rows, note=note, bars=False)


def _not_run_table(result: LadderResult) -> Table:
    rows = tuple((each.rung, each.title, each.reason) for each in result.not_run)
    return Table("Simple models that did not run", ("rung", "model", "why"), rows)


def _rules(result: LadderResult) -> list[Block]:
    """Show the models that people can read."""
    found: list[Block] = []
    for each in result.rungs:
        if each.rules:
            lines = tuple((line.replace("  ", INDENT),) for line in each.rules)
            caption = f"{each.title[:1].upper()}{each.title[1:]}, in words"
            found.append(Table(caption, ("rule",), lines, folded=each.name != TREE))
    return found


def _sanity(result: LadderResult) -> list[Block]:
    shuffled, chance = result.shuffled, result.shuffled_chance
    if shuffled is None or chance is None:
        return []
    title = _title(result.shuffled_metric, result)
    return [
        Paragraph(
            f"Check: fitted on shuffled labels, a simple model scores {_in_words(title)} "
            f"{_with_interval(shuffled)}; chance is {number(chance)}.",
            tone="note",
        )
    ]


def _with_interval(value: Estimate) -> str:
    if value.value is None:
        return value.reason or "undefined"
    if value.low is None or value.high is None:
        return number(value.value)
    return f"{number(value.value)} [{number(value.low)}, {number(value.high)}]"


def _p(p_value: float, *, sign: bool = False) -> str:
    if p_value < SMALLEST_P:
        return f"< {SMALLEST_P:.4f}"
    return f"{'= ' if sign else ''}{p_value:.2g}"


def _title(name: str, result: LadderResult) -> str:
    """Return a metric's title for people."""
    if name == result.metric:
        return result.metric_title
    if result.task == "forecasting":
        return FORECAST_TITLES.get(name, name)
    return find_metric(name, task=result.task).title


def _in_words(title: str) -> str:
    """Lower the first letter of a title, unless it is an acronym or a symbol: MAE, F1, R²."""
    return title if not title[1:2].islower() else title[:1].lower() + title[1:]
