"""Settings of the explanations section."""

from typing import Literal

from pydantic import Field, StrictStr

from assay.jobs.config import Names
from assay.jobs.section import SectionConfig

ROWS = 200
DEPENDENCE = 4


class ExplanationsConfig(SectionConfig):
    """Settings of the explanations section."""

    rows: int = Field(
        default=ROWS,
        ge=1,
        description=f"Rows to explain, drawn evenly over the scores; default {ROWS}.",
    )
    row: tuple[int, ...] = Field(
        default=(), description="Row to explain, counted from 0, in place of drawn ones."
    )
    background: StrictStr | None = Field(
        default=None,
        description="What stands in for a column that is switched off: a table, or how to sum up "
        "the train rows (else the judged rows): kmeans, medoids, sample, median, zero or all.",
    )
    background_where: StrictStr | None = Field(
        default=None,
        description="Take only these rows as background, as a reference group: income=high, or "
        "several conditions joined: region=north & age>40.",
    )
    background_rows: int | None = Field(
        default=None, ge=1, description="Rows that the background is summed up in; default 50."
    )
    output: Literal["raw", "probability", "log_odds"] | None = Field(
        default=None,
        description="Scale of the scores; default: the probability of a classifier that has one.",
    )
    link: Literal["mean_then_logit", "logit_then_mean"] | None = Field(
        default=None, description="How log-odds are averaged; default mean_then_logit."
    )
    method: Literal["auto", "kernel", "exact", "linear", "trees", "gradients"] = Field(
        default="auto", description="How attributions are made; default: the first that fits."
    )
    value_function: Literal["interventional", "path_dependent"] = Field(
        default="interventional",
        description="For trees: whether absent columns take the background's values, or follow "
        "the train rows' shares in the branches.",
    )
    player: Names = Field(
        default=(),
        description="Columns to switch together, as NAME=COLUMN,COLUMN.",
    )
    calls: int | None = Field(
        default=None,
        ge=1,
        description="Coalitions of columns that are tried for a row at most; each costs one "
        "prediction for each background row.",
    )
    tolerance: float = Field(
        default=0.01,
        gt=0,
        description="Stop for a row when its largest standard error is this share of the sum of "
        "its attributions; default 0.01.",
    )
    seconds: float | None = Field(
        default=None, gt=0, description="Stop explaining after that long; default half --budget."
    )
    predictions: int | None = Field(
        default=None, ge=1, description="Most predictions that the model is asked for."
    )
    aggregate: Literal["mean_abs", "median", "mean_sq", "mean", "median_abs"] = Field(
        default="mean_abs", description="How rows' attributions become one number a column."
    )
    interactions: bool = Field(
        default=True, description="Attribute pairs of columns as well, from the same predictions."
    )
    dependence: Names = Field(
        default=(),
        description="Column, or two joined by *, whose effect on the score is drawn; default: "
        f"the {DEPENDENCE} that matter most.",
    )
    permutation: bool = Field(
        default=True,
        description="Measure what shuffling each column costs in quality, where labels are known.",
    )
    mutable: Names = Field(
        default=(),
        description="Column that a person can change: look for the smallest changes that flip the "
        "answer. As COLUMN, COLUMN>= (only up), COLUMN<= (only down) or COLUMN=LOW..HIGH.",
    )
    plots: Literal["png", "svg"] | None = Field(
        default=None, description="Write the charts beside the report as pictures of this form."
    )
    units: Literal["auto", "token", "sentence", "paragraph"] = Field(
        default="auto", description="Pieces that texts are cut into."
    )
