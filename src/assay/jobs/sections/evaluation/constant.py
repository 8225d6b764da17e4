"""An evaluation in; what the answer that ignores the row would have scored, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

from assay.evaluation.result import EvaluationResult, MetricResult
from assay.metrics.confusion.top_k import PREFIX, USUAL
from assay.metrics.scores import lift
from assay.metrics.scores.operating_points import FALSE_ALARMS, FOUND
from assay.result import Json
from assay.tables.cube import Level

Values = dict[str, tuple[float, str]]


@dataclass(frozen=True)
class Constant:
    """What a constant answer scores on one metric, in closed form from the shares of the classes.

    Parameters
    ----------
    value : float
    answer : str
        Which constant answer: the one that does well on this metric.
    """

    value: float
    answer: str

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {"value": self.value, "answer": self.answer}


def constant_answers(result: EvaluationResult) -> dict[str, Constant]:
    """Return, by metric, the value of the constant answer on the same rows.

    =============================  ==========================================================
    metric                         constant answer
    =============================  ==========================================================
    accuracy, micro averages       the most frequent class: its share q
    F1, F2, Fβ, precision (binary) always positive: with share p, (1+β²)p/(1+β²p) and p
    recall (binary)                the positive answer at random, as often as there are false
                                   alarms: their share; only where the threshold bounds them
    macro F1, weighted F1          the most frequent class: 2q/(1+q)/k, 2q²/(1+q)
    balanced accuracy              any class: 1/k
    MCC, kappa, Youden's J, Gini   any: 0
    ROC AUC, average precision     scores without order: 1/2, p
    KS, lifts, operating points    scores without order: 0, 1, the bound itself
    top-k accuracy                 the k most frequent classes: their shares together
    log loss, Brier, skills        the shares as probabilities: entropy, p(1-p) or 1-Σs², 0
    expected cost                  the cheaper of always and never
    macro, weighted F1 (labels)    every label to every row: means of 2p/(1+p)
    micro F1 (labels)              the m most frequent labels, m the best: 2Σp/(m + Σp)
    macro, micro precision         every label, and the most frequent one
    Hamming loss                   the labels that most rows have: mean of min(p, 1-p)
    macro ROC AUC and AP (labels)  scores without order: 1/2, mean of p
    R², adjusted R²; MSE, RMSE     the mean: 0; MSE/(1-R²) and its root
    MAE, WAPE, median error, D²    the median, with its own errors
    pinball loss, its D²           the quantile of the target, with its own loss
    NDCG, MAP, MRR and kin         the documents of each query in random order, on average
    errors of forecasts            the seasonal naive forecast of the same rows
    =============================  ==========================================================

    Parameters
    ----------
    result : EvaluationResult

    Returns
    -------
    dict
        Only metrics that have a value and that a constant answer can be scored on.
    """
    have = {each.name: each for each in result.metrics if each.estimate.value is not None}
    if result.task == "multilabel":
        values = _of_labels(_shares(result))
    elif result.task == "ranking":
        values = _of_random_order(result)
    elif result.task == "forecasting":
        values = _of_naive(result)
    elif result.task == "regression":
        values = _of_the_mean(result) | _of_the_median(result) | _of_the_quantile(have)
    else:
        values = _of_classes(result)
    if result.task == "binary":
        values |= _by_wish(result, have)
    return {name: Constant(*values[name]) for name in have if name in values}


def _shares(result: EvaluationResult) -> Sequence[float]:
    """Shares of the classes in the result's order: for binary the positive one last."""
    told = result.data["classes"]
    assert isinstance(told, list)
    return [float(each["share"]) for each in told if isinstance(each, dict)]  # type: ignore[arg-type]


def _of_labels(shares: Sequence[float]) -> Values:
    """Return what giving every row the same labels scores, from the share of rows of each."""
    k, total = len(shares), sum(shares)
    each = [2 * share / (1 + share) for share in shares]
    held = [share for share in shares if share > 0]
    most = sorted(shares, reverse=True)
    pooled = [2 * sum(most[:m]) / (m + total) for m in range(1, k + 1)]
    every, same = "Giving every row every label", "Giving every row the same most frequent labels"
    no_order = "Scores without any order"
    values: Values = {
        "macro_f1": (sum(each) / k, every),
        "macro_precision": (total / k, every),
        "micro_f1": (max(pooled), same),
        "micro_precision": (most[0], "Giving every row the most frequent label"),
        "hamming_loss": (sum(min(p, 1 - p) for p in shares) / k, "Giving the labels of most rows"),
        "macro_roc_auc": (0.5, no_order),
    }
    mixed = [share for share in held if share < 1]
    if mixed:
        values["macro_average_precision"] = (sum(mixed) / len(mixed), no_order)
    if total:
        weighted = sum(p * f1 for p, f1 in zip(shares, each, strict=True)) / total
        values["weighted_f1"] = (weighted, every)
    return values


def _of_random_order(result: EvaluationResult) -> Values:
    told = result.data.get("random_order")
    scores = _numbers(told) if isinstance(told, dict) else {}
    return {name: (value, "Documents in random order") for name, value in scores.items()}


def _of_naive(result: EvaluationResult) -> Values:
    """Return what the naive forecast scores on the same rows, where it is known."""
    told = result.data.get("naive")
    if not isinstance(told, dict) or not isinstance(told["metrics"], dict):
        return {}
    title = str(told["title"])
    title = title[:1].upper() + title[1:]
    scores = _numbers(told["metrics"])
    return {name: (value, title) for name, value in {"relative_mase": 1.0, **scores}.items()}


