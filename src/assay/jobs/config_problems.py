"""What is wrong in a config, in words for people: pydantic's errors in, one line each out."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

Keys = tuple[str, ...]


def describe(
    wrong: ValidationError,
    schema: type[BaseModel],
    *,
    names: Mapping[Keys, str],
    lines: Mapping[Keys, int],
) -> list[tuple[str, str]]:
    """Return (place, what is wrong) for every problem, one for each place.

    Parameters
    ----------
    wrong : ValidationError
    schema : type of BaseModel
        What the config was held against; its keys are suggested for unknown ones.
    names : mapping
        Path → name of the flag that gave the value.
    lines : mapping
        Path → line in the file.
    """
    found: dict[str, list[str]] = {}
    for error in wrong.errors(include_url=False):
        keys = _existing(tuple(str(part) for part in error["loc"]), schema)
        what = _say(error, keys, schema)
        found.setdefault(_place(keys, names, lines), []).append(what)
    return [(place, _join(told)) for place, told in found.items()]


def _existing(keys: Keys, schema: type[BaseModel]) -> Keys:
    """Leave out the parts of a path that name a branch of a union, not a key."""
    kept: list[str] = []
    model: type[BaseModel] | None = schema
    for key in keys:
        if model is None:
            if key.isdigit() or not _is_branch(key):
                kept.append(key)
            continue
        kept.append(key)
        model = _inner(model, key)
    return tuple(kept)


def _is_branch(key: str) -> bool:
    return key in {"bool", "int", "float", "str", "[key]"} or "[" in key or "-" in key


def _inner(model: type[BaseModel], key: str) -> type[BaseModel] | None:
    """Return the model under a key, None where the value is not a model."""
    if key not in model.model_fields:
        return None
    annotation = model.model_fields[key].annotation
    for option in (annotation, *get_args(annotation)):
        if isinstance(option, type) and issubclass(option, BaseModel):
            return option
    return None


def _place(keys: Keys, names: Mapping[Keys, str], lines: Mapping[Keys, int]) -> str:
    for length in range(len(keys), 0, -1):
        if keys[:length] in names:
            return names[keys[:length]]
    path = ".".join(keys) or "the whole"
    return f"{path} (line {lines[keys]})" if keys in lines else path


def _say(error: Any, keys: Keys, schema: type[BaseModel]) -> str:  # noqa: ANN401 - pydantic's dict
    kind, value = error["type"], error["input"]
    if kind == "extra_forbidden":
        return _unknown_key(keys, schema)
    if kind == "missing":
        return "is required"
    if kind == "string_type":
        return f"must be text, found {_show(value)}" + _quote_hint(value)
    if kind == "tuple_type":
        return f"must be a list, found {_show(value)}"
    if kind in ("dict_type", "model_type", "model_attributes_type"):
        return f"must hold keys, such as {_example(keys, schema)}, found {_show(value)}"
    if kind == "literal_error":
        return f"must be {error['ctx']['expected']}, found {_show(value)}" + _near(error, value)
    if kind == "value_error":
        return str(error["ctx"]["error"])
    return f"{_lower(error['msg'])}, found {_show(value)}"


def _example(keys: Keys, schema: type[BaseModel]) -> str:
    """Return how the value of a part that holds keys may look."""
    model: type[BaseModel] | None = schema
    for key in keys:
        model = _inner(model, key) if model is not None else None
    if model is None or not model.model_fields:
        return "{name: value}"
    return f"{{{next(iter(model.model_fields))}: …}}"


def _unknown_key(keys: Keys, schema: type[BaseModel]) -> str:
    model: type[BaseModel] | None = schema
    for key in keys[:-1]:
        model = _inner(model, key) if model is not None else None
    known = list(model.model_fields) if model is not None else []
    near = get_close_matches(keys[-1], known, n=1)
    if near:
        return f"unknown key; did you mean {near[0]!r}?"
    elsewhere = _find_key(keys[-1], schema)
    if elsewhere:
        return f"unknown key; did you mean {elsewhere!r}?"
    return (
        f"unknown key; there are: {', '.join(known)}" if known else "unknown key; there are none"
    )


def _find_key(name: str, schema: type[BaseModel]) -> str | None:
    """Return where in the other parts of the config a key of about this name is."""
    paths: dict[str, str] = {}
    for key in schema.model_fields:
        inner = _inner(schema, key)
        for field in inner.model_fields if inner is not None else ():
            paths.setdefault(field, f"{key}.{field}")
    near = get_close_matches(name, paths, n=1, cutoff=0.75)
    return paths[near[0]] if near else None


def _quote_hint(value: object) -> str:
    plain = isinstance(value, bool | int | float)
    return "; put it in quotes if it is a name" if plain else ""


def _near(error: Any, value: object) -> str:  # noqa: ANN401 - pydantic's dict
    options = [
        each.strip(" '") for each in error["ctx"]["expected"].replace(" or ", ", ").split(",")
    ]
    near = get_close_matches(str(value), options, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _lower(text: str) -> str:
    text = text.removeprefix("Input should be ").removeprefix("a valid ")
    return f"must be {text}" if not text.startswith("must") else text


def _join(told: list[str]) -> str:
    """Say once what several branches of a union say about one value."""
    if len(told) == 1:
        return told[0]
    wishes = [each.split(", found ")[0].removeprefix("must be ") for each in told]
    unique = list(dict.fromkeys(wishes))
    found = told[0].split(", found ", 1)[1:] or [""]
    return f"must be {' or '.join(unique)}" + (f", found {found[0]}" if found[0] else "")
