"""XGBoost's model files: whole or cut, and what they say without the library."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.errors import InputError
from assay.models.boosters.ubjson import UbjsonError, read_ubjson
from assay.models.boosters.xgboost import XgboostFacts, read_learner
from assay.models.formats.place import ModelPlace

JSON = re.compile(rb'\s*\{\s*"(learner|version)"\s*:\s*[\[{]')
BINARY_JSON = re.compile(rb"\{(L\0{7}|l\0{3}|I\0|U|i)(\x07learner\{|\x07version\[)")
OLD = re.compile(
    rb"(binary|reg|multi|rank|count|survival):[a-z_]+.{8}(gbtree|gblinear|dart)", re.DOTALL
)
"""The names of the objective and the booster, each after its length."""


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
        _check_trees(model["learner"]["gradient_booster"])
        version = ".".join(str(int(part)) for part in model["version"])
    except (UbjsonError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(_damaged(place.file, " ".join(str(error).split())[:200])) from error
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        what = f"a part that XGBoost writes is missing ({type(error).__name__}: {error})"
        raise InputError(_damaged(place.file, what)) from error
    return XgboostFile(facts, version)


def _check_trees(booster: Mapping[str, Any]) -> None:
    """Make sure that all trees are there and whole: XGBoost reads beyond a short one's end."""
    model = booster.get("gbtree", booster)["model"]
    if booster["name"] == "gblinear":
        return
    trees, promised = model["trees"], int(model["gbtree_model_param"]["num_trees"])
    if len(trees) != promised:
        msg = f"it has {len(trees)} of {promised} trees"
        raise ValueError(msg)
    for number, tree in enumerate(trees):
        nodes = int(tree["tree_param"]["num_nodes"])
        lengths = {len(tree[part]) for part in ("left_children", "right_children", "parents")}
        if lengths != {nodes}:
            msg = f"tree {number + 1} has not the {nodes} nodes that it promises"
            raise ValueError(msg)


def _damaged(path: Path, what: str) -> str:
    return f"the XGBoost model {path} is cut off or damaged: {what}; save or copy it again"


def _given_up(place: ModelPlace) -> str:
    return (
        f"{place.text} is in XGBoost's old binary form, which XGBoost cannot read since 3.1; load "
        "it with XGBoost 3.0 or older and save it again with booster.save_model('model.ubj')"
    )
