"""An analysis_config.json in; its typed config with notes out, or every problem at once."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from assay.errors import ConfigError, InputError
from assay.jobs.clarify.problems import Place, Problem, json_path, schema_problems
from assay.jobs.clarify.remainder import rules_of_the_rest
from assay.jobs.clarify.rules import find_problems
from assay.jobs.clarify.schema import ClarifyConfig

HEAD_BYTES, MAX_BYTES = 4096, 16 * 2**20
REPORT = "report"
LISTS = ("label_values_or_threshold", "value_or_threshold")


@dataclass(frozen=True)
class ClarifyFile:
    """A config that nothing is wrong with.

    Parameters
    ----------
    path : Path
    config : ClarifyConfig
    notes : tuple of str
        What was read more kindly than the service reads it.
    """

    path: Path
    config: ClarifyConfig
    notes: tuple[str, ...] = ()


class _Repeating(dict[str, object]):
    """An object of JSON that remembers the keys that stood in it twice."""

    repeated: tuple[str, ...] = ()


def is_clarify_config(path: Path) -> bool:
    """Whether a file is an analysis_config.json rather than a table of records.

    It is one JSON object with the keys ``dataset_type`` and ``methods``, of which one holds a
    setting and not rows; one whose name begins with ``analysis_config`` is always taken for one.

    Parameters
    ----------
    path : Path
        Of any file; one that does not exist is none.
    """
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    usual = path.name.startswith("analysis_config")
    if not head.startswith(b"{") or (path.stat().st_size > MAX_BYTES and not usual):
        return False
    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        return usual
    if not isinstance(raw, dict):
        return False
    known = {"dataset_type", "methods"} & raw.keys()
    settings = isinstance(raw.get("methods"), dict) or isinstance(raw.get("dataset_type"), str)
    return usual or (len(known) == 2 and settings)


def read_clarify(path: Path) -> ClarifyFile:
    """Read an analysis_config.json.

    Parameters
    ----------
    path : Path

    Raises
    ------
    InputError
        If the file cannot be read.
    ConfigError
        With everything that is wrong, each with its JSON path.
    """
    raw = _load(path)
    problems = [*_repeated(raw, ()), *_problems(raw)]
    if problems:
        pairs = dict.fromkeys((json_path(place), what) for place, what in problems)
        raise ConfigError(str(path), list(pairs))
    config = ClarifyConfig.model_validate(raw)
    return ClarifyFile(path, config, (*_notes(raw), *_report_note(config)))


def _load(path: Path) -> object:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        msg = f"config file not found: {path}; check the path"
        raise InputError(msg) from None
    except (OSError, UnicodeDecodeError) as wrong:
        msg = f"the config file {path} cannot be read: {wrong}; it must be UTF-8 text"
        raise InputError(msg) from wrong
    try:
        return json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as wrong:
        where = f"line {wrong.lineno}, column {wrong.colno}"
        raise ConfigError(str(path), [(where, f"this is not JSON: {wrong.msg}")]) from wrong
    except RecursionError as wrong:
        raise ConfigError(str(path), [("$", "objects in objects, too deep")]) from wrong


def _object(pairs: list[tuple[str, object]]) -> _Repeating:
    made = _Repeating(pairs)
    names = [name for name, _ in pairs]
    made.repeated = tuple(dict.fromkeys(name for name in names if names.count(name) > 1))
    return made


def _repeated(node: object, place: Place) -> Iterator[Problem]:
    if isinstance(node, _Repeating):
        for name in node.repeated:
            yield (*place, name), "stands twice in one object; keep one"
        for name, inner in node.items():
            yield from _repeated(inner, (*place, name))
    elif isinstance(node, list):
        for number, inner in enumerate(node):
            yield from _repeated(inner, (*place, number))


def _problems(raw: object) -> Iterator[Problem]:
    """Yield what the schema refuses, and what the rules refuse of all that the schema takes."""
    if not isinstance(raw, dict):
        yield (), f"must be an object with keys such as dataset_type, found {type(raw).__name__}"
        return
    try:
        config = ClarifyConfig.model_validate(raw)
    except ValidationError as wrong:
        refused = list(schema_problems(wrong, raw, ClarifyConfig))
        yield from refused
        yield from rules_of_the_rest(raw, [place for place, _ in refused])
        return
    yield from find_problems(config)


def _report_note(config: ClarifyConfig) -> Iterator[str]:
    """Yield that a report of another name than ours is written under ours."""
    told = config.methods.report
    if told is not None and told.name != REPORT:
        name = json.dumps(told.name, ensure_ascii=False)
        yield f"$.methods.report.name: {name} is written as {REPORT}.html all the same"


def _notes(node: object, place: Place = ()) -> Iterator[str]:
    if isinstance(node, dict):
        for name, inner in node.items():
            here = (*place, name)
            if name in LISTS and isinstance(inner, int | float | str):
                yield f"{json_path(here)}: taken for the list [{json.dumps(inner)}]"
            yield from _notes(inner, here)
    elif isinstance(node, list):
        for number, inner in enumerate(node):
            yield from _notes(inner, (*place, number))
