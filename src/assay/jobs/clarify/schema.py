"""The typed schema of analysis_config.json: every key of the service, and one key ``assay``."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StrictStr

from assay.data.schema import KIND_WORDS, Kind
from assay.jobs.clarify.explanations import Pdp, Shap
from assay.jobs.clarify.parts import (
    DatasetType,
    LowerCase,
    NameOrIndex,
    Number,
    Part,
    Text,
    Value,
    Values,
)
from assay.jobs.clarify.predictor import Predictor
from assay.jobs.clarify.time_series import AsymmetricShapley, TimeSeriesData

ANALYSES = ("pre_training_bias", "post_training_bias", "shap", "pdp", "asymmetric_shapley_value")
KindWord = Annotated[Kind, BeforeValidator(lambda told: KIND_WORDS.get(told, told))]


class FacetPart(Part):
    """One facet."""

    name_or_index: NameOrIndex
    value_or_threshold: Values | None = None


class Segment(Part):
    """Slices of the rows for which metrics are wanted."""

    name_or_index: NameOrIndex
    segments: Annotated[
        tuple[Annotated[tuple[Value, ...], Field(min_length=1)], ...], Field(min_length=1)
    ]
    config_name: Text | None = None
    display_aliases: tuple[StrictStr, ...] | None = None


class BiasMethods(Part):
    """Which bias metrics are wanted."""

    methods: Literal["all"] | Annotated[tuple[StrictStr, ...], Field(min_length=1)]


class Report(Part):
    """The report's file name and title."""

    name: Text
    title: StrictStr | None = None


class Methods(Part):
    """What is to be computed."""

    pre_training_bias: BiasMethods | None = None
    post_training_bias: BiasMethods | None = None
    shap: Shap | None = None
    pdp: Pdp | None = None
    asymmetric_shapley_value: AsymmetricShapley | None = None
    report: Report | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """Names of the analyses that are asked for."""
        return tuple(name for name in ANALYSES if getattr(self, name) is not None)

    @property
    def bias(self) -> tuple[str, ...]:
        """Names of the bias analyses that are asked for."""
        return tuple(name for name in self.asked if name.endswith("_bias"))


class AssayPart(Part):
    """What assay lets a user say beyond the service."""

    kinds: dict[str, KindWord] = Field(default_factory=dict)
    compat: Literal["smclarify-0.5"] | None = None


class ClarifyConfig(Part):
    """All of an analysis_config.json."""

    version: Literal["1.0"] | None = None
    dataset_type: Annotated[DatasetType, LowerCase]
    dataset_uri: Text | None = None
    headers: Annotated[tuple[StrictStr, ...], Field(min_length=1)] | None = None
    label: NameOrIndex | None = None
    predicted_label: NameOrIndex | None = None
    features: Text | None = None
    label_values_or_threshold: Values | None = None
    probability_threshold: Annotated[Number, Field(ge=0, le=1)] | None = None
    facet: tuple[FacetPart, ...] | None = None
    facet_dataset_uri: Text | None = None
    facet_headers: tuple[StrictStr, ...] | None = None
    predicted_label_dataset_uri: Text | None = None
    predicted_label_headers: tuple[StrictStr, ...] | None = None
    joinsource_name_or_index: NameOrIndex | None = None
    excluded_columns: tuple[NameOrIndex, ...] | None = None
    group_variable: NameOrIndex | None = None
    segment_config: tuple[Segment, ...] | None = None
    time_series_data_config: TimeSeriesData | None = None
    methods: Methods
    predictor: Predictor | None = None
    assay: AssayPart = Field(default_factory=AssayPart)
