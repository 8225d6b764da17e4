"""What an analysis_config.json asks of explanations in; the result with Clarify's files out."""

from dataclasses import replace

from assay.explainability.centres import MAX_CLUSTERS
from assay.explainability.importance import global_importance
from assay.jobs.asked import AskedExplanations, AskedPdp, AskedShap
from assay.jobs.section import SectionContext, UnfinishedSection
from assay.jobs.sections.explanations.clarify.files import shap_files, text_files
from assay.jobs.sections.explanations.clarify.pdp import measure_features
from assay.jobs.sections.explanations.clarify.rows import AllRows, all_rows
from assay.jobs.sections.explanations.clarify.shap import explain_shap, sample_count
from assay.jobs.sections.explanations.clarify.stored import (
    ranked_features,
    shap_told,
    text_told,
)
from assay.jobs.sections.explanations.clarify.text import explain_pieces
from assay.jobs.sections.explanations.config import ExplanationsConfig
from assay.jobs.sections.explanations.result import Explanations
from assay.jobs.sections.explanations.tables import shown_rows
from assay.jobs.sections.explanations.texts import shown_texts


def explain_as_asked(
    context: SectionContext, config: ExplanationsConfig, asked: AskedExplanations
) -> Explanations:
    """Explain every row, and measure effects, as a config of Clarify says.

    Raises
    ------
    InputError
        If the config does not fit the data or the model.
    UnfinishedSection
        If somebody stopped it after the first rows; with what is finished.
    """
    predictor = context.request.predictor
    assert predictor is not None
    rows = all_rows(predictor, context.request.data, asked.features)
    made = Explanations(which="all rows")
    if asked.shap is not None:
        explain = _explain_texts if asked.shap.text is not None else _explain_tables
        made = explain(context, config, asked, asked.shap, rows)
    if asked.pdp is not None:
        made = _with_effects(context, config, asked, asked.pdp, rows, made)
    return made


def cost_as_asked(asked: AskedExplanations, n_rows: int, limit: int | None = None) -> float:
    """Return how many predictions a config asks for at most.

    A piece of text is not known before the text is read; each column counts as one.

    Parameters
    ----------
    asked : AskedExplanations
    n_rows : int
    limit : int or None
        Most predictions that are made.

    Examples
    --------
    >>> shap = AskedShap(baseline=((0, 1), (2, 3)))
    >>> cost_as_asked(AskedExplanations(features=("a", "b"), shap=shap), 10)
    40.0
    """
    total = 0.0
    if (shap := asked.shap) is not None:
        baseline = len(shap.baseline) if shap.baseline else shap.num_clusters or MAX_CLUSTERS
        players = len(shap.features_to_explain or asked.features)
        total += n_rows * sample_count(players, shap.num_samples) * baseline
    if (pdp := asked.pdp) is not None:
        features = len(pdp.features) if pdp.features else pdp.top_k_features
        total += n_rows * pdp.grid_resolution * min(features, len(asked.features))
    return total if limit is None else min(total, float(limit))


def _explain_tables(
    context: SectionContext,
    config: ExplanationsConfig,
    asked: AskedExplanations,
    shap: AskedShap,
    rows: AllRows,
) -> Explanations:
    found = explain_shap(context, config, asked, shap, rows)
    explanation = found.explanation
    importance = global_importance(explanation, shap.agg_method)
    which = "all rows"
    if len(explanation) < len(rows):
        which = f"{len(explanation):,} of {len(rows):,} rows"
    made = Explanations(
        explanation=explanation,
        importance=importance,
        which=which,
        shown=shown_rows(explanation, asked=False),
        clarify=shap_files(found, asked, shap, rows),
        analysis=shap_told(found, shap, importance),
    )
    if found.interrupt is not None:
        raise UnfinishedSection(made, found.interrupt)
    return made


def _explain_texts(
    context: SectionContext,
    config: ExplanationsConfig,
    asked: AskedExplanations,
    shap: AskedShap,
    rows: AllRows,
) -> Explanations:
    found = explain_pieces(context, config, asked, shap, rows)
    made = found.text
    which = "all texts" if len(made) == len(rows) else f"{len(made):,} of {len(rows):,} texts"
    return Explanations(
        text=made,
        which=which,
        shown=shown_texts(made, asked=False),
        clarify=text_files(found, asked, shap, rows),
        analysis=text_told(found, asked, shap),
    )


def _with_effects(
    context: SectionContext,
    config: ExplanationsConfig,
    asked: AskedExplanations,
    pdp: AskedPdp,
    rows: AllRows,
    made: Explanations,
) -> Explanations:
    ranked = ranked_features(made.analysis) or list(asked.features)
    found = measure_features(context, config, asked, pdp, rows, ranked)
    told = {**made.analysis, "pdp": list(found.entries)}
    return replace(made, dependence=found.effects, analysis=told)
