"""SHAP and partial dependence of a Clarify config in; what the section is told of them out."""

from collections.abc import Mapping, Sequence
from typing import Any

from assay.errors import InputError
from assay.jobs.clarify.baseline import read_baseline
from assay.jobs.clarify.explanations import Pdp, Shap
from assay.jobs.clarify.file import ClarifyFile
from assay.jobs.clarify.models import choose_model, no_model, with_requests
from assay.jobs.clarify.parts import JSON, JSON_LINES
from assay.jobs.clarify.plan import codes_asked, explains, not_run_here
from assay.jobs.clarify.schema import ClarifyConfig
from assay.jobs.clarify.table import Table, column_name, find_table
from assay.jobs.clarify.told import Flags, data_place, label_flag, told_reading, told_text

TURN_ON = "--model FILE or --endpoint NAME=PLACE"


def join_column(config: ClarifyConfig, table: Table) -> str | None:
    """Return the column that identifies rows, where it is one."""
    told = config.joinsource_name_or_index
    if told is None or (config.dataset_type in (JSON, JSON_LINES) and told not in table.columns):
        return None  # a path into records, where nothing is joined
    return table.name_of(told, "the joinsource")


def feature_columns(config: ClarifyConfig, table: Table, *outcomes: str | None) -> list[str]:
    """Return the columns that are sent to a model, in the order of the data.

    Parameters
    ----------
    config : ClarifyConfig
    table : Table
    outcomes : str or None
        Further columns of labels.
    """
    gone = {table.label, table.predicted, join_column(config, table), *outcomes}
    gone |= {*excluded_columns(config, table)}
    return [name for name in table.columns if name not in gone]


def excluded_columns(config: ClarifyConfig, table: Table) -> list[str]:
    """Return the columns that no model gets though they are neither label nor joinsource."""
    return [table.name_of(each, "excluded_columns") for each in config.excluded_columns or ()]


def explanations_part(
    file: ClarifyFile, table: Table, features: Sequence[str]
) -> dict[str, Any] | None:
    """Return what the explanations section is told of a config; None where nothing is asked.

    Raises
    ------
    InputError
        If a feature that is to be explained is none, or the baseline does not fit.
    """
    config = file.config
    if not explains(config):
        return None
    if not features:
        msg = f"{file.path.name} leaves no column of {table.place} to be explained"
        raise InputError(msg)
    methods = config.methods
    headers = None if config.predictor is None else config.predictor.label_headers
    told: dict[str, Any] = {
        "features": list(features),
        "label_headers": None if headers is None else [str(each) for each in headers],
        "joinsource": join_column(config, table),
        "kinds": dict(config.assay.kinds),
    }
    if methods.shap is not None:
        told["shap"] = _shap(methods.shap, file, table, features)
    if methods.pdp is not None:
        told["pdp"] = _pdp(methods.pdp, table, features)
    return told


def _shap(shap: Shap, file: ClarifyFile, table: Table, features: Sequence[str]) -> dict[str, Any]:
    text = shap.text_config
    return {
        "baseline": read_baseline(file.config, features, file.path),
        "num_clusters": shap.num_clusters,
        "num_samples": shap.num_samples,
        "agg_method": shap.agg_method,
        "use_logit": shap.use_logit,
        "save_local_shap_values": shap.save_local_shap_values,
        "seed": shap.seed,
        "features_to_explain": _chosen(
            shap.features_to_explain, table, features, "methods.shap.features_to_explain"
        ),
        "text": None if text is None else text.model_dump(),
    }


def _pdp(pdp: Pdp, table: Table, features: Sequence[str]) -> dict[str, Any]:
    return {
        "grid_resolution": pdp.grid_resolution,
        "features": _chosen(pdp.features or None, table, features, "methods.pdp.features"),
        "top_k_features": pdp.top_k_features,
    }


def _chosen(
    told: Sequence[str | int] | None, table: Table, features: Sequence[str], what: str
) -> list[str] | None:
    """Return the names of features that are told by name or index.

    Raises
    ------
    InputError
        If one is no feature.
    """
    if told is None:
        return None
    names = list(dict.fromkeys(column_name(n, table.columns, what, table.place) for n in told))
    wrong = [name for name in names if name not in features]
    if wrong:
        msg = (
            f"{what} names {wrong[0]!r}, which is sent to no model (the label, the joinsource and "
            f"excluded_columns are not); the features are: {', '.join(features[:20])}"
        )
        raise InputError(msg)
    return [name for name in features if name in names]


def explain_alone(
    file: ClarifyFile, *, flags: Flags, endpoints: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what assay.yaml would say for a config that asks for no bias metric.

    The label is left out of what the run looks at: attributions need none.

    Parameters
    ----------
    file : ClarifyFile
    flags, endpoints : mapping
        As in `translate`.

    Raises
    ------
    InputError
        If there is no model or no data, or the config does not fit the data.
    """
    config = file.config
    model = choose_model(config.predictor, told_text(flags, "model", "path"), endpoints, file.path)
    if model is None:
        asked = " and ".join(n for n in ("shap", "pdp") if getattr(config.methods, n) is not None)
        msg = f"{file.path.name} asks for {asked}, and {no_model(config, answers=False)}"
        raise InputError(msg)
    table = find_table(config, data_place(file, flags), told_reading(flags))
    label = label_flag(flags)
    features = feature_columns(config, table, label)
    kept = {*features, *({label} if label else ()), join_column(config, table)}
    roles: dict[str, Any] = {"ignore": [name for name in table.columns if name not in kept]}
    if (joined := join_column(config, table)) is not None:
        roles["id"] = joined
    kinds = {name: kind for name, kind in config.assay.kinds.items() if name in table.columns}
    if kinds:
        roles["kinds"] = kinds
    return {
        "data": table.place,
        "read": dict(table.read),
        "roles": roles,
        "model": with_requests(model, config, (), features),
        "clarify": {
            "label": table.label or "",
            "title": config.methods.report and config.methods.report.title,
            "explanations": explanations_part(file, table, features),
            **{name: codes_asked(config, name) for name in config.methods.bias},
            "not_run": [each.model_dump() for each in not_run_here(config)],
            "notes": [*file.notes, *table.notes],
        },
    }


def lacking_model(config: ClarifyConfig) -> list[dict[str, Any]]:
    """Return that SHAP and partial dependence were not run for want of a model."""
    return [
        {
            "method": name,
            "reason": no_model(config, answers=False),
            "turn_on": TURN_ON,
            "is_loss": True,
        }
        for name in ("shap", "pdp")
        if getattr(config.methods, name) is not None
    ]
