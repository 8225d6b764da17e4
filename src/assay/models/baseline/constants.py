"""Rung 0 and the labels of most rows: models that do not look at the features."""

from dataclasses import dataclass

import numpy as np

from assay.models.baseline.problem import Problem, Truth, as_target
from assay.models.baseline.tables import Floats, Part, Table


@dataclass(frozen=True, eq=False)
class Constant:
    """The same answer for every row."""

    answer: Floats
    notes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def numbers(self, table: Table) -> Floats:
        """Return the answer once for each row."""
        return np.tile(self.answer, (table.n, 1))


def learn_mean(
    table: Table, parts: tuple[Part, ...], y: Truth, weight: Floats | None, problem: Problem
) -> Constant:
    """Learn the shares of the classes or labels, or the mean of the target."""
    return Constant(np.average(as_target(y, problem), axis=0, weights=weight))


def learn_median(
    table: Table, parts: tuple[Part, ...], y: Truth, weight: Floats | None, problem: Problem
) -> Constant:
    """Learn the median of the target; with weights, the value at half of their sum."""
    values = y.astype(np.float64)
    if weight is None:
        return Constant(np.array([np.median(values)]))
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weight[order])
    middle = np.searchsorted(below, below[-1] / 2)
    return Constant(values[order][[middle]])


def learn_frequent_labels(
    table: Table, parts: tuple[Part, ...], y: Truth, weight: Floats | None, problem: Problem
) -> Constant:
    """Learn the k most frequent labels, k the usual number of labels of a row (at least one)."""
    held = as_target(y, problem)
    shares = np.average(held, axis=0, weights=weight)
    k = max(round(float(np.average(held.sum(axis=1), weights=weight))), 1)
    chosen = np.argsort(-shares, kind="stable")[:k]
    answer = np.zeros(problem.n_classes)
    answer[chosen] = 1.0
    named = ", ".join(problem.names[at] if problem.names else str(at) for at in chosen)
    return Constant(answer, rules=(f"every row has: {named}",))
