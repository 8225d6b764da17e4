"""Rung 1: one idea that people can read, the best single column or a tree of depth 3."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.models.baseline.estimators import FittedEstimator, learn_estimator
from assay.models.baseline.features import Features
from assay.models.baseline.problem import CannotFitError, Learned, Problem, Truth, as_target
from assay.models.baseline.shortlist import shortlist
from assay.models.baseline.tables import Floats, Part, Table
from assay.models.baseline.tree_features import ColumnFeatures, ReadableFeatures, Split

DEPTH = 3
LEAF_ROWS = 5
SHOWN = 5
"""Levels that a line of rules names."""
FOLDS = 3
CELLS = 4_000_000
"""Rows times columns that the best column is chosen on."""
CHOICE_ROWS = (2_000, 20_000)
"""The least and the most rows that it is chosen on, where there are as many."""


def learn_single_column(
    table: Table, parts: tuple[Part, ...], y: Truth, weight: Floats | None, problem: Problem
) -> Learned:
    """Learn a tree of depth 3 on each column alone; keep the best by cross-validation.

    The best has the least squared error of probabilities (Brier score) or values, over three
    folds of a sample of the training rows; of more than twenty columns those that tell most in
    ten bins are tried (`shortlist`). It is then fitted on all rows.
    """
    names = _column_names(parts, table)
    if not names:
        msg = "no column is left that a model could read"
        raise CannotFitError(msg)
    rows = _choice_rows(table.n, len(names), problem.seed)
    sample, truth = table.take(rows), y[rows]
    names = shortlist(names, sample, parts, as_target(truth, problem))
    errors = [_error(name, sample, parts, truth, problem) for name in names]
    best = names[int(np.argmin(errors))]
    texts = table.text_names
    learned = learn_estimator(
        lambda each: ColumnFeatures(best, parts, texts, each), _make, table, y, weight, problem
    )
    levels = next((part.column.levels for part in parts if part.column.name == best), ())
    if levels:
        return _with_levels(learned, best, levels, problem)
    return _with_rules(learned, f"column: {best}", problem)


def learn_tree(
    table: Table, parts: tuple[Part, ...], y: Truth, weight: Floats | None, problem: Problem
) -> Learned:
    """Learn one tree of depth 3 on all columns, as rules that people read."""
    features = ReadableFeatures(parts, table.text_names)
    if not features.splits:
        msg = "no column is left that a rule could name"
        raise CannotFitError(msg)
    learned = learn_estimator(lambda _: features, _make, table, y, weight, problem)
    return _with_rules(learned, "", problem)


def _make(features: Features, rows: Any, y: Truth, problem: Problem) -> object:  # noqa: ANN401
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    settings: dict[str, Any] = {
        "max_depth": DEPTH,
        "min_samples_leaf": min(LEAF_ROWS, max(y.shape[0] // 4, 1)),
        "random_state": problem.seed,
    }
    if problem.task == "regression":
        return DecisionTreeRegressor(**settings)
    return DecisionTreeClassifier(**settings)


def _column_names(parts: tuple[Part, ...], table: Table) -> list[str]:
    return [*dict.fromkeys(part.column.name for part in parts), *table.text_names]


def _choice_rows(n: int, columns: int, seed: int) -> NDArray[np.intp]:
    least, most = CHOICE_ROWS
    size = min(n, max(least, min(most, CELLS // columns)))
    if size == n:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, size, replace=False))


def _error(name: str, table: Table, parts: tuple[Part, ...], y: Truth, problem: Problem) -> float:
    """Return the mean squared error of a tree on one column, out of fold."""
    from sklearn.model_selection import KFold

    target, error = as_target(y, problem), 0.0
    folds = KFold(min(FOLDS, table.n), shuffle=True, random_state=problem.seed)
    for fitted, judged in folds.split(target):
        learned = learn_estimator(
            lambda each: ColumnFeatures(name, parts, table.text_names, each),
            _make,
            table.take(fitted),
            y[fitted],
            None,
            problem,
        )
        given = learned.numbers(table.take(judged))
        error += float(((given - target[judged]) ** 2).sum())
    return error / table.n


def _with_rules(learned: Learned, head: str, problem: Problem) -> Learned:
    if not isinstance(learned, FittedEstimator):
        return learned
    splits: tuple[Split, ...] = learned.features.splits  # type: ignore[attr-defined]
    rules = tuple(_rules(learned.estimator.tree_, splits, problem, learned.estimator))
    return replace(learned, rules=(head, *rules) if head else rules)


def _with_levels(
    learned: Learned, name: str, levels: tuple[str | None, ...], problem: Problem
) -> Learned:
    """Say which levels a leaf holds; the encoded numbers that it splits on say little."""
    if not isinstance(learned, FittedEstimator):
        return learned
    features = learned.features
    assert isinstance(features, ColumnFeatures)
    assert features.target is not None
    tree = learned.estimator.tree_
    codes = np.arange(len(levels), dtype=np.float64)[:, None]
    leaves = learned.estimator.apply(features.target.transform(codes))
    lines = [f"column: {name}"]
    for leaf in dict.fromkeys(leaves[np.argsort(leaves, kind="stable")].tolist()):
        inside = [levels[at] for at in np.flatnonzero(leaves == leaf)]
        told = ", ".join("missing" if each is None else each for each in inside[:SHOWN])
        more = f" and {len(inside) - SHOWN} more" if len(inside) > SHOWN else ""
        lines.append(f"{told}{more}: {_answer(tree, leaf, problem, learned.estimator)}")
    return replace(learned, rules=tuple(lines))


def _rules(tree: Any, splits: tuple[Split, ...], problem: Problem, fitted: Any) -> list[str]:  # noqa: ANN401
    """Walk a tree of scikit-learn from its root; each line is indented by its depth."""
    lines: list[str] = []

    def walk(node: int, depth: int, said: str) -> None:
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        indent = "  " * max(depth - 1, 0)
        if left == right:
            lines.append(f"{indent}{said or 'always'}: {_answer(tree, node, problem, fitted)}")
            return
        if said:
            lines.append(f"{indent}{said}")
        split, at = splits[int(tree.feature[node])], float(tree.threshold[node])
        for child, below in ((left, True), (right, False)):
            walk(child, depth + 1, split.rule(at, below=below))

    walk(0, 0, "")
    return lines


def _answer(tree: Any, node: int, problem: Problem, fitted: Any) -> str:  # noqa: ANN401
    """Say what a leaf answers, and of how many training rows it is made."""
    rows = f"{int(tree.n_node_samples[node]):,} rows"
    values = np.asarray(tree.value[node]).ravel()
    if problem.task == "regression":
        return f"{values[0]:.6g} ({rows})"
    shares = values / values.sum()
    at = int(np.argmax(shares))
    if problem.task == "binary" and 1 in fitted.classes_:
        at = int(np.flatnonzero(fitted.classes_ == 1)[0])
    place = int(fitted.classes_[at])
    name = problem.names[place] if problem.names else f"class {place}"
    return f"{shares[at]:.1%} {name} ({rows})"
