"""Answers in CSV."""

import ast
import csv
import re
from io import StringIO

from assay.errors import InputError
from assay.models.answers import AnswerError
from assay.models.remote.answers import Answers, shorten
from assay.models.remote.shapes import count_of, read_values

EXCERPT = 120
WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,300})")
REAL = re.compile(r"[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
"""Numbers in a cell of CSV; 007 is none, it is a label."""


def read_csv(text: str, n_rows: int, label: int | None, probability: int | None) -> Answers:
    r"""Read the answers in a body of CSV, in all forms that Clarify knows.

    Parameters
    ----------
    text : str
    n_rows : int
    label, probability : int or None
        Indices of columns, from 0. Without both, a row is a score, the scores of all classes, or
        a label; and one line with a field for each row is a score for each.

    Raises
    ------
    AnswerError
        If there is another number of rows, or a row lacks a column.
    InputError
        If the columns of a row are not scores alone, and nobody said what they are.

    Examples
    --------
    >>> read_csv("0.6,0.3", 2, None, None).scores
    [0.6, 0.3]
    >>> read_csv("\"['cat','dog']\",\"[0.4,0.6]\"", 1, 0, 1).labels
    [['cat', 'dog']]
    """
    rows = _csv_rows(text)
    places = (label, probability)
    if len(rows) == 1 < n_rows == len(rows[0]) and places == (None, None):
        rows = [[cell] for cell in rows[0]]
    if len(rows) != n_rows:
        raise AnswerError(count_of(len(rows), n_rows))
    if places == (None, None):
        return _whole_rows(rows)
    labels, scores = (
        None if place is None else [_cell(row, place, at) for at, row in enumerate(rows)]
        for place in places
    )
    return Answers(labels, scores)


def _csv_rows(text: str) -> list[list[str]]:
    try:
        return [
            row for row in csv.reader(StringIO(text, newline=""), skipinitialspace=True) if row
        ]
    except csv.Error as error:
        what = f"returned what is no CSV ({error}): {shorten(text, EXCERPT)}"
        raise AnswerError(what) from None


def _whole_rows(rows: list[list[str]]) -> Answers:
    """Read rows that are scores, or a single label or number each."""
    values = [[_literal(cell) for cell in row] for row in rows]
    if all(len(row) == 1 for row in values):
        return read_values([row[0] for row in values])
    text = next((each for row in values for each in row if isinstance(each, str | list)), None)
    if text is not None:
        msg = (
            f"the model answers with rows of CSV such as {shorten(','.join(rows[0]))}; say which "
            "columns they are with label=0 or probability=1 (counted from 0)"
        )
        raise InputError(msg)
    return Answers(scores=list(values))


def _cell(row: list[str], place: int, at: int) -> object:
    if place >= len(row):
        what = f"returned {len(row)} columns of CSV, and column {place} (from 0) was asked for"
        raise AnswerError(what, row=at)
    return _literal(row[place])


def _literal(cell: str) -> object:
    """Read a cell: a whole number, a number, a list as Python or JSON writes it, or text."""
    text = cell.strip()
    if text.startswith("["):
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return text
    if WHOLE.fullmatch(text):
        return int(text)
    return float(text) if REAL.fullmatch(text) else text
