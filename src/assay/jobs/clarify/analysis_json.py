"""Bias, explanations and the config in; Clarify's analysis.json out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from assay import __version__
from assay.jobs.asked import AskedFacet, ClarifyPart
from assay.jobs.clarify.codes import CODES
from assay.jobs.config import AnalyzeConfig
from assay.result import Json

VERSION, OURS = "1.0", "assay"
METRICS = {name: f"{name}_metrics" for name in CODES}
"""Method → the key of its metrics."""
NO_GROUP_VARIABLE = "Group variable is empty or not provided"
CONDITIONAL = ("CDDL", "CDDPL")
KEPT = (
    "low", "high", "level", "n", "n_group", "n_rest", "unit", "method", "simultaneous_low",
    "simultaneous_high", "p_value",
)  # fmt: skip

Stored = Mapping[str, Any]


def analysis_json(
    bias: Stored | None, config: AnalyzeConfig, explanations: Stored | None = None
) -> dict[str, Json]:
    """Lay bias metrics and explanations out as Clarify does.

    The metrics of a method stand under its key where it was asked for; without an
    analysis_config.json, those of both methods, as far as there is anything to tell. Intervals,
    sizes and what else Clarify does not have are under the one key ``assay``.

    Parameters
    ----------
    bias : mapping or None
        What `BiasResult.to_dict` returns; None where no metric was computed.
    config : AnalyzeConfig
    explanations : mapping or None
        What stands under ``explanations``, with ours under ``assay``; empty or None where an
        analysis_config.json asks for none.

    Returns
    -------
    dict
        Passes ``json.dumps(..., allow_nan=False)``: what is undefined is null with an ``error``,
        what is infinite a text.
    """
    asked = config.clarify
    made: dict[str, Json] = {"version": VERSION}
    if bias is not None:
        made |= _bias(bias, config)
    told = dict(explanations or {})
    ours = told.pop(OURS, None)
    if told:
        made["explanations"] = told
    additions: dict[str, Json] = {"version": __version__}
    if bias is not None:
        additions |= _additions(bias, config)
    if ours is not None:
        additions["explanations"] = ours
    if asked is not None:
        additions |= _of_config(asked)
    made[OURS] = additions
    return made


def _bias(bias: Stored, config: AnalyzeConfig) -> dict[str, Json]:
    asked = config.clarify
    made: dict[str, Json] = {}
    if bias.get("compat"):
        original = cast("dict[str, Json]", bias["compat"])
        made |= {
            METRICS[n]: original[METRICS[n]]
            for n in _methods(bias, asked)
            if METRICS[n] in original
        }
    else:
        for method, codes in _methods(bias, asked).items():
            made[METRICS[method]] = _method(bias, config, method, codes)
    return made


def _methods(bias: Stored, asked: ClarifyPart | None) -> dict[str, Sequence[str]]:
    """Return the methods to be told of, with their codes in order."""
    lost = {each.method for each in asked.not_run} if asked is not None else set()
    methods: dict[str, Sequence[str]] = {}
    for method, known in CODES.items():
        if asked is None:
            stage = method.removesuffix("_bias")
            codes = tuple(known) if any(e["stage"] == stage for e in _measures(bias)) else None
        else:
            codes = getattr(asked, method)
        if codes is not None and method not in lost:
            methods[method] = codes
    return methods


def _measures(bias: Stored) -> Iterator[Stored]:
    for facet in bias["facets"]:
        yield from facet["measures"]
    yield from bias["whole"]


def _method(
    bias: Stored, config: AnalyzeConfig, method: str, codes: Sequence[str]
) -> dict[str, Json]:
    facets: dict[str, Json] = {}
    for key, entries in _facets(bias, config).items():
        facets[key] = [
            {
                "value_or_threshold": text,
                "metrics": [_metric(code, method, facet, group, bias, config) for code in codes],
            }
            for facet, group, text in entries
        ]
    for asked, reason in _left_out(bias, config):
        cells: list[Json] = [
            {"name": code, "description": CODES[method][code], "value": None, "error": reason}
            for code in codes
        ]
        entry: Json = {"value_or_threshold": asked.text or "", "metrics": cells}
        facets[asked.column] = [*cast("list[Json]", facets.get(asked.column, [])), entry]
    return {
        "label": _label(config),
        "label_value_or_threshold": _label_text(bias, config),
        "facets": facets,
    }


def _left_out(bias: Stored, config: AnalyzeConfig) -> Iterator[tuple[AskedFacet, str]]:
    """Yield the facets of the file that were not measured, as one whose values all rows have."""
    reasons = {str(each["title"]): str(each["reason"]) for each in bias["left_out"]}
    for asked in config.clarify.facets if config.clarify else ():
        reason = reasons.get(f"facet {asked.name}")
        if reason is not None:
            yield asked, reason


Entry = tuple[Stored, str, str]
"""(facet, group, value_or_threshold)"""


def _facets(bias: Stored, config: AnalyzeConfig) -> dict[str, list[Entry]]:
    """Return column → its groups; of a combination of columns under its own name."""
    asked = {each.name: each for each in config.clarify.facets} if config.clarify else {}
    found: dict[str, list[Entry]] = {}
    for facet in bias["facets"]:
        told: AskedFacet | None = asked.get(facet["name"])
        key = facet["columns"][0] if len(facet["columns"]) == 1 else facet["name"]
        reported = dict.fromkeys(each["group"] for each in facet["measures"])
        texts = {each["group"]: each["interval"] for each in facet["groups"]}
        if told is not None and told.text is not None:
            texts = dict.fromkeys(reported, told.text)
        found.setdefault(key, []).extend(
            (facet, group, texts.get(group) or group) for group in reported
        )
    return found


def _metric(
    code: str, method: str, facet: Stored, group: str, bias: Stored, config: AnalyzeConfig
) -> dict[str, Json]:
    made: dict[str, Json] = {"name": code, "description": CODES[method][code]}
    measure = _find(code, facet, group, bias)
    if measure is not None and measure["value"] is not None:
        return {**made, "value": measure["value"]}
    if measure is not None and measure["limit"] is not None:
        return {**made, "value": measure["limit"]}
    return {**made, "value": None, "error": _reason(code, measure, bias, config)}


def _find(code: str, facet: Stored, group: str, bias: Stored) -> Stored | None:
    """Return a metric of a group against the rest; one of all rows is the same for each group."""
    of_group = (each for each in facet["measures"] if each["group"] == group)
    found = (each for each in (*of_group, *bias["whole"]) if each["acronym"] == code)
    return next(found, None)


def _reason(code: str, measure: Stored | None, bias: Stored, config: AnalyzeConfig) -> str:
    if code in CONDITIONAL and config.roles.group_variable is None:
        return NO_GROUP_VARIABLE
    if measure is not None and measure["reason"]:
        return str(measure["reason"])
    description = next(known[code] for known in CODES.values() if code in known)
    title = description.partition(" (")[0].lower()
    for left in bias["left_out"]:
        told = left["title"].lower()
        if code.lower() in told.replace("(", " ").replace(")", " ").split() or told == title:
            return str(left["reason"])
    return "It was not computed"


def _label(config: AnalyzeConfig) -> str:
    if config.clarify is not None:
        return config.clarify.label
    told = config.roles.label
    return told if isinstance(told, str) else ", ".join(told or ())


def _label_text(bias: Stored, config: AnalyzeConfig) -> str:
    if config.clarify is not None:
        return config.clarify.label_text
    part: Any = getattr(config.sections, "bias", None)
    listed = tuple(getattr(part, "positive", ()) or ())
    threshold = getattr(part, "label_threshold", None)
    if threshold is not None:
        return f"> {threshold:g}"
    if listed:
        return ",".join(listed)
    if config.roles.positive is not None:
        return str(config.roles.positive)
    return str(bias["positive"])


def _additions(bias: Stored, config: AnalyzeConfig) -> dict[str, Json]:
    """Return what Clarify does not have."""
    facets: dict[str, Json] = {
        key: [
            {
                "value_or_threshold": text,
                "group": group,
                "facet": facet["name"],
                "rows_missing": facet["rows_missing"],
                "metrics": _numbers(facet, group),
            }
            for facet, group, text in entries
        ]
        for key, entries in _facets(bias, config).items()
    }
    return {
        "mode": bias["mode"],
        "positive": bias["positive"],
        "level": bias["level"],
        "seed": bias["seed"],
        "facets": facets,
        "whole": {each["acronym"] or each["name"]: _number(each) for each in bias["whole"]},
        "notes": list(bias["notes"]),
        "left_out": list(bias["left_out"]),
    }


def _of_config(asked: ClarifyPart) -> dict[str, Json]:
    """Return how the analysis_config.json was read, and what of it was not run."""
    return {
        "config_notes": list(asked.notes),
        "not_run": [
            {"method": each.method, "reason": each.reason, "turn_on": each.turn_on}
            for each in asked.not_run
        ],
    }


def _numbers(facet: Stored, group: str) -> dict[str, Json]:
    return {
        each["acronym"] or each["name"]: _number(each)
        for each in facet["measures"]
        if each["group"] == group
    }


def _number(measure: Stored) -> dict[str, Json]:
    value = measure["limit"] if measure["value"] is None else measure["value"]
    made: dict[str, Json] = {"name": measure["name"], "value": value}
    made |= {name: measure[name] for name in KEPT if measure.get(name) is not None}
    return made
