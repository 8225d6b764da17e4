"""The commonest shapes of answers in JSON, told apart by their form and their names."""

from collections.abc import Mapping, Sequence

from assay.errors import InputError
from assay.models.answers import AnswerError
from assay.models.remote.answers import Answers, describe, shorten

LISTS = ("predictions", "instances", "outputs", "results", "records", "data")
"""Names under which a document holds its list of answers."""
LABELS = ("label", "labels", "predicted_label", "predicted_labels", "predicted_class")
VALUES = ("prediction", "predictions", "value", "output", "result")
SCORES = ("probabilities", "probability", "scores", "score")
UNSURE = ("score", "scores")
"""Beside a label, one number of this name may be that of the label or that of the positive."""
WAYS_OUT = "say where they are with label=… or probability=… (a JMESPath)"


def find_values(document: object, n_rows: int, *, single: bool) -> list[object]:
    """Return one value of JSON for each row out of a document.

    A list is taken as it is, and so is a list under one of the names `LISTS`, `LABELS`, `VALUES`
    or `SCORES`. Lists of labels and of scores side by side become records of both.

    Parameters
    ----------
    document : JSON value
    n_rows : int
    single : bool
        Whether one row was sent by itself: its answer needs no list around it.

    Raises
    ------
    AnswerError
        If no list can be told, or it has another length.

    Examples
    --------
    >>> find_values({"predictions": [0.2, 0.9]}, 2, single=False)
    [0.2, 0.9]
    >>> find_values({"labels": ["no"], "probabilities": [[0.8, 0.2]]}, 1, single=False)
    [{'label': 'no', 'probabilities': [0.8, 0.2]}]
    """
    found = _one_value(document) if single else _list_of(document)
    if len(found) != n_rows:
        raise AnswerError(count_of(len(found), n_rows))
    return found


def count_of(found: int, n_rows: int) -> str:
    """Say that the number of answers is wrong, as an `AnswerError` begins."""
    return f"returned {found:,} predictions for {n_rows:,} rows; it must be one a row, in order"


def read_values(values: Sequence[object]) -> Answers:
    """Read one value a row: a number, a label, a list of scores, or a record that has them.

    Bare labels come as `scores`, too: whether the values are labels is told by all rows together.
    A record has its label under one of the names `LABELS` or `VALUES`, and its scores under one
    of `SCORES`: a number is that of the positive class, and an object is class → number. A list
    of objects with ``label`` and ``score`` is read as scores of all classes.

    Raises
    ------
    AnswerError
        If a value has another form than the first.
    InputError
        If a record does not say whose score it holds, or none of its names is known.

    Examples
    --------
    >>> read_values([{"label": "no", "probabilities": {"no": 0.8, "yes": 0.2}}]).labels
    ['no']
    >>> read_values([[{"label": "a", "score": 0.7}, {"label": "b", "score": 0.3}]]).scores
    [{'a': 0.7, 'b': 0.3}]
    """
    first = next(iter(values), None)
    if isinstance(first, dict):
        return _read_records(values)
    if _is_ranking(first):
        return Answers(scores=[_by_class(value, row) for row, value in enumerate(values)])
    return Answers(scores=list(values))


def _one_value(document: object) -> list[object]:
    if isinstance(document, list):
        return document if len(document) == 1 else [document]
    if isinstance(document, dict):
        name = next((name for name in LISTS if isinstance(document.get(name), list)), None)
        if name is not None:
            return _one_value(document[name])
    return [document]


def _list_of(document: object) -> list[object]:
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        what = f"returned {describe(document)} where a list of predictions is expected"
        raise AnswerError(what)
    label, scores = _list_under(document, (*LABELS, *VALUES)), _list_under(document, SCORES)
    if label is not None and scores is not None:
        pairs = zip(document[label], document[scores], strict=False)
        if len(document[label]) == len(document[scores]):
            return [{"label": one, "probabilities": other} for one, other in pairs]
        what = (
            f"returned {len(document[label]):,} {shorten(label)} and {len(document[scores]):,} "
            f"{shorten(scores)}; there must be one of each a row"
        )
        raise AnswerError(what)
    name = _list_under(document, LISTS) or label or scores
    if name is not None:
        return document[name]
    nested = next((name for name in LISTS if isinstance(document.get(name), dict)), None)
    if nested is not None:
        return _list_of(document[nested])
    what = f"returned an object with {_names(document)} and no list of predictions; {WAYS_OUT}"
    raise AnswerError(what)


def _list_under(document: Mapping[str, object], names: Sequence[str]) -> str | None:
    return next((name for name in names if isinstance(document.get(name), list)), None)


def _read_records(values: Sequence[object]) -> Answers:
    first = values[0]
    assert isinstance(first, dict)
    score = next((name for name in SCORES if name in first), None)
    label = next((name for name in LABELS if name in first), None)
    label = label or next((name for name in VALUES if name in first), None)
    if label is None and score is None:
        if _is_distribution(first):
            return Answers(scores=list(values))
        msg = f"the model answers with records of {_names(first)}; {WAYS_OUT}"
        raise InputError(msg)
    scores = None if score is None else _field(values, score)
    if label is None:
        return Answers(scores=scores)
    labels = _field(values, label)
    if score is None or scores is None:
        return read_values(labels)
    _refuse_unsure(score, label, scores[0])
    return Answers(labels=labels, scores=scores)


def _refuse_unsure(score: str, label: str, example: object) -> None:
    if score in UNSURE and isinstance(example, int | float):
        msg = (
            f"the model answers with {label} and {score}, which may be the score of that label "
            f"or of the positive class; say probability={score} if it is the positive class's, "
            f"label={label} to read the label alone, or have it return the scores of all classes"
        )
        raise InputError(msg)


def _field(values: Sequence[object], name: str) -> list[object]:
    found = []
    for row, value in enumerate(values):
        if not isinstance(value, dict) or name not in value:
            there = _names(value) if isinstance(value, dict) else describe(value)
            what = f"returned {there} where a record with {shorten(name)} is expected"
            raise AnswerError(what, row=row)
        found.append(value[name])
    return found


def _is_ranking(value: object) -> bool:
    """Whether it is a list of objects with a label and its score, as text pipelines return."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(each, dict) and {"label", "score"} <= set(each) for each in value)
    )


def _by_class(value: object, row: int) -> dict[str, object]:
    if not _is_ranking(value):
        what = f"returned {describe(value)} where a list of labels with scores is expected"
        raise AnswerError(what, row=row)
    assert isinstance(value, list)
    return {str(each["label"]): each["score"] for each in value}


def _is_distribution(value: Mapping[str, object]) -> bool:
    """Whether an object without known names is class → probability."""
    numbers = [each for each in value.values() if type(each) in (int, float)]
    total = sum(each for each in numbers if isinstance(each, int | float))
    return len(numbers) == len(value) > 1 and abs(total - 1.0) < 1e-3


def _names(value: Mapping[str, object]) -> str:
    names = ", ".join(shorten(str(name), 30) for name in list(value)[:10])
    return f"the fields {names}" if names else "no fields"
