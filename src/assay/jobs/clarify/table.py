"""Where the rows of a Clarify config are and what their columns are called."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import jmespath

from assay.data.dataset import Dataset
from assay.data.sources.compression import format_suffix
from assay.data.sources.json_columns import quoted
from assay.data.sources.open import open_source
from assay.data.sources.reader import ReadOptions
from assay.errors import InputError
from assay.jobs.clarify.bare_csv import bare_names, bare_note, header_names
from assay.jobs.clarify.parts import CSV, JSON, JSON_LINES, PARQUET
from assay.jobs.clarify.schema import ClarifyConfig

FORMS = {
    ".csv": CSV,
    ".tsv": CSV,
    ".tab": CSV,
    ".psv": CSV,
    ".txt": CSV,
    ".dat": CSV,
    ".json": JSON,
    ".jsonl": JSON_LINES,
    ".ndjson": JSON_LINES,
    ".parquet": PARQUET,
    ".pq": PARQUET,
}
LABEL, PREDICTED = "label", "predicted_label"


@dataclass(frozen=True)
class Table:
    """How a table is read, and its columns in order.

    Parameters
    ----------
    place : str
        Path or URL.
    columns : tuple of str
        Names of all columns, as a config's indices count them.
    label, predicted : str or None
        Names of the columns of labels and predicted labels; None where there is none.
    read : dict
        What assay.yaml says under ``read``.
    notes : tuple of str
        What was decided, for people.
    """

    place: str
    columns: tuple[str, ...]
    label: str | None = None
    predicted: str | None = None
    read: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def name_of(self, told: str | int, what: str) -> str:
        """Return a column's name, which is told by itself or by its index from 0.

        Raises
        ------
        InputError
            If the table has no such column.
        """
        return column_name(told, self.columns, what, self.place)

    def open(self, **roles: Any) -> Dataset:  # noqa: ANN401 - what Dataset.read takes
        """Open the table with some roles."""
        return Dataset.read(self.place, **self.read, **roles)


def column_name(told: str | int, columns: Sequence[str], what: str, place: str) -> str:
    """Return the name of a column that is told by name or by its index from 0.

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> column_name(1, ["age", "sex"], "the facet", "people.csv")
    'sex'
    """
    listed = ", ".join(columns[:20]) + (", …" if len(columns) > 20 else "")
    if isinstance(told, int):
        if told < len(columns):
            return columns[told]
        msg = f"{what} is column {told}, counted from 0, and {place} has {len(columns)}: {listed}"
        raise InputError(msg)
    if told in columns:
        return told
    close = get_close_matches(told.lower(), {each.lower(): each for each in columns}, n=1)
    meant = next((each for each in columns if close and each.lower() == close[0]), None)
    hint = "" if meant is None else f"; did you mean {meant!r}?"
    msg = f"{what} is {told!r}, which {place} does not have; it has: {listed}{hint}"
    raise InputError(msg)


def find_table(config: ClarifyConfig, place: str, told: Mapping[str, Any] | None = None) -> Table:
    """Look at the beginning of a table and say how all of it is read.

    The file's own suffix decides its form where it is known, so that rows which were kept as
    Parquet can stand for the CSV of the config.

    Parameters
    ----------
    config : ClarifyConfig
    place : str
        Path or URL.
    told : mapping or None
        What flags say of reading: settings of an object store, the delimiter, headers.

    Raises
    ------
    InputError
        If it cannot be read, or its columns are not those that the config tells.
    """
    read: dict[str, Any] = {name: given for name, given in (told or {}).items() if given}
    notes: tuple[str, ...] = ()
    form = FORMS.get(format_suffix(Path(place)), config.dataset_type)
    if form in (JSON, JSON_LINES) and config.features is not None:
        return _json_table(config, place, form, read)
    headers = read.pop("headers", None) or config.headers
    if form == CSV and headers is None:
        headers = bare_names(place, config.label, read.get("delimiter"))
        notes = (bare_note(place),) if headers is not None else ()
    if form == CSV and headers is not None:
        read["headers"] = list(headers)
        columns = headers
    else:
        columns = _columns(place, read)
    if config.dataset_type in (JSON, JSON_LINES):  # paths into records mean nothing to a table
        label, predicted = _names_at_the_end(config, columns)
    else:
        what, where = "the label", place
        label = (
            config.label
            if config.label is None
            else column_name(config.label, columns, what, where)
        )
        predicted = _predicted(config, columns, place)
    return Table(place, tuple(columns), label, predicted, read, notes)


def _predicted(config: ClarifyConfig, columns: Sequence[str], place: str) -> str | None:
    if config.predicted_label is None or config.predicted_label_dataset_uri is not None:
        return None
    return column_name(config.predicted_label, columns, "the predicted label", place)


def _columns(place: str, read: dict[str, Any]) -> tuple[str, ...]:
    named = header_names(place, read.get("delimiter"))
    if named is not None:
        return named
    source = open_source(place, ReadOptions(**read))
    return tuple(source.frame.collect_schema().names())


def _names_at_the_end(
    config: ClarifyConfig, columns: Sequence[str]
) -> tuple[str | None, str | None]:
    """Return the names of label and predicted label, which follow the features' names."""
    wanted = [config.label is not None, config.predicted_label is not None]
    names = list(config.headers or columns)
    predicted = names.pop() if wanted[1] and len(names) > 1 else None
    label = names.pop() if wanted[0] and len(names) > 1 else None
    for told in filter(None, (label, predicted)):
        if told not in columns:
            column_name(told, columns, "the label", "the data")
    return label, predicted


