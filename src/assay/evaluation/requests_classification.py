"""A classification to be judged in, the tables it needs out."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import narwhals as nw

from assay.data.requests import (
    MAX_EXACT_ROWS,
    CubeRequest,
    MomentsRequest,
    Request,
    ScoreTableRequest,
)
from assay.data.shared_request import Shared
from assay.evaluation.task import Target
from assay.evaluation.threshold import Threshold
from assay.tables.cube import Level

if TYPE_CHECKING:
    from assay.data.schema import Schema

SMALLEST_PROBABILITY = 1e-15
MAX_RANKED_CLASSES = 20
MAX_CELLS = 1_000_000


def classification_requests(
    schema: "Schema",
    target: Target,
    *,
    threshold: Threshold | None,
    scores: Mapping[Level, str],
    words: Mapping[Level, Level],
    as_probabilities: bool,
    n_rows: int,
    shared: Shared,
) -> dict[str, Request]:
    """Return the requests for a binary or multiclass label.

    Parameters
    ----------
    schema : Schema
    target : Target
    threshold : Threshold or None
        Where scores become the positive answer; None takes the column of predictions.
    scores : mapping
        Class → score column.
    words : mapping
        Predicted value → class.
    as_probabilities : bool
        Whether log loss and calibration mean anything.
    n_rows : int
        Rows of the data.
    shared : Shared
        Weight and unit, the same for every table.

    Returns
    -------
    dict of str to Request
        "outcomes" (Cube of label and prediction; binary: of whether they are positive), "scores"
        or "scores:<i>" (ScoreTable, for class number i against the rest), "losses" (Moments),
        "top_scores" (ScoreTable of the highest probability against whether its class is right),
        "ranks" (Cube of the place of the true class among the scores).
    """
    assert schema.label is not None
    label = nw.col(schema.label)
    is_positive = label == nw.lit(target.positive) if target.task == "binary" else label
    requests: dict[str, Request] = {}
    answer = _answer(schema, target, threshold, scores, words)
    if answer is not None:
        by = {"label": is_positive, "prediction": answer}
        requests["outcomes"] = CubeRequest(by=by, max_cells=MAX_CELLS, **shared.fields)
    if not scores:
        return requests
    if target.task == "binary":
        score = nw.col(scores[target.positive]).cast(nw.Float64)
        exact = n_rows <= MAX_EXACT_ROWS
        return requests | _binary_scores(is_positive, score, as_probabilities, exact, shared)
    keep_rows = n_rows * len(scores) <= MAX_EXACT_ROWS
    return requests | _class_scores(label, scores, as_probabilities, keep_rows, shared)


def _answer(
    schema: "Schema",
    target: Target,
    threshold: Threshold | None,
    scores: Mapping[Level, str],
    words: Mapping[Level, Level],
) -> nw.Expr | None:
    """Return the predicted class of a row; for binary, whether it is the positive one."""
    if target.task == "binary":
        if threshold is not None:
            return nw.col(scores[target.positive]) >= threshold.value
        if schema.prediction is None:
            return None
        meant = [value for value, word in words.items() if word == target.positive]
        return nw.col(schema.prediction).is_in(meant)
    if schema.prediction is not None:
        return nw.col(schema.prediction)
    return _likeliest(scores) if scores else None


def _likeliest(scores: Mapping[Level, str]) -> nw.Expr:
    """Return the class of the highest score, the first one of equals."""
    top = nw.max_horizontal(*[nw.col(name) for name in scores.values()])
    (last, _), *rest = reversed(list(scores.items()))
    answer = nw.lit(last)
    for value, name in rest:
        answer = nw.when(nw.col(name) >= top).then(nw.lit(value)).otherwise(answer)
    return answer


def _binary_scores(
    is_positive: nw.Expr, score: nw.Expr, as_probabilities: bool, exact: bool, shared: Shared
) -> dict[str, Request]:
    """Return the score table, and the losses where the table will not be exact."""
    table = ScoreTableRequest(score=score, positive=is_positive, **shared.fields)
    if not as_probabilities or exact:
        return {"scores": table}
    right = nw.when(is_positive).then(score).otherwise(1 - score)
    losses = {
        "log_loss": 0 - _bounded(right).log(),
        "brier": (1 - right) * (1 - right),
        "positive": is_positive.cast(nw.Float64),
    }
    return {"scores": table, "losses": MomentsRequest(quantities=losses, **shared.fields)}


def _class_scores(
    label: nw.Expr,
    scores: Mapping[Level, str],
    as_probabilities: bool,
    keep_rows: bool,
    shared: Shared,
) -> dict[str, Request]:
    numbers = {value: nw.col(name).cast(nw.Float64) for value, name in scores.items()}
    is_class = {value: label == nw.lit(value) for value in scores}
    rank = _rank_of_true(numbers, is_class)
    requests: dict[str, Request] = {"ranks": CubeRequest(by={"rank": rank}, **shared.fields)}
    if len(scores) <= MAX_RANKED_CLASSES:
        exact = MAX_EXACT_ROWS // len(scores)
        for number, value in enumerate(scores):
            requests[f"scores:{number}"] = ScoreTableRequest(
                score=numbers[value],
                positive=is_class[value],
                max_exact=exact,
                keep_rows=keep_rows,
                **shared.fields,
            )
    if not as_probabilities:
        return requests
    zero = nw.lit(0.0)
    right = [nw.when(is_class[value]).then(numbers[value]).otherwise(zero) for value in scores]
    p_right = nw.sum_horizontal(*right)
    squares = nw.sum_horizontal(*[number * number for number in numbers.values()])
    losses = {"log_loss": 0 - _bounded(p_right).log(), "brier": squares - 2 * p_right + 1}
    top = nw.max_horizontal(*numbers.values())
    hit = _likeliest(scores) == label
    requests["losses"] = MomentsRequest(quantities=losses, **shared.fields)
    requests["top_scores"] = ScoreTableRequest(score=top, positive=hit, **shared.fields)
    return requests


def _rank_of_true(numbers: Mapping[Level, nw.Expr], is_class: Mapping[Level, nw.Expr]) -> nw.Expr:
    """Return how many classes score at least as high as the true one, itself included."""
    own = nw.max_horizontal(
        *[nw.when(is_class[value]).then(number) for value, number in numbers.items()]
    )
    return nw.sum_horizontal(*[(number >= own).cast(nw.Int64) for number in numbers.values()])


def _bounded(probability: nw.Expr) -> nw.Expr:
    """Keep a probability away from 0, where the log loss of a single row would be infinite."""
    return probability.clip(SMALLEST_PROBABILITY, 1.0)
