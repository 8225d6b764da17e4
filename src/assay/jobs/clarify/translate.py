"""A Clarify config, the rows and the flags in; what assay.yaml would say out."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, nextafter
from typing import Any

from assay.bias.facet_text import facet_name, number_text, parse_facet, value_text
from assay.bias.resolve_columns import ColumnValues, read_columns
from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.jobs.clarify.explaining import (
    excluded_columns,
    explain_alone,
    explanations_part,
    feature_columns,
    join_column,
    lacking_model,
)
from assay.jobs.clarify.file import ClarifyFile
from assay.jobs.clarify.groups import Selected, Value, quote, select
from assay.jobs.clarify.models import (
    USUAL_THRESHOLD,
    choose_model,
    is_asked_by_web,
    no_model,
    with_requests,
)
from assay.jobs.clarify.parts import CAPTURE
from assay.jobs.clarify.plan import (
    codes_asked,
    explains,
    not_run_here,
    runs,
    runs_series,
)
from assay.jobs.clarify.schema import ClarifyConfig
from assay.jobs.clarify.side_files import SideFiles, side_files
from assay.jobs.clarify.table import Table, column_name, find_table
from assay.jobs.clarify.told import Flags, data_place, label_flag, told_reading, told_text

BIAS_POSITIVE = ("sections", "bias", "positive")
BIAS_THRESHOLD = ("sections", "bias", "label_threshold")


@dataclass(frozen=True, eq=False)
class _Seen:
    """A config beside what its table turned out to hold."""

    config: ClarifyConfig
    table: Table
    side: SideFiles
    data: Dataset
    values: Mapping[str, ColumnValues]
    label: str
    positive: tuple[Value, ...]
    facets: tuple[str, ...]

    @property
    def levels(self) -> tuple[object, ...]:
        """The label's values, where it has two."""
        found = tuple(each for each in self.values[self.label].levels if each is not None)
        return found if len(found) == 2 else ()


