"""Weight and unit, the same for every table of one analysis."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from assay.data.dataset import Dataset


class SharedFields(TypedDict):
    """What a Request takes beside its own fields."""

    weight: str | None
    unit: str | None
    unit_kind: str


@dataclass(frozen=True)
class Shared:
    """What all requests of one analysis have in common.

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

    @classmethod
    def of(cls, data: "Dataset") -> "Shared":
        """Return what the schema of a dataset says; its units are codes after `with_units`."""
        unit, kind = data.unit
        return cls(data.schema.weight, unit, kind if unit else "group")

    @property
    def fields(self) -> SharedFields:
        """Return the fields as keyword arguments of a Request."""
        return {"weight": self.weight, "unit": self.unit, "unit_kind": self.unit_kind}