def _json_table(config: ClarifyConfig, place: str, form: str, read: dict[str, Any]) -> Table:
    """Return paths for all columns: features are lists without names, one place each."""
    expression = str(config.features)
    record, count = _first_record(place, form, expression)
    names = list(config.headers) if config.headers is not None else None
    further = [LABEL] * (config.label is not None) + [PREDICTED] * (
        config.predicted_label is not None
    )
    if names is None and count is None:
        msg = (
            f"the first record of {place} cannot be looked at from here, so nobody says how many "
            'features there are; name them all in the config: "headers": […], the label last'
        )
        raise InputError(msg)
    if names is None:
        names = [*(f"column_{number}" for number in range(count or 0)), *further]
    expected = len(names) - len(further)
    if count is not None and count != expected:
        msg = (
            f"{place}: the first record has {count} features at {expression} ({record}), and "
            f"headers names {expected} besides {' and '.join(further) or 'no label'}: "
            f"{', '.join(names[:expected])}; name every feature once, then the label"
        )
        raise InputError(msg)
    columns = {
        name: f"map(&[{at}], {expression})" if form == JSON else f"{expression} | [{at}]"
        for at, name in enumerate(names[:expected])
    }
    ends = dict(zip(further, names[expected:], strict=True))
    for role, told in ((LABEL, config.label), (PREDICTED, config.predicted_label)):
        if role in ends:
            columns[ends[role]] = str(told)
    read = {**read, "columns": columns}
    if form == JSON:
        read["records"] = "$"
    return Table(place, tuple(names), ends.get(LABEL), ends.get(PREDICTED), read)


def _first_record(place: str, form: str, expression: str) -> tuple[str, int | None]:
    """Return the first record's features as text, and how many they are; None if out of reach.

    Raises
    ------
    InputError
        If the expression gives no list of values.
    """
    path = Path(place)
    if not path.is_file() or path.suffix.lower() in (".gz", ".bz2", ".xz", ".zst", ".lz4"):
        return "", None
    try:
        with path.open(encoding="utf-8-sig") as file:
            if form == JSON:
                document = json.load(file)
            else:
                document = json.loads(next((line for line in file if line.strip()), "null"))
    except ValueError:
        return "", None  # the reader says it better
    found = jmespath.search(expression, document)
    if form == JSON:
        found = found[0] if isinstance(found, list) and found else None
    if not isinstance(found, list):
        keys = ", ".join(map(quoted, document)) if isinstance(document, dict) else "no keys"
        wanted = "a list of lists" if form == JSON else "a list in the first line"
        msg = (
            f"{place}: the JMESPath {expression!r} (features) does not give {wanted}, one value "
            f"a feature; the top of it has: {keys}"
        )
        raise InputError(msg)
    return json.dumps(found)[:120], len(found)
