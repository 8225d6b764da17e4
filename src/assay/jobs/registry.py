"""Which sections there are: whatever is installed under the entry point `assay.sections`."""

from typing import cast

from assay.errors import InputError
from assay.jobs.section import Section, SectionConfig
from assay.plugins import load_plugins

GROUP = "assay.sections"
PARTS = ("name", "title", "order", "needs", "config", "tables", "cost", "run", "page", "skipped")


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
    sections: dict[str, Section] = {}
    for place, loaded in load_plugins(GROUP, "section", PARTS).items():
        section = cast("Section", loaded)
        if not issubclass(section.config, SectionConfig):
            msg = (
                f"the section {place!r} ({type(section).__module__}) has a config of another base "
                "than assay.jobs.section.SectionConfig"
            )
            raise InputError(msg)
        if section.name in sections:
            msg = f"two sections are named {section.name!r}; uninstall one of their packages"
            raise InputError(msg)
        sections[section.name] = section
    return tuple(sorted(sections.values(), key=lambda each: (each.order, each.name)))