def translate(
    file: ClarifyFile,
    *,
    flags: Flags,
    endpoints: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Return what assay.yaml would say for a config.

    The columns of the label and the facets are read once, to see what is a category and what a
    threshold; nothing is predicted.

    Parameters
    ----------
    file : ClarifyFile
    flags : mapping
        Place in assay.yaml → the flag and its value; the data, the model and the answers that
        they name win over the config's.
    endpoints : mapping
        Name of a model or an endpoint → what assay.yaml says under ``model``.

    Raises
    ------
    InputError
        If nothing of it runs here, no data or no predictions can be had, or the rows are not
        what the config says.
    """
    config = file.config
    if not runs(config):
        raise InputError(_nothing_runs(file))
    if not config.methods.bias:
        return explain_alone(file, flags=flags, endpoints=endpoints)
    model = choose_model(config.predictor, told_text(flags, "model", "path"), endpoints, file.path)
    answers = _answers(config, flags, model is not None)
    lacking = config.methods.post_training_bias is not None and not answers
    explained = explains(config) and model is not None
    if lacking and config.methods.pre_training_bias is None and not explained:
        msg = f"{file.path.name} asks for post_training_bias, and {no_model(config)}"
        raise InputError(msg)
    seen = _look(file, flags, with_predictions=answers == "columns")
    raw, notes = _raw(seen, answers)
    features = feature_columns(config, seen.table, seen.label)
    if model is not None and (answers == "model" or explained):
        raw["model"] = with_requests(model, config, seen.levels, features)
        if not is_asked_by_web(model) and answers == "model":
            raw["options"] |= _threshold(seen, raw["roles"].get("positive"))
            raw["clarify"]["threshold"] = raw["options"].get("threshold")
    if explained:
        raw["clarify"]["explanations"] = explanations_part(file, seen.table, features)
    elif explains(config):
        raw["clarify"]["not_run"] += lacking_model(config)
    raw["clarify"]["notes"] = [*file.notes, *notes]
    if lacking:
        raw["clarify"]["not_run"].append(
            {
                "method": "post_training_bias",
                "reason": no_model(config),
                "turn_on": "--model FILE or --endpoint NAME=PLACE",
                "is_loss": True,
            }
        )
    return raw


def _nothing_runs(file: ClarifyFile) -> str:
    if file.config.dataset_type == CAPTURE:
        return (
            f"{file.path.name} describes captured requests ({CAPTURE}), which are for monitoring; "
            "write them as JSON Lines to measure bias on them"
        )
    what = "forecasts of time series" if runs_series(file.config) else "images"
    return f"{file.path.name} explains {what}; `assay analyze` does that"


def _answers(config: ClarifyConfig, flags: Flags, has_model: bool) -> str:
    """Return where predictions come from: "flags", "model", "columns", or "" for nowhere."""
    if config.methods.post_training_bias is None:
        return ""
    if any(("roles", name) in flags for name in ("prediction", "scores")):
        return "flags"
    if ("model", "path") in flags:
        return "model"
    if config.predicted_label is not None or config.predicted_label_dataset_uri is not None:
        return "columns"
    return "model" if has_model else ""


def _look(file: ClarifyFile, flags: Flags, *, with_predictions: bool) -> _Seen:
    """Find the table, its columns, and the values of those that groups are made of."""
    config = file.config
    place = data_place(file, flags)
    table = find_table(config, place, told_reading(flags))
    side = side_files(config, file.path, flags, with_predictions=with_predictions)
    label = label_flag(flags) or table.label
    label = table.name_of(config.label or 0 if label is None else label, "the label")
    known = (*table.columns, *side.facets)
    kinds = {column_name(n, known, "assay.kinds", place): k for n, k in config.assay.kinds.items()}
    names = tuple(
        column_name(
            each.name_or_index,
            side.facets or table.columns,
            "the facet",
            side.facet_data or place,
        )
        for each in config.facet or ()
    )
    missing = flags.get(("roles", "missing"), ("", None))[1]
    opened = table.open(kinds=kinds, missing=missing)
    data = side.join(opened, names, join_column(config, table))
    values = read_columns(data, list(dict.fromkeys((label, *names))))
    return _Seen(config, table, side, data, values, label, _positive(config, flags), names)


def _positive(config: ClarifyConfig, flags: Flags) -> tuple[Value, ...]:
    """Return the label's positive values, or its threshold: a flag's win."""
    for keys in (("roles", "positive"), BIAS_POSITIVE, BIAS_THRESHOLD):
        if keys in flags:
            told = flags[keys][1]
            return tuple(told) if isinstance(told, list | tuple) else (told,)  # type: ignore[return-value]
    return config.label_values_or_threshold or ()


def _raw(seen: _Seen, answers: str) -> tuple[dict[str, Any], list[str]]:
    config, table = seen.config, seen.table
    positive = select("the label", seen.positive, seen.values[seen.label])
    facets, asked, notes = _facets(seen)
    roles: dict[str, Any] = {"label": seen.label, "facets": facets}
    options: dict[str, Any] = {"compat": config.assay.compat} if config.assay.compat else {}
    bias: dict[str, Any] = {"metrics": _metrics(config)}
    notes = [*table.notes, *filter(None, [positive.note]), *notes]
    _outcome(positive, seen, roles, options, bias)
    if config.group_variable is not None:
        roles["group_variable"] = table.name_of(config.group_variable, "the group variable")
    _other_roles(seen, roles)
    if answers == "columns":
        roles["prediction"] = seen.side.prediction or table.predicted
    elif table.predicted is not None and table.predicted != seen.label:
        roles["ignore"] = [*roles["ignore"], table.predicted]
    kinds = {
        name: kind for name, kind in config.assay.kinds.items() if name in seen.data.schema.names
    }
    if kinds:
        roles["kinds"] = kinds
    asked_of = {
        name: codes_asked(config, name) for name in ("pre_training_bias", "post_training_bias")
    }
    raw = {
        "data": table.place,
        **seen.side.told(),
        "read": {**table.read, **seen.side.read()},
        "roles": roles,
        "options": options,
        "sections": {"bias": bias},
        "clarify": {
            "label": seen.label,
            "label_text": positive.text,
            "positive": list(seen.positive),
            "title": config.methods.report and config.methods.report.title,
            "facets": asked,
            **asked_of,
            "not_run": [each.model_dump() for each in not_run_here(config)],
        },
    }
    return raw, notes


def _metrics(config: ClarifyConfig) -> list[str]:
    """Return the codes to compute; none where all of every method are asked for."""
    asked = [getattr(config.methods, name) for name in config.methods.bias]
    if all(each.methods == "all" for each in asked):
        return []
    codes = [code for name in config.methods.bias for code in codes_asked(config, name) or ()]
    return codes


def _facets(seen: _Seen) -> tuple[list[str], list[dict[str, Any]], list[str]]:
    """Return the facets in assay's grammar, what analysis.json calls them, and notes."""
    texts: list[str] = []
    asked: list[dict[str, Any]] = []
    notes: list[str] = []
    for facet, name in zip(seen.config.facet or (), seen.facets, strict=True):
        chosen = None
        if facet.value_or_threshold:
            chosen = select("the facet", facet.value_or_threshold, seen.values[name])
            notes += [chosen.note] if chosen.note else []
        text = _facet_text(name, chosen)
        if text in texts:  # the same facet again, which the original reports twice
            continue
        texts.append(text)
        spec = parse_facet(text, seen.data.schema.names)
        written = None if chosen is None else chosen.text
        values = list(facet.value_or_threshold or ())
        told = {"name": facet_name(spec), "column": name, "text": written, "values": values}
        asked.append(told)
    return texts, asked, notes


def _facet_text(name: str, chosen: Selected | None) -> str:
    if chosen is None:
        return quote(name)
    if chosen.threshold is not None:
        return f"{quote(name)}>{number_text(chosen.threshold)}"
    return f"{quote(name)}={','.join(quote(value_text(level)) for level in chosen.levels)}"


def _outcome(
    positive: Selected,
    seen: _Seen,
    roles: dict[str, Any],
    options: dict[str, Any],
    bias: dict[str, Any],
) -> None:
    """Say what is predicted and what of it is positive."""
    column = seen.values[seen.label]
    levels = tuple(each for each in column.levels if each is not None)
    good = positive.levels
    if positive.threshold is not None:
        if len(levels) != 2:
            options["task"] = "regression"
            bias["label_threshold"] = positive.threshold
            return
        good = tuple(each for each in levels if float(each) > positive.threshold)  # type: ignore[arg-type]
    if len(good) == len(levels) and not column.n_unlisted:
        msg = (
            f"label_values_or_threshold lists every value of the label {seen.label!r}: "
            f"{', '.join(map(repr, levels))}; list those that are positive, and leave one out"
        )
        raise InputError(msg)
    if len(levels) == 2:
        roles["positive"] = good[0]
        return
    options["task"] = "multiclass"
    bias["positive"] = [str(each) for each in good]


def _other_roles(seen: _Seen, roles: dict[str, Any]) -> None:
    """Leave the columns out that a model never gets."""
    config, table = seen.config, seen.table
    used = {seen.label, table.predicted}
    excluded = excluded_columns(config, table)
    joined = join_column(config, table)
    if joined is not None and joined not in used:
        roles["id"] = joined
        used.add(joined)
    roles["ignore"] = [name for name in dict.fromkeys(excluded) if name not in used]
    if joined is not None and seen.side.names:
        roles["join_on"] = joined


def _threshold(seen: _Seen, positive: object) -> dict[str, float]:
    """Return the score from which the answer is positive: the original's are strictly above.

    The score is that of the second class; where the first counts as positive, its own score is
    what the other leaves of 1.
    """
    predictor = seen.config.predictor
    told = seen.config.probability_threshold
    if told is None or not seen.levels or (predictor is not None and _says_labels(seen.config)):
        return {}
    if told == USUAL_THRESHOLD:
        return {}
    second = seen.levels[1]
    headers = predictor.label_headers if predictor is not None else None
    if headers is not None and len(headers) == 1:
        second = next((each for each in seen.levels if str(each) == str(headers[0])), second)
    return {"threshold": nextafter(told, inf) if positive == second else 1.0 - told}


def _says_labels(config: ClarifyConfig) -> bool:
    """Whether the model decides the label itself: by a place in its answer, or by its classes."""
    predictor = config.predictor
    return predictor is not None and (
        predictor.label is not None or len(predictor.label_headers or ()) > 1
    )
