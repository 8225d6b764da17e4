"""How often an evaluation warns about a sound model on sound data.

    python benchmarks/false_alarms.py [--reports 200]

Each report judges a model that knows something, whose probabilities are true and whose numbers
are right on average for the rows that get them. Infos are not
counted: they say what is so. Leaves with status 1 when more than 5 % of the reports of any kind
hold a warning or an error.
"""

import argparse
import sys
from collections import Counter

import numpy as np
from scipy.special import expit

import assay

LIMIT = 0.05
SIZES = (300, 2_000)


def binary(rng, n, share=0.4):
    score = rng.beta(2 * share, 2 * (1 - share), n)
    return {"y_true": rng.random(n) < score, "y_score": score}


def rare(rng, n):
    return binary(rng, n, share=0.15)


def answers(rng, n):
    y = rng.random(n) < 0.4
    return {"y_true": y, "y_pred": np.where(rng.random(n) < 0.8, y, ~y)}


def multiclass(rng, n):
    shares = rng.dirichlet(np.ones(4), size=n)
    drawn = (shares.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    return {"y_true": drawn, "y_score": shares}


def regression(rng, n):
    mean = rng.normal(size=n)
    return {"y_true": mean + 0.5 * rng.normal(size=n), "y_pred": mean}


def skewed(rng, n):
    mean = np.exp(0.7 * rng.normal(size=n))
    return {"y_true": mean * rng.gamma(4.0, 0.25, n), "y_pred": mean}


def quantile(rng, n):
    mean = rng.normal(size=n)
    return {"y_true": mean + rng.normal(size=n), "y_pred": mean + 1.2816, "quantile": 0.9}


def grouped(rng, n):
    return {**binary(rng, n), "group": rng.integers(0, n // 5, n)}


def labels(rng, n):
    share = np.linspace(0.15, 0.5, 5)
    score = expit(1.5 * rng.standard_normal((n, 5)) + np.log(share / (1 - share)))
    return {"y_true": rng.random((n, 5)) < score, "y_score": score}


KINDS = (binary, rare, answers, multiclass, regression, skewed, quantile, grouped, labels)


def main():
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reports", type=int, default=200)
    options = parser.parse_args()
    worst = 0.0
    print(f"{'model':12} {'rows':>6}  reports with a warning or error, of {options.reports}")
    for kind in KINDS:
        for n in SIZES:
            alarms, rules = 0, Counter()
            for seed in range(options.reports):
                given = kind(np.random.default_rng([seed, n]), n)
                found = [f for f in assay.evaluate(**given).findings if f.severity != "info"]
                alarms += bool(found)
                rules.update(finding.rule for finding in found)
            worst = max(worst, alarms / options.reports)
            print(
                f"{kind.__name__:12} {n:6}  {alarms:4} ({alarms / options.reports:.1%})  "
                + ", ".join(f"{rule} {times}" for rule, times in rules.most_common())
            )
    print(f"worst: {worst:.1%} (at most {LIMIT:.0%})")
    return 0 if worst <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
