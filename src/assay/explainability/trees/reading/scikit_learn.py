"""Trees, forests and boosting of scikit-learn."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.trees.forest import Forest, Tree, UnreadableForestError, below_single
from assay.models.native import is_of

Floats = NDArray[np.float64]
TREES = ("DecisionTreeClassifier", "DecisionTreeRegressor")
"""Of sklearn.tree; the extra trees are subclasses."""
FORESTS = (
    "RandomForestClassifier",
    "RandomForestRegressor",
    "ExtraTreesClassifier",
    "ExtraTreesRegressor",
)
BOOSTING = ("GradientBoostingClassifier", "GradientBoostingRegressor")
HISTOGRAM = ("HistGradientBoostingClassifier", "HistGradientBoostingRegressor")


def read_scikit_learn(model: Any) -> Forest | None:  # noqa: ANN401
    """Return a model of scikit-learn as a Forest; None where it is none of these.

    The raw score of trees and forests is their prediction, or the probabilities of all classes;
    that of boosting is its margin.

    Raises
    ------
    UnreadableForestError
        If it predicts several numbers at once, or starts from a model of the user's own.
    """
    if is_of(model, "sklearn.tree", *TREES):
        return _forest(model, [model.tree_])
    if is_of(model, "sklearn.ensemble", *FORESTS):
        return _forest(model, [each.tree_ for each in model.estimators_])
    if is_of(model, "sklearn.ensemble", *BOOSTING):
        return _boosting(model)
    if is_of(model, "sklearn.ensemble", *HISTOGRAM):
        return _histogram(model)
    return None


def _forest(model: Any, trees: list[Any]) -> Forest:  # noqa: ANN401
    if model.n_outputs_ > 1:
        msg = "it predicts several numbers at once"
        raise UnreadableForestError(msg)
    classifies = hasattr(model, "classes_")
    width = len(model.classes_) if classifies else 1
    made = []
    for tree in trees:
        values = tree.value[:, 0, :width].astype(np.float64)
        if classifies:
            values = values / values.sum(axis=1, keepdims=True)
        made.append(_tree(tree, values / len(trees), tuple(range(width))))
    return Forest(tuple(made), model.n_features_in_, np.zeros(width), single=True)


def _boosting(model: Any) -> Forest:  # noqa: ANN401
    start = model._raw_predict_init
    rows = np.zeros((1, model.n_features_in_), dtype=np.float32)
    if model.init_ != "zero" and not is_of(
        model.init_, "sklearn.dummy", "DummyClassifier", "DummyRegressor"
    ):
        msg = "it starts from another model (init=)"
        raise UnreadableForestError(msg)
    offset = np.asarray(start(rows), dtype=np.float64)[0]
    made = [
        _tree(each.tree_, each.tree_.value[:, 0, :] * model.learning_rate, (output,))
        for stage in model.estimators_
        for output, each in enumerate(stage)
    ]
    return Forest(tuple(made), model.n_features_in_, offset, single=True)


def _tree(tree: Any, values: Floats, outputs: tuple[int, ...]) -> Tree:  # noqa: ANN401
    missing = getattr(tree, "missing_go_to_left", None)
    leaf = tree.children_left < 0
    return Tree(
        left=tree.children_left.astype(np.intp),
        right=tree.children_right.astype(np.intp),
        feature=np.where(leaf, 0, tree.feature).astype(np.intp),
        threshold=below_single(tree.threshold),
        missing_left=np.zeros(len(leaf), bool) if missing is None else missing.astype(bool),
        cover=tree.weighted_n_node_samples.astype(np.float64),
        values=values,
        outputs=outputs,
    )


def _histogram(model: Any) -> Forest:  # noqa: ANN401
    made = [
        _histogram_tree(each, output)
        for stage in model._predictors
        for output, each in enumerate(stage)
    ]
    offset = np.ravel(model._baseline_prediction).astype(np.float64)
    return Forest(tuple(made), model.n_features_in_, offset)


def _histogram_tree(predictor: Any, output: int) -> Tree:  # noqa: ANN401
    nodes = predictor.nodes
    leaf = nodes["is_leaf"].astype(bool)
    sets = predictor.raw_left_cat_bitsets
    codes = {
        int(node): (_unpacked(sets[nodes["bitset_idx"][node]]), False)
        for node in np.flatnonzero(nodes["is_categorical"].astype(bool) & ~leaf)
    }
    return Tree(
        left=np.where(leaf, -1, nodes["left"].astype(np.int64)).astype(np.intp),
        right=np.where(leaf, -1, nodes["right"].astype(np.int64)).astype(np.intp),
        feature=np.where(leaf, 0, nodes["feature_idx"]).astype(np.intp),
        threshold=nodes["num_threshold"].astype(np.float64),
        missing_left=nodes["missing_go_to_left"].astype(bool),
        cover=nodes["count"].astype(np.float64),
        values=nodes["value"].astype(np.float64)[:, None],
        outputs=(output,),
        left_codes=codes,
    )


def _unpacked(words: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Return the bits of a set of categories, the first first."""
    bits = (words[:, None] >> np.arange(32, dtype=np.uint32)) & 1
    return bits.astype(bool).ravel()
