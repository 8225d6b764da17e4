"""JSON text to Python values, strictly: a key twice in one object is refused."""

import json
from collections.abc import Mapping
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError, ParseError
from jmespath.parser import ParsedResult

from assay.data.sources.json_columns import RawNumber, quoted
from assay.errors import InputError

MAX_LISTED = 20


class TwinKeyError(ValueError):
    """A key occurs twice in one object."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        twin = next(key for key in keys if keys.count(key) > 1)
        msg = f"the key {twin!r} occurs twice in one object; rename or drop one"
        raise TwinKeyError(msg)
    return made


def decoder(*, raw: bool = False) -> json.JSONDecoder:
    """Return a decoder; with `raw`, numbers stay as they are written (`RawNumber`)."""
    if raw:
        return json.JSONDecoder(
            object_pairs_hook=_object,
            parse_int=RawNumber,
            parse_float=RawNumber,
            parse_constant=RawNumber,
        )
    return json.JSONDecoder(object_pairs_hook=_object)


def is_cut(error: json.JSONDecodeError) -> bool:
    """Whether a text is wrong only in that its end is missing."""
    at_end = error.pos >= len(error.doc.rstrip()) - 1
    return at_end or error.msg.startswith("Unterminated string")


def compile_path(path: str, what: str) -> ParsedResult:
    """Return a JMESPath that can be searched with.

    Raises
    ------
    InputError
        If it is not one.
    """
    try:
        return jmespath.compile(path)
    except ParseError as error:
        reason = " ".join(str(error).split())
        msg = f"{what}: {path!r} is not a JMESPath ({reason}); see https://jmespath.org"
        raise InputError(msg) from error


def search(path: ParsedResult, value: Any, where: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return what a JMESPath gives; None if it matches nothing.

    Raises
    ------
    InputError
        If a function in it meets a value of the wrong type.
    """
    try:
        return path.search(value)
    except JMESPathError as error:
        msg = f"{where}: the JMESPath {path.expression!r} fails: {' '.join(str(error).split())}"
        raise InputError(msg) from error


def told_keys(value: object) -> str:
    """Say what there is to reach into.

    Examples
    --------
    >>> told_keys({"age": 3, "first name": "x"})
    'it has the keys age, "first name"'
    """
    if isinstance(value, Mapping):
        if not value:
            return "it is an empty object"
        keys = [quoted(str(key)) for key in value]
        more = f" and {len(keys) - MAX_LISTED} more" if len(keys) > MAX_LISTED else ""
        return f"it has the keys {', '.join(keys[:MAX_LISTED])}{more}"
    if isinstance(value, list):
        return f"it is a list of {len(value)}: [0] is its first"
    return f"it is {value!r:.40}"
