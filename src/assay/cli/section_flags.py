"""Flags of the installed sections: each field of a section's config becomes one."""

from collections.abc import Sequence
from types import NoneType, UnionType
from typing import Literal, Union, get_args, get_origin

from assay.cli.flag import Flag
from assay.jobs.section import Section


def section_flags(sections: Sequence[Section]) -> tuple[Flag, ...]:
    """Return ``--<section>-<field>`` for every field of every section's config.

    A boolean field becomes a switch with its opposite, a field of fixed choices shows them, and
    a field that holds several values may be given several times.
    """
    return tuple(
        _flag(section, name, field.annotation, field.description or "")
        for section in sections
        for name, field in section.config.model_fields.items()
    )


def _flag(section: Section, name: str, annotation: object, description: str) -> Flag:
    plain = f"{section.name}-{name}".replace("_", "-")
    several, kind = _kind(annotation)
    is_switch = kind is bool and not several
    choices = tuple(str(each) for each in get_args(kind)) if get_origin(kind) is Literal else ()
    return Flag(
        name=f"--{plain}/--no-{plain}" if is_switch else f"--{plain}",
        keys=("sections", section.name, name),
        group=f"Section {section.name} ({section.title})",
        help=description + (" Repeatable." if several else ""),
        metavar="NUMBER" if kind in (int, float) else "TEXT",
        multiple=several,
        switch=is_switch,
        choices=choices,
        value_type=kind if kind in (int, float) else str,  # type: ignore[arg-type]
    )


def _kind(annotation: object) -> tuple[bool, object]:
    """Return whether several values may be given, and the type of one."""
    if get_origin(annotation) in (Union, UnionType):
        options = [each for each in get_args(annotation) if each is not NoneType]
        return _kind(options[0]) if len(options) == 1 else (False, str)
    if get_origin(annotation) in (tuple, list, set, frozenset):
        inner = [each for each in get_args(annotation) if each is not Ellipsis]
        return True, inner[0] if inner else str
    return False, annotation
