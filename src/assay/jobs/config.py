"""The typed schema of assay.yaml: one place for names, meanings and defaults."""

import math
import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    create_model,
    field_validator,
    model_validator,
)

from assay.data.schema import KIND_WORDS, KINDS, Kind
from assay.evaluation.goal import Costs, parse_goal
from assay.jobs.asked import ClarifyPart
from assay.jobs.section import Section, SectionConfig

Scalar = StrictBool | StrictInt | StrictFloat | StrictStr
ContainerName = Literal["pandas", "polars", "numpy"]
TaskName = Literal["binary", "multiclass", "multilabel", "regression", "ranking", "forecasting"]
MOST_SEEDS = 2**32
"""So many seeds the libraries know that fit models."""
GATE = re.compile(r"[a-z][a-z0-9_]*")


def _as_list(value: object) -> object:
    """Take one text where a list of texts is meant."""
    return [value] if isinstance(value, str) else value


def _as_one(value: object) -> object:
    """Take a list of one text for that text."""
    listed = isinstance(value, list | tuple) and len(value) == 1
    return value[0] if listed else value  # type: ignore[index]


Names = Annotated[tuple[StrictStr, ...], BeforeValidator(_as_list)]
Scalars = Annotated[tuple[Scalar, ...], BeforeValidator(_as_list)]
KindWord = Annotated[Kind, BeforeValidator(lambda told: KIND_WORDS.get(told, told))]
OneOrMore = Annotated[StrictStr | tuple[StrictStr, ...] | None, BeforeValidator(_as_one)]


