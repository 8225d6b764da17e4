"""assay.yaml ↔ the typed config: every problem at once, each with its place in the file."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from assay.errors import ConfigError, InputError
from assay.jobs.config import AnalyzeConfig, config_model
from assay.jobs.config_problems import describe
from assay.jobs.section import Section
from assay.jobs.sharing import shareable
from assay.models.formats.place import FUNCTION, SCHEME

Keys = tuple[str, ...]
BOOL = "tag:yaml.org,2002:bool"
PATHS: tuple[Keys, ...] = (
    ("data",),
    ("train",),
    ("validation",),
    ("before",),
    ("facet_data",),
    ("prediction_data",),
    ("model", "path"),
    ("out",),
)


class _Loader(yaml.SafeLoader):
    """Reads booleans as YAML 1.2 does: a label `yes` or `no` stays the word that it is."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != BOOL]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    BOOL, re.compile(r"(true|True|TRUE|false|False|FALSE)\Z"), list("tTfF")
)


def read_config(
    path: Path,
    sections: Sequence[Section],
    *,
    flags: Mapping[Keys, tuple[str, object]] | None = None,
) -> AnalyzeConfig:
    """Read an assay.yaml; flags overrule what the file says.

    Parameters
    ----------
    path : Path
        Relative paths inside the file start from its folder.
    sections : sequence of Section
        Whose parts the file may hold.
    flags : mapping, optional
        Path inside the config → (the flag's name, its value).

    Returns
    -------
    AnalyzeConfig
        With absolute paths.

    Raises
    ------
    InputError
        If the file cannot be read.
    ConfigError
        With every problem, each with its path in the file and its line.
    """
    text = _read_text(path)
    raw, lines, repeated = _parse(text, path)
    folder = path.resolve().parent
    for keys in PATHS:
        _rebase(raw, keys, folder)
    _rebase_folders(raw, folder)
    return _validate(
        raw, sections, source=str(path), flags=flags or {}, lines=lines, also=repeated
    )


def config_from_flags(
    flags: Mapping[Keys, tuple[str, object]], sections: Sequence[Section]
) -> AnalyzeConfig:
    """Make a config of flags alone; relative paths start from the working directory.

    Raises
    ------
    ConfigError
        With every problem, each under the name of its flag.
    """
    return _validate({}, sections, source="the command line", flags=flags, lines={}, also=[])


def config_from_options(
    options: Mapping[str, object], sections: Sequence[Section]
) -> AnalyzeConfig:
    """Make a config of what a Python call was given.

    Raises
    ------
    ConfigError
        With every problem, each with its path in the config.
    """
    raw = dict(options)
    return _validate(raw, sections, source="the call", flags={}, lines={}, also=[])


def config_from_parts(
    parts: Mapping[str, object],
    sections: Sequence[Section],
    *,
    source: str,
    flags: Mapping[Keys, tuple[str, object]],
) -> AnalyzeConfig:
    """Make a config of what another file was translated into; flags overrule it.

    Parameters
    ----------
    parts : mapping
        As assay.yaml holds them, with absolute paths.
    sections : sequence of Section
    source : str
        Name of the file, for messages.
    flags : mapping
        As for `read_config`.

    Raises
    ------
    ConfigError
        With every problem, each with its path in the config, or under the name of its flag.
    """
    return _validate(dict(parts), sections, source=source, flags=flags, lines={}, also=[])


def dump_config(config: AnalyzeConfig) -> str:
    """Return the YAML that `read_config` reads back into an equal config.

    Where the results lie is left out: it is no part of what is computed. So are secrets.
    """
    told = shareable(config, exclude_none=True)
    head = "# Made by assay: everything that this run was told or decided by default.\n"
    return head + yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=99)


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        msg = f"config file not found: {path}; `assay config init` writes one to start from"
        raise InputError(msg) from None
    except (OSError, UnicodeDecodeError) as wrong:
        msg = f"the config file {path} cannot be read: {wrong}; it must be UTF-8 text"
        raise InputError(msg) from wrong


