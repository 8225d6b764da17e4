"""Weight and unit, the same for every table of one evaluation."""

from dataclasses import dataclass
from typing import TypedDict


class SharedFields(TypedDict):
    """What a Request takes beside its own fields."""

    weight: str | None
    unit: str | None
    unit_kind: str


@dataclass(frozen=True)
class Shared:
    """What all requests of one evaluation have in common.

    Parameters
    ----------
    weight : str or None
        Column of row weights.
    unit : str or None
        Column of independent units.
    unit_kind : str
        "group" or "block".
    """

    weight: str | None = None
    unit: str | None = None
    unit_kind: str = "group"

    @property
    def fields(self) -> SharedFields:
        """Return the fields as keyword arguments of a Request."""
        return {"weight": self.weight, "unit": self.unit, "unit_kind": self.unit_kind}
