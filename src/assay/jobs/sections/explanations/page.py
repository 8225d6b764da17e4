"""Explanations in; their part of the report out."""

import numpy as np

from assay.explainability.importance import GlobalImportance
from assay.explainability.pair_importance import PairImportance
from assay.explainability.pictures import Picture, bar_picture, picture
from assay.explainability.result import Explanation
from assay.explainability.text.explanation import TextExplanation
from assay.explainability.text.highlight import highlight_row
from assay.jobs.sections.explanations.effects_page import effects_blocks
from assay.jobs.sections.explanations.result import (
    Explanations,
    ShownRow,
    sampled_errors,
)
from assay.reports.format import estimate_text, number
from assay.reports.page import Block, Cell, Figure, Fragment, Heading, Page, Paragraph, Table

TITLE = "Why the model predicts that"
MOST_OUTPUTS = 3
MOST_TOKENS = 20
MANY_ROWS = 10
"""Rows from which on the swarm of all attributions is drawn."""
SHOWN_PAIRS = 5
DUST = 1e-9
"""Share of the largest importance below which another is rounding alone."""


def explanations_page(result: Explanations) -> Page | None:
    """Lay out what matters over all rows, single rows, then effects of columns.

    Parameters
    ----------
    result : Explanations

    Returns
    -------
    Page or None
        None where nothing was explained.
    """
    if result.text is not None and len(result.text):
        blocks = [*_text_blocks(result, result.text), *effects_blocks(result.dependence)]
        return Page("explanations", TITLE, tuple(blocks))
    made = result.explanation
    if made is None or result.importance is None or not len(made):
        effects = effects_blocks(result.dependence)
        return Page("explanations", TITLE, tuple(effects)) if effects else None
    blocks: list[Block] = [*map(Paragraph, opening(result, made, result.importance))]
    blocks += _over_all(result, made, result.importance)
    blocks += _other_backgrounds(result)
    blocks += _single_rows(result, made)
    blocks += _flips(result)
    blocks += effects_blocks(result.dependence)
    blocks += _shuffled(result)
    blocks += _groups(result)
    blocks.append(Paragraph(_how(made), "note"))
    return Page("explanations", TITLE, tuple(blocks))


def opening(result: Explanations, made: Explanation, importance: GlobalImportance) -> list[str]:
    """Return what was explained and what matters most, in sentences."""
    first = importance.of(made.outputs[0])
    largest = max((abs(each.estimate.value or 0.0) for each in first), default=0.0)
    top = [e for e in first if e.rank <= 3 and abs(e.estimate.value or 0.0) > DUST * largest]
    told = ", ".join(f"{each.player} ({number(each.estimate.value or 0.0)})" for each in top)
    scale = {"probability": "probability", "log_odds": "log-odds"}.get(made.output, "score")
    said = [
        f"An attribution is what a column adds to the {scale} of a row, against the background; "
        f"those of a row sum to its {scale} less the background's."
    ]
    if told:
        said.append(f"Over {result.which}, these move the {scale} most: {told}.")
    else:
        said.append(f"Over {result.which}, no column moves the {scale}: it is the same for all.")
    return said


def _over_all(
    result: Explanations, made: Explanation, importance: GlobalImportance
) -> list[Block]:
    blocks: list[Block] = []
    for output in made.outputs[:MOST_OUTPUTS]:
        blocks.append(_figure(bar_picture(importance, output)))
        if len(made) >= MANY_ROWS:
            blocks.append(_figure(picture(made, "beeswarm", output=output)))
    left = len(made.outputs) - MOST_OUTPUTS
    if left > 0:
        blocks.append(
            Paragraph(f"{left} more outputs are in results.json and explanations.parquet.", "note")
        )
    if result.pairs:
        blocks.append(_pairs(result.pairs))
    return blocks


def _pairs(pairs: tuple[PairImportance, ...]) -> Table:
    several = len({pair.output for pair in pairs}) > 1
    sampled = any(pair.sampling_error for pair in pairs)
    noise = " and the choice of coalitions" if sampled else "; each row's index is exact"
    rows: list[tuple[Cell, ...]] = [
        (
            f"{pair.first} and {pair.second}",
            *((pair.output,) if several else ()),
            pair.estimate,
            pair.mean,
        )
        for pair in pairs[: SHOWN_PAIRS * (2 if several else 1)]
    ]
    return Table(
        "Columns that work together",
        ("pair", *(("output",) if several else ()), "mean |interaction|", "mean interaction"),
        tuple(rows),
        note="Shapley interaction index: what two columns do together beyond what each does "
        f"alone. Intervals are over the explained rows{noise}.",
        folded=True,
        bars=False,
    )


def _other_backgrounds(result: Explanations) -> list[Block]:
    """Return whether another draw of the background would order the columns alike."""
    found = result.stability
    if found is None or found.agreement.value is None:
        return []
    halves = found.redraw == "halves"
    drawn = "random halves of the background" if halves else "redrawn backgrounds"
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            each.player,
            each.importance.value if halves else each.importance,  # few halves: no interval
            f"{each.rank_low} to {each.rank_high}",
            each.in_top,
        )
        for each in found.players
    )
    return [
        Paragraph(
            f"Would other background rows give the same order? On {drawn} the orders "
            f"of the columns agree with this one by {estimate_text(found.agreement)} (Kendall's "
            f"τ, 1: the same order), and share {found.top_agreement.value or 0.0:.0%} of "
            f"the {found.top} leading columns."
        ),
        Table(
            f"Order of the columns over {drawn}",
            ("column", "importance", "ranks", f"share of draws among the first {found.top}"),
            rows,
            note=f"{found.n_draws:,} {drawn} of {found.n_background} rows, on up to 20 of "
            "the explained rows; importances are of these rows.",
            folded=True,
            bars=False,
        ),
    ]


