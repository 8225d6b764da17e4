"""What a skops file says of the model in it, read without building anything."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np

from assay.errors import InputError
from assay.models.formats.pickle_facts import LIBRARIES, kind_of_class, list_imports
from assay.models.formats.pickle_machine import Name
from assay.models.predictor import ClassLabel

SCHEMA = "schema.json"
MAX_SCHEMA_BYTES = 256 * 2**20
MAX_ARRAY_BYTES = 2**20
SHOWN_STEPS = 20
BROKEN = (BadZipFile, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True, kw_only=True)
class SkopsFacts:
    """What is known of the model; `unknown` are types that skops does not know, None: not told."""

    class_name: str = ""
    library: str = ""
    library_version: str = ""
    kind: str = "unknown"
    feature_names: tuple[str, ...] | None = None
    classes: tuple[ClassLabel, ...] | None = None
    unknown: tuple[str, ...] | None = None
    facts: dict[str, str] = field(default_factory=dict)


def read_skops_facts(path: Path) -> SkopsFacts:
    """Read the description of a model that skops wrote.

    Raises
    ------
    InputError
        If it is damaged.
    """
    try:
        with ZipFile(path) as archive:
            if archive.getinfo(SCHEMA).file_size > MAX_SCHEMA_BYTES:
                msg = f"its {SCHEMA} is larger than {MAX_SCHEMA_BYTES:,} bytes"
                raise ValueError(msg)
            schema = json.loads(archive.read(SCHEMA))
            return _sum_up(path, archive, schema)
    except BROKEN as error:
        text = " ".join(str(error).split())[:200]
        msg = f"{path} is no skops file that can be read ({text}); save the model again"
        raise InputError(msg) from error


def _sum_up(path: Path, archive: ZipFile, schema: dict[str, Any]) -> SkopsFacts:
    module, name = str(schema["__module__"]), str(schema["__class__"])
    steps = _steps(schema)
    last = steps[-1][1] if steps else schema
    holders = [schema, *(step for _, step in steps)]
    classes = next((found for each in (schema, last) if (found := _classes(archive, each))), None)
    names = next((found for each in holders if (found := _texts(archive, each))), None)
    unknown = _unknown(path)
    facts = {
        "skops": str(schema.get("_skops_version", "")),
        "types": list_imports(dict.fromkeys(_types(schema))),
        "steps": ", ".join(f"{step}: {made['__class__']}" for step, made in steps[:SHOWN_STEPS]),
        "unknown types": ", ".join(unknown or ()),
    }
    return SkopsFacts(
        class_name=name,
        library=LIBRARIES.get(module.split(".")[0], ""),
        library_version=_text(_attributes(schema).get("_sklearn_version")),
        kind="classifier" if classes else kind_of_class(str(last["__class__"])),
        feature_names=names,
        classes=classes,
        unknown=unknown,
        facts={key: text for key, text in facts.items() if text},
    )


def _unknown(path: Path) -> tuple[str, ...] | None:
    try:
        from skops.io import get_untrusted_types
    except ImportError:
        return None
    return tuple(get_untrusted_types(file=path))


def _types(node: object) -> Iterator[Name]:
    """Yield every type that the file names, in order."""
    waiting = [node]
    while waiting:
        at = waiting.pop()
        if isinstance(at, dict):
            if at.get("__loader__") not in (None, "JsonNode"):
                yield Name(str(at.get("__module__")), str(at.get("__class__")))
            waiting += reversed(list(at.values()))
        elif isinstance(at, list):
            waiting += reversed(at)


def _attributes(node: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes of an object, by name."""
    content = node.get("content")
    if not isinstance(content, dict):
        return {}
    inner = content.get("content", content)
    return inner if isinstance(inner, dict) else {}


def _steps(node: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the steps of a pipeline."""
    steps = _attributes(node).get("steps")
    found = []
    for step in steps.get("content", []) if isinstance(steps, dict) else []:
        pair = step.get("content", [])
        if len(pair) == 2 and "__class__" in pair[1]:
            found.append((_text(pair[0]), pair[1]))
    return found


def _text(node: object) -> str:
    """Return a value that is written as JSON, where it is a text."""
    value = json.loads(node["content"]) if isinstance(node, dict) and "content" in node else ""
    return value if isinstance(value, str) else ""


def _texts(archive: ZipFile, node: dict[str, Any]) -> tuple[str, ...] | None:
    found = _array(archive, _attributes(node).get("feature_names_in_"))
    return tuple(found) if found and all(isinstance(each, str) for each in found) else None


def _classes(archive: ZipFile, node: dict[str, Any]) -> tuple[ClassLabel, ...] | None:
    found = _array(archive, _attributes(node).get("classes_"))
    known = found and all(isinstance(each, bool | int | float | str) for each in found)
    return tuple(found) if found and known else None


def _array(archive: ZipFile, node: object) -> list[Any] | None:
    """Return the values of a short array in one dimension."""
    if not isinstance(node, dict):
        return None
    if node.get("type") == "json":
        return [json.loads(each["content"]) for each in node["content"]]
    if node.get("type") != "numpy" or archive.getinfo(node["file"]).file_size > MAX_ARRAY_BYTES:
        return None
    array = np.load(io.BytesIO(archive.read(node["file"])), allow_pickle=False)
    return array.tolist() if array.ndim == 1 else None
