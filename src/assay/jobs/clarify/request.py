"""What a command says beside a config whose data are no table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assay.errors import InputError
from assay.jobs.clarify.file import ClarifyFile
from assay.jobs.clarify.models import choose_model
from assay.models.loading import extend_path


@dataclass(frozen=True, kw_only=True)
class ExplanationRequest:
    """What is explained, and with which model.

    Parameters
    ----------
    data : str or None
        Path of the data; None takes the config's `dataset_uri`.
    model : str or None
        Place of the model; None takes what stands for the config's predictor.
    model_options : mapping
        Settings of its form, such as the time-out.
    python_path : tuple of str
    endpoints : mapping
        Name of a model or an endpoint → what stands for it.
    seed : int
    """

    data: str | None = None
    model: str | None = None
    model_options: Mapping[str, object] = field(default_factory=dict[str, object])
    python_path: tuple[str, ...] = ()
    endpoints: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict[str, Mapping[str, Any]]
    )
    seed: int = 0


def place_of_data(file: ClarifyFile, request: ExplanationRequest, what: str) -> str:
    """Return where the data are: the command's place wins over the config's.

    Parameters
    ----------
    file : ClarifyFile
        From whose folder a relative place starts.
    request : ExplanationRequest
    what : str
        What is looked for, for people, with the flag: "the series are with --data FILE".

    Raises
    ------
    InputError
        If neither names one.
    """
    place = request.data
    if place is None and file.config.dataset_uri is not None:
        told = file.config.dataset_uri
        local = "://" not in told
        place = (file.path.resolve().parent / Path(told)).as_posix() if local else told
    if place is None:
        msg = f"{file.path.name} names no dataset_uri; say where {what}"
        raise InputError(msg)
    return place


def model_of(
    file: ClarifyFile, request: ExplanationRequest, what: str, kinds: str
) -> tuple[str, dict[str, object]]:
    """Return the place of the model and the settings of its form, and make its modules importable.

    Parameters
    ----------
    file : ClarifyFile
    request : ExplanationRequest
    what : str
        What the model is called, for people: "forecaster".
    kinds : str
        What it can be, for people.

    Raises
    ------
    InputError
        If nothing on this machine stands for the config's model.
    """
    config = file.config
    model = choose_model(config.predictor, request.model, request.endpoints, file.path)
    if model is None:
        name = (config.predictor.name if config.predictor else None) or "NAME"
        msg = (
            f"nothing on this machine stands for the model {name!r} of {file.path.name}; name the "
            f"{what} with --model ({kinds}), with --endpoint {name}=PLACE, with --endpoints "
            'TABLE.yaml, or in the config with "predictor": {"assay": {"python": '
            '"package.module:function"}}'
        )
        raise InputError(msg)
    extend_path([Path(each) for each in (*model.get("python_path", ()), *request.python_path)])
    return str(model["path"]), {**model.get("options", {}), **request.model_options}
