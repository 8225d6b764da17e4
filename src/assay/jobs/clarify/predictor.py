"""The schema of ``predictor``: Clarify's own keys, and assay's under one key ``assay``."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictBool, StrictInt, StrictStr, field_validator, model_validator

from assay.jobs.clarify.parts import Index, LowerCase, Part, Text
from assay.jobs.config import ContainerName, Names, Scalars

PREFIX = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])")
PREFIX_LENGTH, ATTRIBUTES_LENGTH = 23, 1024
Media = Annotated[StrictStr, LowerCase]


class LocalModel(Part):
    """A model that this machine reaches: one of `path`, `python` and `url`."""

    path: Text | None = None
    python: Text | None = None
    url: Text | None = None
    trust: StrictBool = False
    input: ContainerName | None = None
    classes: Scalars | None = None
    output: Literal["label", "probability", "number"] | None = None
    features: Names | None = None
    version: StrictStr | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    cache: StrictBool = True
    python_path: Names = ()

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        given = [name for name in ("path", "python", "url") if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none of them"
            msg = f'needs exactly one of "path", "python" and "url", found {found}'
            raise ValueError(msg)
        return self

    @property
    def place(self) -> str:
        """The model's place, as ``model.path`` of assay.yaml has it."""
        return self.path or self.python or self.url or ""


class TimeSeriesPredictor(Part):
    """Where the forecast is in a response."""

    forecast: Text


class Predictor(Part):
    """Which model is asked, and how."""

    model_name: Text | None = None
    instance_type: Text | None = None
    initial_instance_count: Annotated[StrictInt, Field(ge=1)] | None = None
    endpoint_name: Text | None = None
    endpoint_name_prefix: Text | None = None
    target_model: Text | None = None
    accelerator_type: Text | None = None
    custom_attributes: StrictStr | None = None
    content_type: Media | None = None
    accept_type: Media | None = None
    content_template: StrictStr | dict[str, StrictStr] | None = None
    record_template: StrictStr | None = None
    label: Index | StrictStr | None = None
    probability: Index | StrictStr | None = None
    label_headers: tuple[StrictStr | StrictInt, ...] | None = None
    time_series_predictor_config: TimeSeriesPredictor | None = None
    assay: LocalModel | None = None

    @field_validator("endpoint_name_prefix")
    @classmethod
    def _prefix(cls, value: str | None) -> str | None:
        if value is None or (PREFIX.match(value) and len(value) <= PREFIX_LENGTH):
            return value
        msg = (
            f"must have at most {PREFIX_LENGTH} characters and begin with two letters or digits "
            f"(dashes may stand between them), found {value!r}"
        )
        raise ValueError(msg)

    @field_validator("custom_attributes")
    @classmethod
    def _attributes(cls, value: str | None) -> str | None:
        if value is None or (
            len(value) <= ATTRIBUTES_LENGTH and all(" " <= each <= "~" for each in value)
        ):
            return value
        msg = f"must be at most {ATTRIBUTES_LENGTH:,} visible ASCII characters"
        raise ValueError(msg)

    @property
    def is_function(self) -> bool:
        """Whether a function of this machine answers, so that nothing is sent as text."""
        return self.assay is not None and self.assay.python is not None

    @property
    def name(self) -> str | None:
        """What the file calls its model; an endpoint wins over a model, as in the service."""
        return self.endpoint_name or self.model_name