def _single_rows(result: Explanations, made: Explanation) -> list[Block]:
    if not result.shown:
        return []
    blocks: list[Block] = [Heading("Single rows")]
    for each in result.shown:
        for output in made.outputs[: 1 if len(result.shown) > 1 else MOST_OUTPUTS]:
            drawn = picture(made, "waterfall", row=each.place, output=output)
            blocks.append(_figure(drawn, caption=_why(each)))
    return blocks


def _why(shown: ShownRow) -> str:
    return (
        ""
        if shown.why == "named"
        else f"The row with the {shown.why}."
        if shown.why.endswith("score")
        else "The row in the middle of the scores."
    )


def _flips(result: Explanations) -> list[Block]:
    found = result.counterfactuals
    if found is None:
        return []
    rows: list[tuple[Cell, ...]] = []
    for each in found.rows:
        before = ", ".join(number(score) for score in each.scores.values())
        for made in each.alternatives:
            after = ", ".join(number(score) for score in made.scores.values())
            rows.append(
                (each.row, "; ".join(map(str, made.changes)), before, after, made.distance)
            )
        if each.reason is not None:
            rows.append((each.row, each.reason, before, None, None))
    return [
        Heading("What would flip the answer"),
        Paragraph(
            f"The smallest changes of {_listed(found.mutable)} that were found; each answer was "
            "asked of the model. They are no promise that the world would follow."
        ),
        Table(
            "Changes that flip the answer",
            ("row", "change", "score before", "score after", "size"),
            tuple(rows),
            note="Size: the changes of numbers in median absolute deviations, and 1 for a "
            "category, plus one for each column.",
            bars=False,
        ),
    ]


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")


def _shuffled(result: Explanations) -> list[Block]:
    found = result.permutation
    if found is None:
        return []
    order = found.order()
    rows = tuple((found.players[place], found.importances[place]) for place in order)
    word = found.metric.replace("_", " ")
    top = ", ".join(found.players[place] for place in order[:3])
    return [
        Heading("What the answers need"),
        Figure(
            f"What shuffling a column costs in {word}",
            f"Bars of how much the {word} grows when a column is taken from other rows; the "
            f"most for {top}.",
            found.plot(),
            Table(f"Growth of the {word}", ("column", "growth"), rows, folded=True),
            "Attributions say what moves the score; this says what makes it right.",
        ),
    ]


def _groups(result: Explanations) -> list[Block]:
    blocks: list[Block] = []
    for each in result.groups:
        if not each.differing:
            continue
        rows = tuple(
            (found.player, found.group, found.in_group, found.in_reference, found.difference)
            for found in each.differing
        )
        blocks.append(
            Table(
                f"Columns that matter differently: groups against {each.reference}",
                ("column", "group", "in the group", f"in {each.reference}", "difference"),
                rows,
            )
        )
    return [Heading("Whose score moves by what"), *blocks] if blocks else []


def _figure(drawn: Picture, caption: str = "") -> Figure:
    return Figure(
        drawn.title,
        drawn.alternative,
        drawn.chart,
        Table(drawn.title, drawn.columns, drawn.rows, folded=True),
        caption,
    )


def _how(made: Explanation) -> str:
    against = "the train rows' shares in each branch of the trees"
    if made.background is not None:
        against = made.background.told
    sampling = ""
    if made.standard_errors is not None and not made.exact.all():
        n_open = int((~made.converged).sum())
        sampling = (
            " Coalitions of columns were sampled; each attribution has a standard error from that"
            + _errors(made)
            + (f", and {n_open} rows did not reach the precision asked for." if n_open else ".")
        )
    return (
        f"Method: {made.method}, since {made.reason}. Background: {against}. Value function: "
        f"{made.value_function.replace('_', '-')}. {number(made.cost.made)} predictions were "
        f"made.{sampling} A row's attributions sum to its score less the background's, to within "
        f"{number(made.additivity_error)}. Attributions say what the model does, not what would "
        "happen in the world if a value changed."
    )


def _errors(made: Explanation) -> str:
    errors = sampled_errors(made)
    if errors is None:
        return ""
    return f" (in the middle {number(float(np.median(errors)))}, at most {number(errors.max())})"


def _text_blocks(result: Explanations, made: TextExplanation) -> list[Block]:
    """Lay out the words that matter over all texts, then single texts."""
    output = made.outputs[0]
    unit = {"auto": "word or sentence"}.get(made.granularity, made.granularity)
    blocks: list[Block] = [
        Paragraph(
            f"An attribution is what a {unit} adds to the score of {output}, against the same "
            f"text without it. {result.which[0].upper()}{result.which[1:]} were explained."
        )
    ]
    tokens = [each for each in made.global_tokens() if each.output == output]
    if tokens:
        rows = tuple(
            (each.token, each.count, each.mean, each.mean_abs) for each in tokens[:MOST_TOKENS]
        )
        blocks.append(
            Table(
                f"Words that move the score of {output}",
                ("word", "times", "mean attribution", "mean |attribution|"),
                rows,
                bars=False,
            )
        )
    blocks.append(Heading("Single texts"))
    for at, each in enumerate(result.shown):
        html = highlight_row(made.rows[each.place], made.outputs, 0, style=at == 0)
        blocks.append(Fragment("", html))
    return blocks
