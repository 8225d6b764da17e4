"""Simulated data with known truth for `coverage.py`: tables made straight from arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from coverage_labels import labels_truth, simulate_labels
from scipy.special import expit, ndtr, softmax
from scipy.stats import binom

from assay.metrics.averages.macro_f1 import macro_f1_of
from assay.metrics.averages.macro_precision import macro_precision_of
from assay.metrics.averages.weighted_f1 import weighted_f1_of
from assay.metrics.averages.weighted_precision import weighted_precision_of
from assay.metrics.catalogue import metrics_for
from assay.metrics.confusion.cohen_kappa import cohen_kappa_of
from assay.metrics.confusion.mcc import mcc_of
from assay.metrics.confusion.top_k import USUAL
from assay.metrics.draws import draw_cells
from assay.metrics.margins import Margins
from assay.metrics.measure import MetricInputs, measure
from assay.metrics.regression.from_rows import (
    distribution_of_rows,
    error_moments,
    moments_of_rows,
    relative_moments,
)
from assay.metrics.regression.quantities import (
    deviance_quantities,
    gamma_quantities,
    log_quantities,
    quantile_quantities,
    symmetric_error,
)
from assay.metrics.scores.lift import SHARES
from assay.metrics.scores.loss_terms import loss_moments, multiclass_loss_terms
from assay.metrics.scores.roc_auc_ovr_macro import roc_auc_ovr_macro
from assay.result import Estimate
from assay.stats.levels import Levels
from assay.stats.precision_recall import average_precision_of
from assay.stats.roc import area_under_roc
from assay.tables.cube import Cube
from assay.tables.score_table import ScoreRows, ScoreTable

SIZES = (200, 1_000, 5_000)
MINORITIES = (0.5, 0.2, 0.05)
ERRORS = ("normal", "t5", "lognormal")
BOTH = (False, True)
POPULATION = 10_000_000
RARE = "rare"
CLASSES = ("common", "other", RARE)
RARE_LABELS = (0.2, 0.05)


@dataclass(frozen=True)
class Case:
    """One cell of the table: a task, a number of rows and a shape of the data."""

    task: str
    n: int
    shape: float | str

    def seed(self, number: int) -> list[int]:
        """Return the seed of one set: its own for every cell and number."""
        return [number, self.n, *str(self).encode(), *self.task.encode()]

    def __str__(self) -> str:
        shape = f"{self.shape:.0%}" if isinstance(self.shape, float) else self.shape
        return f"n = {self.n:,}, {shape}"


def all_cases() -> list[Case]:
    """Every cell: three sizes by three shapes; for rows with many labels two by two."""
    shapes: dict[str, tuple[float | str, ...]] = {
        "binary": MINORITIES,
        "multiclass": (1 / 3, 0.2, 0.05),
        "regression": ERRORS,
    }
    cases = [Case(task, n, s) for task, each in shapes.items() for n in SIZES for s in each]
    return cases + [Case("multilabel", n, s) for n in SIZES[:2] for s in RARE_LABELS]


def simulate(case: Case, rng: np.random.Generator) -> dict[str, Estimate]:
    """Draw one sample of a case; return every metric's estimate by name."""
    return {
        "binary": _binary,
        "multiclass": _multiclass,
        "multilabel": _multilabel,
        "regression": _regression,
    }[case.task](case, rng)


@cache
def truth(case: Case) -> Mapping[str, float]:
    """Value of every metric in the population of a case."""
    return {
        "binary": _binary_truth,
        "multiclass": _multiclass_truth,
        "multilabel": _multilabel_truth,
        "regression": _regression_truth,
    }[case.task](case)


# --- binary: normal scores of two classes, over-confident probabilities -------------------------

DISTANCE = 1.6
OVERCONFIDENCE = 1.25
SHIFT = 0.2


def _score(x: np.ndarray, share: float) -> np.ndarray:
    honest = np.log(share / (1 - share)) + DISTANCE * x - DISTANCE**2 / 2
    return expit(SHIFT + OVERCONFIDENCE * honest)


