"""A commented assay.yaml to start from, and the JSON Schema for editors."""

from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from assay.errors import InputError
from assay.jobs.config import (
    AnalyzeConfig,
    ModelPart,
    OptionsPart,
    ReadPart,
    RolesPart,
    config_model,
)
from assay.jobs.section import Section
from assay.result import Json

EXAMPLES = {
    ("data",): "test.csv",
    ("train",): "train.csv",
    ("validation",): "validation.csv",
    ("model", "path"): "model.joblib",
    ("roles", "label"): "income",
    ("roles", "positive"): ">50K",
    ("roles", "prediction"): "predicted",
    ("roles", "scores"): ["probability"],
    ("roles", "weight"): "weight",
    ("roles", "group"): "customer",
    ("roles", "time"): "date",
    ("roles", "id"): "row",
    ("roles", "query_id"): "search",
    ("roles", "series"): "shop",
    ("baselines",): {"last_quarter": "old_score"},
    ("options", "task"): "binary",
    ("options", "threshold"): "f1",
    ("options", "cost_fp"): 1,
    ("options", "cost_fn"): 5,
    ("options", "use"): "probability",
    ("model", "input"): "pandas",
    ("model", "classes"): ["no", "yes"],
    ("model", "output"): "probability",
    ("model", "features"): ["age", "hours"],
    ("model", "version"): "2026-11",
    ("model", "options"): {"timeout": 30},
    ("read", "delimiter"): ";",
    ("read", "headers"): ["age", "income"],
    ("read", "facet_headers"): ["sex"],
    ("read", "prediction_headers"): ["predicted"],
    ("read", "records"): "data.rows",
    ("read", "columns"): {"city": "address.city"},
    ("read", "sheet"): "2026",
    ("read", "query"): "select * from sales where year = 2026",
    ("read", "train_query"): "select * from sales where year < 2026",
    ("read", "validation_query"): "select * from sales where year = 2025",
    ("roles", "missing"): ["NA", "?"],
    ("roles", "facets"): ["sex", "age>40"],
    ("roles", "group_variable"): "department",
    ("roles", "join_on"): "customer",
    ("options", "compat"): "smclarify-0.5",
    ("before",): "last_month.csv",
    ("facet_data",): "facets.csv",
    ("prediction_data",): "predictions.csv",
    ("out",): "assay-out",
}


def json_schema(sections: Sequence[Section]) -> dict[str, Json]:
    """Return the JSON Schema of assay.yaml, with these sections' parts."""
    schema = config_model(sections).model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def template(sections: Sequence[Section]) -> str:
    """Return a commented assay.yaml; all but the data, model and label is commented out.

    Examples
    --------
    >>> print(template([]).splitlines()[0])
    # assay.yaml: run it with `assay analyze assay.yaml`.
    """
    lines = [
        "# assay.yaml: run it with `assay analyze assay.yaml`.",
        "# Relative paths start from this file's folder. Lines that begin with '# ' and a key",
        "# show what else can be said; take the '# ' away to say it.",
        "",
    ]
    fields = AnalyzeConfig.model_fields
    lines += _entry(("data",), fields["data"], active=True)
    for name in ("train", "validation"):
        lines += _entry((name,), fields[name], active=False)
    lines += _part("model", ModelPart, active=("path",))
    lines += _part("roles", RolesPart, active=("label",))
    lines += _part("read", ReadPart, active=("storage",))
    lines += _part("options", OptionsPart, active=("level", "seed"))
    lines += _sections(sections)
    lines += _entry(("notify",), fields["notify"], active=False)
    lines += _entry(("out",), fields["out"], active=False)
    return "\n".join(lines) + "\n"


def write_template(path: Path, sections: Sequence[Section]) -> None:
    """Write the template to a new file.

    Raises
    ------
    InputError
        If the file exists or cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(template(sections))
    except FileExistsError:
        msg = f"{path} exists and is left as it is; name another file: assay config init FILE"
        raise InputError(msg) from None
    except OSError as wrong:
        msg = f"{path} cannot be written: {wrong.strerror or wrong}; name a file that can be"
        raise InputError(msg) from wrong


def _part(name: str, part: type[BaseModel], *, active: tuple[str, ...]) -> list[str]:
    lines = ["", f"{name}:"]
    for key, field in part.model_fields.items():
        lines += _entry((name, key), field, active=key in active)
    return lines


def _sections(sections: Sequence[Section]) -> list[str]:
    lines = [
        "",
        "sections: {}" if not any(s.config.model_fields for s in sections) else "sections:",
    ]
    for section in sections:
        if section.config.model_fields:
            lines += ["", f"  # {section.title}", f"  {section.name}:"]
            for key, field in section.config.model_fields.items():
                lines += _entry(("sections", section.name, key), field, active=True)
    return [*lines, ""]


def _entry(keys: tuple[str, ...], field: FieldInfo, *, active: bool) -> list[str]:
    indent = "  " * (len(keys) - 1)
    value = EXAMPLES.get(keys, field.get_default(call_default_factory=True))
    shown = yaml.safe_dump(_plain(value), default_flow_style=True, width=99).removesuffix("...\n")
    hash_ = "" if active else "# "
    comment = wrap(
        field.description or "",
        width=95,
        initial_indent=f"{indent}# ",
        subsequent_indent=f"{indent}# ",
    )
    return [*comment, f"{indent}{hash_}{keys[-1]}: {shown.strip()}"]


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple | frozenset | set) else value
