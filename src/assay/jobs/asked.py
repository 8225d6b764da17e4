"""What an analysis_config.json asked for, as far as analysis.json has to say it again."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

Value = StrictInt | StrictFloat | StrictStr
Cell = StrictBool | StrictInt | StrictFloat | StrictStr | None


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


class AskedText(_Part):
    """How columns of free text are cut into pieces."""

    granularity: Literal["token", "sentence", "paragraph"]
    language: StrictStr
    max_top_tokens: StrictInt


class AskedShap(_Part):
    """Shapley values as methods.shap asks for them."""

    baseline: tuple[tuple[Cell, ...], ...] | None = Field(
        default=None, description="Rows of features; none: centres of clusters of the rows."
    )
    num_clusters: StrictInt | None = None
    num_samples: StrictInt | None = None
    agg_method: Literal["mean_abs", "median", "mean_sq"] = "mean_abs"
    use_logit: StrictBool = False
    save_local_shap_values: StrictBool = False
    seed: StrictInt | None = None
    features_to_explain: tuple[StrictStr, ...] | None = None
    text: AskedText | None = None


class AskedPdp(_Part):
    """Partial dependence as methods.pdp asks for it."""

    grid_resolution: StrictInt
    features: tuple[StrictStr, ...] | None = None
    top_k_features: StrictInt


class AskedExplanations(_Part):
    """Shapley values and partial dependence that the file asks for."""

    features: tuple[StrictStr, ...] = Field(description="Columns of the data that are features.")
    label_headers: tuple[StrictStr, ...] | None = Field(
        default=None, description="Names of the scores, in their order."
    )
    joinsource: StrictStr | None = None
    kinds: dict[StrictStr, StrictStr] = Field(default_factory=dict)
    shap: AskedShap | None = None
    pdp: AskedPdp | None = None


class ClarifyPart(_Part):
    """What analysis.json says of the analysis_config.json that it answers."""

    label: StrictStr = ""
    label_text: StrictStr = Field(default="", description="label_value_or_threshold.")
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
    explanations: AskedExplanations | None = Field(
        default=None, description="Shapley values and partial dependence; none: not asked for."
    )
    title: StrictStr | None = Field(default=None, description="methods.report.title.")
    not_run: tuple[NotRun, ...] = ()
    notes: tuple[StrictStr, ...] = ()
    dialect: Literal["clarify/1.0"] = "clarify/1.0"
