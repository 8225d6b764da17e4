"""The body of a response in, one answer a row out."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult

from assay.errors import InputError
from assay.models.answers import AnswerError
from assay.models.remote.answers import Answers, describe, shorten
from assay.models.remote.csv_answers import read_csv
from assay.models.remote.media import CSV, JSON_LINES, MediaType, read_media_type
from assay.models.remote.order import restore_order
from assay.models.remote.shapes import count_of, find_values, read_values
from assay.models.remote.templates import Problem

INDEX = re.compile(r"\d+")
EXCERPT = 120

Place = int | str | None
"""Where a value is: the index of a column of CSV, or a JMESPath."""


@dataclass(frozen=True, kw_only=True)
class ResponseForm:
    """Where the answers are in the body of a response.

    Parameters
    ----------
    accept_type : str or None
        Media type that the body is read as; None believes the response's own Content-Type,
        where that is one that can be read, and else takes it for `fallback_type`.
    fallback_type : str
    label, probability : int, str or None
        Index of a column (CSV), or JMESPath: into each line (JSON Lines), or into the document,
        where it gives a list with an item a row (JSON). None for both takes the commonest
        shapes.
    single : bool
        Whether a request was about one row, so that the answer needs no list around it.
    echo : str or None
        Name of a field of each answered record with the row's number in the request.
    """

    accept_type: MediaType | None = None
    fallback_type: MediaType = "application/json"
    label: Place = None
    probability: Place = None
    single: bool = False
    echo: str | None = None

    @cached_property
    def paths(self) -> tuple[ParsedResult | None, ParsedResult | None]:
        """The JMESPaths of label and probability."""
        return _path(self.label), _path(self.probability)


def find_place_problems(
    accept_type: str | None, label: Place, probability: Place
) -> tuple[Problem, ...]:
    """Say everything that is wrong with where the answers are said to be.

    Examples
    --------
    >>> find_place_problems("text/csv", "a.b", None)
    (('label', "must be the index of a column for text/csv, not 'a.b'"),)
    """
    problems = []
    for name, place in (("label", label), ("probability", probability)):
        if place is None:
            continue
        index = isinstance(place, int) or bool(INDEX.fullmatch(place))
        if accept_type == CSV and (not index or int(place) < 0):
            problems.append((name, f"must be the index of a column for text/csv, not {place!r}"))
        elif accept_type not in (CSV, None) and isinstance(place, int):
            problems.append((name, f"must be a JMESPath for {accept_type}, not a number"))
        elif not index:
            try:
                jmespath.compile(str(place))
            except JMESPathError as error:
                what = f"is no JMESPath: {shorten(str(error), EXCERPT)}"
                problems.append((name, what))
    return tuple(problems)


def read_response(
    body: bytes, n_rows: int, form: ResponseForm, content_type: str | None = None
) -> Answers:
    r"""Read the answers for some rows.

    Parameters
    ----------
    body : bytes
    n_rows : int
        How many rows were asked about.
    form : ResponseForm
    content_type : str or None
        The response's own header.

    Raises
    ------
    AnswerError
        If the body is cut off, is not what it should be, or is about another number of rows.
    InputError
        If the answers' form cannot be told, or is not where it was said to be.

    Examples
    --------
    >>> read_response(b'{"predictions": [0.2, 0.9]}', 2, ResponseForm()).scores
    [0.2, 0.9]
    >>> csv_form = ResponseForm(accept_type="text/csv", label=0, probability=1)
    >>> read_response(b'1,0.6\n0,0.3\n', 2, csv_form)
    Answers(labels=[1, 0], scores=[0.6, 0.3])
    """
    known, charset = read_media_type(content_type)
    media = form.accept_type or known or form.fallback_type
    text = _decode(body, charset)
    if text.lstrip()[:1] == "<":
        what = f"returned a page of HTML or XML instead of predictions: {shorten(text, EXCERPT)}"
        raise AnswerError(what)
    if media == CSV:
        return read_csv(text, n_rows, _index(form.label), _index(form.probability))
    if media == JSON_LINES:
        lines = [line for line in text.split("\n") if line.strip()]
        return read_lines(lines, n_rows, form)
    document = _parse(text, "predictions")
    return _read_document(document, n_rows, form)


def read_lines(lines: Sequence[str | bytes], n_rows: int, form: ResponseForm) -> Answers:
    """Read JSON Lines: one value a row.

    Raises
    ------
    AnswerError
        If there is another number of lines, or one is no JSON, with its row.
    InputError
        If the answers' form cannot be told, or is not where it was said to be.
    """
    if len(lines) != n_rows:
        raise AnswerError(count_of(len(lines), n_rows))
    values = [_parse(line, "a line of JSON", row) for row, line in enumerate(lines)]
    if form.echo is not None:
        values = restore_order(values, n_rows, form.echo)
    label, probability = form.paths
    if label is None and probability is None:
        return read_values(values)
    return Answers(
        None
        if label is None
        else [_search(label, value, row) for row, value in enumerate(values)],
        None
        if probability is None
        else [_search(probability, v, r) for r, v in enumerate(values)],
    )


def _index(place: Place) -> int | None:
    if isinstance(place, str) and not INDEX.fullmatch(place):
        msg = f"the model answers in CSV, where {place!r} must be the index of a column, from 0"
        raise InputError(msg)
    return None if place is None else int(place)


def _path(place: Place) -> ParsedResult | None:
    if isinstance(place, int):
        msg = f"the model answers in JSON, where {place} must be a JMESPath and not an index"
        raise InputError(msg)
    return None if place is None else jmespath.compile(place)


def _decode(body: bytes, charset: str) -> str:
    try:
        text = body.decode(charset)
    except (UnicodeDecodeError, LookupError):
        what = (
            f"returned bytes that are not text in {shorten(charset)}: {shorten(repr(body[:60]))}"
        )
        raise AnswerError(what) from None
    return text.removeprefix("\ufeff")


def _parse(text: str | bytes, wanted: str, row: int | None = None) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        shown = text if isinstance(text, str) else text.decode(errors="replace")
        where = f" ({error})" if row is None else ""
        found = f"{shorten(shown, EXCERPT)!r}" if shown.strip() else "nothing"
        what = f"returned {found} instead of {wanted}{where}"
        raise AnswerError(what, row=row) from None


def _read_document(document: object, n_rows: int, form: ResponseForm) -> Answers:
    if form.echo is not None and not form.single:
        values = find_values(document, n_rows, single=False)
        values[:] = restore_order(values, n_rows, form.echo)
    label, probability = form.paths
    if label is None and probability is None:
        return read_values(find_values(document, n_rows, single=form.single))
    return Answers(
        None if label is None else _column(label, document, n_rows, form),
        None if probability is None else _column(probability, document, n_rows, form),
    )


def _column(path: ParsedResult, document: object, n_rows: int, form: ResponseForm) -> list[object]:
    """Return what a JMESPath gives for each row."""
    found = _search(path, document)
    if form.single:
        return found if isinstance(found, list) and len(found) == 1 else [found]
    if not isinstance(found, list):
        msg = (
            f"the JMESPath {path.expression} gives {describe(found)} in the model's answer; it "
            "must give a list with an item for each row, such as predictions[*].score"
        )
        raise InputError(msg)
    if len(found) != n_rows:
        raise AnswerError(count_of(len(found), n_rows))
    return found


def _search(path: ParsedResult, document: object, row: int | None = None) -> object:
    try:
        found = path.search(document)
    except JMESPathError as error:
        msg = f"the JMESPath {path.expression} cannot be used on the model's answer: {error}"
        raise InputError(msg) from None
    if found is None:
        what = f"returned nothing at {path.expression}: {shorten(json.dumps(document), EXCERPT)}"
        raise AnswerError(what, row=row)
    return found
