"""Settings of the bias section, beside the options of the whole run."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StrictStr, field_validator

from assay.bias.catalogue import find_bias_metric
from assay.bias.settings import FLIP_ROWS, MIN_GROUP, N_BINS, BiasSettings, Parity
from assay.errors import InputError
from assay.jobs.config import Names
from assay.jobs.section import SectionConfig

Texts = Annotated[
    tuple[str, ...],
    BeforeValidator(
        lambda told: [str(each) for each in ([told] if isinstance(told, str) else told)]
    ),
]


class BiasConfig(SectionConfig):
    """Settings of the bias section."""

    metrics: Names = Field(
        default=(), description="Metric to compute, such as DPPL or DI; default: all that can be."
    )
    positive: Texts = Field(
        default=(),
        description="Label that counts as a good outcome, where the label has several classes.",
    )
    label_threshold: float | None = Field(
        default=None,
        allow_inf_nan=False,
        description="Number above which a numeric label, and its prediction, is a good outcome.",
    )
    bins: int = Field(
        default=N_BINS,
        ge=2,
        le=20,
        description=f"Groups that a number without thresholds is cut into; default {N_BINS}.",
    )
    min_group: int = Field(
        default=MIN_GROUP,
        ge=1,
        description=f"Rows below which a group makes no finding; default {MIN_GROUP}.",
    )
    missing: Literal["exclude", "group"] = Field(
        default="exclude",
        description="Rows without a facet value: leave out and count, or a group of their own.",
    )
    tolerance: Names = Field(
        default=(),
        description="What makes no finding: DPPL=0.05 (either way), or DI=0.8..1.25 (a range).",
    )
    flip_rows: int = Field(
        default=FLIP_ROWS,
        ge=0,
        description=f"Most rows a side that the flip test reads, 0: none; default {FLIP_ROWS:,}.",
    )
    flip_scale: bool = Field(default=False, description="Scale the features of the flip test.")
    flip_one_hot: bool = Field(
        default=False, description="Let the flip test read texts, as 0/1 columns."
    )
    parity: Parity | None = Field(
        default=None,
        description="Show the trade-off between accuracy and this parity, by group thresholds.",
    )
    reweigh: bool = Field(
        default=False,
        description="Write reweighed.parquet: the data with weights that even labels out.",
    )
    attributions: StrictStr | None = Field(
        default=None,
        description="Table of attributions, a column a feature and a row a row: compares groups.",
    )

    @field_validator("metrics")
    @classmethod
    def _known_metrics(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            _find(name)
        return value

    @field_validator("tolerance")
    @classmethod
    def _ranges(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            _tolerance(text)
        return value

    def tolerated(self) -> dict[str, tuple[float, float]]:
        """Return metric name → the range that was told for it."""
        return dict(_tolerance(text) for text in self.tolerance)

    def settings(self, *, level: float, seed: int) -> BiasSettings:
        """Return these settings as `assay.bias` takes them."""
        return BiasSettings(
            metrics=tuple(_find(name) for name in self.metrics),
            bins=self.bins,
            min_group=self.min_group,
            keep_missing=self.missing == "group",
            tolerated=self.tolerated(),
            flip_rows=self.flip_rows,
            flip_scale=self.flip_scale,
            flip_one_hot=self.flip_one_hot,
            parity=self.parity,
            reweigh=self.reweigh,
            level=level,
            seed=seed,
        )


def _find(name: str) -> str:
    try:
        return find_bias_metric(name).name
    except InputError as wrong:
        raise ValueError(str(wrong)) from wrong


def _tolerance(text: str) -> tuple[str, tuple[float, float]]:
    name, sign, given = text.partition("=")
    low, dots, high = given.partition("..")
    try:
        ends = (float(low), float(high)) if dots else (-abs(float(low)), abs(float(low)))
    except ValueError:
        ends = None
    if not sign or ends is None or not ends[0] < ends[1]:
        msg = f"a tolerance is METRIC=NUMBER or METRIC=LOW..HIGH, such as DPPL=0.05; not {text!r}"
        raise ValueError(msg)
    found = find_bias_metric(_find(name.strip()))
    if not ends[0] <= found.parity <= ends[1]:
        msg = f"the tolerance {text!r} leaves out {found.parity:g}, where groups are treated alike"
        raise ValueError(msg)
    return found.name, ends
