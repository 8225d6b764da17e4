"""Tables of a classification in, its curves and the numbers that rules look at out."""

import numpy as np

from assay.evaluation.curves import (
    Curves,
    calibration_bins,
    confusion_table,
    precision_recall_points,
    roc_points,
    score_histogram,
    threshold_curve,
)
from assay.evaluation.facts import Facts
from assay.evaluation.inputs import Inputs
from assay.evaluation.result import MetricResult
from assay.metrics.scores.ece import calibration_error
from assay.result import Estimate
from assay.stats.rate import wilson
from assay.tables.cube import Cube
from assay.tables.score_table import ScoreTable


def class_curves(inputs: Inputs) -> Curves:
    """Return the points of all charts that the tables allow.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Curves
    """
    plan, cube, table = inputs.plan, inputs.cube, inputs.scores
    confusion = None if cube is None else confusion_table(cube, inputs.classes)
    if table is None or not table.n_pos.any() or not table.n_neg.any():
        top = inputs.top_scores
        calibration = None if top is None else calibration_bins(top, level=plan.level)
        return Curves(confusion=confusion, calibration=calibration)
    chosen = None if plan.threshold is None else plan.threshold.value
    return Curves(
        confusion=confusion,
        roc=roc_points(table, level=plan.level),
        precision_recall=precision_recall_points(table),
        calibration=calibration_bins(table, level=plan.level) if plan.as_probabilities else None,
        scores=score_histogram(table, threshold=chosen),
        thresholds=threshold_curve(table, chosen=chosen),
    )


def class_facts(
    inputs: Inputs, metrics: tuple[MetricResult, ...], *, for_rules: bool = True
) -> Facts:
    """Return the numbers that advice and rules look at.

    Parameters
    ----------
    inputs : Inputs
    metrics : tuple of MetricResult
    for_rules : bool
        Whether the test of calibration, which only rules need, is made.

    Returns
    -------
    Facts
    """
    rows, weights, _ = class_totals(inputs)
    table = inputs.scores if inputs.scores is not None else inputs.top_scores
    cube = inputs.cube
    numbers: dict[str, float] = {}
    if for_rules and table is not None and inputs.plan.as_probabilities:
        error = calibration_error(table, level=inputs.plan.level, seed=inputs.plan.seed)
        if error.p_value is not None and error.expected_under_calibration is not None:
            numbers["calibration_p_value"] = error.p_value
            numbers["calibration_error_by_chance"] = error.expected_under_calibration
    if table is not None and not table.exact:
        positive, negative = table.weights()
        pairs = float(positive.sum() * negative.sum())
        numbers["auc_bin_bound"] = float(positive @ negative) / (2 * pairs) if pairs else 0.0
    return Facts(
        task=inputs.plan.target.task,
        classes=inputs.classes,
        positive=inputs.plan.target.positive,
        metrics=metrics,
        n=int(rows.sum()),
        class_rows=tuple(rows.tolist()),
        class_shares=tuple((weights / weights.sum()).tolist()),
        confusion=None if cube is None else confusion_table(cube, inputs.classes),
        threshold=inputs.plan.threshold,
        score_levels=None if table is None else len(table.score),
        exact_scores=table is None or table.exact,
        n_features=inputs.plan.n_features,
        numbers=numbers,
    )


def class_totals(inputs: Inputs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rows, weights and squared weights of each class, shape (k,) each."""
    if inputs.cube is not None:
        return _totals_of_cube(inputs.cube, inputs)
    if inputs.scores is not None:
        return _totals_of_scores(inputs.scores)
    each = [_totals_of_scores(table) for table in (inputs.class_scores or {}).values()]
    rows, weights, squares = (np.array([part[at][1] for part in each]) for at in range(3))
    return rows, weights, squares


def _totals_of_cube(cube: Cube, inputs: Inputs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    place = {value: at for at, value in enumerate(inputs.classes)}
    actual = np.array([place[value] for value in cube.levels[0]])[cube.codes[:, 0]]
    k = len(inputs.classes)
    rows, weights, squares = (
        np.bincount(actual, weights=part, minlength=k) for part in (cube.n, cube.w, cube.w2)
    )
    return rows.astype(np.int64), weights, squares


def _totals_of_scores(table: ScoreTable) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the totals of (negative, positive)."""
    (w_pos, w_neg), (w2_pos, w2_neg) = table.weights(), table.squared_weights()
    rows = np.array([table.n_neg.sum(), table.n_pos.sum()], dtype=np.int64)
    return rows, np.array([w_neg.sum(), w_pos.sum()]), np.array([w2_neg.sum(), w2_pos.sum()])


def shares_of_classes(inputs: Inputs) -> tuple[MetricResult, ...]:
    """Return what knowing only the classes' sizes would score, to stand beside accuracy.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    tuple of MetricResult
        "majority_share": accuracy of always answering the most frequent class;
        "prior_guess_accuracy": Σ π², accuracy of guessing with the classes' shares.
    """
    rows, weights, squares = class_totals(inputs)
    share = weights / weights.sum()
    top = int(np.argmax(share))
    effective = float(weights.sum() ** 2 / squares.sum())
    value = float(share[top])
    weighted = not np.array_equal(weights, rows)
    plain = inputs.plan.data.unit[0] is None
    interval = wilson(value, effective, level=inputs.plan.level) if plain else None
    n = int(rows.sum())
    majority = Estimate(
        value=value,
        low=None if interval is None else interval.low,
        high=None if interval is None else interval.high,
        level=inputs.plan.level,
        n=n,
        n_effective=effective if weighted else None,
        method="Wilson score" if plain else "",
        reason=None if plain else "a reference: no interval by units is made for it",
    )
    guess = Estimate(
        value=float((share**2).sum()),
        level=inputs.plan.level,
        n=n,
        reason="a reference made from the classes' shares: no interval",
    )
    name = str(inputs.classes[top])
    return (
        MetricResult(
            name="majority_share",
            title=f"Accuracy of always answering {name}",
            estimate=majority,
            help="What accuracy has to be compared with.",
        ),
        MetricResult(
            name="prior_guess_accuracy",
            title="Accuracy of guessing by the classes' shares",
            estimate=guess,
            help="What a guess that knows only how frequent the classes are would score.",
        ),
    )
