"""What is wrong in an analysis_config.json: JSON paths, and words for people."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

Place = tuple[str | int, ...]
Problem = tuple[Place, str]
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}
BOUNDS = {
    "greater_than": "greater than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
}
OTHER_TYPE = (*(f"must be {each}, found" for each in TYPES.values()), "must be '")
SHOWN = 60
EMPTY = "must not be empty"


def json_path(place: Place) -> str:
    """Return a place as a JSON path.

    Examples
    --------
    >>> json_path(("facet", 0, "value_or_threshold"))
    '$.facet[0].value_or_threshold'
    >>> json_path(())
    '$'
    """
    return "$" + "".join(_step(part) for part in place)


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if PLAIN.fullmatch(part) else f"[{part!r}]"


def show(value: object) -> str:
    """Return a value for a message, cut where it is long."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def near(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean …?" where something known is near, else what there is."""
    names = list(known)
    lowered = {each.lower(): each for each in reversed(names)}
    found = get_close_matches(name.lower(), lowered, n=1)
    if found:
        return f"; did you mean {lowered[found[0]]!r}?"
    listed = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"; there is: {listed}" if names else ""


def schema_problems(
    wrong: ValidationError, raw: object, schema: type[BaseModel]
) -> Iterator[Problem]:
    """Yield what the schema refuses, once for each place.

    Parameters
    ----------
    wrong : ValidationError
    raw : JSON value
        The document.
    schema : type of BaseModel
        What it was held against; its keys are suggested for unknown ones.
    """
    found: dict[Place, list[str]] = {}
    for error in wrong.errors(include_url=False):
        place = _place(error, raw)
        found.setdefault(place, []).append(_say(error, place, schema))
    for place, told in found.items():
        if told == [EMPTY] and any(each[: len(place)] == place != each for each in found):
            continue  # it is short for want of the parts that are wrong
        yield place, _join(told, place, raw)


def _place(error: Any, raw: object) -> Place:  # noqa: ANN401 - pydantic's dict
    """Follow a location through the document; what is no key there names a branch of a union."""
    at: Any = raw
    place: list[str | int] = []
    parts = error["loc"]
    for number, part in enumerate(parts):
        in_list = isinstance(at, list) and isinstance(part, int) and part < len(at)
        if in_list or (isinstance(at, dict) and part in at):
            at = at[part]
        elif not (number == len(parts) - 1 and error["type"] == "missing"):
            continue
        place.append(part)
    return tuple(place)


def _say(error: Any, place: Place, schema: type[BaseModel]) -> str:  # noqa: ANN401
    kind, value, told = error["type"], error["input"], error.get("ctx", {})
    found = f", found {show(value)}"
    if kind == "extra_forbidden":
        model = _model_at(place[:-1], schema)
        return "unknown key" + near(str(place[-1]), model.model_fields if model else ())
    if kind == "missing":
        return "is required"
    if kind in TYPES:
        return f"must be {TYPES[kind]}{found}"
    if kind in BOUNDS:
        return f"must be {BOUNDS[kind].format(**told)}{found}"
    if kind == "literal_error":
        options = re.findall(r"'([^']*)'", str(told["expected"]))
        close = get_close_matches(str(value).lower(), options, n=1)
        meant = f"; did you mean {close[0]!r}?" if close else ""
        return f"must be {told['expected']}{found}{meant}"
    if kind in ("too_short", "string_too_short"):
        return EMPTY
    if kind == "value_error":
        return str(told["error"])
    return f"{error['msg'][:1].lower()}{error['msg'][1:]}{found}"


def _model_at(place: Place, schema: type[BaseModel]) -> type[BaseModel] | None:
    model: type[BaseModel] | None = schema
    for part in place:
        if isinstance(part, int):
            continue
        if model is None or part not in model.model_fields:
            return None
        model = _first_model(model.model_fields[part].annotation)
    return model


def _first_model(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_first_model, get_args(annotation))), None)


def _join(told: list[str], place: Place, raw: object) -> str:
    """Say once what the branches of a union say of one value."""
    if len(told) == 1:
        return told[0]
    at: Any = raw
    for part in place:
        at = at[part]
    # A branch that takes this type of value knows best what is wrong with it.
    closest = [each for each in told if not each.startswith(OTHER_TYPE)]
    if closest:
        return closest[0]
    wanted = [each.partition(", found ")[0] for each in told]
    unique = list(dict.fromkeys(each.removeprefix("must be ") for each in wanted))
    if TYPES["float_type"] in unique and TYPES["int_type"] in unique:
        unique.remove(TYPES["int_type"])
    return f"must be {' or '.join(unique)}, found {show(at)}"
