"""Models of LightGBM."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from assay.explainability.trees.forest import Forest, Tree, UnreadableForestError
from assay.models.native import is_of


def read_lightgbm(model: Any) -> Forest | None:  # noqa: ANN401
    """Return a model of LightGBM as a Forest; None where it is none.

    The trees are those that it predicts with: up to the best iteration of early stopping.

    Raises
    ------
    UnreadableForestError
        If its leaves are linear, or zeros are missing values.
    """
    if is_of(model, "lightgbm", "LGBMModel"):
        model = model.booster_
    if not is_of(model, "lightgbm", "Booster"):
        return None
    dumped = model.dump_model()
    n_outputs = int(dumped["num_tree_per_iteration"])
    trees = [each["tree_structure"] for each in dumped["tree_info"]]
    share = n_outputs / len(trees) if dumped.get("average_output") and trees else 1.0
    made = [_tree(root, place % n_outputs, share) for place, root in enumerate(trees)]
    n_features = int(dumped["max_feature_idx"]) + 1
    return Forest(tuple(made), n_features, np.zeros(n_outputs))


def _tree(root: Mapping[str, Any], output: int, share: float) -> Tree:
    nodes, children = [root], []
    for node in nodes:
        inner = "split_feature" in node
        children.append((len(nodes), len(nodes) + 1) if inner else (-1, -1))
        if inner:
            nodes += [node["left_child"], node["right_child"]]
        if "leaf_coeff" in node:
            msg = "its leaves hold linear models"
            raise UnreadableForestError(msg)
    left, right = np.array(children, dtype=np.intp).T
    codes = {
        place: _codes(node)
        for place, node in enumerate(nodes)
        if node.get("decision_type") == "=="
    }
    return Tree(
        left=left,
        right=right,
        feature=np.array([node.get("split_feature", 0) for node in nodes], dtype=np.intp),
        threshold=np.array(
            [
                node.get("threshold", 0) if place not in codes else 0.0
                for place, node in enumerate(nodes)
            ],
            dtype=np.float64,
        ),
        missing_left=np.array(
            [_missing_left(node, codes.get(place)) for place, node in enumerate(nodes)]
        ),
        cover=np.array([_cover(node) for node in nodes], dtype=np.float64),
        values=np.array([[node.get("leaf_value", 0.0) * share] for node in nodes]),
        outputs=(output,),
        left_codes=codes,
    )


def _codes(node: Mapping[str, Any]) -> tuple[Any, bool]:
    listed = [int(code) for code in str(node["threshold"]).split("||")]
    known = np.zeros(max(listed) + 1, dtype=bool)
    known[listed] = True
    return known, False


def _missing_left(node: Mapping[str, Any], codes: tuple[Any, bool] | None) -> bool:
    kind = node.get("missing_type", "None")
    if kind == "Zero":
        msg = "zeros are missing values to it (zero_as_missing)"
        raise UnreadableForestError(msg)
    if codes is not None:
        # Without missing values in training they count as code 0.
        return kind == "None" and bool(codes[0][0])
    if kind == "None":
        return float(node.get("threshold", 0.0)) >= 0.0
    return bool(node["default_left"])


def _cover(node: Mapping[str, Any]) -> float:
    # A tree of one leaf has no count.
    return float(node.get("internal_count", node.get("leaf_count", 1)))
