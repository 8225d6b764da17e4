"""Shapley values of every row of a table, as methods.shap asks for them."""

from dataclasses import dataclass, replace

import numpy as np

from assay.errors import InputError
from assay.explainability.explainer import Explainer
from assay.explainability.players import Player, make_players
from assay.explainability.result import Explanation
from assay.explainability.settings import Settings
from assay.jobs.asked import AskedExplanations, AskedShap
from assay.jobs.section import SectionContext
from assay.jobs.sections.explanations.clarify.baseline import Baseline, make_baseline
from assay.jobs.sections.explanations.clarify.rows import AllRows
from assay.jobs.sections.explanations.clarify.scored import Scored, find_scores
from assay.jobs.sections.explanations.config import ExplanationsConfig

MORE_SAMPLES = 2048
SEEDS = 2**32


@dataclass(frozen=True, eq=False)
class ShapFound:
    """Attributions by Clarify's labels, and what they were made with.

    Parameters
    ----------
    explanation : Explanation
        A player for each feature that is explained, in the order of the data, and an output for
        each label.
    baseline : Baseline
    samples : int
        Coalitions of a row at most, besides none and all.
    interrupt : KeyboardInterrupt or None
        What stopped it after its first rows.
    """

    explanation: Explanation
    baseline: Baseline
    samples: int
    interrupt: KeyboardInterrupt | None = None


def seed_of(asked: AskedShap, seed: int) -> int:
    """Return the seed of a config, else the run's; any whole number will do."""
    return seed if asked.seed is None else asked.seed % SEEDS


def sample_count(n_players: int, num_samples: int | None = None) -> int:
    """Return how many coalitions of a row are tried, besides none and all.

    Clarify's rule: min(num_samples, 2ⁿ - 2), by default min(2n + 2048, 2ⁿ - 2).

    Examples
    --------
    >>> sample_count(10), sample_count(20), sample_count(14, 15), sample_count(1)
    (1022, 2088, 15, 0)
    """
    wanted = 2 * n_players + MORE_SAMPLES if num_samples is None else num_samples
    return min(wanted, 2**n_players - 2)


def told_cost(rows: int, samples: int, baseline: int) -> str:
    """Return what an explanation costs at most, for people.

    Examples
    --------
    >>> told_cost(1000, 1022, 2)
    '1,000 rows × 1,022 coalitions × 2 baseline rows: at most 2,044,000 predictions'
    """
    total = rows * samples * baseline
    return (
        f"{rows:,} rows × {samples:,} coalitions × {baseline:,} baseline rows: at most {total:,} "
        "predictions"
    )


def explain_shap(
    context: SectionContext,
    config: ExplanationsConfig,
    asked: AskedExplanations,
    shap: AskedShap,
    rows: AllRows,
) -> ShapFound:
    """Explain every row, in the order of the data.

    Linear models and trees are taken apart where that is exact; else coalitions of columns are
    tried, as many as Clarify tries, all of them where that is enough.

    Raises
    ------
    InputError
        If the baseline does not fit the data, or none of the features is read by the model.
    ModelError
        If the model fails.
    """
    request = context.request
    seed = seed_of(shap, request.seed)
    context.progress("Making the baseline", 0, None)
    baseline = make_baseline(shap, asked.features, rows, seed=seed, texts=())
    native = rows.native()
    scored = find_scores(rows.predictor, native, asked.label_headers, use_logit=shap.use_logit)
    wanted = shap.features_to_explain or asked.features
    players = _players(native, rows, wanted)
    whole = len(players) == len(rows.columns)
    samples = sample_count(len(players), shap.num_samples)
    explainer = Explainer(
        model=rows.predictor,
        scores=scored.scores,
        background=baseline.background,
        summary=baseline.background.summary(baseline.source),
        players=players,
        settings=Settings(
            # The other methods know no column that keeps the row's own value.
            method=config.method if whole else "kernel",
            value_function=config.value_function if whole else "interventional",
            calls=samples + 2,
            tolerance=None,
            seconds=config.seconds,
            limit_predictions=config.predictions,
            seed=seed,
            level=request.level,
        ),
        notes=baseline.notes,
    )
    cost = told_cost(len(rows), samples, len(baseline.background))
    context.progress(f"Explaining {cost}", 0, None)
    made = explainer.explain(native, progress=context.progress)
    arranged = _arranged(made, scored, wanted)
    return ShapFound(arranged, baseline, samples, explainer.interrupt)


def _players(native: object, rows: AllRows, wanted: tuple[str, ...]) -> tuple[Player, ...]:
    """Return a player for each wanted column that the model reads, in the order of the data.

    Raises
    ------
    InputError
        If it reads none of them.
    """
    made = make_players([f"x{place}" for place in range(len(rows.columns))])
    known = dict(zip(rows.columns, made, strict=True))
    chosen = [name for name in wanted if name in known]
    if not chosen:
        msg = (
            f"the model reads none of the features that are to be explained "
            f"({', '.join(wanted[:20])}); it reads: {', '.join(rows.columns[:20])}"
        )
        raise InputError(msg)
    return tuple(replace(known[name], name=name) for name in chosen)


def _arranged(made: Explanation, scored: Scored, features: tuple[str, ...]) -> Explanation:
    """Return the explanation with Clarify's labels and all features; those not read have 0."""
    place = {name: at for at, name in enumerate(made.players)}
    at = [place.get(name, -1) for name in features]
    unread = np.array(at) < 0

    def spread(values: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> np.ndarray:
        wide = values[:, at].copy()
        wide[:, unread] = 0.0
        return wide

    errors = made.standard_errors
    if errors is not None:
        errors = np.abs(scored.by_label(spread(errors)))
    columns = tuple(made.player_columns[each] if each >= 0 else () for each in at)
    return replace(
        made,
        values=scored.by_label(spread(made.values)),
        standard_errors=errors,
        base_values=scored.by_label(made.base_values, levels=True),
        predictions=scored.by_label(made.predictions, levels=True),
        interactions=None,
        players=features,
        player_columns=columns,
        outputs=scored.labels,
    )
