"""Judged rows and settings in; slices, errors over time and by column, and mistakes, out."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from assay.evaluation.error_analysis.by_feature import (
    ErrorsByFeature,
    errors_by_feature,
    residuals_of,
)
from assay.evaluation.error_analysis.disagreements import disagreement_with
from assay.evaluation.error_analysis.mistakes import confused_pairs, surest_mistakes
from assay.evaluation.error_analysis.over_time import (
    ErrorOverTime,
    drift_findings,
    error_over_time,
)
from assay.evaluation.error_analysis.result import ErrorAnalysis
from assay.evaluation.judged import Answers, JudgedRows
from assay.evaluation.slices.columns import code_columns
from assay.evaluation.slices.find import find_in_material
from assay.evaluation.slices.in_train import TrainRows
from assay.evaluation.slices.material import Material, SliceSettings, gather
from assay.evaluation.slices.significance import LossRows
from assay.result import worst_first

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

Step = Callable[[str, int, int | None], None]


def _silent(stage: str, done: int, total: int | None) -> None:
    """Say nothing."""


def analyze_errors(
    data: "Dataset",
    rows: JudgedRows,
    answers: Answers,
    settings: SliceSettings | None = None,
    *,
    train: TrainRows | None = None,
    baselines: Sequence[Answers] = (),
    progress: Step = _silent,
) -> ErrorAnalysis:
    """Find out where, when and how answers go wrong.

    Parameters
    ----------
    data : Dataset
    rows : JudgedRows
    answers : Answers
        Both of the rows of `data`.
    settings : SliceSettings or None
    train : TrainRows or None
        Rows that the model was fitted on.
    baselines : sequence of Answers
        Answers of others for the same rows: what did the model fix, what did it break?
    progress : callable
        Called with (stage, steps done, steps).

    Returns
    -------
    ErrorAnalysis

    Raises
    ------
    InputError
        If the settings are wrong.
    """
    settings = settings or SliceSettings()
    material = gather(data, rows, answers, settings)
    progress("Looking for weak slices", 0, 3 + len(baselines))
    slices = find_in_material(material, settings, train=train)
    progress("Errors over time and by column", 1, 3 + len(baselines))
    over_time = _over_time(material, settings)
    by_feature = _by_feature(material, settings)
    disagreements = []
    for place, baseline in enumerate(baselines):
        progress(f"Row by row against {baseline.name}", 2 + place, 3 + len(baselines))
        told = baseline.take(material.place) if len(material.place) < rows.n else baseline
        disagreements.append(disagreement_with(told, material, settings))
    found = () if over_time is None else drift_findings(over_time)
    return ErrorAnalysis(
        slices=slices,
        over_time=over_time,
        by_feature=by_feature,
        mistakes=surest_mistakes(material),
        pairs=confused_pairs(material.rows, material.answers),
        disagreements=tuple(each for each in disagreements if each is not None),
        findings=worst_first((*slices.findings, *found)),
    )


def _over_time(material: Material, settings: SliceSettings) -> ErrorOverTime | None:
    if material.time_column is None:
        return None
    rng = np.random.default_rng([settings.seed, material.losses.n, 1])
    times = material.frame[material.time_column]
    return error_over_time(times, material.losses, rng, level=settings.level)


def _by_feature(material: Material, settings: SliceSettings) -> ErrorsByFeature | None:
    told = residuals_of(material.rows, material.answers)
    if told is None or not material.searchable.names:
        return None
    what, residuals = told
    losses = material.losses
    rows = LossRows(residuals, losses.weight, losses.unit, losses.unit_kind)
    every = np.ones(rows.n, dtype=np.bool_)
    columns = code_columns(
        material.frame, material.searchable, losses.losses, every, coded_before=material.coded
    )
    return errors_by_feature(what, rows, columns, level=settings.level)
