"""Tables of a classification in, its curves and the numbers that rules look at out."""

from dataclasses import replace
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.cost_view import cost_curve, cost_ratios
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
from assay.evaluation.gain import gain_points
from assay.evaluation.goal import Costs, Floats
from assay.evaluation.inputs import Inputs
from assay.evaluation.result import MetricResult
from assay.metrics.confusion.accuracy import accuracy
from assay.metrics.scores.ece import calibration_error
from assay.result import Estimate
from assay.tables.curves import CostCurve, CostRatios
from assay.tables.score_table import ScoreTable


def class_curves(
    inputs: Inputs, *, costs: Costs | None = None, validation: ScoreTable | None = None
) -> Curves:
    """Return the points of all charts that the tables allow.

    Parameters
    ----------
    inputs : Inputs
    costs : Costs or None
        Prices of the four outcomes.
    validation : ScoreTable or None
        Of other rows, on which thresholds may be looked for.

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
        gains=gain_points(table, level=plan.level),
        **_costs(inputs, table, costs, validation),
    )


class _CostViews(TypedDict, total=False):
    cost: CostCurve
    cost_ratios: CostRatios


def _costs(
    inputs: Inputs, table: ScoreTable, costs: Costs | None, validation: ScoreTable | None
) -> _CostViews:
    """Return the cost by threshold where prices are known, else a view over several prices.

    The view is of the validation rows where there are some: a threshold found on the judged rows
    looks cheaper than it is.
    """
    plan = inputs.plan
    if costs is not None:
        chosen = None if plan.threshold is None else plan.threshold.value
        known = plan.as_probabilities
        return {
            "cost": cost_curve(
                table, costs, chosen=chosen, as_probabilities=known, level=plan.level
            )
        }
    both = validation is not None and validation.n_pos.any() and validation.n_neg.any()
    of = validation if validation is not None and both else table
    rows = "validation" if both else "judged"
    return {"cost_ratios": cost_ratios(of, rows=rows, level=plan.level)}


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
    rows, weights = class_totals(inputs)
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


def class_totals(inputs: Inputs) -> tuple[NDArray[np.int64], Floats]:
    """Return rows and weight of each class, shape (k,) each."""
    if inputs.cube is not None:
        square = confusion_table(inputs.cube, inputs.classes)
        return square.counts.sum(axis=1), square.weights.sum(axis=1)
    if inputs.scores is not None:
        (w_pos, w_neg), table = inputs.scores.weights(), inputs.scores
        rows = np.array([table.n_neg.sum(), table.n_pos.sum()], dtype=np.int64)
        return rows, np.array([w_neg.sum(), w_pos.sum()])
    tables = list((inputs.class_scores or {}).values())
    rows = np.array([table.n_pos.sum() for table in tables], dtype=np.int64)
    return rows, np.array([table.weights()[0].sum() for table in tables])


def shares_of_classes(inputs: Inputs) -> tuple[MetricResult, ...]:
    """Return what knowing only the classes' sizes would score, to stand beside accuracy.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    tuple of MetricResult
        "majority_share": accuracy of always answering the most frequent class;
        "prior_guess_accuracy": Σ π², accuracy of guessing with the classes' shares. Nothing
        where there are no answers, and so no accuracy.
    """
    if inputs.cube is None:
        return ()
    _, weights = class_totals(inputs)
    share, level = weights / weights.sum(), inputs.plan.level
    top = int(np.argmax(share))
    labels, predictions = inputs.cube.levels
    always = tuple(inputs.classes[top] for _ in predictions)
    majority = accuracy(replace(inputs.cube, levels=(labels, always)), level=level)
    guess = Estimate(
        value=float((share**2).sum()),
        level=level,
        n=majority.n,
        reason="no interval: a reference made from the shares of the classes",
    )
    return (
        MetricResult(
            name="majority_share",
            title=f"Accuracy of always answering {inputs.classes[top]!r}",
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
