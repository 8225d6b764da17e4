"""Which sections there are: whatever is installed under the entry point `assay.sections`."""

from importlib.metadata import EntryPoint, entry_points
from typing import cast

from assay.errors import InputError
from assay.jobs.section import Section, SectionConfig

GROUP = "assay.sections"


def find_sections() -> tuple[Section, ...]:
    """Load every installed section, in the order in which the report shows them.

    Returns
    -------
    tuple of Section
        By `Section.order`, then by name.

    Raises
    ------
    InputError
        If a section's package cannot be imported, does not keep to the protocol, or if two
        packages ship a section of the same name.

    Examples
    --------
    >>> {"data", "evaluation"} <= {section.name for section in find_sections()}
    True
    """
    found: dict[str, tuple[EntryPoint, Section]] = {}
    for place in entry_points(group=GROUP):
        section = _load(place)
        if section.name in found and found[section.name][0].value != place.value:
            first = found[section.name][0].value
            msg = (
                f"two packages ship a section named {section.name!r}: {first} and {place.value}; "
                "uninstall one of them"
            )
            raise InputError(msg)
        found[section.name] = (place, section)
    return tuple(
        sorted(
            (section for _, section in found.values()), key=lambda each: (each.order, each.name)
        )
    )


def _load(place: EntryPoint) -> Section:
    try:
        section = place.load()
    except Exception as broken:
        msg = (
            f"the section {place.name!r} ({place.value}) cannot be loaded: {broken}; "
            "repair or uninstall the package that ships it"
        )
        raise InputError(msg) from broken
    lacking = [part for part in _PARTS if not hasattr(section, part)]
    if lacking or not issubclass(section.config, SectionConfig):
        what = f"has no {', '.join(lacking)}" if lacking else "has a config of another base"
        msg = f"the section {place.name!r} ({place.value}) {what}; see assay.jobs.section.Section"
        raise InputError(msg)
    return cast("Section", section)


_PARTS = ("name", "title", "order", "needs", "config", "tables", "cost", "run", "page", "skipped")