def _parse(text: str, path: Path) -> tuple[dict[str, Any], dict[Keys, int], list[tuple[str, str]]]:
    try:
        node = yaml.compose(text, Loader=_Loader)
        raw = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "somewhere"
        what = getattr(wrong, "problem", None) or str(wrong)
        raise ConfigError(str(path), [(place, f"this is not YAML: {what}")]) from wrong
    if raw is None:
        raw = {}
    if not isinstance(raw, dict):
        what = f"must hold keys such as 'data: test.csv', not {type(raw).__name__}"
        raise ConfigError(str(path), [("line 1", what)])
    lines: dict[Keys, int] = {}
    repeated: list[tuple[str, str]] = []
    _note_lines(node, (), lines, repeated)
    return raw, lines, repeated


def _note_lines(
    node: yaml.Node | None, at: Keys, lines: dict[Keys, int], repeated: list[tuple[str, str]]
) -> None:
    """Remember the line of each key, and keys that stand twice (YAML would keep the last)."""
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[(*at, str(index))] = item.start_mark.line + 1
            _note_lines(item, (*at, str(index)), lines, repeated)
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        here = (*at, str(key.value))
        line = key.start_mark.line + 1
        if here in lines:
            what = f"stands twice, first in line {lines[here]}; keep one"
            repeated.append((f"{'.'.join(here)} (line {line})", what))
        lines[here] = line
        _note_lines(value, here, lines, repeated)


def _rebase(raw: dict[str, Any], keys: Keys, folder: Path) -> None:
    holder: Any = raw
    for key in keys[:-1]:
        inner = holder.get(key) if isinstance(holder, dict) else None
        if isinstance(inner, str):  # `model: model.joblib`
            holder[key] = inner = {keys[-1]: inner}
        holder = inner
    if isinstance(holder, dict) and isinstance(holder.get(keys[-1]), str):
        holder[keys[-1]] = absolute_place(holder[keys[-1]], folder)


def _rebase_folders(raw: dict[str, Any], folder: Path) -> None:
    model = raw.get("model")
    if not isinstance(model, dict) or "python_path" not in model:
        return
    given = model["python_path"]
    listed = [given] if isinstance(given, str) else given
    if isinstance(listed, list):
        model["python_path"] = [
            absolute_place(each, folder) if isinstance(each, str) else each for each in listed
        ]


def absolute_place(text: str, folder: Path) -> str:
    """Let a path start from a folder; URIs, commands and modules are left as they are."""
    function = FUNCTION.fullmatch(text)
    if function is not None:
        module, name = function["module"], function["name"]
        return f"{absolute_place(module, folder)}:{name}" if module.endswith(".py") else text
    if SCHEME.fullmatch(text):
        return text
    return (folder / Path(text).expanduser()).as_posix()


def _overlay(raw: dict[str, Any], flags: Mapping[Keys, tuple[str, object]]) -> dict[str, Any]:
    merged = dict(raw)
    here = Path.cwd()
    for keys, (_, value) in flags.items():
        holder = merged
        for key in keys[:-1]:
            inner = holder.get(key)
            holder[key] = dict(inner) if isinstance(inner, dict) else {}
            holder = holder[key]
        if keys in PATHS and isinstance(value, str):
            value = absolute_place(value, here)
        elif keys == ("model", "python_path") and isinstance(value, tuple):
            value = tuple(absolute_place(str(each), here) for each in value)
        holder[keys[-1]] = value
    return merged


def _validate(
    raw: dict[str, Any],
    sections: Sequence[Section],
    *,
    source: str,
    flags: Mapping[Keys, tuple[str, object]],
    lines: Mapping[Keys, int],
    also: Sequence[tuple[str, str]],
) -> AnalyzeConfig:
    schema = config_model(sections)
    names = {keys: name for keys, (name, _) in flags.items()}
    try:
        config = schema.model_validate(_overlay(raw, flags))
    except ValidationError as wrong:
        problems = describe(wrong, schema, names=names, lines=lines)
        raise ConfigError(source, [*also, *problems]) from wrong
    if also:
        raise ConfigError(source, also)
    return config
