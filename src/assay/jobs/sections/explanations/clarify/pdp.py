"""Partial dependence of features over every row, as methods.pdp asks for it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assay.errors import AssayError
from assay.explainability.effects.clarify import measure_pdp, pdp_entry
from assay.explainability.effects.dependence import Dependence
from assay.jobs.asked import AskedExplanations, AskedPdp
from assay.jobs.section import SectionContext
from assay.jobs.sections.explanations.clarify.rows import AllRows
from assay.jobs.sections.explanations.clarify.scored import Scored, find_scores
from assay.jobs.sections.explanations.config import ExplanationsConfig
from assay.result import Json

CATEGORIES = ("categorical", "boolean", "ordinal", "id")
NUMBERS = ("continuous",)


@dataclass(frozen=True, eq=False)
class PdpFound:
    """Effects of features.

    Parameters
    ----------
    entries : tuple of dict
        Of analysis.json's list.
    effects : tuple of Dependence
        Those that could be measured.
    """

    entries: tuple[dict[str, Json], ...]
    effects: tuple[Dependence, ...]


def measure_features(
    context: SectionContext,
    config: ExplanationsConfig,
    asked: AskedExplanations,
    pdp: AskedPdp,
    rows: AllRows,
    ranked: Sequence[str],
) -> PdpFound:
    """Measure the named features, else the first of those that are ranked.

    A feature that cannot be measured, or for which a limit leaves no predictions, is an entry
    with the reason.

    Parameters
    ----------
    ranked : sequence of str
        Features, the one with the largest global SHAP value first.
    """
    wanted = pdp.features or tuple(ranked[: pdp.top_k_features])
    native = rows.native()
    scored = find_scores(rows.predictor, native, asked.label_headers)
    start, entries, effects = time.perf_counter(), list[dict[str, Json]](), list[Dependence]()
    cost = len(wanted) * pdp.grid_resolution * len(rows)
    context.progress(f"Measuring effects of columns: about {cost:,} predictions", 0, len(wanted))
    for done, name in enumerate(wanted):
        over = _limit(config, scored, start)
        if over is not None:
            entries.append(_refused(name, rows, over))
            continue
        try:
            effect = _effect(name, asked, pdp, rows, native, scored)
        except AssayError as error:
            entries.append(_refused(name, rows, str(error)))
            continue
        entries.append(pdp_entry(effect, label_headers=scored.labels if effect.outputs else None))
        if effect.reason is None:
            effects.append(effect)
        context.progress("Measuring effects of columns", done + 1, len(wanted))
    return PdpFound(tuple(entries), tuple(effects))


def _effect(
    name: str,
    asked: AskedExplanations,
    pdp: AskedPdp,
    rows: AllRows,
    native: object,
    scored: Scored,
) -> Dependence:
    kind = asked.kinds.get(name)
    category = True if kind in CATEGORIES else False if kind in NUMBERS else None
    effect = measure_pdp(
        scored.scores,
        native,
        rows.columns.index(name),
        grid_resolution=pdp.grid_resolution,
        category=category,
    )
    effect = replace(effect, feature=name)
    if effect.reason is not None:
        return effect
    errors = effect.standard_errors
    return replace(
        effect,
        values=scored.by_label(effect.values, levels=True),
        standard_errors=None if errors is None else abs(scored.by_label(errors)),
        outputs=scored.labels,
        heterogeneity=(),
    )


def _limit(config: ExplanationsConfig, scored: Scored, start: float) -> str | None:
    if config.seconds is not None and time.perf_counter() - start >= config.seconds:
        return f"the limit of {config.seconds:g} seconds was reached before this feature"
    if config.predictions is not None and scored.scores.tally.asked >= config.predictions:
        return f"the limit of {config.predictions:,} predictions was reached before this feature"
    return None


def _refused(name: str, rows: AllRows, why: str) -> dict[str, Json]:
    numeric = name in rows.frame.columns and rows.frame[name].dtype.is_numeric()
    kind = "numerical" if numeric else "categorical"
    return {"feature_name": name, "data_type": kind, "error": why}
