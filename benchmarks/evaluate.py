"""Trust in the verdict: what comparing, looking for weak slices and for leaks costs.

    python benchmarks/evaluate.py [--part compare slices leaks] [--rows N] [--repeats N]

compare: two classifiers on the same 1,000,000 rows, paired, by each of accuracy, F1, ROC AUC and
log loss with their intervals and p-values, in turns with a plain evaluation (`assay.evaluate` of
one classifier, with the intervals of all its metrics) of the same arrays in one process. Printed
are seconds and the median of the ratios; the bound is 5 for all four together. Beside it stands
what 2,000 redraws of the rows would take, from 5 of them made with numpy and scikit-learn.

slices: weak slices over 30 columns (20 numbers, 10 categories) and 100,000 rows, one of them
planted; the bound is 20 seconds.

leaks: all checks of leakage over 100 columns and 1,000,000 rows, half of them train rows; printed
are seconds and how many rows the checks of single columns read.

Leaves with status 1 when a bound is missed.
"""

import argparse
import sys
import time
from statistics import median

import numpy as np
import polars as pl

MAX_EVALUATIONS = 5.0
MAX_SLICE_SECONDS = 20.0
REDRAWS, TRIED = 2_000, 5
METRICS = ("accuracy", "f1", "roc_auc", "log_loss")


def two_classifiers(n, seed=0):
    """Return labels and the probabilities of two classifiers that err on much the same rows."""
    rng = np.random.default_rng(seed)
    shared, own = rng.normal(size=n), rng.normal(size=(2, n))
    truth = (shared + rng.logistic(size=n) * 0.6 > 0.8).astype(np.int64)
    first = 1 / (1 + np.exp(-(shared + 0.30 * own[0] - 0.8) / 0.6))
    second = 1 / (1 + np.exp(-(shared + 0.32 * own[1] - 0.8) / 0.6))
    return truth, first, second


def compare(n, repeats):
    import assay
    from assay.data.dataset import Dataset
    from assay.evaluation.comparison.compare import compare_answers
    from assay.evaluation.judged import Answers, JudgedRows

    truth, first, second = two_classifiers(n)
    rows = JudgedRows(task="binary", truth=truth, classes=(0, 1))
    one, other = (
        Answers(name=name, labels=(p >= 0.5).astype(np.int64), scores=p)
        for name, p in (("one", first), ("other", second))
    )
    spent, plain, by_metric = [], [], {name: [] for name in METRICS}
    data = Dataset.from_arrays(y_true=truth, y_score=first, positive=1)
    for _ in range(repeats):
        start = time.perf_counter()
        assay.evaluate(None, data)
        plain.append(time.perf_counter() - start)
        total = 0.0
        for name in METRICS:
            start = time.perf_counter()
            found = compare_answers(rows, one, other, metric=name)
            by_metric[name].append(time.perf_counter() - start)
            total += by_metric[name][-1]
            if len(spent) == 0:
                d = found.difference
                print(f"  {name}: {d.value:.5f} [{d.low:.5f}, {d.high:.5f}], {found.test}")
        spent.append(total)
    ratio = median(a / b for a, b in zip(spent, plain, strict=True))
    print(f"{n:,} rows: a plain evaluation {median(plain):.2f} s")
    for name, seconds in by_metric.items():
        each = median(a / b for a, b in zip(seconds, plain, strict=True))
        print(f"  {name}: {median(seconds):.2f} s, {each:.2f} evaluations")
    print(
        f"  all four: {median(spent):.2f} s, {ratio:.2f} evaluations (bound {MAX_EVALUATIONS:g})"
    )
    redrawn = redraw_rows(truth, first, second)
    print(f"  {REDRAWS:,} redraws of the rows (numpy, scikit-learn): about {redrawn:,.0f} s")
    print(f"  that is {redrawn / median(spent):,.0f} times as long")
    return ratio <= MAX_EVALUATIONS


def redraw_rows(truth, first, second):
    """Return the seconds that all redraws would take, from a few of them."""
    from sklearn.metrics import accuracy_score, f1_score, log_loss, roc_auc_score

    rng = np.random.default_rng(1)
    start = time.perf_counter()
    for _ in range(TRIED):
        at = rng.integers(0, truth.size, truth.size)
        y = truth[at]
        for p in (first[at], second[at]):
            accuracy_score(y, p >= 0.5)
            f1_score(y, p >= 0.5)
            roc_auc_score(y, p)
            log_loss(y, p)
    return (time.perf_counter() - start) / TRIED * REDRAWS


def slices(n, repeats):
    import assay

    rng = np.random.default_rng(2)
    columns = {f"x{at}": rng.normal(size=n) for at in range(20)}
    columns |= {f"c{at}": rng.choice(list("abcdefgh"), n) for at in range(10)}
    truth = rng.integers(0, 2, n)
    planted = (columns["x3"] > 0) & (columns["c2"] == "d")
    wrong = rng.random(n) < np.where(planted, 0.35, 0.12)
    frame, answer = pl.DataFrame(columns), np.where(wrong, 1 - truth, truth)
    seconds = []
    for seed in range(repeats):
        start = time.perf_counter()
        found = assay.find_slices(X=frame, y_true=truth, y_pred=answer, seed=seed)
        seconds.append(time.perf_counter() - start)
    names = ", ".join(each.name for each in found.confirmed) or "none"
    print(f"slices: 30 columns, {n:,} rows: {median(seconds):.2f} s (bound {MAX_SLICE_SECONDS:g})")
    print(f"  planted: x3 > 0 and c2 = d ({planted.mean():.1%} of the rows); found: {names}")
    return median(seconds) <= MAX_SLICE_SECONDS


def leaks(n):
    from assay.data.dataset import Dataset
    from assay.data_quality.leakage.build import check_leakage
    from assay.data_quality.leakage.tables import LeakTables, Part

    rng = np.random.default_rng(3)
    columns = {f"x{at}": rng.normal(size=n) for at in range(80)}
    columns |= {f"c{at}": rng.choice(list("abcdefghijkl"), n) for at in range(19)}
    truth = (columns["x0"] + rng.normal(size=n) > 0).astype(np.int64)
    columns["told"] = truth + 0.01 * rng.normal(size=n)
    frame = pl.DataFrame({**columns, "y": truth})
    train = Dataset.read(frame[: n // 2], label="y")
    data = train.like(frame[n // 2 :])
    tables = LeakTables(
        data=Part("data", data), train=Part("train", train), task="binary", classes=(0, 1)
    )
    start = time.perf_counter()
    result = check_leakage(tables)
    seconds = time.perf_counter() - start
    print(f"leaks: {len(columns)} columns, {n:,} rows: {seconds:.1f} s")
    print(f"  single columns were read of {tables.train.sampled}")
    for check in result.checks:
        told = ", ".join(each.rule for each in check.findings) or check.status
        print(f"  {check.title}: {told}")
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", nargs="+", default=["compare", "slices", "leaks"])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    told = parser.parse_args()
    kept = []
    if "compare" in told.part:
        kept.append(compare(told.rows, told.repeats))
    if "slices" in told.part:
        kept.append(slices(max(told.rows // 10, 1_000), min(told.repeats, 3)))
    if "leaks" in told.part:
        kept.append(leaks(told.rows))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
