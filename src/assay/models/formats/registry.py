"""Which forms of models are known: whatever is installed under the entry point `assay.models`."""

from functools import cache
from importlib.metadata import entry_points
from typing import cast

from pydantic import ValidationError

from assay.errors import InputError
from assay.models.formats.format import FormatOptions, ModelFormat, OptionValues
from assay.models.formats.place import ModelPlace

GROUP = "assay.models"


@cache
def find_formats() -> tuple[ModelFormat, ...]:
    """Load every installed form, by name.

    Raises
    ------
    InputError
        If one cannot be imported.

    Examples
    --------
    >>> {"pickle", "skops"} <= {each.name for each in find_formats()}
    True
    """
    found: dict[str, ModelFormat] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda each: each.name):
        try:
            loaded = entry.load()
        except Exception as broken:
            msg = (
                f"the model format {entry.name!r} ({entry.value}) cannot be loaded: {broken}; "
                "repair or uninstall the package that ships it"
            )
            raise InputError(msg) from broken
        found.setdefault(entry.name, cast("ModelFormat", loaded))
    return tuple(found.values())


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

    Raises
    ------
    InputError
        If a setting is unknown or its value does not fit, naming every one.
    """
    try:
        return known.options.model_validate(dict(values))
    except ValidationError as error:
        wrong = [
            f"{'.'.join(map(str, each['loc']))}: {each['msg'].removeprefix('Value error, ')}"
            for each in error.errors()
        ]
        names = ", ".join(known.options.model_fields) or "none"
        msg = (
            f"--model-option of {known.title} is wrong: {'; '.join(wrong)} (its options: {names})"
        )
        raise InputError(msg) from None
