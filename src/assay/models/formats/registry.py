"""Which forms of models are known: whatever is installed under the entry point `assay.models`."""

from contextlib import suppress
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, cast

import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from assay.errors import InputError
from assay.models.formats.format import FormatOptions, ModelFormat, OptionValues
from assay.models.formats.inspection import Setting
from assay.models.formats.place import ModelPlace
from assay.plugins import load_plugins

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

GROUP = "assay.models"
PARTS = ("name", "title", "options", "recognizes", "inspect", "load")


@cache
def find_formats() -> tuple[ModelFormat, ...]:
    """Load every installed form, by name.

    Raises
    ------
    InputError
        If one cannot be imported, or two have one name.

    Examples
    --------
    >>> {"pickle", "skops"} <= {each.name for each in find_formats()}
    True
    """
    found = load_plugins(GROUP, "model format", PARTS)
    return tuple(cast("ModelFormat", each) for each in found.values())


def recognize(place: ModelPlace) -> ModelFormat:
    """Return the form that a place is of.

    Raises
    ------
    InputError
        If it is of none.
    """
    for known in find_formats():
        if known.recognizes(place):
            return known
    what = "is a folder and" if place.is_folder else "is"
    titles = "; ".join(sorted(known.title for known in find_formats()))
    msg = f"{place.text} {what} not a model that can be loaded here; give one of: {titles}"
    raise InputError(msg)


def read_options(known: ModelFormat, values: OptionValues) -> FormatOptions:
    """Check a form's settings, all at once.

    Text that stands for another type, as on the command line, is read as YAML: ``[a, b]``.

    Raises
    ------
    InputError
        If a setting is unknown or its value does not fit, naming every one.
    """
    try:
        return known.options.model_validate(_parsed(known.options, values))
    except ValidationError as error:
        wrong = [_say(each, known) for each in error.errors()]
        names = ", ".join(known.options.model_fields) or "none"
        msg = (
            f"--model-option of {known.title} is wrong: {'; '.join(wrong)} (its options: {names})"
        )
        raise InputError(msg) from None


def _say(error: "ErrorDetails", known: ModelFormat) -> str:
    name = ".".join(map(str, error["loc"]))
    if error["type"] != "extra_forbidden":
        return f"{name}: {error['msg'].removeprefix('Value error, ')}"
    near = get_close_matches(name, known.options.model_fields, n=1)
    return f"there is no option {name}" + (f", did you mean {near[0]}?" if near else "")


def settings_of(known: ModelFormat) -> tuple[Setting, ...]:
    """Return the options of a form, for people."""
    return tuple(
        Setting(
            name=name,
            description=field.description or "",
            default=to_jsonable_python(field.get_default(call_default_factory=True)),
        )
        for name, field in known.options.model_fields.items()
    )


def _parsed(options: type[FormatOptions], values: OptionValues) -> dict[str, object]:
    """Return the values with text parsed where a field takes no text."""
    told = dict(values)
    for name, field in options.model_fields.items():
        value = told.get(name)
        if not isinstance(value, str):
            continue
        try:
            _accepts(field).validate_python(value)
        except ValidationError:
            with suppress(yaml.YAMLError):
                told[name] = yaml.safe_load(value)
    return told


def _accepts(field: FieldInfo) -> TypeAdapter[Any]:
    kind: Any = Annotated[cast("Any", field.annotation), field]
    return TypeAdapter(kind)
