"""Rows of a table in; attributions, importance, effects and ways to flip, out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assay.data.schema import Schema
from assay.errors import AssayError, InputError
from assay.evaluation.result import NotComputed
from assay.explainability.effects.measure import measure_dependence
from assay.explainability.explainer import Explainer
from assay.explainability.group_importance import GroupImportance, importance_by_group
from assay.explainability.importance import global_importance
from assay.explainability.pair_importance import PairImportance, global_interactions
from assay.explainability.result import Explanation
from assay.explainability.rows import rows_of_dataset, weights_in
from assay.jobs.section import SectionContext, SectionRequest, UnfinishedSection
from assay.jobs.sections.explanations.changing import (
    compare_ranks,
    find_flips,
    seconds_to_ask,
    shuffle_columns,
)
from assay.jobs.sections.explanations.config import DEPENDENCE, ExplanationsConfig
from assay.jobs.sections.explanations.drawing import Drawn
from assay.jobs.sections.explanations.preparing import prepare
from assay.jobs.sections.explanations.redrawn import order_over_backgrounds
from assay.jobs.sections.explanations.result import Explanations, ShownRow
from assay.jobs.sections.explanations.wanted_effects import read_effect

if TYPE_CHECKING:
    from assay.explainability.effects.dependence import Dependence
    from assay.explainability.effects.joint_dependence import JointDependence

MOST_PAIRS = 10
CURVES = 40
EFFECT_ROWS, MOST_EFFECT_ROWS = 500, 1000
VALUES, PAIR_VALUES = 21, 170
"""How often a row is asked about for an effect of one column, and of two, at most."""
FEW_EFFECT_ROWS = 20
FEW_ROWS = 30
"""Rows from which on it is worth drawing what holds over all of them."""


def explain_tables(
    context: SectionContext, config: ExplanationsConfig, drawn: Drawn
) -> Explanations:
    """Explain the drawn rows and sum them up.

    Raises
    ------
    UnfinishedSection
        If somebody stopped it after the first rows; with what is finished.
    """
    request = context.request
    context.progress("Summing up the background", 0, None)
    explainer = prepare(request, config, drawn)
    rows = rows_of_dataset(request.predictor, request.data, drawn.frame)
    explanation = explainer.explain(
        rows, places=drawn.places.tolist(), keep=_kept(request), progress=context.progress
    )
    explanation = _weighted(explanation, drawn, request.data.schema)
    if config.seconds is None and config.predictions is None:
        explanation = _within_the_usual_time(explanation)
    made = Explanations(
        explanation=explanation,
        importance=global_importance(explanation, config.aggregate),
        which=_told(drawn, request.data.schema),
        shown=shown_rows(explanation, asked=drawn.asked),
        asked=drawn.asked,
        plots=config.plots,
        pairs=strongest_pairs(explanation),
    )
    if explainer.interrupt is not None:
        raise UnfinishedSection(made, explainer.interrupt)
    parts = _Parts()
    groups = parts.try_part("By group", lambda: _by_group(context, explanation, drawn))
    effects = parts.try_part(
        "Effects of columns",
        lambda: _effects(context, config, explainer, _more_rows(context, rows, drawn), made),
        turn_on="--explanations-seconds",
    )
    permutation = None
    if config.permutation and request.data.schema.labels:
        permutation = parts.try_part(
            "What shuffling a column costs", lambda: shuffle_columns(context, explainer)
        )
    stability = parts.try_part(
        "Order of columns on other backgrounds",
        lambda: order_over_backgrounds(
            explainer, rows, explanation, config.aggregate, context.progress
        ),
        turn_on="--explanations-seconds",
    )
    flips = parts.try_part(
        "Changes that flip the answer", lambda: find_flips(context, config, explainer, drawn)
    )
    assert made.importance is not None
    return replace(
        made,
        groups=groups or (),
        dependence=effects or (),
        permutation=permutation,
        stability=stability,
        counterfactuals=flips,
        notes=compare_ranks(made.importance, permutation),
        not_computed=tuple(parts.left_out),
    )


def _weighted(explanation: Explanation, drawn: Drawn, schema: Schema) -> Explanation:
    """Let rows count in sums over rows as they count in the table."""
    weights = weights_in(drawn.frame, schema)
    if weights is None:
        return explanation
    at = {int(row): weight for row, weight in zip(drawn.places, weights, strict=True)}
    own = np.array([at[row] for row in explanation.rows])
    return replace(explanation, row_weights=own) if own.any() else explanation


def _told(drawn: Drawn, schema: Schema) -> str:
    """Return which rows these are and how they count, for people."""
    return drawn.told if schema.weight is None else f"{drawn.told}, weighted by {schema.weight}"


def _within_the_usual_time(explanation: Explanation) -> Explanation:
    """Tell of a limit that nobody set as a note: fewer rows are explained, and rightly."""
    notes = tuple(
        replace(
            note,
            severity="info",
            advice="Give more time (--explanations-seconds) for more rows, or take fewer "
            "(--explanations-rows); what is finished is right as it stands.",
        )
        if note.rule == "explanation_stopped"
        else note
        for note in explanation.notes
    )
    return replace(explanation, notes=notes)


def _kept(request: SectionRequest) -> Path | None:
    """Return where finished rows are kept, so that the same command goes on after it stopped."""
    digest = None if request.model is None else request.model.digest
    if request.store is None or digest is None:
        return None
    return request.store / "explanations" / digest[:16]


def _more_rows(
    context: SectionContext,
    rows: Any,  # noqa: ANN401  the model's container
    drawn: Drawn,
) -> tuple[Any, NDArray[np.float64] | None]:
    """Return the rows that effects are measured on, and their weights: they cost less."""
    request = context.request
    if len(rows) >= EFFECT_ROWS or request.data.count_rows() <= len(rows):
        return rows, weights_in(drawn.frame, request.data.schema)
    frame = request.data.sample(EFFECT_ROWS, seed=request.seed)
    made = rows_of_dataset(request.predictor, request.data, frame)
    return made, weights_in(frame, request.data.schema)


class _Parts:
    """Parts of the section, of which one that fails leaves the others standing."""

    def __init__(self) -> None:
        self.left_out: list[NotComputed] = []

    def try_part(self, title: str, make: Callable[[], Any], *, turn_on: str = "") -> Any:  # noqa: ANN401
        """Return what is made; None, with the reason kept, where it cannot be."""
        try:
            return make()
        except AssayError as error:
            self.left_out.append(NotComputed(title, str(error), turn_on))
            return None


def shown_rows(explanation: Explanation, *, asked: bool) -> tuple[ShownRow, ...]:
    """Choose the rows that are shown one by one: those named, else the ends and the middle."""
    n = len(explanation)
    if asked:
        return tuple(ShownRow(place=place, why="named") for place in range(min(n, 20)))
    score = explanation.predictions[:, 0]
    order = np.argsort(score, kind="stable")
    chosen = {int(order[-1]): "highest score", int(order[0]): "lowest score"}
    chosen.setdefault(int(order[n // 2]), "score in the middle")
    return tuple(ShownRow(place=place, why=why) for place, why in chosen.items())


def strongest_pairs(explanation: Explanation) -> tuple[PairImportance, ...]:
    """Return the pairs of players that do the most together, with intervals over rows."""
    if explanation.interactions is None:
        return ()
    found = global_interactions(explanation, most=MOST_PAIRS).pairs
    return tuple(each for each in found if each.estimate.value)


def _by_group(
    context: SectionContext, explanation: Explanation, drawn: Drawn
) -> tuple[GroupImportance, ...]:
    """Compare importances between the groups of each facet that is a column."""
    found: list[GroupImportance] = []
    places = {int(row): at for at, row in enumerate(drawn.places)}
    kept = [places[row] for row in explanation.rows]
    for facet in context.request.facets:
        if facet not in drawn.frame.columns:
            continue
        told = ["missing" if v is None else str(v) for v in drawn.frame[facet][kept]]
        if 2 <= len(set(told)) <= 20:
            found.append(importance_by_group(explanation, told, seed=context.request.seed))
    return tuple(found)


def _effects(
    context: SectionContext,
    config: ExplanationsConfig,
    explainer: Explainer,
    weighted: tuple[Any, NDArray[np.float64] | None],
    made: Explanations,
) -> "tuple[Dependence | JointDependence, ...]":
    """Measure what the named columns, or those that matter most, do to the scores."""
    context.progress("Measuring effects of columns", 0, None)
    rows, weights = weighted
    columns = list(explainer.columns)
    wanted = [read_effect(text, columns) for text in config.dependence]
    if not wanted and len(rows) >= FEW_ROWS:
        most = made.importance.of() if made.importance is not None else ()
        single = [each.player for each in most if each.player in columns]
        wanted = list(single[:DEPENDENCE])
    n_rows = _affordable_rows(explainer, rows, wanted)
    return tuple(
        measure_dependence(
            explainer.scores,
            rows,
            feature,
            kind="pdp" if isinstance(feature, tuple) else "auto",
            weights=weights,
            rows=n_rows,
            ice=CURVES,
            level=context.request.level,
            seed=context.request.seed,
        )
        for feature in wanted
    )


def _affordable_rows(
    explainer: Explainer,
    rows: Any,  # noqa: ANN401
    wanted: Sequence[str | tuple[str, str]],
) -> int:
    """Return on how many rows the effects are measured in half the time for explanations.

    Raises
    ------
    InputError
        If that are too few to say anything.
    """
    seconds = explainer.settings.seconds
    if seconds is None or not wanted:
        return MOST_EFFECT_ROWS
    values = sum(PAIR_VALUES if isinstance(each, tuple) else VALUES for each in wanted)
    each_row = seconds_to_ask(explainer, rows) / len(rows) * values
    n = int(min(MOST_EFFECT_ROWS, seconds / 2 / max(each_row, 1e-12)))
    if n < min(FEW_EFFECT_ROWS, len(rows)):
        msg = (
            f"measuring {len(wanted)} effect(s) on {FEW_EFFECT_ROWS} rows would take about "
            f"{each_row * FEW_EFFECT_ROWS:,.1f} seconds, and {seconds / 2:,.1f} are left for it; "
            "raise --explanations-seconds or --budget"
        )
        raise InputError(msg)
    return max(n, 1)
