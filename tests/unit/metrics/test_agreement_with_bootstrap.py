"""Intervals are as wide as those of a brute-force bootstrap of rows or groups."""

import numpy as np
import pytest

from assay.metrics.averages.macro_f1 import macro_f1
from assay.metrics.averages.weighted_precision import weighted_precision
from assay.metrics.confusion.accuracy import accuracy
from assay.metrics.confusion.balanced_accuracy import balanced_accuracy
from assay.metrics.confusion.cohen_kappa import cohen_kappa
from assay.metrics.confusion.f1 import f1
from assay.metrics.confusion.f_beta import f_beta
from assay.metrics.confusion.g_mean import g_mean
from assay.metrics.confusion.mcc import mcc
from assay.metrics.confusion.precision import precision
from assay.metrics.confusion.recall import recall
from assay.metrics.regression.mae import mae
from assay.metrics.regression.mse import mse
from assay.metrics.regression.pearson import pearson
from assay.metrics.regression.quantities import regression_quantities, symmetric_error
from assay.metrics.regression.r2 import r2
from assay.metrics.regression.smape import smape
from assay.metrics.regression.wape import wape
from assay.metrics.scores.average_precision import average_precision
from assay.metrics.scores.average_precision_lift import average_precision_lift
from assay.metrics.scores.brier import brier
from assay.metrics.scores.calibration_line import calibration_slope
from assay.metrics.scores.lift import lift
from assay.metrics.scores.log_loss import log_loss
from assay.metrics.scores.operating_points import fpr_at_tpr, tpr_at_fpr
from assay.metrics.scores.roc_auc import roc_auc
from assay.metrics.scores.roc_auc_ovr_macro import roc_auc_ovr_macro
from assay.metrics.scores.skill import brier_skill, log_loss_skill
from metric_tables import cube_of, moments_of, scores_of

N, N_GROUPS, N_DRAWS, TOLERANCE = 2_000, 250, 4_000, 0.05
AT_A_CUT = 0.18  # how steep the curve is at the cut is itself read off a few rows


@pytest.fixture(scope="module")
def rows():
    """Rows whose labels, scores and errors are alike within a group, and uneven weights."""
    rng = np.random.default_rng(7)
    group = np.sort(rng.integers(N_GROUPS, size=N))
    shared = rng.standard_normal(N_GROUPS)[group]
    x = rng.standard_normal(N) + 0.7 * shared
    y = rng.random(N) < 1 / (1 + np.exp(1 - x))
    s = 1 / (1 + np.exp(0.8 - 0.9 * x - 0.3 * rng.standard_normal(N)))
    kind = rng.integers(3, size=N)
    said = np.where(rng.random(N) < 0.6 + 0.1 * np.tanh(shared), kind, rng.integers(3, size=N))
    target = 10 + 2 * x + shared
    found = target + rng.standard_normal(N) + 0.5 * shared
    weight = rng.gamma(2.0, size=N) + 0.1
    return {
        "group": group,
        "weight": weight,
        "y": y,
        "s": s,
        "kind": kind,
        "said": said,
        "target": target,
        "found": found,
    }


@pytest.fixture(scope="module")
def redrawn(rows):
    """Weight of every row in every bootstrap sample, for each way to sample."""
    rng = np.random.default_rng(8)
    by_row = rng.multinomial(N, np.full(N, 1 / N), size=N_DRAWS).astype(float)
    by_group = rng.multinomial(N_GROUPS, np.full(N_GROUPS, 1 / N_GROUPS), size=N_DRAWS)
    by_group = by_group[:, rows["group"]].astype(float)
    return {
        "rows": by_row,
        "weighted": by_row * rows["weight"],
        "groups": by_group,
        "weighted groups": by_group * rows["weight"],
    }


def mean(w, x):
    return (w @ x) / w.sum(axis=1)


def binary_cells(w, r):
    y, p = r["y"], r["s"] >= 0.5
    return w @ (y & p), w @ (~y & p), w @ (y & ~p), w @ (~y & ~p)


def slow_mcc(w, r):
    tp, fp, fn, tn = binary_cells(w, r)
    return (tp * tn - fp * fn) / np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))


def slow_kappa(w, r):
    tp, fp, fn, tn = binary_cells(w, r)
    n = tp + fp + fn + tn
    chance = ((tp + fp) * (tp + fn) + (tn + fn) * (tn + fp)) / n**2
    return ((tp + tn) / n - chance) / (1 - chance)


def slow_rate(numerator, denominator):
    def of(w, r):
        cells = np.stack(binary_cells(w, r))
        return np.tensordot(numerator, cells, 1) / np.tensordot(denominator, cells, 1)

    return of


def slow_balanced(w, r):
    tp, fp, fn, tn = binary_cells(w, r)
    return (tp / (tp + fn) + tn / (tn + fp)) / 2


def slow_g_mean(w, r):
    tp, fp, fn, tn = binary_cells(w, r)
    return np.sqrt(tp / (tp + fn) * tn / (tn + fp))


