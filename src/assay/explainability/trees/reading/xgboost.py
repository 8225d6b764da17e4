"""Models of XGBoost."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.trees.forest import Forest, Tree, UnreadableForestError, below_single
from assay.models.boosters.ubjson import read_ubjson
from assay.models.native import Native, is_of

LOGISTIC = ("binary:logistic", "binary:logitraw", "reg:logistic")
EXPONENTIAL = ("count:poisson", "reg:gamma", "reg:tweedie", "survival:cox", "survival:aft")
"""Objectives whose first score is kept as a probability, and as a mean."""


def read_xgboost(native: Native) -> Forest | None:
    """Return a model of XGBoost as a Forest; None where it is none.

    The rounds are those that it predicts with.

    Raises
    ------
    UnreadableForestError
        If it is linear, or its trees are dropped (dart) or have several outputs.
    """
    model: Any = native.model
    rounds = native.rounds
    if is_of(model, "xgboost", "XGBModel"):
        best = getattr(model, "best_iteration", None) if model.early_stopping_rounds else None
        rounds = (0, 0 if best is None else int(best) + 1)
        model = model.get_booster()
    if not is_of(model, "xgboost", "Booster"):
        return None
    learner = read_ubjson(bytes(model.save_raw("ubj")))["learner"]
    booster = learner["gradient_booster"]
    if booster["name"] != "gbtree":
        msg = f"it is a {booster['name']} model"
        raise UnreadableForestError(msg)
    kept = booster["model"]
    starts = [int(each) for each in kept["iteration_indptr"]]
    last = starts[rounds[1]] if rounds[1] else starts[-1]
    numbers = learner["learner_model_param"]
    n_outputs = max(1, int(numbers["num_class"]), int(numbers.get("num_target", 1)))
    outputs = [int(each) for each in kept["tree_info"]]
    trees = [_tree(kept["trees"][place], outputs[place]) for place in range(last)]
    offset = _offset(str(numbers["base_score"]), learner["objective"]["name"], n_outputs)
    forest = Forest(tuple(trees), int(numbers["num_feature"]), offset, single=True)
    return forest if native.output is None else forest.only(int(native.output))


def _offset(text: str, objective: str, n_outputs: int) -> NDArray[np.float64]:
    """Return the first raw score, which the record has on the scale of the predictions."""
    first = np.array([float(each) for each in text.strip("[]").split(",")])
    if objective in LOGISTIC:
        first = np.log(first) - np.log1p(-first)
    elif objective in EXPONENTIAL:
        first = np.log(first)
    return np.broadcast_to(first, (n_outputs,)).astype(np.float64)


def _tree(record: Mapping[str, Any], output: int) -> Tree:
    if int(record["tree_param"].get("size_leaf_vector", 1)) > 1:
        msg = "its leaves hold several numbers"
        raise UnreadableForestError(msg)
    left = np.asarray(record["left_children"], dtype=np.intp)
    conditions = np.asarray(record["split_conditions"], dtype=np.float64)
    return Tree(
        left=left,
        right=np.asarray(record["right_children"], dtype=np.intp),
        feature=np.where(left < 0, 0, np.asarray(record["split_indices"], dtype=np.intp)),
        threshold=below_single(conditions, strict=True),
        missing_left=np.asarray(record["default_left"]).astype(bool),
        cover=np.asarray(record["sum_hessian"], dtype=np.float64),
        values=conditions[:, None],
        outputs=(output,),
        left_codes=_codes(record),
    )


def _codes(record: Mapping[str, Any]) -> dict[int, tuple[Any, bool]]:
    """Return the categorical splits: listed categories go right, all others left."""
    codes = np.asarray(record.get("categories", ()), dtype=np.int64)
    nodes = np.asarray(record.get("categories_nodes", ()), dtype=np.int64)
    starts = np.asarray(record.get("categories_segments", ()), dtype=np.int64)
    sizes = np.asarray(record.get("categories_sizes", ()), dtype=np.int64)
    found = {}
    for node, start, size in zip(nodes, starts, sizes, strict=True):
        listed = codes[start : start + size]
        left = np.ones(int(listed.max(initial=-1)) + 1, dtype=bool)
        left[listed] = False
        found[int(node)] = (left, True)
    return found
