"""Rows as arrays in, the small tables that the metrics of the catalogue read out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.evaluation.comparison.joint_cells import joint_cells
from assay.evaluation.comparison.parts import Parts
from assay.evaluation.judged import Answers, Floats
from assay.metrics.draws import draw_cells
from assay.metrics.measure import MetricInputs
from assay.metrics.metric import Needs
from assay.metrics.multilabel.label_draws import draw_labels
from assay.metrics.multilabel.quantities import answer_quantities, rank_quantities
from assay.metrics.regression.from_rows import distribution_of_rows, moments_of_rows
from assay.metrics.regression.quantities import regression_quantities
from assay.metrics.scores.loss_terms import binary_loss_terms, multiclass_loss_terms
from assay.stats.sums import sums_by
from assay.stats.totals_bootstrap import bunched
from assay.tables.cube import Cube
from assay.tables.moments import Moments
from assay.tables.score_table import ScoreRows, ScoreTable
from assay.tables.unit_sums import UnitSums

Scalar = TypeVar("Scalar", bound=np.generic)
Maker = Callable[[Parts, Answers, int], MetricInputs]


def inputs_for(needs: Needs, parts: Parts, answers: Answers, *, seed: int = 0) -> MetricInputs:
    """Make the small table that a metric needs.

    Parameters
    ----------
    needs : str
        `Metric.needs`.
    parts : Parts
    answers : Answers
    seed : int
        Of redraws, where the metric reads redraws.

    Returns
    -------
    MetricInputs

    Raises
    ------
    InputError
        If the answers lack what the metric needs, or it is not made from rows of answers.
    """
    if needs not in MAKERS:
        msg = f"metrics made from {needs.replace('_', ' ')} are not compared; name another one"
        raise InputError(msg)
    return MAKERS[needs](parts, answers, seed)


def need(values: NDArray[Scalar] | None, what: str, answers: Answers) -> NDArray[Scalar]:
    """Return what the answers hold.

    Raises
    ------
    InputError
        If they do not hold it.
    """
    if values is None:
        msg = f"the answers of {answers.name!r} have no {what}; compare by another metric"
        raise InputError(msg)
    return values


def score_table(parts: Parts, positive: NDArray[np.bool_], score: Floats) -> ScoreTable:
    """Count positives and negatives at each score.

    Parameters
    ----------
    parts : Parts
    positive : ndarray of bool, shape (n_rows,)
    score : ndarray of float, shape (n_rows,)

    Returns
    -------
    ScoreTable
    """
    levels, place = np.unique(score, return_inverse=True)
    k = len(levels)
    n_pos, n_all = np.bincount(place[positive], minlength=k), np.bincount(place, minlength=k)
    rows = None
    if parts.code is not None:
        codes = place.astype(np.int32), positive, parts.weight, parts.code.astype(np.int32)
        rows = ScoreRows(*codes, parts.n, parts.kind)
    table = ScoreTable(levels, n_pos, n_all - n_pos, rows=rows)
    if parts.rows.weight is None:
        return table
    w, w2 = parts.weight, parts.weight**2
    return replace(
        table,
        w_pos=sums_by(place[positive], w[positive], k),
        w_neg=sums_by(place[~positive], w[~positive], k),
        w2_pos=sums_by(place[positive], w2[positive], k),
        w2_neg=sums_by(place[~positive], w2[~positive], k),
    )


def moments_by_part(parts: Parts, quantities: dict[str, Floats]) -> Moments:
    """Return the moments of named per-row quantities, by unit where units are declared."""
    found = moments_of_rows(quantities, parts.rows.weight)
    if parts.code is None:
        return found
    totals = parts.totals(np.ones(parts.rows.n), *quantities.values())
    centred = totals[:, 1:] - totals[:, :1] * found.mean
    third = np.sum(centred**3, axis=0)
    return replace(found, by_unit=totals, unit_kind=parts.kind, s3=third)


def label_sums(parts: Parts, given: NDArray[np.bool_], *, seed: int) -> UnitSums:
    """Return what redraws of rows with many labels are made from; many rows are bunched."""
    truth = parts.rows.truth.astype(np.bool_)
    columns = np.hstack([truth & given, truth, given]).astype(np.float64)
    totals = parts.totals(np.ones(parts.rows.n), parts.weight, *columns.T)
    rows = np.ones(parts.rows.n) if parts.code is None else np.bincount(parts.code)
    joined = np.column_stack([rows.astype(np.float64), totals])
    totals = bunched(joined, rng=np.random.default_rng(seed))
    names = [f"{what}:{at}" for what in ("right", "true", "given") for at in range(truth.shape[1])]
    return UnitSums(
        tuple(names),
        parts.rows.n,
        totals[:, 0].astype(np.int64),
        totals[:, 1],
        totals[:, 2],
        totals[:, 3:],
        columns.sum(axis=0),
        parts.kind,
        weighted=parts.rows.weight is not None,
    )


def _cube(parts: Parts, answers: Answers, seed: int) -> MetricInputs:
    labels = need(answers.labels, "labels", answers)
    cube = joint_cells(parts, parts.rows.classes, labels).cube()
    return MetricInputs(cube=cube, draws=draw_cells(cube, seed=seed, classes=cube.levels[0]))


def _scores(parts: Parts, answers: Answers, seed: int) -> MetricInputs:
    scores = need(answers.scores, "scores", answers)
    return MetricInputs(scores=score_table(parts, parts.rows.truth == 1, scores))


def _class_scores(parts: Parts, answers: Answers, seed: int) -> MetricInputs:
    scores, truth = need(answers.scores, "scores", answers), parts.rows.truth
    k = scores.shape[1]
    each = truth.T.astype(np.bool_) if truth.ndim == 2 else [truth == at for at in range(k)]
    tables = [score_table(parts, each[at], scores[:, at]) for at in range(k)]
    return MetricInputs(class_scores=tables)


def _losses(parts: Parts, answers: Answers, seed: int) -> MetricInputs:
    scores, truth = need(answers.scores, "probabilities", answers), parts.rows.truth
    if scores.ndim == 1:
        terms = binary_loss_terms(truth == 1, scores)
    else:
        terms = multiclass_loss_terms(truth.astype(np.int64), scores)
    return MetricInputs(losses=moments_by_part(parts, terms))


def _errors(parts: Parts, answers: Answers, seed: int) -> MetricInputs:
    truth = parts.rows.truth.astype(np.float64)
    values = need(answers.values, "predicted numbers", answers)
    terms = regression_quantities(truth, values, median=float(np.median(truth)))
    targets = distribution_of_rows(truth, parts.rows.weight)
    return MetricInputs(errors=moments_by_part(parts, terms), targets=targets)


def _absolute_errors(parts: Parts, answers: Answers, seed: int) -> MetricInputs:
    truth = parts.rows.truth.astype(np.float64)
    away = np.abs(need(answers.values, "predicted numbers", answers) - truth)
    return MetricInputs(
        absolute_errors=distribution_of_rows(away, parts.rows.weight), unit=parts.kind
    )


def _label_matches(parts: Parts, answers: Answers, seed: int) -> MetricInputs:
    given = need(answers.labels, "labels", answers)
    right = (given == parts.rows.truth).all(axis=1).astype(np.int64)
    rows = replace(parts.rows, truth=np.zeros(parts.rows.n, dtype=np.int64))
    cube = joint_cells(Parts(rows), (False, True), right).cube()
    truth = Cube(cube.keys, ((True,), (False, True)), cube.codes, cube.n, cube.w, cube.w2)
    return MetricInputs(label_matches=replace(truth, weighted=cube.weighted, by_unit=cube.by_unit))


def _label_answers(parts: Parts, answers: Answers, seed: int) -> MetricInputs:
    given = need(answers.labels, "labels", answers).astype(np.bool_)
    terms = answer_quantities(parts.rows.truth.astype(np.bool_), given)
    return MetricInputs(label_answers=moments_by_part(parts, terms))


def _label_ranks(parts: Parts, answers: Answers, seed: int) -> MetricInputs:
    scores = need(answers.scores, "scores", answers)
    terms = rank_quantities(parts.rows.truth.astype(np.bool_), scores)
    return MetricInputs(label_ranks=moments_by_part(parts, terms))


def _label_draws(parts: Parts, answers: Answers, seed: int) -> MetricInputs:
    given = need(answers.labels, "labels", answers).astype(np.bool_)
    names = tuple(str(each) for each in parts.rows.classes)
    return MetricInputs(
        label_draws=draw_labels(label_sums(parts, given, seed=seed), names, seed=seed)
    )


MAKERS: Mapping[str, Maker] = {
    "cube": _cube,
    "scores": _scores,
    "class_scores": _class_scores,
    "losses": _losses,
    "errors": _errors,
    "absolute_errors": _absolute_errors,
    "label_matches": _label_matches,
    "label_answers": _label_answers,
    "label_ranks": _label_ranks,
    "label_draws": _label_draws,
}
