"""The schema of time series: where they are in the data, and how forecasts are explained."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, StrictInt

from assay.jobs.clarify.parts import LowerCase, NameOrIndex, Part, Text

Filling = Annotated[Literal["zero", "mean"], LowerCase]


class TimeSeriesData(Part):
    """Where items, times and values are."""

    item_id: NameOrIndex
    timestamp: NameOrIndex
    target_time_series: NameOrIndex
    related_time_series: tuple[NameOrIndex, ...] | None = None
    static_covariates: tuple[NameOrIndex, ...] | None = None
    dataset_format: (
        Annotated[Literal["columns", "item_records", "timestamp_records"], LowerCase] | None
    ) = None


class SeriesBaseline(Part):
    """What stands for a series that is left out."""

    target_time_series: Filling = "zero"
    related_time_series: Filling = "zero"
    static_covariates: dict[str, tuple[JsonValue, ...]] | None = None


class AsymmetricShapley(Part):
    """Asymmetric Shapley values of forecasts."""

    direction: Annotated[
        Literal["chronological", "anti_chronological", "bidirectional"], LowerCase
    ]
    granularity: Annotated[Literal["timewise", "fine_grained"], LowerCase]
    num_samples: Annotated[StrictInt, Field(ge=1)] | None = None
    baseline: Text | SeriesBaseline | None = None
