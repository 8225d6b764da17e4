"""What an analysis_config.json asked for, as far as analysis.json has to say it again."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

Value = StrictInt | StrictFloat | StrictStr


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AskedFacet(_Part):
    """One facet of the file."""

    name: StrictStr = Field(description="Name of the facet in results.json.")
    column: StrictStr = Field(description="Its column.")
    text: StrictStr | None = Field(
        default=None, description="value_or_threshold of its group; none: the group's own name."
    )
    values: tuple[Value, ...] = Field(
        default=(), description="value_or_threshold as the file has it."
    )


class NotRun(_Part):
    """An analysis of the file that was not run."""

    method: StrictStr
    reason: StrictStr
    turn_on: StrictStr = ""
    is_loss: StrictBool = Field(
        default=False, description="Whether it would have run if something else had been given."
    )


class ClarifyPart(_Part):
    """What analysis.json says of the analysis_config.json that it answers."""

    label: StrictStr
    label_text: StrictStr = Field(description="label_value_or_threshold.")
    positive: tuple[Value, ...] = Field(
        default=(), description="label_values_or_threshold as the file has them."
    )
    facets: tuple[AskedFacet, ...] = ()
    pre_training_bias: tuple[StrictStr, ...] | None = Field(
        default=None, description="Codes that were asked for; none: the method was not."
    )
    post_training_bias: tuple[StrictStr, ...] | None = None
    threshold: float | None = Field(
        default=None,
        description="options.threshold, where it stands for the file's probability_threshold.",
    )
    title: StrictStr | None = Field(default=None, description="methods.report.title.")
    not_run: tuple[NotRun, ...] = ()
    notes: tuple[StrictStr, ...] = ()
    dialect: Literal["clarify/1.0"] = "clarify/1.0"
