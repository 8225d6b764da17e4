"""An analysis_config.json and flags in, the config that `assay analyze` runs out."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assay.errors import InputError
from assay.jobs.clarify.file import ClarifyFile, read_clarify
from assay.jobs.clarify.models import read_mapping
from assay.jobs.clarify.translate import translate
from assay.jobs.config import AnalyzeConfig
from assay.jobs.config_file import absolute_place, config_from_parts
from assay.jobs.section import Section

Keys = tuple[str, ...]
ENDPOINT: Keys = ("clarify", "endpoint")
ENDPOINTS: Keys = ("clarify", "endpoints")


def read_clarify_config(
    path: Path,
    sections: Sequence[Section],
    *,
    flags: Mapping[Keys, tuple[str, object]] | None = None,
) -> AnalyzeConfig:
    """Read an analysis_config.json as the config of a run.

    Parameters
    ----------
    path : Path
        Relative places inside the file start from its folder.
    sections : sequence of Section
    flags : mapping, optional
        Place in assay.yaml → (the flag's name, its value); they overrule the file. Under
        `ENDPOINT` name → place of the model that stands for it, under `ENDPOINTS` the path of a
        table of such.

    Returns
    -------
    AnalyzeConfig
        `clarify` keeps what the file asked for.

    Raises
    ------
    ConfigError
        With everything that is wrong in the file, each with its JSON path.
    InputError
        If nothing of it runs here, or data or predictions cannot be had.
    """
    told = {keys: given for keys, given in (flags or {}).items() if keys[0] != "clarify"}
    file = read_clarify(path)
    endpoints = known_endpoints(flags or {}, file)
    parts = translate(file, flags=told, endpoints=endpoints)
    if "model" not in parts and ("model", "path") not in told:
        # How a model is to be treated means nothing where there is none.
        told = {keys: given for keys, given in told.items() if keys[0] != "model"}
    return config_from_parts(parts, sections, source=str(path), flags=told)


def known_endpoints(
    flags: Mapping[Keys, tuple[str, object]], file: ClarifyFile
) -> dict[str, Mapping[str, Any]]:
    """Return what the table of models and the pairs of the command line, which win, say.

    Raises
    ------
    InputError
        If pairs of the command line are of other names than the config has.
    """
    made = _endpoints(flags)
    _check_names(flags, file)
    return made


def _endpoints(flags: Mapping[Keys, tuple[str, object]]) -> dict[str, Mapping[str, Any]]:
    """Join the table of models and the pairs of the command line, which win."""
    known: dict[str, Mapping[str, Any]] = {}
    if ENDPOINTS in flags:
        known |= read_mapping(Path(str(flags[ENDPOINTS][1])))
    here = Path.cwd()
    pairs = _pairs(flags)
    return known | {n: {"path": absolute_place(str(place), here)} for n, place in pairs.items()}


def _pairs(flags: Mapping[Keys, tuple[str, object]]) -> Mapping[str, object]:
    given = flags.get(ENDPOINT, ("", {}))[1]
    if not isinstance(given, Mapping):
        msg = f"--endpoint takes NAME=PLACE, found {given!r}"
        raise InputError(msg)
    return given


def _check_names(flags: Mapping[Keys, tuple[str, object]], file: ClarifyFile) -> None:
    """Refuse pairs of other names than the config has.

    Raises
    ------
    InputError
    """
    given, predictor = _pairs(flags), file.config.predictor
    told = (predictor.endpoint_name, predictor.model_name) if predictor is not None else ()
    names = [name for name in told if name is not None]
    if given and not set(given) & set(names):
        has = f"calls its model {names[0]!r}" if names else "names no model"
        msg = f"--endpoint names {', '.join(map(repr, given))}, and {file.path.name} {has}"
        raise InputError(msg)
