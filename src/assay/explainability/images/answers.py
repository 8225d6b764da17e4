"""Answers about images as values of JSON in; scores by class, or found objects, out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError, ModelError
from assay.explainability.scores import Scores
from assay.models.remote.answers import describe

Floats = NDArray[np.float64]
Batch = NDArray[Any]
Answer = Callable[[Batch], list[object]]


def class_scores(
    ask: Answer,
    labels: Sequence[str],
    *,
    class_ids: Sequence[int] | None = None,
    log_odds: bool = False,
) -> Scores:
    """Return what scores images by class.

    Parameters
    ----------
    ask : callable
        A batch of images → one answer each: a list of scores, or an object class → score. A
        single probability is that of the only class, or of the second of two.
    labels : sequence of str
        Names of the classes, in the order of the scores.
    class_ids : sequence of int or None
        Classes that are wanted; None takes all.
    log_odds : bool
        Explain log-odds of the scores, which must be probabilities.

    Raises
    ------
    InputError
        If a class is asked for that there is not.

    Examples
    --------
    >>> scores = class_scores(lambda batch: [[0.2, 0.8]] * len(batch), ["cat", "dog"])
    >>> scores(np.zeros((1, 2, 2)), 1).tolist(), scores.outputs
    ([[0.2, 0.8]], ('cat', 'dog'))
    """
    wanted = list(range(len(labels)) if class_ids is None else class_ids)
    beyond = [each for each in wanted if each >= len(labels)]
    if beyond:
        msg = (
            f"class_ids names class {beyond[0]}, counted from 0, and label_headers has "
            f"{len(labels)} classes"
        )
        raise InputError(msg)

    def scores(batch: Batch) -> Floats:
        rows = [_scores(answer, labels) for answer in ask(batch)]
        made = np.array(rows, dtype=np.float64)[:, wanted]
        if log_odds and ((made < 0) | (made > 1)).any():
            worst = float(made.flat[np.abs(made - 0.5).argmax()])
            msg = (
                "use_logit takes the log-odds of probabilities, and the model answers with scores "
                f"such as {worst:g}; leave use_logit out"
            )
            raise InputError(msg)
        return made

    names = tuple(labels[each] for each in wanted)
    if log_odds:
        return Scores(scores, names, "log_odds", "mean_then_logit")
    return Scores(scores, names, "raw")


def object_lists(ask: Answer, class_ids: Collection[int] | None = None) -> Answer:
    """Return what finds objects: for each image a list of rows of six numbers.

    Parameters
    ----------
    ask : callable
        A batch of images → for each a list of ``[class_id, score, left, top, right, bottom]``,
        by itself or within one more list.
    class_ids : collection of int or None
        Objects of other classes do not count; None counts all.
    """

    def detect(batch: Batch) -> list[object]:
        made: list[object] = []
        for answer in ask(batch):
            rows = _objects(answer)
            if class_ids is not None:
                rows = [row for row in rows if _class_of(row) in (None, *class_ids)]
            made.append(rows)
        return made

    return detect


def _scores(answer: object, labels: Sequence[str]) -> list[float]:
    if isinstance(answer, Mapping):
        absent = [name for name in labels if name not in answer]
        if absent:
            msg = (
                f"the model answers about an image with {describe(dict(answer))}, which has no "
                f"score of the class {absent[0]!r} of label_headers"
            )
            raise ModelError(msg)
        return [_number(answer[name], answer) for name in labels]
    listed = _listed(answer)
    listed = _listed(listed[0]) if len(listed) == 1 else listed
    found = [_number(each, listed) for each in listed]
    if len(found) == 1 and len(labels) == 2 and 0 <= found[0] <= 1:
        return [1 - found[0], found[0]]
    if len(found) != len(labels):
        msg = (
            f"the model answers about an image with {len(found)} score(s), {describe(listed)}, "
            f"and label_headers names {len(labels)} classes; name each score, in order"
        )
        raise ModelError(msg)
    return found


def _number(value: Any, whole: object) -> float:  # noqa: ANN401  a value of JSON or of numpy
    if not isinstance(value, str | bool):
        try:
            return float(value)
        except (TypeError, ValueError):
            pass
    msg = (
        f"the model answers about an image with {describe(whole)}, where a list of scores is "
        "expected; say where they are with the JMESPath probability"
    )
    raise ModelError(msg)


def _listed(value: Any) -> list[Any]:  # noqa: ANN401  a value of JSON or of numpy
    return list(value) if _is_list(value) else [value]


def _objects(answer: object) -> list[Any]:
    """Return the rows of an answer, which may be one row, or rows within one more list."""
    if not _is_list(answer):
        msg = (
            f"the model answers about an image with {describe(answer)}, where a list of objects "
            "is expected; say where it is with the JMESPath probability"
        )
        raise ModelError(msg)
    rows = _listed(answer)
    if len(rows) == 1 and _is_list(rows[0]) and (len(rows[0]) == 0 or _is_list(rows[0][0])):
        rows = list(rows[0])
    return rows if all(map(_is_list, rows)) else [rows]


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim > 0)


def _class_of(row: Any) -> object:  # noqa: ANN401  a value of JSON or of numpy
    """Return the class of an object; rows in another form are kept, to be refused later."""
    return int(row[0]) if len(row) and isinstance(row[0], int | float | np.number) else None
