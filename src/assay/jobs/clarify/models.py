"""Which model of this machine stands for a config's predictor, and how it is asked."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from assay.errors import InputError
from assay.jobs.clarify.predictor import LocalModel, Predictor
from assay.jobs.clarify.schema import ClarifyConfig
from assay.jobs.config_file import absolute_place

WEB = ("http://", "https://")
SENT = ("content_template", "record_template", "label", "probability", "label_headers")
USUAL_THRESHOLD = 0.5
MAPPING = TypeAdapter(dict[str, str | LocalModel])


def read_mapping(path: Path) -> dict[str, dict[str, Any]]:
    """Read which model stands for which name, from YAML or JSON.

    Parameters
    ----------
    path : Path
        Holds ``name: place`` or ``name: {path: …, trust: true}``; relative paths start from its
        folder.

    Returns
    -------
    dict
        Name → what assay.yaml says under ``model``.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        told = MAPPING.validate_python(raw or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as wrong:
        msg = f"the table of models {path} cannot be read: {wrong}"
        raise InputError(msg) from wrong
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[-1]  # of what a model may be, the fuller form
        where = ".".join(map(str, first["loc"]))
        msg = (
            f"the table of models {path} is wrong at {where}: {first['msg']}; write lines such as "
            "'loans: model.joblib' or 'loans: {path: model.joblib, trust: true}'"
        )
        raise InputError(msg) from wrong
    parts = {n: {"path": p} if isinstance(p, str) else local_part(p) for n, p in told.items()}
    return {name: beside(part, path) for name, part in parts.items()}


def local_part(local: LocalModel) -> dict[str, Any]:
    """Return what assay.yaml says under ``model`` of a local model."""
    told = local.model_dump(exclude={"path", "python", "url"}, exclude_defaults=True)
    return {"path": local.place, **told}


def beside(part: dict[str, Any], file: Path) -> dict[str, Any]:
    """Let the relative paths of a model start from the folder of the file that names it."""
    folder = file.resolve().parent
    paths = [absolute_place(str(each), folder) for each in part.get("python_path", ())]
    places = {"path": absolute_place(part["path"], folder)}
    return {**part, **places, **({"python_path": paths} if paths else {})}


def choose_model(
    predictor: Predictor | None,
    flag: str | None,
    endpoints: Mapping[str, Mapping[str, Any]],
    file: Path,
) -> dict[str, Any] | None:
    """Return what assay.yaml says under ``model``; None where nothing here stands for it.

    A flag wins over the config's own ``assay`` key, which wins over the table of models.

    Parameters
    ----------
    predictor : Predictor or None
    flag : str or None
        Place of the model, from the command line.
    endpoints : mapping
        Name of a model or an endpoint → the model part.
    file : Path
        The config, from whose folder its own paths start.
    """
    if flag is not None:
        return {"path": flag}
    if predictor is None:
        return None
    if predictor.assay is not None:
        return beside(local_part(predictor.assay), file)
    for name in (predictor.endpoint_name, predictor.model_name):
        if name is not None and name in endpoints:
            return dict(endpoints[name])
    return None


def is_asked_by_web(model: Mapping[str, Any]) -> bool:
    """Whether a model is behind an address, and asked as the config says."""
    return str(model["path"]).lower().startswith(WEB)


def with_requests(
    model: dict[str, Any], config: ClarifyConfig, levels: tuple[object, ...], features: list[str]
) -> dict[str, Any]:
    """Add to a model behind an address how rows are sent and where the answers are.

    Parameters
    ----------
    model : dict
    config : ClarifyConfig
    levels : tuple
        Values of the label, where it has two; a single score is then that of the second.
    features : list of str
        Columns that are sent, in order.
    """
    predictor = config.predictor
    if predictor is None or not is_asked_by_web(model):
        return model
    content = predictor.content_type or config.dataset_type
    told: dict[str, Any] = {"content_type": content}
    if predictor.accept_type is not None:
        told["accept_type"] = predictor.accept_type
    told |= {name: given for name in SENT if (given := getattr(predictor, name)) is not None}
    headers = list(predictor.label_headers or ())
    if len(headers) == 1 and len(levels) == 2:
        told["label_headers"] = [
            *(each for each in levels if str(each) != str(headers[0])),
            *headers,
        ]
    elif not headers and predictor.label is None and len(levels) == 2:
        told["label_headers"] = list(levels)
    if predictor.label is None and len(levels) == 2:
        threshold = config.probability_threshold
        told["probability_threshold"] = USUAL_THRESHOLD if threshold is None else threshold
    if content == "text/csv":
        told.pop("content_template", None)
    if content != "application/json":
        told.pop("record_template", None)
    options = {**told, **model.get("options", {})}
    return {**model, "options": options, "features": model.get("features", features)}


def no_model(config: ClarifyConfig, *, answers: bool = True) -> str:
    """Return why predictions are missing, and all ways to give them.

    Parameters
    ----------
    config : ClarifyConfig
    answers : bool
        Whether a column of predictions would do as well.
    """
    name = config.predictor.name if config.predictor else None
    told = f"the endpoint or model {name!r}" if name else "its predictor"
    example = f"--endpoint {name}=PLACE" if name else "--endpoint NAME=PLACE"
    return (
        f"nothing on this machine stands for {told} of the config; name the model with --model "
        f"FILE (and --trust-model for a pickle), with {example} (a file, a URL or "
        "package.module:function), with --endpoints TABLE.yaml, or in the config with "
        '"predictor": {"assay": {"path": "model.joblib"}}'
        + ("; or give its answers with --prediction COLUMN" if answers else "")
    )
