"""Settings of the leakage section, beside the options of the whole run."""

from pydantic import Field, StrictStr, field_validator

from assay.data_quality.leakage.population import shares_by_column
from assay.data_quality.leakage.tables import SAMPLE_ROWS
from assay.errors import InputError
from assay.jobs.config import Names
from assay.jobs.section import SectionConfig


class LeakageConfig(SectionConfig):
    """Settings of the leakage section."""

    sample: int = Field(
        default=SAMPLE_ROWS,
        ge=100,
        description=f"Rows that checks of single columns read; default {SAMPLE_ROWS:,}.",
    )
    gap: float = Field(
        default=0.0,
        ge=0,
        allow_inf_nan=False,
        description="Days (steps, where time is a number) that must lie between train and test.",
    )
    reference: StrictStr | None = Field(
        default=None,
        description="Table drawn from the population that the model is for: is data like it?",
    )
    population: Names = Field(
        default=(), description="Share of the population, such as sex=F:0.51."
    )

    @field_validator("population")
    @classmethod
    def _shares(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            shares_by_column(value)
        except InputError as wrong:
            raise ValueError(str(wrong)) from wrong
        return value
