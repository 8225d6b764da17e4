"""Texts in; what their words add to the scores, out."""

from dataclasses import replace

import numpy as np

from assay.explainability.text.explain import explain_text
from assay.explainability.text.explanation import TextExplanation
from assay.jobs.section import SectionContext
from assay.jobs.sections.explanations.config import ExplanationsConfig
from assay.jobs.sections.explanations.drawing import Drawn
from assay.jobs.sections.explanations.result import Explanations, ShownRow
from assay.models.features import choose_columns
from assay.models.local import LocalModel

SHOWN = 5
FEWER = 10
"""Texts cost so many times more than rows of a table: each has players of its own."""


def reads_text(predictor: object) -> bool:
    """Tell whether a model reads a single column of text."""
    return isinstance(predictor, LocalModel) and predictor.wanted.one_column


def explain_texts(
    context: SectionContext, config: ExplanationsConfig, drawn: Drawn
) -> Explanations:
    """Explain drawn texts unit by unit, and pool the words of all of them."""
    request = context.request
    predictor = request.predictor
    assert isinstance(predictor, LocalModel)
    features = request.data.schema.features
    names = request.data.schema.names if predictor.wanted.names is not None else features
    column = choose_columns(predictor.wanted, names)[0]
    n = len(drawn.places) if drawn.asked else max(1, len(drawn.places) // FEWER)
    texts = ["" if each is None else str(each) for each in drawn.frame[column][:n]]
    made = explain_text(
        predictor,
        texts,
        granularity="auto" if config.units == "auto" else config.units,
        output=config.output,
        link=config.link,
        calls=config.calls,
        tolerance=config.tolerance,
        seconds=config.seconds if config.seconds is not None else request.budget / 2,
        seed=request.seed,
        progress=lambda done, total: context.progress("Explaining texts", done, total),
    )
    # Texts go by their places in the table, not among those that were drawn.
    rows = [
        replace(row, row=int(place)) for row, place in zip(made.rows, drawn.places, strict=False)
    ]
    made = replace(made, rows=tuple(rows))
    return Explanations(
        text=made,
        which=drawn.told if drawn.asked else f"{len(made):,} of {drawn.n_rows:,} texts",
        asked=drawn.asked,
        shown=shown_texts(made, asked=drawn.asked),
    )


def shown_texts(made: TextExplanation, *, asked: bool) -> tuple[ShownRow, ...]:
    """Choose the texts that are shown: those named, else the ends of the scores."""
    n = len(made)
    if asked or n <= SHOWN:
        return tuple(ShownRow(place=place, why="named") for place in range(min(n, 20)))
    order = np.argsort([float(row.prediction[0]) for row in made.rows], kind="stable").tolist()
    ends = [*order[::-1][: SHOWN - 2], *order[:2]]
    return tuple(ShownRow(place=place, why="score") for place in ends)