def slow_auc_of(w, positive, score):
    order = np.argsort(score)
    w, positive = w[:, order], positive[order]
    below = np.cumsum(w * ~positive, axis=1)
    return (w * positive * below).sum(axis=1) / ((w @ positive) * (w @ ~positive))


def slow_auc(w, r):
    return slow_auc_of(w, r["y"], r["s"])


def slow_ap(w, r):
    order = np.argsort(-r["s"])
    w, y = w[:, order], r["y"][order]
    hit = np.cumsum(w * y, axis=1)
    every = np.maximum(np.cumsum(w, axis=1), 1e-300)
    return (w * y * hit / every).sum(axis=1) / (w @ y)


def log_terms(r):
    return -np.log(np.where(r["y"], r["s"], 1 - r["s"]))


def slow_log_skill(w, r):
    p = mean(w, r["y"])
    return 1 - mean(w, log_terms(r)) / (-p * np.log(p) - (1 - p) * np.log(1 - p))


def slow_brier_skill(w, r):
    p = mean(w, r["y"])
    return 1 - mean(w, (r["y"] - r["s"]) ** 2) / (p * (1 - p))


def slow_r2(w, r):
    e2, t = (r["found"] - r["target"]) ** 2, r["target"]
    return 1 - mean(w, e2) / (mean(w, t**2) - mean(w, t) ** 2)


def slow_by_class(w, r):
    out = np.zeros((3, 3, len(w)))
    for a in range(3):
        for b in range(3):
            out[a, b] = w @ ((r["kind"] == a) & (r["said"] == b))
    return out


def slow_macro_f1(w, r):
    cells = slow_by_class(w, r)
    return np.mean(
        [2 * cells[k, k] / (cells[k].sum(axis=0) + cells[:, k].sum(axis=0)) for k in range(3)],
        axis=0,
    )


def slow_weighted_precision(w, r):
    cells = slow_by_class(w, r)
    share = cells.sum(axis=1) / cells.sum(axis=(0, 1))
    return sum(share[k] * cells[k, k] / cells[:, k].sum(axis=0) for k in range(3))


def slow_macro_auc(w, r):
    return np.mean([slow_auc_of(w, r["kind"] == k, class_score(r, k)) for k in range(3)], axis=0)


def class_score(r, k):
    noise = np.sin(np.arange(N) * (k + 1.7))
    return (r["said"] == k) + 0.9 * noise + 0.3 * r["s"]


def slow_slope(w, r):
    """Newton's method on every sample at once."""
    logit = np.log(r["s"] / (1 - r["s"]))
    a, b = np.zeros(len(w)), np.ones(len(w))
    for _ in range(6):
        p = 1 / (1 + np.exp(-(a[:, None] + b[:, None] * logit)))
        gap, v = w * (r["y"] - p), w * p * (1 - p)
        g0, g1 = gap.sum(axis=1), gap @ logit
        h00, h01, h11 = v.sum(axis=1), v @ logit, v @ logit**2
        det = h00 * h11 - h01**2
        a, b = a + (h11 * g0 - h01 * g1) / det, b + (h00 * g1 - h01 * g0) / det
    return b


def on_cube(function, **more):
    def of(r, **how):
        return function(cube_of(r["y"], r["s"] >= 0.5, **how), **more)

    return of


def on_classes(function):
    return lambda r, **how: function(cube_of(r["kind"], r["said"], **how))


def on_scores(function):
    return lambda r, **how: function(scores_of(r["y"], r["s"], **how))


def on_errors(function):
    return lambda r, **how: function(
        moments_of(regression_quantities(r["target"], r["found"], shift=10.0), **how)
    )


def on_class_scores(r, **how):
    return roc_auc_ovr_macro(
        [scores_of(r["kind"] == k, class_score(r, k), **how) for k in range(3)]
    )


def slow_share_above(w, counted, along, target, score):
    """Weight of `counted` above the place where that of `along` from the top is `target`."""
    order = np.argsort(-score)
    through = np.cumsum((w * along)[:, order], axis=1)
    held = np.cumsum((w * counted)[:, order], axis=1)
    out = [np.interp(t, a, b) for t, a, b in zip(target, through, held, strict=True)]
    return np.array(out)


def slow_lift(share):
    def of(w, r):
        total = w.sum(axis=1)
        top = slow_share_above(w, r["y"], np.ones(N), share * total, r["s"])
        return top / (w @ r["y"]) / share

    return of


def slow_tpr(w, r):
    y = r["y"]
    return slow_share_above(w, y, ~y, 0.1 * (w @ ~y), r["s"]) / (w @ y)


def slow_fpr(w, r):
    y = r["y"]
    return slow_share_above(w, ~y, y, 0.8 * (w @ y), r["s"]) / (w @ ~y)


def slow_pearson(w, r):
    a, b = r["target"], r["found"]
    cov = mean(w, a * b) - mean(w, a) * mean(w, b)
    va, vb = (mean(w, x**2) - mean(w, x) ** 2 for x in (a, b))
    return cov / np.sqrt(va * vb)


