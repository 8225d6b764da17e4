"""XGBoost's model files: whole or cut, and what they say without the library."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assay.errors import InputError
from assay.models.boosters.ubjson import read_ubjson
from assay.models.boosters.xgboost import XgboostFacts, read_learner
from assay.models.formats.place import ModelPlace

JSON = re.compile(rb'\s*\{\s*"(learner|version)"\s*:\s*[\[{]')
BINARY_JSON = re.compile(rb"\{(L\0{7}|l\0{3}|I\0|U|i)(\x07learner\{|\x07version\[)")
OLD = re.compile(
    rb"(binary|reg|multi|rank|count|survival):[a-z_]+.{8}(gbtree|gblinear|dart)", re.DOTALL
)
"""The names of the objective and the booster, each after its length."""
NODE_PARTS = (
    "left_children",
    "right_children",
    "parents",
    "split_indices",
    "split_conditions",
    "default_left",
)
"""What a tree has for each of its nodes."""
CATEGORY_PARTS = ("categories_segments", "categories_sizes", "categories", "categories_nodes")
NO_CHILD, NO_PARENTS, CATEGORICAL = -1, (2**31 - 1, -1), 1
"""How a tree writes that a node has no child, no parent (-1 in trees of several
outputs), and that it splits by categories."""
LAST_CATEGORY = 2**24
"""XGBoost reads a category's code from a float32, which holds whole numbers up to here."""


@dataclass(frozen=True)
class XgboostFile:
    """What a model file says.

    Parameters
    ----------
    facts : XgboostFacts
    version : str
        Of the XGBoost that saved it.
    """

    facts: XgboostFacts
    version: str


def file_form(place: ModelPlace) -> str:
    """Tell the form of a file of XGBoost: "json", "ubj", "old" or "" for none of them."""
    if JSON.match(place.head):
        return "json"
    if BINARY_JSON.match(place.head):
        return "ubj"
    return "old" if OLD.search(place.head) and not place.head.startswith(b"{") else ""


def read_xgboost(place: ModelPlace) -> XgboostFile:
    """Read a model file without XGBoost, and make sure that nothing of it is missing.

    XGBoost itself ends the whole process on some files that are cut off, so that the check has
    to come first.

    Raises
    ------
    InputError
        If it is cut off or damaged, or of the form that XGBoost gave up.
    """
    if file_form(place) == "old":
        raise InputError(_given_up(place))
    content = place.file.read_bytes()
    try:
        read = read_ubjson if file_form(place) == "ubj" else json.loads
        model = read(content)
        facts = read_learner(model)
        _check_trees(model["learner"]["gradient_booster"], facts.n_features)
        version = ".".join(str(int(part)) for part in model["version"])
    except (ValueError, RecursionError) as error:
        raise InputError(_damaged(place.file, " ".join(str(error).split())[:200])) from error
    except (KeyError, TypeError, AttributeError) as error:
        what = f"a part that XGBoost writes is missing ({type(error).__name__}: {error})"
        raise InputError(_damaged(place.file, what)) from error
    return XgboostFile(facts, version)


def _check_trees(booster: Mapping[str, Any], n_features: int) -> None:
    """Make sure that all trees are there and whole: XGBoost reads beyond a short one's end."""
    model = booster.get("gbtree", booster)["model"]
    if booster["name"] == "gblinear":
        return
    trees, promised = model["trees"], int(model["gbtree_model_param"]["num_trees"])
    if len(trees) != promised:
        msg = f"it has {len(trees)} of {promised} trees"
        raise ValueError(msg)
    for number, tree in enumerate(trees):
        wrong = _fault(tree, n_features)
        if wrong:
            msg = f"tree {number + 1} {wrong}"
            raise ValueError(msg)


def _fault(tree: Mapping[str, Any], n_features: int) -> str:
    """Say what is wrong with a tree; "" where it is whole."""
    nodes = int(tree["tree_param"]["num_nodes"])
    kinds = np.asarray(tree.get("split_type", np.zeros(nodes)))
    if any(len(each) != nodes for each in (kinds, *(tree[part] for part in NODE_PARTS))):
        return f"has not the {nodes} nodes that it promises"
    parents = np.asarray(tree["parents"])
    if kinds.max() > CATEGORICAL or (parents[parents != NO_PARENTS[0]] >= nodes).any():
        return "has a node of unknown kind or origin"
    children = np.stack([tree["left_children"], tree["right_children"]])
    # A leaf splits by nothing, and a node that was cut off by whatever stood there before.
    inner = children[0] != NO_CHILD
    split_by = np.asarray(tree["split_indices"])[inner]
    if children.max() >= nodes or children.min() < NO_CHILD or (split_by >= n_features).any():
        return "points to a node or a feature that is not there"
    if (
        parents[0] not in NO_PARENTS
        or (parents[children[:, inner]] != np.flatnonzero(inner)).any()
    ):
        return "has a node that is not its parent's child, so that rows could go round in it"
    starts, sizes, among, holders = (
        np.asarray(tree.get(part, ()), dtype=np.int64) for part in CATEGORY_PARTS
    )
    ends = starts + sizes if len(starts) == len(sizes) == len(holders) else np.array([-1])
    if len(ends) and (
        min(ends.min(), starts.min(), sizes.min(), holders.min()) < 0
        or ends.max() > len(among)
        or holders.max() >= nodes
        or min(among, default=0) < 0
        or max(among, default=0) > LAST_CATEGORY
    ):
        return "points to categories that are not there"
    return ""


def _damaged(path: Path, what: str) -> str:
    return f"the XGBoost model {path} is cut off or damaged: {what}; save or copy it again"


def _given_up(place: ModelPlace) -> str:
    return (
        f"{place.text} is in XGBoost's old binary form, which XGBoost cannot read since 3.1; load "
        "it with XGBoost 3.0 or older and save it again with booster.save_model('model.ubj')"
    )