@cache
def _grid(share: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Scores on a fine grid with the mass of positives and negatives, and the threshold."""
    edges = np.linspace(-8, 10, 400_001)
    middle = (edges[1:] + edges[:-1]) / 2
    positive = share * np.diff(ndtr(edges - DISTANCE))
    negative = (1 - share) * np.diff(ndtr(edges))
    score = _score(middle, share)
    above = np.cumsum((positive + negative)[::-1])[::-1]
    threshold = float(score[np.searchsorted(-above, -share)])
    return score, positive, negative, threshold


def score_table(y: np.ndarray, s: np.ndarray, *, by_row: bool = False) -> ScoreTable:
    """Count positives and negatives at each distinct score."""
    distinct, place = np.unique(s, return_inverse=True)
    n_pos = np.bincount(place[y], minlength=len(distinct))
    n_neg = np.bincount(place[~y], minlength=len(distinct))
    rows = None
    if by_row:
        each = np.arange(len(y), dtype=np.int32)
        rows = ScoreRows(place.astype(np.int32), y, np.ones(len(y)), each, len(y), "row")
    return ScoreTable(distinct, n_pos, n_neg, rows=rows)


def _binary(case: Case, rng: np.random.Generator) -> dict[str, Estimate]:
    share = float(case.shape)
    y = rng.random(case.n) < share
    s = _score(rng.standard_normal(case.n) + DISTANCE * y, share)
    answer = s >= _grid(share)[3]
    cells = np.bincount(2 * y + answer, minlength=4).reshape(2, 2)
    cube = Cube.from_counts({"label": BOTH, "prediction": BOTH}, cells)
    table = score_table(y, s)
    inputs = MetricInputs(
        cube=cube, draws=draw_cells(cube, rng=rng), scores=table, losses=loss_moments(table)
    )
    return _measured("binary", inputs)


def _measured(task: str, inputs: MetricInputs) -> dict[str, Estimate]:
    out: dict[str, Estimate] = {}
    for metric in metrics_for(task):  # type: ignore[arg-type]
        of = RARE if task == "multiclass" else True
        found = measure(metric, inputs, of=of)
        if found is not None:
            name = f"{metric.name} ({RARE} class)" if of == RARE and metric.per_class else ""
            out[name or metric.name] = found
    return out


def _binary_truth(case: Case) -> Mapping[str, float]:
    share = float(case.shape)
    score, positive, negative, threshold = _grid(share)
    above = score >= threshold
    tp, fp = positive[above].sum(), negative[above].sum()
    fn, tn = positive.sum() - tp, negative.sum() - fp
    levels = Levels(positive, negative)
    area = area_under_roc(levels).value
    loss = -float(np.dot(positive, np.log(score)) + np.dot(negative, np.log1p(-score)))
    square = float(np.dot(positive, (1 - score) ** 2) + np.dot(negative, score**2))
    entropy = -share * np.log(share) - (1 - share) * np.log(1 - share)
    return _confusion_truth(np.array([[tn, fp], [fn, tp]]), 1) | {
        "youden_j": tp / (tp + fn) + tn / (tn + fp) - 1,
        "g_mean": float(np.sqrt(tp / (tp + fn) * tn / (tn + fp))),
        "roc_auc": area,
        "gini": 2 * area - 1,
        "average_precision": average_precision_of(levels).value,
        "log_loss": loss,
        "brier": square,
        "log_loss_skill": 1 - loss / entropy,
        "brier_skill": 1 - square / (share * (1 - share)),
        "ece": _ece_truth(score, positive, negative),
        "calibration_slope": 1 / OVERCONFIDENCE,
        "calibration_intercept": -SHIFT / OVERCONFIDENCE,
        "calibration_in_the_large": _large_truth(score, positive, negative),
        **_ranking_truth(positive, negative),
    }


def _ranking_truth(positive: np.ndarray, negative: np.ndarray) -> dict[str, float]:
    """Read gaps, shares and rates at a cut off the order of the scores."""
    found, alarms = (np.cumsum(mass[::-1]) / mass.sum() for mass in (positive, negative))
    share = positive.sum() / (positive.sum() + negative.sum())
    taken = share * found + (1 - share) * alarms
    lifts = {f"lift_at_{100 * x:g}": float(np.interp(x, taken, found)) / x for x in SHARES}
    return lifts | {
        "ks_statistic": float((found - alarms).max()),
        "average_precision_lift": average_precision_of(Levels(positive, negative)).value / share,
        "tpr_at_fpr_1": float(np.interp(0.01, alarms, found)),
        "fpr_at_tpr_95": float(np.interp(0.95, found, alarms)),
    }


def _ece_truth(score: np.ndarray, positive: np.ndarray, negative: np.ndarray) -> float:
    mass = positive + negative
    place = np.minimum((np.cumsum(mass) / mass.sum() * 15).astype(int), 14)
    gap = np.bincount(place, weights=positive - score * mass)
    return float(np.abs(gap).sum() / mass.sum())


def _large_truth(score: np.ndarray, positive: np.ndarray, negative: np.ndarray) -> float:
    logit, low, high = np.log(score / (1 - score)), -5.0, 5.0
    for _ in range(60):
        middle = (low + high) / 2
        more = np.dot(positive + negative, expit(logit + middle)) < positive.sum()
        low, high = (middle, high) if more else (low, middle)
    return (low + high) / 2


def _confusion_truth(cells: np.ndarray, place: int) -> dict[str, float]:
    right, actual, predicted = np.diag(cells), cells.sum(axis=1), cells.sum(axis=0)
    margins, total = Margins(right, actual, predicted), cells.sum()
    tp, a, p = right[place], actual[place], predicted[place]
    return {
        "accuracy": right.sum() / total,
        "balanced_accuracy": float(np.mean(right / actual)),
        "precision": tp / p,
        "recall": tp / a,
        "specificity": (total - a - p + tp) / (total - a),
        "negative_predictive_value": (total - a - p + tp) / (total - p),
        "f1": 2 * tp / (a + p),
        "f2": 5 * tp / (4 * a + p),
        "mcc": float(mcc_of(margins)),
        "cohen_kappa": float(cohen_kappa_of(margins)),
    }


# --- many labels: see coverage_labels -----------------------------------------------------------


def _kept_table(y: np.ndarray, s: np.ndarray) -> ScoreTable:
    return score_table(y, s, by_row=True)


def _multilabel(case: Case, rng: np.random.Generator) -> dict[str, Estimate]:
    return simulate_labels(float(case.shape), case.n, rng, _kept_table)


def _multilabel_truth(case: Case) -> Mapping[str, float]:
    return _labels_truth(float(case.shape))


@cache
def _labels_truth(rare: float) -> Mapping[str, float]:
    return labels_truth(rare, POPULATION // 5, score_table)


# --- multiclass: three normal clouds in the plane -----------------------------------------------

CENTRES = np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 1.8]])


def _clouds(rare: float, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    shares = np.array([(1 - rare) / 2, (1 - rare) / 2, rare])
    y = np.searchsorted(np.cumsum(shares)[:-1], rng.random(n), side="right")
    x = rng.standard_normal((n, 2)) + CENTRES[y]
    distance = ((x[:, None, :] - CENTRES) ** 2).sum(axis=2)
    return y, softmax(1.2 * (np.log(shares) - distance / 2), axis=1)


def _answers(probability: np.ndarray, rare: float) -> np.ndarray:
    """Answer the rare class earlier than the highest probability would."""
    return np.argmax(probability * np.array([1.0, 1.0, min(3.0, (1 / 3 / rare) ** 0.5)]), axis=1)


def _multiclass(case: Case, rng: np.random.Generator) -> dict[str, Estimate]:
    rare = float(case.shape)
    y, probability = _clouds(rare, case.n, rng)
    cells = np.bincount(3 * y + _answers(probability, rare), minlength=9).reshape(3, 3)
    cube = Cube.from_counts({"label": CLASSES, "prediction": CLASSES}, cells)
    by_row = [score_table(y == k, probability[:, k], by_row=True) for k in range(3)]
    inputs = MetricInputs(
        cube=cube,
        draws=draw_cells(cube, rng=rng, classes=CLASSES),
        class_scores=[replace(table, rows=None) for table in by_row],
        losses=moments_of_rows(multiclass_loss_terms(y, probability)),
        ranks=_ranks(case.n, rng),
    )
    joint = roc_auc_ovr_macro(by_row)
    return _measured("multiclass", inputs) | {"roc_auc_ovr_macro (rows kept)": joint}


MANY = 8
AHEAD = 1.5


def _ranks(n: int, rng: np.random.Generator) -> Cube:
    """Place of the true class among eight, whose score is ahead of the others' on average."""
    own = AHEAD + rng.standard_normal((n, 1))
    rank = 1 + (rng.standard_normal((n, MANY - 1)) >= own).sum(axis=1)
    return Cube.from_counts(
        {"rank": tuple(range(1, MANY + 1))}, np.bincount(rank, minlength=MANY + 1)[1:]
    )


def _ranks_truth() -> dict[str, float]:
    own = np.linspace(-8, 8, 20_001) + AHEAD
    mass = np.exp(-((own - AHEAD) ** 2) / 2)
    return {
        f"top_{k}": float(np.average(binom.cdf(k - 1, MANY - 1, 1 - ndtr(own)), weights=mass))
        for k in USUAL
    }


def _multiclass_truth(case: Case) -> Mapping[str, float]:
    return _cloud_truth(float(case.shape))


@cache
def _cloud_truth(rare: float) -> Mapping[str, float]:
    rng, parts = np.random.default_rng(12345), 20
    cells, loss, square, n = np.zeros((3, 3)), 0.0, 0.0, POPULATION // parts
    counts = np.zeros((3, 2, 200_000))
    for _ in range(parts):
        y, probability = _clouds(rare, n, rng)
        cells += np.bincount(3 * y + _answers(probability, rare), minlength=9).reshape(3, 3)
        terms = multiclass_loss_terms(y, probability)
        loss, square = loss + terms["log_loss"].sum(), square + terms["brier"].sum()
        place = np.minimum((probability * 200_000).astype(int), 199_999)
        for k in range(3):
            for side in (0, 1):
                at = place[(y == k) == bool(side), k]
                counts[k, side] += np.bincount(at, minlength=200_000)
    margins = Margins(np.diag(cells), cells.sum(axis=1), cells.sum(axis=0))
    areas = [area_under_roc(Levels(counts[k, 1], counts[k, 0])).value for k in range(3)]
    plain = _confusion_truth(cells, 2)
    whole = ("accuracy", "balanced_accuracy", "mcc", "cohen_kappa")
    out = {name if name in whole else f"{name} ({RARE} class)": v for name, v in plain.items()}
    accuracy = out["accuracy"]
    same = ("weighted_recall", "micro_precision", "micro_recall", "micro_f1")
    averages = {
        "macro_recall": out["balanced_accuracy"],
        "macro_precision": float(macro_precision_of(margins)),
        "macro_f1": float(macro_f1_of(margins)),
        "weighted_precision": float(weighted_precision_of(margins)),
        "weighted_f1": float(weighted_f1_of(margins)),
        "log_loss": loss / (parts * n),
        "brier": square / (parts * n),
        "roc_auc_ovr_macro": float(np.mean(areas)),
        "roc_auc_ovr_macro (rows kept)": float(np.mean(areas)),
        **_ranks_truth(),
    }
    return out | dict.fromkeys(same, accuracy) | averages


# --- regression: three shapes of error ----------------------------------------------------------

SCALE = 3.0
N_FEATURES = 5


def _rows(shape: str, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    # So far from 0 that the mean of |e / y| exists for all practical purposes.
    prediction = 200 + 6 * rng.standard_normal(n)
    if shape == "normal":
        error = rng.standard_normal(n)
    elif shape == "t5":
        error = rng.standard_t(5, n)
    else:
        error = np.exp(0.5 * rng.standard_normal(n)) - np.exp(0.125) + 0.1
    return prediction + SCALE * error, prediction


QUANTILE = 0.9
ABOVE = 1.2 * SCALE


def _amounts(
    shape: str, n: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw counts, amounts above 0, and predictions of their mean, scattered by shape."""
    mean = np.exp(1 + 0.5 * rng.standard_normal(n))
    if shape == "normal":
        amount = mean * rng.gamma(20, 1 / 20, n)
    elif shape == "t5":
        amount = mean * rng.gamma(2, 1 / 2, n)
    else:
        amount = mean * np.exp(0.5 * rng.standard_normal(n) - 0.125)
    count = rng.poisson(amount).astype(np.float64)
    return count, amount, mean * np.exp(0.2 * rng.standard_normal(n))


def _regression(case: Case, rng: np.random.Generator) -> dict[str, Estimate]:
    y, prediction = _rows(str(case.shape), case.n, rng)
    count, amount, expected = _amounts(str(case.shape), case.n, rng)
    higher = prediction + ABOVE
    constant = float(np.quantile(y, QUANTILE))
    covered = int(np.count_nonzero(y <= higher))
    inputs = MetricInputs(
        errors=error_moments(y, prediction, median=float(np.median(y))),
        targets=distribution_of_rows(y),
        quantile=QUANTILE,
        quantile_losses=moments_of_rows(
            quantile_quantities(y, higher, QUANTILE, constant=constant)
        ),
        covered=Cube.from_counts({"covered": BOTH}, [case.n - covered, covered]),
        log_errors=moments_of_rows(log_quantities(count, expected)),
        deviances=moments_of_rows(deviance_quantities(count, expected)),
        gamma_deviances=moments_of_rows(gamma_quantities(amount, expected)),
        relative_errors=relative_moments(y, prediction),
        absolute_errors=distribution_of_rows(np.abs(y - prediction)),
        absolute_targets=distribution_of_rows(np.abs(y)),
        n_features=N_FEATURES,
    )
    return _measured("regression", inputs)


def _regression_truth(case: Case) -> Mapping[str, float]:
    plain = dict(_error_truth(str(case.shape)))
    charge = (case.n - 1) / (case.n - N_FEATURES - 1)
    return plain | {"adjusted_r2": 1 - (1 - plain["r2"]) * charge}


@cache
def _error_truth(shape: str) -> Mapping[str, float]:
    rng, parts = np.random.default_rng(54321), 10
    chunks = [_rows(shape, POPULATION // parts, rng) for _ in range(parts)]
    y, prediction = (np.concatenate(part) for part in zip(*chunks, strict=True))
    error = prediction - y
    mse, mae = float(np.mean(error**2)), float(np.mean(np.abs(error)))
    variance = {"normal": 1.0, "t5": 5 / 3, "lognormal": (np.exp(0.25) - 1) * np.exp(0.25)}
    known = SCALE**2 * (variance[shape] + (0.01 if shape == "lognormal" else 0.0))
    assert abs(known / mse - 1) < 0.01
    spread = 36 + SCALE**2 * variance[shape]
    return {
        "mse": known,
        "rmse": known**0.5,
        "mae": mae,
        "mean_error": -0.1 * SCALE if shape == "lognormal" else 0.0,
        "median_absolute_error": float(np.median(np.abs(error))),
        "r2": 1 - known / spread,
        "mape": float(np.mean(np.abs(error / y))),
        "wape": mae / float(np.mean(np.abs(y))),
        **_more_error_truth(shape, y, prediction, rng),
    }


def _more_error_truth(
    shape: str, y: np.ndarray, prediction: np.ndarray, rng: np.random.Generator
) -> dict[str, float]:
    error, higher = np.abs(prediction - y), prediction + ABOVE
    loss = quantile_quantities(y, higher, QUANTILE, constant=float(np.quantile(y, QUANTILE)))
    pinball, constant = (float(np.mean(part)) for part in loss.values())
    count, amount, expected = _amounts(shape, POPULATION, rng)
    deviances = deviance_quantities(count, expected) | gamma_quantities(amount, expected)
    squares = log_quantities(count, expected)["squared_log_error"]
    return {
        "d2_absolute_error": 1 - float(np.mean(error) / np.mean(np.abs(y - np.median(y)))),
        "pearson": float(np.corrcoef(y, prediction)[0, 1]),
        "smape": float(np.mean(symmetric_error(y, prediction))),
        "pinball_loss": pinball,
        "d2_pinball": 1 - pinball / constant,
        "quantile_coverage": float(np.mean(y <= higher)),
        "rmsle": float(np.sqrt(np.mean(squares))),
        **{name: float(np.mean(part)) for name, part in deviances.items()},
    }
