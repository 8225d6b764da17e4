"""The settings and tables of a run in; a prepared explainer out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from assay.data.conditions import parse_conditions, rows_where
from assay.data.dataset import Dataset
from assay.data.schema import Schema
from assay.errors import InputError
from assay.explainability.asking import scores_of
from assay.explainability.background import KINDS
from assay.explainability.explain import prepare_explainer
from assay.explainability.explainer import Explainer
from assay.explainability.rows import columns_read, rows_of_dataset, weights_in
from assay.explainability.settings import Settings
from assay.jobs.section import SectionRequest
from assay.jobs.sections.explanations.changing import read_mutable
from assay.jobs.sections.explanations.config import ExplanationsConfig
from assay.jobs.sections.explanations.drawing import Drawn, check_places
from assay.jobs.sections.explanations.wanted_effects import read_effect

MOST_BACKGROUND = 10_000
"""Rows that a background is summed up from; of more, so many are drawn at random."""
SAME = 1e-6
SHARE_OF_BUDGET = 0.5
PAIR_PLAYERS = 200
"""Of more columns pairs are not asked for: they are 20,000 and more a row."""


def check_settings(request: SectionRequest, config: ExplanationsConfig) -> None:
    """Refuse settings that mean nothing before anything long begins.

    Raises
    ------
    InputError
        If the background is no table, a condition or a group cannot be read, or a setting of
        the method contradicts another.
    """
    told = config.background
    if told is not None and told not in KINDS and not Path(told).exists() and "://" not in told:
        msg = (
            f"--background {told}: there is no such file, and it is none of the ways to sum up "
            f"rows: {', '.join(KINDS)}"
        )
        raise InputError(msg)
    data, _ = _background_data(request, config)
    if config.background_where is not None:
        parse_conditions(config.background_where, data.schema.names)
        _background_frame(data, config, request.seed)
    check_places(config.row, request.data.count_rows())
    _settings(request, config)
    if request.predictor is None:
        return
    columns = columns_read(request.predictor, request.data.schema)
    read_mutable(config.mutable, columns)
    for told in config.dependence:
        read_effect(told, columns)


def prepare(request: SectionRequest, config: ExplanationsConfig, drawn: Drawn) -> Explainer:
    """Sum up the background and settle scale and players.

    Raises
    ------
    InputError
        If no row is left for the background, or the model has no such output.
    """
    predictor = request.predictor
    data, source = _background_data(request, config)
    frame = _background_frame(data, config, request.seed)
    rows = rows_of_dataset(predictor, data, frame)
    kind = config.background if config.background in KINDS else "auto"
    if config.background_where is not None:
        source = f"{source} where {config.background_where}"
    told = {
        "summary": kind or "auto",
        "n_background": config.background_rows,
        "weights": weights_in(frame, data.schema),
        "source": source,
        "output": config.output,
        "link": config.link,
        "settings": _settings(request, config),
    }
    explainer = prepare_explainer(predictor, rows, **told)  # type: ignore[arg-type]
    return _in_words_of_the_data(explainer, request, config, drawn)


def _settings(request: SectionRequest, config: ExplanationsConfig) -> Settings:
    seconds = config.seconds if config.seconds is not None else request.budget * SHARE_OF_BUDGET
    groups, features = _groups(config.player, request.data.schema), request.data.schema.features
    n_players = len(features) - sum(len(each) - 1 for each in (groups or {}).values())
    return Settings(
        method=config.method,
        value_function=config.value_function,
        players=groups,
        calls=config.calls,
        tolerance=config.tolerance,
        seconds=seconds if seconds > 0 else None,
        limit_predictions=config.predictions,
        interactions=config.interactions and n_players <= PAIR_PLAYERS,
        seed=request.seed,
        level=request.level,
    )


def _groups(told: tuple[str, ...], schema: Schema) -> dict[str, list[str]] | None:
    """Read ``NAME=COLUMN,COLUMN``.

    Raises
    ------
    InputError
        If one is not of that form, or names a column that is not there.
    """
    groups: dict[str, list[str]] = {}
    for text in told:
        name, sign, columns = text.partition("=")
        listed = [each.strip() for each in columns.split(",") if each.strip()]
        if not sign or not name.strip() or not listed:
            msg = f"--player takes NAME=COLUMN,COLUMN; found {text!r}"
            raise InputError(msg)
        unknown = [each for each in listed if each not in schema.features]
        if unknown:
            msg = (
                f"--player {text}: {unknown[0]!r} is no feature of the table, which has: "
                f"{', '.join(schema.features[:30])}"
            )
            raise InputError(msg)
        if name.strip() in groups:
            msg = (
                f"--player {text}: {name.strip()!r} is told twice; name all its columns at once: "
                f"{name.strip()}={','.join([*groups[name.strip()], *listed])}"
            )
            raise InputError(msg)
        groups[name.strip()] = listed
    return groups or None


def _background_data(request: SectionRequest, config: ExplanationsConfig) -> tuple[Dataset, str]:
    if config.background is not None and config.background not in KINDS:
        features = list(request.data.schema.features)
        return request.data.like(config.background, needs=features), Path(config.background).name
    if request.train is not None:
        return request.train, "the train rows"
    return request.data, "the judged rows"


def _background_frame(data: Dataset, config: ExplanationsConfig, seed: int) -> pl.DataFrame:
    where = config.background_where
    if where is None:
        return data.sample(MOST_BACKGROUND, seed=seed)
    conditions = parse_conditions(where, data.schema.names)
    frame = pl.concat([batch.filter(rows_where(batch, conditions)) for batch in data.batches()])
    if frame.is_empty():
        msg = f"--background-where {where}: no row of {data.name} is so"
        raise InputError(msg)
    some = min(frame.height, MOST_BACKGROUND)
    return frame.sample(some, seed=seed, shuffle=False)


def _in_words_of_the_data(
    explainer: Explainer, request: SectionRequest, config: ExplanationsConfig, drawn: Drawn
) -> Explainer:
    """Let the explained class be the positive one, and the classes be called as in the data."""
    target = request.target
    if target is None or not target.classes:
        return explainer
    scores = explainer.scores
    names = tuple(str(each) for each in target.classes)
    if len(scores.outputs) == len(names) > 2:
        return replace(explainer, scores=replace(scores, outputs=names))
    stored = next((n for n in request.data.schema.scores if n in drawn.frame.columns), None)
    if len(scores.outputs) != 1 or len(names) != 2 or stored is None:
        return explainer
    if scores.output == "raw" and config.output is None and _is_chance(request, drawn, stored):
        scores = replace(scores, output="probability")
        explainer = replace(explainer, scores=scores)
    if _explains_the_other(explainer, request, drawn, stored):
        info = getattr(explainer.model, "info", None)
        first = None if info is None or not info.classes else info.classes[0]
        other = scores_of(
            explainer.model,
            explainer.background.rows,
            output=scores.output,
            link=None if scores.link == "identity" else scores.link,
            positive=first,
        )
        explainer = replace(explainer, scores=other)
    positive = names[-1] if target.positive is None else str(target.positive)
    return replace(explainer, scores=replace(explainer.scores, outputs=(positive,)))


def _is_chance(request: SectionRequest, drawn: Drawn, stored: str) -> bool:
    """Whether a model that does not say what its numbers are gives probabilities.

    Its scores are judged as such where they lie between 0 and 1.
    """
    info = getattr(request.predictor, "info", None)
    told = drawn.frame[stored].cast(pl.Float64)
    return getattr(info, "score_kind", "") == "unknown" and told.is_between(0, 1).all()


def _explains_the_other(
    explainer: Explainer, request: SectionRequest, drawn: Drawn, stored: str
) -> bool:
    """Whether the model's second class is the data's negative one."""
    known = drawn.frame[stored].cast(pl.Float64).to_numpy()[:50]
    rows = rows_of_dataset(explainer.model, request.data, drawn.frame[:50])
    said = explainer.scores(rows, len(known))
    told = explainer.scores.of_mean(said)[:, 0]
    if explainer.scores.output == "log_odds":
        told = 1 / (1 + np.exp(-told))
    if explainer.scores.output == "raw":
        return bool(np.corrcoef(told, known)[0, 1] < 0) if np.ptp(known) * np.ptp(told) else False
    return bool(np.abs(told - known).max() > SAME and np.abs(1 - told - known).max() < SAME)
