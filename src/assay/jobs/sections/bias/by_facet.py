"""One option worked out for each facet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from assay.result import Json


class HasDict(Protocol):
    """What an option must offer."""

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        ...


@dataclass(frozen=True, kw_only=True)
class ByFacet:
    """One option for each facet, under the facet's name.

    Parameters
    ----------
    facets : mapping of str to option
    """

    facets: Mapping[str, HasDict] = field(default_factory=dict[str, HasDict])

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {name: each.to_dict() for name, each in self.facets.items()}
