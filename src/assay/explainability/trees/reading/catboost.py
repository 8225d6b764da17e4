"""Models of CatBoost on numbers, with symmetric trees."""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from assay.explainability.trees.forest import Forest, Tree, UnreadableForestError, below_single
from assay.models.native import Native, is_of


def read_catboost(native: Native) -> Forest | None:
    """Return a model of CatBoost as a Forest; None where it is none.

    Raises
    ------
    UnreadableForestError
        If it splits on categories or texts, or its trees are not symmetric.
    """
    model: Any = native.model
    if not is_of(model, "catboost", "CatBoost"):
        return None
    if model.get_cat_feature_indices() or model.get_text_feature_indices():
        msg = "it splits on categories or texts in CatBoost's own coding"
        raise UnreadableForestError(msg)
    with TemporaryDirectory() as folder:
        # CatBoost writes this form to files alone.
        place = Path(folder) / "model.json"
        model.save_model(str(place), format="json")
        record = json.loads(place.read_text())
    if "oblivious_trees" not in record:
        msg = "its trees are not symmetric"
        raise UnreadableForestError(msg)
    scale, bias = model.get_scale_and_bias()
    first = np.atleast_1d(np.asarray(bias, dtype=np.float64))
    features = record["features_info"]["float_features"]
    n_features = 1 + max(int(each["flat_feature_index"]) for each in features)
    trees = [_tree(each, features, float(scale)) for each in record["oblivious_trees"]]
    width = trees[0].values.shape[1] if trees else len(first)
    offset = np.broadcast_to(first, (width,)).astype(np.float64)
    forest = Forest(tuple(trees), n_features, offset, single=True)
    return forest if native.output is None else forest.only(int(native.output))


def _tree(record: Mapping[str, Any], features: list[Mapping[str, Any]], scale: float) -> Tree:
    """Write a symmetric tree out: all nodes of a level have the same split."""
    splits = [] if record["splits"] is None else record["splits"]
    if any(split["split_type"] != "FloatFeature" for split in splits):
        msg = "it splits on categories in CatBoost's own coding"
        raise UnreadableForestError(msg)
    depth, inner = len(splits), (1 << len(splits)) - 1
    level = np.floor(np.log2(np.arange(1, 2 * inner + 2))).astype(np.intp)
    nodes = np.arange(2 * inner + 1)
    left = np.where(nodes < inner, 2 * nodes + 1, -1)
    known = [features[int(split["float_feature_index"])] for split in splits]
    flat = np.array([int(each["flat_feature_index"]) for each in known] + [0], dtype=np.intp)
    border = np.array([float(split["border"]) for split in splits] + [0.0])
    up = np.array([each["nan_value_treatment"] == "AsTrue" for each in known] + [False])
    # The last split decides first here: a leaf's number has the first split's answer as bit 0.
    split_of = np.where(nodes < inner, depth - 1 - level, depth)
    values = np.zeros((len(nodes), len(record["leaf_values"]) >> depth))
    values[inner:] = scale * np.reshape(record["leaf_values"], (1 << depth, -1))
    cover = np.zeros(len(nodes))
    cover[inner:] = record["leaf_weights"]
    for node in reversed(range(inner)):
        cover[node] = cover[2 * node + 1] + cover[2 * node + 2]
    return Tree(
        left=left.astype(np.intp),
        right=np.where(nodes < inner, 2 * nodes + 2, -1).astype(np.intp),
        feature=flat[split_of],
        threshold=below_single(border)[split_of],
        missing_left=~up[split_of],
        cover=cover,
        values=values,
        outputs=tuple(range(values.shape[1])),
    )