class Part(BaseModel):
    """Base of all parts: unknown keys are errors, and values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelPart(Part):
    """Where the model is and how it is called."""

    path: StrictStr = Field(
        description=(
            "The model: a file or folder; a URI (https://…, models:/…); a function, as "
            "package.module:function or file.py:function; or command:PROGRAM ARGUMENTS."
        )
    )
    trust: StrictBool = Field(
        default=False, description="Allow a format that can run code when loaded (pickle, joblib)."
    )
    input: ContainerName | None = Field(
        default=None,
        description="Container the model is given; default: the one it was fitted on.",
    )
    classes: Scalars | None = Field(
        default=None,
        description="Its classes in the order of its scores, where it does not say them itself.",
    )
    output: Literal["label", "probability", "number"] | None = Field(
        default=None, description="What it returns, where it does not say so itself."
    )
    features: Names | None = Field(
        default=None, description="Columns it reads, in order, where it does not say them itself."
    )
    version: StrictStr | None = Field(
        default=None,
        description=(
            "Name for the version of an endpoint, command or function: while it stays the same, "
            "its predictions are kept and not asked for again."
        ),
    )
    options: dict[str, Any] = Field(
        default_factory=dict,
        description="Settings of its form; `assay models inspect MODEL` lists them.",
    )
    cache: StrictBool = Field(
        default=True,
        description=(
            "Keep predictions in the store, so that the same model is not asked twice about the "
            "same rows, and a run that broke off goes on where it was."
        ),
    )
    python_path: Names = Field(
        default=(), description="Folders to import the model's own classes from."
    )


OF_OTHERS = {"train_query", "validation_query", "facet_headers", "prediction_headers"}
"""What is said of the reading of other tables than data."""


def _check_path(path: str, what: str) -> None:
    from assay.data.sources.json_decoding import compile_path  # noqa: PLC0415 - rare

    compile_path(path, what)


class ReadPart(Part):
    """How tables are read, where their form leaves it open."""

    delimiter: StrictStr | None = Field(
        default=None, description="Between the fields of a CSV; default: told by the header."
    )
    headers: Names | None = Field(
        default=None, description="Names of the columns of a CSV that has no header line."
    )
    facet_headers: Names | None = Field(default=None, description="The same for facet_data.")
    prediction_headers: Names | None = Field(
        default=None, description="The same for prediction_data."
    )
    records: StrictStr | None = Field(
        default=None,
        description=(
            "JMESPath to the records in a JSON document; $: the columns' paths search the whole "
            "document, and each gives a value for each row."
        ),
    )
    columns: dict[str, StrictStr] = Field(
        default_factory=dict, description="Column → JMESPath into a record of JSON."
    )
    sheet: StrictStr | None = Field(default=None, description="Sheet of a workbook.")
    query: StrictStr | None = Field(
        default=None, description="SQL SELECT, or the name of a table, where data is a database."
    )
    train_query: StrictStr | None = Field(
        default=None, description="The same for train; default: query."
    )
    validation_query: StrictStr | None = Field(
        default=None, description="The same for validation; default: query."
    )
    storage: dict[str, StrictStr] = Field(
        default_factory=dict,
        description="Settings of an object store, as Polars' storage_options names them.",
    )

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, value: str | None) -> str | None:
        if value is not None:
            from assay.data.sources.csv_delimiter import check_delimiter  # noqa: PLC0415 - rare

            check_delimiter(value)
        return value

    @field_validator("records")
    @classmethod
    def _records_path(cls, value: str | None) -> str | None:
        if value not in (None, "$"):
            _check_path(value, "records")
        return value

    @field_validator("columns")
    @classmethod
    def _column_paths(cls, value: dict[str, str]) -> dict[str, str]:
        for name, path in value.items():
            _check_path(path, f"column {name!r}")
        return value

    def told(self) -> dict[str, Any]:
        """Return what was said, under the names that `Dataset.read` has for it."""
        return self.model_dump(exclude_defaults=True, exclude=OF_OTHERS)


class RolesPart(Part):
    """What the columns mean."""

    label: OneOrMore = Field(
        default=None,
        description="Column of the true answers; several where a row may have several labels.",
    )
    positive: Scalar | None = Field(default=None, description="Label that counts as positive.")
    prediction: OneOrMore = Field(
        default=None,
        description="Column of predicted answers (instead of a model); one a label.",
    )
    scores: Names = Field(
        default=(), description="Column of scores of the positive class, or one column a class."
    )
    weight: StrictStr | None = Field(default=None, description="Column of row weights.")
    group: StrictStr | None = Field(
        default=None, description="Column whose equal values mark rows that belong together."
    )
    time: StrictStr | None = Field(
        default=None, description="Column that orders the rows in time."
    )
    id: StrictStr | None = Field(default=None, description="Column that names the row.")
    query_id: StrictStr | None = Field(
        default=None,
        description="Column whose equal values mark rows that are ranked against each other.",
    )
    series: StrictStr | None = Field(
        default=None,
        description="Column whose equal values mark rows that follow each other in time.",
    )
    ignore: Names = Field(default=(), description="Columns to leave out.")
    kinds: dict[str, KindWord] = Field(
        default_factory=dict, description=f"Column → kind, one of: {', '.join(KINDS)}."
    )
    missing: Names | None = Field(
        default=None,
        description="Texts that mean 'no value' in a CSV, in place of the usual ones.",
    )
    facets: Names = Field(
        default=(),
        description=(
            "Whose groups are compared: a column, age>40, race=Black,Asian, age:25,45,65 (bands) "
            "or sex*race (combinations)."
        ),
    )
    group_variable: StrictStr | None = Field(
        default=None,
        description="Column of subgroups within which groups are compared as well.",
    )
    join_on: StrictStr | None = Field(
        default=None,
        description="Column that names the row in data and in facet_data; default: same order.",
    )
    label_map: dict[str, Scalar] = Field(
        default_factory=dict,
        description="A class of the model, or a predicted answer → the label that it stands for.",
    )

    @field_validator("label_map", mode="before")
    @classmethod
    def _text_keys(cls, value: object) -> object:
        """Let classes be written as numbers: ``0: <=50K``."""
        if not isinstance(value, dict):
            return value
        return {str(key): label for key, label in value.items()}


class OptionsPart(Part):
    """How the model is judged."""

    task: TaskName | None = Field(
        default=None, description="Kind of task; default: inferred and shown."
    )
    threshold: StrictInt | StrictFloat | StrictStr | None = Field(
        default=None,
        description=(
            "Score from which the answer is positive: a number, or a goal that chooses it on "
            "the validation rows: f1, mcc, balanced_accuracy, recall>=0.9, fpr<=0.05, cost."
        ),
    )
    cost_fp: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="Cost of a false alarm."
    )
    cost_fn: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="Cost of a missed positive."
    )
    use: Literal["probability", "ranking"] | None = Field(
        default=None,
        description="What scores are used for: as probabilities, or only for their order.",
    )
    margin: float = Field(
        default=0.0,
        ge=0,
        allow_inf_nan=False,
        description="Smallest gain of the main metric that is worth having.",
    )
    budget: float = Field(
        default=60.0,
        ge=0,
        allow_inf_nan=False,
        description="Seconds that fitting simple models and learning curves may take.",
    )
    final: StrictBool = Field(
        default=False,
        description="Seal the model and these test rows: this look is the one that counts.",
    )
    level: float = Field(default=0.95, gt=0, lt=1, description="Coverage of intervals.")
    seed: int = Field(default=0, ge=0, lt=MOST_SEEDS, description="Seed of all draws.")
    only: Names = Field(default=(), description="Sections to run; default: all that can.")
    fail_on: Names = Field(
        default=(),
        description="Leave with status 1 on findings: error, warning, or a rule's name.",
    )
    ignore_rules: dict[str, StrictStr] = Field(
        default_factory=dict,
        description=(
            "Rule → why it does not matter here: its findings are shown with that reason, and "
            "count neither for the verdict nor for fail_on."
        ),
    )
    compat: Literal["smclarify-0.5"] | None = Field(
        default=None,
        description="Also give the numbers of that original, its peculiarities included.",
    )
    engine: Literal["polars"] = Field(
        default="polars", description="What reads and counts the rows."
    )

    @field_validator("threshold", mode="before")
    @classmethod
    def _number_in_text(cls, value: object) -> object:
        """Take a number in quotes, or from the command line, as the number."""
        with suppress(ValueError):
            return float(value) if isinstance(value, str) else value
        return value

    @field_validator("threshold")
    @classmethod
    def _number_or_goal(cls, value: float | str | None) -> float | str | None:
        if isinstance(value, str):
            return parse_goal(value, costs=Costs(false_positive=1, false_negative=1)).name
        if isinstance(value, float) and not math.isfinite(value):
            msg = "must be finite"
            raise ValueError(msg)
        return value

    @field_validator("fail_on")
    @classmethod
    def _known_gates(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for gate in value:
            _check_gate(gate)
        return value

    @field_validator("ignore_rules")
    @classmethod
    def _with_reasons(cls, value: dict[str, str]) -> dict[str, str]:
        for rule, reason in value.items():
            if not GATE.fullmatch(rule):
                msg = f"{rule!r} is not the name of a rule, such as leak_target"
                raise ValueError(msg)
            if not reason.strip():
                msg = f"say why {rule} is ignored: the reason stands in the report"
                raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _costs_complete(self) -> Self:
        if (self.cost_fp is None) != (self.cost_fn is None):
            lacking = "cost_fn" if self.cost_fn is None else "cost_fp"
            msg = f"a cost needs its counterpart: give {lacking} as well"
            raise ValueError(msg)
        if self.threshold == "cost" and self.cost_fp is None:
            msg = "the goal cost needs cost_fp and cost_fn"
            raise ValueError(msg)
        return self

    @property
    def costs(self) -> Costs | None:
        """What the two mistakes cost, when both were told."""
        if self.cost_fp is None or self.cost_fn is None:
            return None
        return Costs(false_positive=self.cost_fp, false_negative=self.cost_fn)


def _check_gate(gate: str) -> None:
    from difflib import get_close_matches  # noqa: PLC0415 - rarely needed

    if gate in ("error", "warning"):
        return
    near = get_close_matches(gate, ["error", "warning"], n=1, cutoff=0.7)
    if near or not GATE.fullmatch(gate):
        meant = f"; did you mean {near[0]!r}?" if near else ""
        msg = f"must be error, warning or the name of a rule, not {gate!r}{meant}"
        raise ValueError(msg)


class AnalyzeConfig(Part):
    """All of assay.yaml. `config_model` adds the installed sections' own parts."""

    data: StrictStr | None = Field(
        default=None,
        description="Table to judge the model on: a file, folder, glob or URL.",
    )
    train: StrictStr | None = Field(
        default=None, description="Table that the model was fitted on."
    )
    validation: StrictStr | None = Field(
        default=None, description="Rows for choosing a threshold; never the test rows."
    )
    before: StrictStr | None = Field(
        default=None,
        description="Earlier version of data, with the same columns: how did each bias change?",
    )
    facet_data: StrictStr | None = Field(
        default=None, description="Table with the columns of facets that data does not have."
    )
    prediction_data: StrictStr | None = Field(
        default=None,
        description="Table with the column of predictions, where data does not have it.",
    )
    baselines: dict[str, StrictStr] = Field(
        default_factory=dict,
        description=(
            "Name → an incumbent that the model must beat: a column of data with its answers, "
            "or the file of a model."
        ),
    )
    model: ModelPart | None = Field(
        default=None, description="The model; none when the data has answers."
    )
    read: ReadPart = Field(default_factory=ReadPart, description="How tables are read.")
    roles: RolesPart = Field(default_factory=RolesPart, description="What the columns mean.")
    options: OptionsPart = Field(
        default_factory=OptionsPart, description="How the model is judged."
    )
    sections: SectionConfig = Field(
        default_factory=SectionConfig, description="Each section's own settings."
    )
    notify: Names = Field(default=(), description="Channels that findings are sent to: log.")
    clarify: ClarifyPart | None = Field(
        default=None,
        description="What an analysis_config.json asked for; assay writes this part itself.",
    )
    out: StrictStr | None = Field(
        default=None, description="Folder for the report; default: assay-out."
    )

    @field_validator("read", "roles", "options", "sections", mode="before")
    @classmethod
    def _nothing_said(cls, value: object) -> object:
        """Take a key with nothing under it, or with comments alone, for a part left out."""
        return {} if value is None else value

    @field_validator("model", mode="before")
    @classmethod
    def _model_path_alone(cls, value: object) -> object:
        return {"path": value} if isinstance(value, str) else value


def config_model(sections: Sequence[Section]) -> type[AnalyzeConfig]:
    """Return the schema of assay.yaml with the parts of these sections.

    Parameters
    ----------
    sections : sequence of Section
        Usually `assay.jobs.registry.find_sections()`.

    Examples
    --------
    >>> config_model([]).model_validate({"data": "test.csv"}).options.level
    0.95
    """
    return _config_model(tuple(sections))


@cache
def _config_model(sections: tuple[Section, ...]) -> type[AnalyzeConfig]:
    """Make each schema once: configs of one schema are then of one type, and compare equal."""
    fields = {
        section.name: (
            section.config,
            Field(default_factory=section.config, description=section.title + "."),
        )
        for section in sections
    }
    part = create_model("SectionsPart", __base__=SectionConfig, **fields)  # type: ignore[call-overload]
    return create_model(
        "AnalyzeConfig",
        __base__=AnalyzeConfig,
        __doc__=AnalyzeConfig.__doc__,
        sections=(part, Field(default_factory=part, description="Each section's own settings.")),
    )
