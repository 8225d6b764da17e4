"""What the parts of the schema share: strictness, and values as Clarify writes them."""

from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
)


class Part(BaseModel):
    """Base of all parts: unknown keys are errors, and values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _lowered(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _listed(value: object) -> object:
    """Take a bare value where a list is meant, as the guide's prose shows it."""
    bare = isinstance(value, int | float | str) and not isinstance(value, bool)
    return [value] if bare else value


LowerCase = BeforeValidator(_lowered)
Text = Annotated[StrictStr, Field(min_length=1)]
Index = Annotated[StrictInt, Field(ge=0)]
NameOrIndex = Text | Index
Number = StrictInt | StrictFloat
Value = StrictInt | StrictFloat | StrictStr
Values = Annotated[tuple[Value, ...], BeforeValidator(_listed)]
DatasetType = Literal[
    "text/csv",
    "application/jsonlines",
    "application/json",
    "application/x-parquet",
    "application/x-image",
    "application/sagemakercapturejson",
]
CSV, JSON_LINES, JSON = "text/csv", "application/jsonlines", "application/json"
PARQUET, IMAGE = "application/x-parquet", "application/x-image"
CAPTURE = "application/sagemakercapturejson"
