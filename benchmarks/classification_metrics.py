"""Twelve classification metrics on a million scored rows, beside scikit-learn's.

assay gives 95 % intervals, scikit-learn none; they take turns in one process.

    python benchmarks/classification_metrics.py [--rows 1000000] [--turns 7]

Prints the seconds of each turn and the median of the ratios; leaves with status 1 when that is
not below 1.
"""

import argparse
import sys
import time
from statistics import median

import numpy as np
from sklearn import metrics as sk

import assay

NAMES = (
    "accuracy",
    "balanced_accuracy",
    "precision",
    "recall",
    "f1",
    "specificity",
    "mcc",
    "cohen_kappa",
    "roc_auc",
    "average_precision",
    "log_loss",
    "brier",
)


def scored_rows(n, seed=0):
    """Labels with 24 % positives and scores that know something about them."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.24).astype(np.int64)
    logit = rng.normal(size=n) + 1.8 * y - 1.6
    return y, 1 / (1 + np.exp(-logit))


def with_assay(y, score):
    result = assay.evaluate(y_true=y, y_score=score, threshold=0.5, metrics=NAMES)
    estimates = {name: result[name] for name in NAMES}
    assert all(each.low is not None and each.high is not None for each in estimates.values())
    return {name: each.value for name, each in estimates.items()}


def with_scikit_learn(y, score):
    predicted = (score >= 0.5).astype(np.int64)
    return {
        "accuracy": sk.accuracy_score(y, predicted),
        "balanced_accuracy": sk.balanced_accuracy_score(y, predicted),
        "precision": sk.precision_score(y, predicted),
        "recall": sk.recall_score(y, predicted),
        "f1": sk.f1_score(y, predicted),
        "specificity": sk.recall_score(y, predicted, pos_label=0),
        "mcc": sk.matthews_corrcoef(y, predicted),
        "cohen_kappa": sk.cohen_kappa_score(y, predicted),
        "roc_auc": sk.roc_auc_score(y, score),
        "average_precision": sk.average_precision_score(y, score),
        "log_loss": sk.log_loss(y, score),
        "brier": sk.brier_score_loss(y, score),
    }


def timed(function, *arguments):
    start = time.perf_counter()
    found = function(*arguments)
    return time.perf_counter() - start, found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=7)
    options = parser.parse_args()
    y, score = scored_rows(options.rows)
    with_assay(y[:1_000], score[:1_000])  # imports and first calls are not what is compared
    with_scikit_learn(y[:1_000], score[:1_000])
    ratios = []
    print(f"{options.rows:,} rows, {len(NAMES)} metrics")
    print("turn  assay (with intervals)  scikit-learn (without)  ratio")
    for turn in range(options.turns):
        ours, found = timed(with_assay, y, score)
        theirs, expected = timed(with_scikit_learn, y, score)
        for name in NAMES:
            assert abs(found[name] - expected[name]) < 1e-10, name
        ratios.append(ours / theirs)
        print(f"{turn + 1:4}  {ours:20.3f} s  {theirs:20.3f} s  {ratios[-1]:5.2f}")
    print(f"median ratio: {median(ratios):.2f} (must be below 1)")
    return 0 if median(ratios) < 1 else 1


if __name__ == "__main__":
    sys.exit(main())
