"""Clarify's content and record templates: text with placeholders, which becomes JSON."""

import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

import polars as pl

from assay.errors import ColumnNotFoundError
from assay.models.remote.media import CSV, JSON, JSON_LINES
from assay.models.remote.rows import json_arrays, json_columns, json_objects

KNOWN = ("$features_kvp", "$feature_names", "$features", "$records", "$record")
"""Longer names stand before their beginnings."""
ONE_FEATURE = r'"\$\{(?P<column>.*?)\}"'
PLACEHOLDER = re.compile(ONE_FEATURE + "|" + "|".join(re.escape(name) for name in KNOWN))
SAMPLES = {
    "$features": "[0]",
    "$features_kvp": '{"a":0}',
    "$feature_names": '["a"]',
    "$records": "[0]",
    "$record": "0",
}
"""What stands for a placeholder while a template is checked to be JSON."""
STRAY = re.compile(r"\$\{?\w*")

Problem = tuple[str, str]
"""(setting, what is wrong with it)"""


@dataclass(frozen=True)
class Template:
    """A text with placeholders, taken apart once, so that values are never taken for them.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> template = Template('{"x": $features, "first": "${a}"}')
    >>> template.fill_records(pl.DataFrame({"a": [1, 2], "b": ["p", "q"]})).to_list()
    ['{"x": [1,"p"], "first": 1}', '{"x": [2,"q"], "first": 2}']
    """

    text: str

    @cached_property
    def parts(self) -> tuple[tuple[str, str | None], ...]:
        """(text before, placeholder) in order; the last has no placeholder."""
        made, end = [], 0
        for found in PLACEHOLDER.finditer(self.text):
            made.append((self.text[end : found.start()], found.group()))
            end = found.end()
        return (*made, (self.text[end:], None))

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The placeholders, in order; a single feature as ``"${name}"``."""
        return tuple(name for _, name in self.parts if name is not None)

    @property
    def columns(self) -> tuple[str, ...]:
        """The features that the template names one by one."""
        return tuple(_column(name) for name in self.placeholders if name.startswith('"'))

    def fill_records(self, rows: pl.DataFrame) -> pl.Series:
        """Return the text of each record, length n_rows.

        Raises
        ------
        ColumnNotFoundError
            If the template names a feature that the rows do not have.
        InputError
            If a value cannot be written as JSON.
        """
        missing = set(self.columns) - set(rows.columns)
        if missing:
            raise ColumnNotFoundError(missing, rows.columns)
        pieces: list[pl.Series] = []
        for before, name in self.parts:
            pieces.append(pl.Series([before], dtype=pl.String))
            if name is not None:
                pieces.append(_values(name, rows))
        whole = pl.select(pl.concat_str(*pieces)).to_series()
        return whole if len(whole) == rows.height else pl.Series([self.text] * rows.height)

    def fill(self, values: dict[str, str]) -> str:
        """Return the text with each placeholder replaced by its value."""
        return "".join(before + values.get(name or "", "") for before, name in self.parts)


def _column(placeholder: str) -> str:
    inner = placeholder[3:-2]
    try:
        return str(json.loads(f'"{inner}"'))
    except ValueError:
        return inner


def _values(placeholder: str, rows: pl.DataFrame) -> pl.Series:
    if placeholder == "$features":
        return json_arrays(rows)
    if placeholder == "$features_kvp":
        return json_objects(rows)
    if placeholder == "$feature_names":
        return pl.Series([json.dumps(rows.columns, ensure_ascii=False)])
    return json_columns(rows.select(_column(placeholder))).to_series()


def find_template_problems(
    content_type: str, content_template: str | None, record_template: str | None
) -> tuple[Problem, ...]:
    """Say everything that is wrong with the templates, before any row is sent.

    Parameters
    ----------
    content_type : str
        One of the media types.
    content_template, record_template : str or None
        As the user wrote them; which of them is needed depends on the media type.

    Returns
    -------
    tuple of (str, str)
        (setting, what is wrong); () when all is well.

    Examples
    --------
    >>> find_template_problems("application/jsonlines", '{"x": $feature}', None)[0]
    ('content_template', 'must have $features exactly once for application/jsonlines')
    """
    if content_type == CSV:
        return ()
    problems: list[Problem] = []
    if content_template is None:
        problems.append(("content_template", f"is needed for {content_type}"))
    if record_template is None and content_type == JSON:
        problems.append(("record_template", f"is needed for {content_type}"))
    if content_template is not None:
        problems += _content_problems(content_type, Template(content_template))
    if record_template is not None and content_type == JSON:
        problems += _record_problems(Template(record_template))
    return tuple(problems)


def _content_problems(content_type: str, template: Template) -> list[Problem]:
    lines = content_type == JSON_LINES
    wanted = ("$features", "$features_kvp") if lines else ("$records", "$record")
    allowed = wanted if lines else (*wanted, "$feature_names")
    said = "$features" if lines else "$records (or $record, to send one at a time)"
    found = [name for name in template.placeholders if name in wanted]
    problems = []
    if len(found) != 1:
        problems.append(f"must have {said} exactly once for {content_type}")
    strange = [name for name in template.placeholders if name not in allowed]
    if strange:
        problems.append(f"cannot have {strange[0]} for {content_type}; that is for a record")
    if lines and "\n" in template.text:
        problems.append("must be one line, since every record is a line")
    return [("content_template", what) for what in (*problems, *_text_problems(template))]


def _record_problems(template: Template) -> list[Problem]:
    found = [name for name in template.placeholders if name in ("$features", "$features_kvp")]
    problems = []
    if not found and not template.columns:
        problems.append('must have $features, $features_kvp, or "${A}" for the feature A')
    if len(found) > 1:
        problems.append("must have one of $features and $features_kvp, once")
    strange = [name for name in template.placeholders if name in ("$records", "$record")]
    if strange:
        problems.append(f"cannot have {strange[0]}; that is for content_template")
    return [("record_template", what) for what in (*problems, *_text_problems(template))]


def _text_problems(template: Template) -> list[str]:
    """Say what is no placeholder though it looks like one, or else that the text is no JSON."""
    rest = "".join(before for before, _ in template.parts)
    for stray in STRAY.findall(rest):
        if stray.startswith("${"):
            return ['has ${ without double quotes around it; write "${A}" for the feature A']
        near = get_close_matches(stray, KNOWN, n=1)
        if near:
            return [f"has {stray}, which is no placeholder; did you mean {near[0]}?"]
    try:
        json.loads(template.fill({name: SAMPLES.get(name, "0") for name in template.placeholders}))
    except (ValueError, RecursionError) as error:
        return [f"does not become JSON when it is filled: {error}"]
    return []
