"""LightGBM's text files: whole or cut, and what they say without the library."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assay.errors import InputError
from assay.models.boosters.lightgbm import LightGbmFacts, read_head
from assay.models.predictor import ClassLabel

MARKS = ("end of trees", "end of parameters")
"""What LightGBM writes after the trees, and after the parameters where it writes them."""
NODE_PARTS = ("split_feature", "threshold", "decision_type", "left_child", "right_child")
"""What a tree has for each of its nodes."""
CATEGORIES = "\npandas_categorical:"
CATEGORICAL = re.compile(r"^\[categorical_feature: (?P<places>[\d,]*)\]$", re.MULTILINE)


@dataclass(frozen=True)
class LightGbmFile:
    """What a text file says.

    Parameters
    ----------
    facts : LightGbmFacts
    version : str
        Of the text's form, such as "v4".
    n_trees : int
    categories : tuple of tuple
        Those of the columns that were categorical in pandas, in the order of the columns.
    categorical_places : tuple of int
        Columns that were declared categorical.
    """

    facts: LightGbmFacts
    version: str
    n_trees: int
    categories: tuple[tuple[ClassLabel, ...], ...]
    categorical_places: tuple[int, ...]


def read_lightgbm(path: Path) -> LightGbmFile:
    """Read a text file without LightGBM, and make sure that nothing of it is missing.

    LightGBM itself ends the whole process on some files that are cut off, so that the check has
    to come first.

    Raises
    ------
    InputError
        If it is cut off or damaged.
    """
    text = path.read_bytes()
    head, found, _ = text.partition(b"\nTree=")
    if not found:
        head, _, _ = text.partition(b"\nend of trees")
    lines = _lines(head, path)
    if not {"max_feature_idx", "feature_names"} <= set(lines):
        raise InputError(_damaged(path, "its head has no feature_names"))
    try:
        facts = read_head(head.decode())
        width = int(lines["max_feature_idx"]) + 1
        sizes = [int(size) for size in lines.get("tree_sizes", "").split()]
    except ValueError as error:
        raise InputError(_damaged(path, "its head holds text where numbers belong")) from error
    if len(facts.names) != width:
        raise InputError(_damaged(path, f"{len(facts.names)} names stand for {width} features"))
    _check_trees(text, len(head) + 1 if found else len(text), sizes, path, width)
    try:
        tail = text[len(head) + sum(sizes) :].decode()
    except UnicodeDecodeError as error:
        raise InputError(_damaged(path, "its end is no text")) from error
    _check_end(tail, lines.get("version", ""), path)
    places = CATEGORICAL.search(tail)
    return LightGbmFile(
        facts=facts,
        version=lines.get("version", ""),
        n_trees=len(sizes) or text.count(b"\nTree="),
        categories=_categories(tail, path),
        categorical_places=tuple(
            int(place) for place in (places["places"] if places else "").split(",") if place
        ),
    )


def _lines(head: bytes, path: Path) -> dict[str, str]:
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        raise InputError(_damaged(path, "its head is no text")) from error
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def _check_trees(text: bytes, start: int, sizes: list[int], path: Path, width: int) -> None:
    """Make sure that every tree is where the sizes in the head say, and whole."""
    for number, size in enumerate(sizes):
        if not text.startswith(f"Tree={number}\n".encode(), start):
            raise InputError(_damaged(path, f"tree {number + 1} of {len(sizes)} is missing"))
        if not _is_whole(text[start : start + size], width):
            raise InputError(_damaged(path, f"tree {number + 1} of {len(sizes)} is damaged"))
        start += size
    if start > len(text):
        raise InputError(_damaged(path, f"tree {len(sizes)} of {len(sizes)} is cut"))


def _is_whole(tree: bytes, width: int) -> bool:
    """Whether the numbers of a tree are as many as they must be and point to what is there."""
    try:
        lines = dict(line.split("=", 1) for line in tree.decode("ascii").split("\n") if line)
        leaves = int(lines["num_leaves"])
        arrays = {part: np.array(lines[part].split(), np.float64) for part in lines}
        nodes = leaves - 1 if leaves > 1 else 0
        parts = [arrays[part] for part in NODE_PARTS] if nodes else []
        if len(arrays["leaf_value"]) != leaves or any(len(part) != nodes for part in parts):
            return False
        if not nodes:
            return True
        children = np.concatenate([arrays["left_child"], arrays["right_child"]])
        split_by = arrays["split_feature"]
        n_sets = int(lines.get("num_cat", "0"))
        by_set = arrays["threshold"][arrays["decision_type"].astype(np.int64) % 2 == 1]
        bounds = arrays.get("cat_boundaries", np.zeros(1))
        return bool(
            children.min() >= -leaves
            and children.max() < nodes
            and split_by.min() >= 0
            and split_by.max() < width
            and len(bounds) == n_sets + 1
            and bounds[-1] == len(arrays.get("cat_threshold", ()))
            and np.all(np.diff(bounds) >= 0)
            and (len(by_set) == 0 or (by_set.min() >= 0 and by_set.max() < n_sets))
        )
    except (ValueError, KeyError, TypeError):
        return False


def _check_end(tail: str, version: str, path: Path) -> None:
    if version in ("", "v2"):  # had no marks
        return
    missing = MARKS[0] not in tail or ("\nparameters:" in tail and MARKS[1] not in tail)
    if missing:
        raise InputError(_damaged(path, "its end is missing"))


def _categories(tail: str, path: Path) -> tuple[tuple[ClassLabel, ...], ...]:
    _, found, rest = tail.rpartition(CATEGORIES)
    if not found:
        return ()
    try:
        return tuple(tuple(each) for each in json.loads(rest) or ())
    except (ValueError, TypeError) as error:
        raise InputError(_damaged(path, "the categories at its end are cut")) from error


def _damaged(path: Path, what: str) -> str:
    return f"the LightGBM model {path} is cut off or damaged: {what}; save or copy it again"