CASES = {
    "lift_at_10": (on_scores(lift), slow_lift(0.1)),
    "lift_at_60": (
        lambda r, **how: lift(scores_of(r["y"], r["s"], **how), share=0.6),
        slow_lift(0.6),
    ),
    "tpr_at_fpr": (
        lambda r, **how: tpr_at_fpr(scores_of(r["y"], r["s"], **how), bound=0.1),
        slow_tpr,
    ),
    "fpr_at_tpr": (
        lambda r, **how: fpr_at_tpr(scores_of(r["y"], r["s"], **how), bound=0.8),
        slow_fpr,
    ),
    "average_precision_lift": (
        on_scores(average_precision_lift),
        lambda w, r: slow_ap(w, r) / mean(w, r["y"]),
    ),
    "pearson": (on_errors(pearson), slow_pearson),
    "smape": (  # far from 0, where a few terms would rule the mean
        lambda r, **how: smape(
            moments_of(regression_quantities(r["target"] + 20, r["found"] + 20), **how)
        ),
        lambda w, r: mean(w, symmetric_error(r["target"] + 20, r["found"] + 20)),
    ),
    "accuracy": (on_cube(accuracy), slow_rate([1, 0, 0, 1], [1, 1, 1, 1])),
    "precision": (on_cube(precision), slow_rate([1, 0, 0, 0], [1, 1, 0, 0])),
    "recall": (on_cube(recall), slow_rate([1, 0, 0, 0], [1, 0, 1, 0])),
    "f1": (on_cube(f1), slow_rate([2, 0, 0, 0], [2, 1, 1, 0])),
    "f2": (on_cube(f_beta, beta=2.0), slow_rate([5, 0, 0, 0], [5, 1, 4, 0])),
    "balanced_accuracy": (on_cube(balanced_accuracy), slow_balanced),
    "g_mean": (on_cube(g_mean), slow_g_mean),
    "mcc": (on_cube(mcc), slow_mcc),
    "cohen_kappa": (on_cube(cohen_kappa), slow_kappa),
    "macro_f1": (on_classes(macro_f1), slow_macro_f1),
    "weighted_precision": (on_classes(weighted_precision), slow_weighted_precision),
    "roc_auc": (on_scores(roc_auc), slow_auc),
    "average_precision": (on_scores(average_precision), slow_ap),
    "log_loss": (on_scores(log_loss), lambda w, r: mean(w, log_terms(r))),
    "brier": (on_scores(brier), lambda w, r: mean(w, (r["y"] - r["s"]) ** 2)),
    "log_loss_skill": (on_scores(log_loss_skill), slow_log_skill),
    "brier_skill": (on_scores(brier_skill), slow_brier_skill),
    "calibration_slope": (on_scores(calibration_slope), slow_slope),
    "mse": (on_errors(mse), lambda w, r: mean(w, (r["found"] - r["target"]) ** 2)),
    "mae": (on_errors(mae), lambda w, r: mean(w, np.abs(r["found"] - r["target"]))),
    "r2": (on_errors(r2), slow_r2),
    "wape": (
        on_errors(wape),
        lambda w, r: mean(w, np.abs(r["found"] - r["target"])) / mean(w, np.abs(r["target"])),
    ),
}


@pytest.mark.parametrize("how", ["rows", "weighted", "groups", "weighted groups"])
@pytest.mark.parametrize("name", CASES)
def test_interval_is_as_wide_as_the_bootstraps(name, how, rows, redrawn):
    fast, slow = CASES[name]
    given = {}
    if "weighted" in how:
        given["weight"] = rows["weight"]
    if "groups" in how:
        given["unit"] = rows["group"]
    found = fast(rows, **given)
    one = rows["weight"] if "weighted" in how else np.ones(N)
    assert found.value == pytest.approx(slow(one[None, :], rows)[0], rel=1e-10)
    drawn = slow(redrawn[how], rows)
    low, high = np.quantile(drawn, [0.025, 0.975])
    tolerance = AT_A_CUT if name in ("tpr_at_fpr", "fpr_at_tpr") else TOLERANCE
    assert found.high - found.low == pytest.approx(high - low, rel=tolerance)
    assert found.unit == ("group" if "groups" in how else "row")
    if how == "rows":
        assert found.n_effective is None
    else:
        assert found.n_effective is not None


def test_macro_auc_with_rows_kept_is_as_wide_as_the_bootstraps(rows, redrawn):
    found = on_class_scores(rows, unit=rows["group"])
    drawn = slow_macro_auc(redrawn["groups"], rows)
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert found.high - found.low == pytest.approx(high - low, rel=TOLERANCE)


def test_macro_auc_of_separate_tables_is_never_narrower(rows, redrawn):
    found = on_class_scores(rows)
    low, high = np.quantile(slow_macro_auc(redrawn["rows"], rows), [0.025, 0.975])
    assert found.high - found.low >= high - low


def test_groups_that_hold_alike_rows_widen_the_interval(rows):
    plain = on_cube(recall)(rows)
    grouped = on_cube(recall)(rows, unit=rows["group"])
    assert grouped.n_effective < 0.9 * plain.n
    assert grouped.high - grouped.low > 1.05 * (plain.high - plain.low)