def _of_classes(result: EvaluationResult) -> Values:
    shares = [share for share in _shares(result) if share > 0]
    most, k = max(shares), len(shares)
    frequent = f"Always answering {result.classes[_shares(result).index(most)]!r}"
    no_order, prior = "Scores without any order", "The shares of the classes as probabilities"
    values: Values = {
        "accuracy": (most, frequent),
        "balanced_accuracy": (1 / k, frequent),
        "log_loss": (-sum(share * log(share) for share in shares), prior),
        "log_loss_skill": (0.0, prior),
        "brier_skill": (0.0, prior),
        **dict.fromkeys(("mcc", "cohen_kappa", "youden_j"), (0.0, frequent)),
    }
    if result.task == "binary":
        return values | _of_two_classes(_shares(result)[-1], result.positive)
    f1 = 2 * most / (1 + most)
    return values | {
        "macro_recall": (1 / k, frequent),
        "macro_f1": (f1 / k, frequent),
        "weighted_f1": (most * f1, frequent),
        **dict.fromkeys(("micro_precision", "micro_recall", "micro_f1"), (most, frequent)),
        "weighted_recall": (most, frequent),
        "brier": (1 - sum(share**2 for share in shares), prior),
        "roc_auc_ovr_macro": (0.5, no_order),
        **{
            f"{PREFIX}{n}": (sum(sorted(shares)[-n:]), f"Always the same {n}, the most frequent")
            for n in USUAL
        },
    }


def _of_two_classes(p: float, positive: Level) -> Values:
    always = f"Always answering {positive!r}"
    no_order = "Scores without any order"
    return {
        "f1": (2 * p / (1 + p), always),
        "f2": (5 * p / (1 + 4 * p), always),
        "precision": (p, always),
        "roc_auc": (0.5, no_order),
        "gini": (0.0, no_order),
        "average_precision": (p, no_order),
        "average_precision_lift": (1.0, no_order),
        "ks_statistic": (0.0, no_order),
        **dict.fromkeys((metric.name for metric in lift.METRICS), (1.0, no_order)),
        "tpr_at_fpr_1": (FALSE_ALARMS, no_order),
        "fpr_at_tpr_95": (FOUND, no_order),
        "brier": (p * (1 - p), "The shares of the classes as probabilities"),
    }


def _by_wish(result: EvaluationResult, have: Mapping[str, MetricResult]) -> Values:
    """Return what exists only where the user gave costs or a goal for the threshold."""
    p, positive = _shares(result)[-1], result.positive
    values: Values = {}
    if "expected_cost" in have:
        values["expected_cost"] = _cheaper(have["expected_cost"], result)
    if "f_beta" in have:
        beta = _numbers(have["f_beta"].params)["beta"]
        of_always = (1 + beta**2) * p / (1 + beta**2 * p)
        values["f_beta"] = (of_always, f"Always answering {positive!r}")
    aims = result.head.metrics[:2] if result.head.rule == "goal" else ()
    if aims == ("recall", "specificity"):
        alarms = 1 - (have["specificity"].estimate.value or 0.0)
        random = f"Answering {positive!r} at random with as many false alarms"
        values["recall"] = (alarms, random)
    return values


def _cheaper(cost: MetricResult, result: EvaluationResult) -> tuple[float, str]:
    price, p = _numbers(cost.params), _shares(result)[-1]
    always = price["true_positive"] * p + price["false_positive"] * (1 - p)
    never = price["false_negative"] * p + price["true_negative"] * (1 - p)
    negative, positive = result.classes
    cheaper = positive if always <= never else negative
    return min(always, never), f"Always answering {cheaper!r}"


def _numbers(params: Mapping[str, Json]) -> dict[str, float]:
    return {name: float(value) for name, value in params.items() if isinstance(value, int | float)}


def _of_the_mean(result: EvaluationResult) -> Values:
    mean = "Always answering the mean"
    values: Values = {"r2": (0.0, mean), "adjusted_r2": (0.0, mean)}
    found = {each.name: each.estimate.value for each in result.metrics}
    r2, mse = found.get("r2"), found.get("mse")
    if r2 is not None and mse is not None and r2 < 1:
        values |= {"mse": (mse / (1 - r2), mean), "rmse": (sqrt(mse / (1 - r2)), mean)}
    return values


def _of_the_quantile(have: Mapping[str, MetricResult]) -> Values:
    """Return the loss of a constant quantile, where the predictions are one."""
    saved, loss = have.get("d2_pinball"), have.get("pinball_loss")
    if saved is None or loss is None:
        return {}
    share, lost = saved.estimate.value, loss.estimate.value
    quantile = "Always answering the quantile of the target"
    values: Values = {"d2_pinball": (0.0, quantile)}
    if share is not None and lost is not None and share < 1:
        values["pinball_loss"] = (lost / (1 - share), quantile)
    return values


def _of_the_median(result: EvaluationResult) -> Values:
    """Return the errors of the median, which no other constant beats by the absolute error."""
    target = result.data.get("target")
    if not isinstance(target, dict):
        return {}
    told, median = _numbers(target), "Always answering the median"
    values: Values = {
        "mae": (told["mae_of_median"], median),
        "median_absolute_error": (told["median_error_of_median"], median),
        "d2_absolute_error": (0.0, median),
    }
    found = {each.name: each.estimate.value for each in result.metrics}
    mae, wape = found.get("mae"), found.get("wape")
    if mae and wape is not None:
        values["wape"] = (wape / mae * told["mae_of_median"], median)
    return values
