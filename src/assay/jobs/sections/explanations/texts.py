"""Texts in; what their words add to the scores, out."""

from assay.explainability.text.explain import explain_text
from assay.jobs.section import SectionContext
from assay.jobs.sections.explanations.config import ExplanationsConfig
from assay.jobs.sections.explanations.drawing import Drawn
from assay.jobs.sections.explanations.result import Explanations, ShownRow
from assay.models.features import choose_columns
from assay.models.local import LocalModel

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
    return Explanations(
        text=made,
        places=tuple(int(place) for place in drawn.places[: len(made)]),
        which=drawn.told if drawn.asked else f"{len(made):,} of {drawn.n_rows:,} texts",
        asked=drawn.asked,
        shown=tuple(ShownRow(place=place, why="drawn") for place in range(min(len(made), 5))),
    )
